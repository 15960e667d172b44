"""Company page at two clocks, tags, views, duplicates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from site_fixtures import acting

from wutong.errors import WutongError
from wutong.site.registry.domain.bulk import Source, Statement, take_statements
from wutong.site.registry.domain.facts import record_fact
from wutong.site.registry.domain.merging import merge_companies, undo_merge
from wutong.site.registry.domain.queries.duplicates import duplicates
from wutong.site.registry.domain.queries.known import Clocks, known_of
from wutong.site.registry.domain.queries.questions import open_questions
from wutong.site.registry.domain.snapshot import zone_tables
from wutong.site.registry.enums import SourceRank
from wutong.site.runs.models import Match

ON = date(2026, 11, 1)


def test_the_page_shows_the_value_that_counts_and_says_who_disagrees(world, as_role):
    company = world.here.company
    record_fact(actor=None, company=company, code="revenue", period="2025", value=Decimal(777), source="税务局", rank=SourceRank.OFFICIAL)
    officer = acting(world.here.people["zone_officer"], world.here.zone)
    row = next(r for r in known_of(company, officer, Clocks()).yearly if r.entry.code == "revenue")
    told = row.told["2025"]
    assert (told.value, told.fact.source) == (Decimal(777), "税务局")
    assert [f.source for f in told.against] == ["2025年度审计报告"]
    page = as_role("zone_officer").get(f"/companies/{company.uscc}/").content.decode()
    assert "777.00" in page
    assert "不一致" in page


def test_the_switch_shows_what_was_known_then(world, as_role):
    company = world.here.company
    before = timezone.localtime()
    record_fact(actor=None, company=company, code="district", value="城阳区甲", source="登记")
    client = as_role("zone_officer")
    now = client.get(f"/companies/{company.uscc}/").content.decode()
    then = client.get(f"/companies/{company.uscc}/", {"known": (before).strftime("%Y-%m-%dT%H:%M:%S")}).content.decode()
    assert ("城阳区甲" in now, "城阳区甲" in then) == (True, False)


def test_lists_stand_on_the_page_with_their_source(world, as_role):
    statement = Statement(world.here.company.uscc, {}, {"ip": ['{"granted_on": "2024-03-05", "title": "柔性夹爪"}']})
    take_statements(actor=None, zone=world.here.zone, statements=[statement], source=Source("知识产权局"))
    page = as_role("company_user").get(f"/companies/{world.here.company.uscc}/").content.decode()
    assert "柔性夹爪" in page
    assert "2024-03-05" in page


def test_like_names_are_shown_and_the_merged_one_is_not(world):
    officer = acting(world.here.people["zone_officer"], world.here.zone)
    assert duplicates(officer) == []
    undo_merge(actor=officer, merge=world.here.merge)
    assert [(p.one, p.other, p.likeness) for p in duplicates(officer)] == [(world.here.companies[2], world.here.double, 100.0)]


def test_a_merge_moves_what_only_the_other_knew_and_undo_takes_it_back(world):
    kept, gone, officer = world.here.company, world.here.foreign, world.here.people["zone_officer"]
    record_fact(actor=None, company=gone, code="district", value="胶州湾", source="登记")
    record_fact(actor=None, company=gone, code="revenue", period="2025", value=Decimal(1), source="2025年度审计报告")
    before = zone_tables(world.here.zone, ON)["companies"]
    merge = merge_companies(actor=officer, kept=kept, gone=gone)
    rows = {r["company"]: r for r in zone_tables(world.here.zone, ON)["companies"].to_pylist()}
    assert gone.uscc not in rows
    assert (rows[kept.uscc]["district"], rows[kept.uscc]["revenue_2025"]) == ("胶州湾", Decimal("12345678.90"))
    with pytest.raises(WutongError, match="W211"):
        merge_companies(actor=officer, kept=kept, gone=gone)
    undo_merge(actor=officer, merge=merge)
    assert zone_tables(world.here.zone, ON)["companies"].equals(before)
    with pytest.raises(WutongError, match="W212"):
        undo_merge(actor=officer, merge=merge)


def test_tags_fall_on_what_the_filter_finds_only(world, as_role):
    client = as_role("zone_officer")
    client.post("/companies/tag?q=波司", {"name": "重点"})
    assert [c.name for c in world.here.companies if c.tags.filter(name="重点")] == [world.here.foreign.name]
    listed = client.get("/companies/", {"tag": "重点"}).content.decode()
    assert (world.here.foreign.name in listed, world.here.company.name in listed) == (True, False)


def test_a_saved_view_is_seen_by_others_if_shared(world, as_role):
    as_role("zone_officer").post("/companies/views/new?q=机器人", {"name": "我的机器人"})
    as_role("zone_officer").post("/companies/views/new?q=测控", {"name": "大家的测控", "is_shared": "on"})
    seen = as_role("zone_lead").get("/companies/").content.decode()
    assert ("我的机器人" in seen, "大家的测控" in seen) == (False, True)


def test_open_questions_rank_facts_by_the_verdicts_that_wait(world):
    officer, company = acting(world.here.people["zone_officer"], world.here.zone), world.here.company
    Match.objects.filter(run=world.here.run).delete()
    said = {"甲政策": ["2025年研发费用", "知识产权清单"], "乙政策": ["2025年研发费用"]}
    for holder, outcome in ((company, "unknown"), (world.here.foreign, "unknown")):
        Match.objects.bulk_create(Match(
            zone=world.here.zone, run=world.here.run, company=holder, policy=name, policy_name=name, outcome=outcome,
            missing=missing if holder == company else ["别家的事实"]) for name, missing in said.items())
    assert [(q.fact, q.policies) for q in open_questions(company, officer)] == [
        ("2025年研发费用", ("乙政策", "甲政策")), ("知识产权清单", ("甲政策",))]
