"""From the file to the registry and back: what a dry run tells, who must agree, what stays when a worker is killed."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from site_fixtures import client_of

from wutong.errors import WutongError
from wutong.site.core.domain.approvals import decide_approval
from wutong.site.core.domain.files import store_file
from wutong.site.imports.domain import batches
from wutong.site.imports.models import HeaderMemory, ImportLine
from wutong.site.imports.tasks import read_batch, work_batch
from wutong.site.registry.domain.snapshot import zone_tables
from wutong.site.registry.enums import SourceRank
from wutong.site.registry.models import Company, Fact, ListRow

sys.path.insert(0, str(Path(__file__).parent))
from books import ON, book

NEW = "91350100M000100Y43"


def upload(world, content, name="年报.xlsx", source="年报", **more):
    """Return a batch as the background task leaves it after reading."""
    officer = world.here.people["zone_officer"]
    officer.enter(world.here.zone)
    stored = store_file(actor=officer, zone=world.here.zone, content=content, name=name)
    batch = batches.start_import(
        actor=officer, zone=world.here.zone, file=stored, source=source, rank=more.pop("rank", SourceRank.DECLARED), on=ON, **more)
    read_batch.func(batch.zone_id, batch.pk)
    batch.refresh_from_db()
    return batch


def written(world, batch):
    """Return the batch after proposal, approval and writing."""
    lead = world.here.people["zone_lead"]
    lead.enter(world.here.zone)
    batch = batches.propose_import(actor=world.here.people["zone_officer"], batch=batch, reason="年度报送")
    decide_approval(actor=lead, approval=batch.approval, approve=True)
    work_batch.func(batch.zone_id, batch.pk)
    batch.refresh_from_db()
    return batch


def kinds(batch) -> dict[str, str]:
    """Return what the dry run says of each company."""
    return dict(batch.lines.exclude(kind="rejected").values_list("key", "kind"))


def test_a_dry_run_tells_new_changed_conflicting_and_rejected_and_writes_nothing(world):
    own, foreign = world.here.company, world.here.foreign
    written(world, upload(world, book([(foreign.uscc, foreign.name, 10, 5, "高新区")])))
    facts = Fact.objects.count()
    batch = upload(world, book([
        (NEW, "新企业", 3, 7, "高新区"), (own.uscc, own.name, 99, 7, "高新区"), (foreign.uscc, foreign.name, 11, 5, "高新区"),
        ("91350100M000100Y44", "错码", 1, 1, ""), (world.here.companies[2].uscc, "安澜", 1, -3, "")]))
    assert batch.state == "ready"
    assert kinds(batch) == {NEW: "new", own.uscc: "conflict", foreign.uscc: "changed"}
    conflict = next(n for n in batch.lines.get(key=own.uscc).notes if n["kind"] == "conflict")
    assert (conflict["was"], conflict["new"], conflict["source"], conflict["counts"]) == (
        "12345678.90", "990000.00", "2025年度审计报告", True)
    rejected = {line.row: line.notes[0] for line in batch.lines.filter(kind="rejected")}
    assert sorted(rejected) == [5, 6]
    assert rejected[6]["column"] == "D 2025年职工总数"
    assert all(note["zh"] and note["fix_zh"] for note in rejected.values())
    assert batch.marked.name == "年报.checked.xlsx"
    assert Fact.objects.count() == facts


def test_the_same_file_twice_changes_nothing(world):
    rows = [(NEW, "新企业", 3, 7, "高新区")]
    lists = {"知识产权": (("统一社会信用代码", "名称", "类别"), (NEW, "夹爪", "I类"), (NEW, "夹爪", "I类"))}
    written(world, upload(world, book(rows, **lists)))
    facts, listed = Fact.objects.count(), ListRow.objects.count()
    assert listed == 2
    again = upload(world, book(rows, **lists))
    assert kinds(again) == {NEW: "same"}
    written(world, again)
    assert (Fact.objects.count(), ListRow.objects.count()) == (facts, listed)


def test_the_officer_who_proposes_cannot_agree_and_another_can(world):
    batch = upload(world, book([(NEW, "新企业", 3, 7, "")]))
    officer = world.here.people["zone_officer"]
    batch = batches.propose_import(actor=officer, batch=batch, reason="年度报送")
    with pytest.raises(WutongError, match="W133"):
        decide_approval(actor=officer, approval=batch.approval, approve=True)
    assert not Company.objects.filter(uscc=NEW).exists()
    with pytest.raises(WutongError, match="W302"):
        batches.propose_import(actor=officer, batch=batch, reason="再来")


def test_a_zone_may_do_without_a_second_person(world):
    batches.set_policy(actor=world.here.people["zone_lead"], zone=world.here.zone, needs_approval=False)
    batch = upload(world, book([(NEW, "新企业", 3, 7, "")]))
    batch = batches.propose_import(actor=world.here.people["zone_officer"], batch=batch, reason="")
    assert (batch.state, batch.approval) == ("applying", None)


def test_undo_brings_back_what_was_known(world):
    own = world.here.company
    before = zone_tables(world.here.zone, ON)
    first = written(world, upload(world, book([(own.uscc, own.name, 5, 1, "甲")])))
    between = zone_tables(world.here.zone, ON)
    second = written(world, upload(world, book([(own.uscc, own.name, 6, 2, "乙"), (NEW, "新企业", 1, 1, "")])))
    assert zone_tables(world.here.zone, ON)["companies"].num_rows == before["companies"].num_rows + 1
    for batch, expected in ((second, between), (first, before)):
        batches.undo_import(actor=world.here.people["zone_lead"], batch=batch)
        work_batch.func(batch.zone_id, batch.pk)
        batch.refresh_from_db()
        assert batch.state == "undone"
        known = zone_tables(world.here.zone, ON)["companies"]
        assert known.select(expected["companies"].column_names).equals(expected["companies"])


def test_corrected_headers_are_used_and_remembered(world):
    heads = ("统一代号", "企业名称", "25年营收", "备注")
    batch = upload(world, book([(NEW, "新企业", 3, "x")], heads))
    assert batch.state == "refused"
    meant = {"统一代号": "统一社会信用代码", "25年营收": "2025年营业收入(万元)", "备注": ""}
    batches.correct_headers(actor=world.here.people["zone_officer"], batch=batch, meant=meant)
    read_batch.func(batch.zone_id, batch.pk)
    batch.refresh_from_db()
    assert batch.state == "ready"
    assert batch.report["sheets"][0]["headers"] == [
        ["统一代号", "uscc"], ["企业名称", "name"], ["25年营收", "revenue_2025"], ["备注", ""]]
    written(world, batch)
    assert Fact.objects.get(company__uscc=NEW, code="revenue").number == Decimal(30000)
    assert kinds(upload(world, book([(NEW, "新企业", 3, "y")], heads))) == {NEW: "same"}
    assert not HeaderMemory.objects.filter(zone=world.here.zone, header="企业名称").exists()


def test_a_file_that_eats_memory_is_refused_and_the_site_lives_on(world, settings):
    settings.WORKER_MEMORY_MB = 200
    batch = upload(world, book([(NEW, "新企业", 3, 7, "")]))
    assert batch.state == "refused"
    assert batch.report["refused"][0]["code"] == "W301"
    assert not batch.lines.exists()


def test_a_damaged_file_is_refused_with_its_reason(world):
    content = book([(NEW, "新企业", 3, 7, "")])
    batch = upload(world, book([("=1+1", "公式", 1, 1, "")]))
    assert batch.lines.get().notes[0]["fix_zh"]
    with pytest.raises(WutongError, match="T107"):
        upload(world, type(content)(content.getvalue()[:2000]))


def test_pages_walk_from_upload_to_undo(world):
    officer, lead = (client_of(world.here.people[r]) for r in ("zone_officer", "zone_lead"))
    content = book([(NEW, "新企业", 3, 7, "高新区")])
    content.name = "年报.xlsx"
    form = {"file": content, "source": "网页年报", "rank": "20", "on": "2026-11-01"}
    page = officer.post("/imports/new", form)
    address = page["Location"]
    pk = int(address.split("/")[2])
    read_batch.func(world.here.zone.pk, pk)
    assert "新企业" in officer.get(f"{address}lines").content.decode()
    assert officer.post(f"{address}headers", {"header-4": "胡说八道"}).status_code == 422
    officer.post(f"{address}propose", {"reason": "年度报送"})
    batch = ImportLine.objects.get(key=NEW, batch_id=pk).batch
    assert (batch.state, batch.rank) == ("pending", 20)
    lead.post(f"/approvals/{batch.approval_id}/decide", {"decision": "approve"})
    work_batch.func(world.here.zone.pk, pk)
    assert Fact.objects.filter(company__uscc=NEW, evidence=batch.file, rank=20).count() == 4
    assert lead.post(f"{address}undo")["Location"] == address
    work_batch.func(world.here.zone.pk, pk)
    assert Company.objects.get(uscc=NEW).state == "undone"
