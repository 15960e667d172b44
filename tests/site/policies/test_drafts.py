"""Drafts: the form editor, lint beside the cells, the files, adoption by another person, and what runs then use."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse
from site_axe import faults
from site_browser import photograph

from wutong.errors import WutongError
from wutong.policy.edit.document import document
from wutong.policy.edit.fields import part_names, part_of
from wutong.policy.lint import lint
from wutong.site.core.domain.approvals import decide_approval
from wutong.site.policies.domain.adoption import propose_draft, propose_retiring
from wutong.site.policies.domain.drafts import change_draft, create_draft, discard_draft
from wutong.site.policies.domain.queries.backtest import backtest, backtest_draft
from wutong.site.policies.domain.queries.review import difference, file_of, findings_of, text_of
from wutong.site.policies.models import PolicyDraft
from wutong.site.runs.domain.queries.packs import policies, shipped
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run, ZonePolicy

ARGS = {"pack": "qingdao", "policy": "htz-qualified", "version": "2024"}


def fields_of(draft: PolicyDraft, name: str) -> dict[str, str]:
    """Return a part of a draft as the page posts it."""
    part = part_of(document(draft.text, draft.file), name)
    data = {f"p.{k}": v for k, v in part.pairs.items()} | {f"c.{n}": v for n, v in enumerate(part.columns) if part.is_table}
    data |= {f"r.{n}.{c}": v for n, row in enumerate(part.rows) for c, v in enumerate(row)}
    return data | {"revision": str(draft.revision)}


def edit(draft: PolicyDraft, part: str) -> str:
    return reverse("policies:draft_edit", args=[draft.pk, part])


@pytest.fixture
def tsme(world, in_zone):
    return create_draft(actor=world.people["zone_officer"], zone=world.here.zone, pack="national", policy="tsme",
                        version="115-2017", reason="试")


def test_saving_every_part_as_it_stands_changes_nothing(world, as_role, tsme):
    client = as_role("zone_officer")
    for part in part_names(document(tsme.text, tsme.file)):
        assert client.post(edit(tsme, part), fields_of(tsme, part) | {"do": "save"}).status_code == 302
        assert PolicyDraft.objects.get(pk=tsme.pk).text == tsme.text, part
    assert PolicyDraft.objects.get(pk=tsme.pk).revision == 0


def test_a_cell_of_a_table_is_saved_into_the_yaml(world, as_role, tsme):
    data = fields_of(tsme, "tables.0") | {"r.0.0": ">= 31%", "do": "save"}
    assert as_role("zone_officer").post(edit(tsme, "tables.0"), data).status_code == 302
    saved = PolicyDraft.objects.get(pk=tsme.pk)
    assert (">= 31%" in saved.text, ">= 31%" in saved.base, saved.revision) == (True, False, 1)
    assert [line for kind, line in difference(saved.base, saved.text) if kind == "add"]


def test_lint_is_shown_at_the_cell_while_nothing_is_saved(world, as_role, tsme):
    data = fields_of(tsme, "tables.0") | {"r.0.0": ">= 3o%", "do": "check"}
    page = as_role("zone_officer").post(edit(tsme, "tables.0"), data, headers={"hx-request": "true"}).content.decode()
    assert 'data-field="r.0.0" data-tone="bad"' in page
    assert PolicyDraft.objects.get(pk=tsme.pk).revision == 0


def test_the_findings_are_those_of_the_command(world, tsme, tmp_path):
    text = tsme.text.replace(">= 30%", ">= 20%", 1)
    (tmp_path / tsme.file).write_text(text, "utf-8")
    (tmp_path / tsme.file.replace(".yaml", ".cases.yaml")).write_text(tsme.cases, "utf-8")
    from django.utils import timezone

    assert findings_of(tsme, text) == lint([tmp_path / tsme.file], timezone.localdate())[0].findings != ()


@pytest.mark.parametrize(("action", "change"), [
    ("add:1", lambda rows: [rows[0], ["-", "", ""], *rows[1:]]), ("cut:0", lambda rows: rows[1:]),
    ("up:1", lambda rows: [rows[1], rows[0], *rows[2:]]), ("down:0", lambda rows: [rows[1], rows[0], *rows[2:]]),
])
def test_rows_are_added_moved_and_taken_out(world, as_role, tsme, action, change):
    from wutong.site.policies.interfaces.parts import changed, posted

    part = part_of(document(tsme.text, tsme.file), "tables.0")
    rows = [list(r) for r in part.rows]
    now = posted(part, fields_of(tsme, "tables.0"))
    assert now.rows == rows
    assert changed(now, action)
    assert [[c or "-" if n == 0 else c for n, c in enumerate(r)] for r in now.rows] == change(rows)
    page = as_role("zone_officer").post(edit(tsme, "tables.0"), fields_of(tsme, "tables.0") | {"do": action})
    assert page.status_code == 200
    assert f'name="r.{len(now.rows) - 1}.0"' in page.content.decode()
    assert f'name="r.{len(now.rows)}.0"' not in page.content.decode()


def test_what_a_colleague_saved_is_not_overwritten(world, as_role, tsme):
    stale = fields_of(tsme, "parameters") | {"r.0.4": "501", "do": "save"}
    change_draft(actor=world.people["zone_lead"], draft=tsme, seen=0, text=tsme.text.replace("500", "502"))
    answer = as_role("zone_officer").post(edit(tsme, "parameters"), stale)
    assert answer.status_code == 422
    assert "W793" in answer.content.decode()
    assert 'value="501"' in answer.content.decode()


def test_a_part_too_long_for_a_page_and_a_closed_draft_are_only_read(world, as_role, tsme):
    officer, client = world.people["zone_officer"], as_role("zone_officer")
    rule = "['>= 25%', '16']"
    assert rule in tsme.text
    long = change_draft(actor=officer, draft=tsme, seen=0, text=tsme.text.replace(f"- {rule}", f"- {rule}\n      " * 400 + f"- {rule}", 1))
    assert len(part_of(document(long.text, long.file), "tables.0").rows) > 400
    closed = discard_draft(actor=officer, draft=create_draft(actor=officer, zone=world.here.zone, reason="试", **ARGS))
    for draft, part, said in ((long, "tables.0", "请下载 Excel"), (closed, "parameters", "只能查看")):
        page = client.get(edit(draft, part)).content.decode()
        assert (said in page, 'value="save"' in page) == (True, False)
        answer = client.post(edit(draft, part), {"do": "go:head", "revision": str(draft.revision)})
        assert (answer.status_code, answer.url) == (302, edit(draft, "head"))
        assert PolicyDraft.objects.get(pk=draft.pk).text == draft.text


def test_every_file_of_a_draft_comes_back_as_the_draft(world):
    draft = world.here.policy_draft
    for kind in ("yaml", "xlsx", "dmn"):
        assert document(text_of(f"a.{kind}", file_of(draft, kind)), "a") == document(draft.text, "a")


def test_an_upload_of_another_policy_or_kind_is_refused(world, as_role, tsme):
    from django.core.files.uploadedfile import SimpleUploadedFile

    for name, data, code in (("a.yaml", world.here.policy_draft.text.encode(), "W794"), ("a.txt", b"x", "W799"), ("a.xlsx", b"x", "T103")):
        page = as_role("zone_officer").post(reverse("policies:draft_upload", args=[tsme.pk]), {"file": SimpleUploadedFile(name, data)})
        assert (page.status_code, code in page.content.decode()) == (422, True)


def _asked(world, draft) -> PolicyDraft:
    return propose_draft(actor=world.people["zone_officer"], draft=draft, reason="会议同意")


def test_a_draft_with_faults_or_unmet_cases_is_not_proposed(world, in_zone):
    officer, draft = world.people["zone_officer"], world.here.policy_draft
    draft = change_draft(actor=officer, draft=draft, seen=1, text=draft.text.replace("value: '35'", "value: '36'"))
    with pytest.raises(WutongError, match="W797"):
        _asked(world, draft)
    draft = change_draft(actor=officer, draft=draft, seen=2, text=draft.text.replace("source: art2", "source: art3"))
    with pytest.raises(WutongError, match="W796"):
        _asked(world, draft)


def test_the_page_of_a_draft_lists_the_cases_that_come_out_otherwise(world, as_role):
    draft, address = world.here.policy_draft, reverse("policies:draft", args=[world.here.policy_draft.pk])
    assert "全部相符" in as_role("zone_viewer").get(address).content.decode()
    change_draft(actor=world.people["zone_officer"], draft=draft, seen=1, text=draft.text.replace("value: '35'", "value: '36'"))
    page = as_role("zone_viewer").get(address).content.decode()
    assert all(said in page for said in ("首次认定高企30万元", "350000", "360000", "3 项不符"))
    change_draft(actor=world.people["zone_officer"], draft=draft, seen=2, cases="cases: [5]")
    assert "P131" in as_role("zone_viewer").get(address).content.decode()


def test_whoever_worked_on_a_draft_cannot_approve_it(world, in_zone):
    lead, draft = world.people["zone_lead"], world.here.policy_draft
    draft = _asked(world, change_draft(actor=lead, draft=draft, seen=1, text=draft.text))
    with pytest.raises(WutongError, match="W798"):
        decide_approval(actor=lead, approval=draft.approval, approve=True)
    assert not ZonePolicy.objects.filter(policy="htz-qualified").exists()


def test_of_two_drafts_from_one_text_the_second_does_not_undo_the_first(world, in_zone):
    officer, lead = world.people["zone_officer"], world.people["zone_lead"]
    second = create_draft(actor=officer, zone=world.here.zone, reason="同时起草", **ARGS)
    waiting = _asked(world, second)
    decide_approval(actor=lead, approval=_asked(world, world.here.policy_draft).approval, approve=True)
    with pytest.raises(WutongError, match="W783"):
        decide_approval(actor=lead, approval=waiting.approval, approve=True)
    assert _award(policies(world.here.zone)) == 35
    assert create_draft(actor=officer, zone=world.here.zone, reason="再起草", **ARGS).base == world.here.policy_draft.text


def test_a_second_version_in_force_at_once_is_not_proposed(world, in_zone):
    draft = world.here.policy_draft
    draft = change_draft(
        actor=world.people["zone_officer"], draft=draft, seen=1, text=draft.text.replace("version: '2024'", "version: '2027'"),
        cases=draft.cases.replace('version: "2024"', 'version: "2027"'))
    with pytest.raises(WutongError, match="P120"):
        _asked(world, draft)


def test_runs_of_the_zone_use_what_it_adopted_and_other_zones_do_not(world, in_zone):
    lead, here, there = world.people["zone_lead"], world.here.zone, world.there.zone
    decide_approval(actor=lead, approval=_asked(world, world.here.policy_draft).approval, approve=True)
    assert _award(policies(here)) == 35
    assert (_award(policies(there)), policies(None)) == (30, shipped())
    run = _run(world, here)
    kept = next((run.folder / "packs" / "qingdao").glob("htz-qualified*.yaml"))
    assert kept.read_text("utf-8") == world.here.policy_draft.text
    used = json.loads((run.folder / "manifest.json").read_text("utf-8"))["policies"]["qingdao.htz-qualified"]["sha256"]
    assert used == ZonePolicy.objects.get(policy="htz-qualified").sha256
    asked = propose_retiring(actor=world.people["zone_officer"], policy=ZonePolicy.objects.get(policy="htz-qualified"), reason="恢复")
    decide_approval(actor=lead, approval=asked, approve=True)
    assert _award(policies(here)) == 30


def _award(found) -> int:
    policy = next(p for p in found if p.id == "htz-qualified")
    return int(next(p for p in policy.parameters if p.code == "first_award").values[0].value)


def _run(world, zone) -> Run:
    run = start_run(actor=world.people["zone_officer"], zone=zone, kind=RunKind.POLICIES, on=date(2026, 11, 2), packs=["qingdao"])
    if Run.objects.get(pk=run.pk).state == "queued":
        carry_out(run.pk)
    run = Run.objects.get(pk=run.pk)
    assert run.state == "done", run.faults
    return run


def test_a_draft_is_back_tested_against_the_last_run(world, as_role):
    page = as_role("zone_officer").post(reverse("policies:draft_backtest", args=[world.here.policy_draft.pk])).content.decode()
    answer = backtest_draft(world.here.run, world.here.policy_draft)
    figures = backtest(world.here.run, {"htz-qualified.first_award": "35万元"})
    assert answer.lead in page
    named = [[tuple("方案1" if v == "草稿" else v for v in row) for row in g.rows] for g in answer.grids]
    assert named[1:] == [list(g.rows) for g in figures.grids][1:]


@pytest.mark.browser
def test_the_editor_in_the_browser(live_world, pages):
    draft = live_world.here.policy_draft
    page = pages("zone_officer")
    page.goto(reverse("policies:draft", args=[draft.pk]))
    assert faults(page) == []
    photograph(page, "draft-1440")
    page.goto(reverse("policies:draft_new", args=["national", "tsme", "115-2017"]))
    page.fill("[name=reason]", "试改分档")
    page.click("button.primary")
    page.wait_for_selector("#editor")
    assert faults(page) == []
    photograph(page, "editor-head-1440")
    page.get_by_role("button", name="科技人员占比得分").or_(page.locator('button[value="go:tables.0"]')).first.click()
    page.wait_for_url("**/tables.0/")
    page.fill('[name="r.0.0"]', ">= 3o%")
    page.wait_for_selector('[id="f.r.0.0"][aria-invalid=true]')
    assert "F105" in page.text_content(".said-bad")
    assert page.is_visible(".unsaved")
    photograph(page, "editor-table-1440")
    page.fill('[name="r.0.0"]', ">= 31%")
    page.wait_for_selector("#review .add:has-text('31%')")
    rows = page.locator(".editor-grid tbody tr").count()
    page.click('button[value="add:1"]')
    page.wait_for_selector(f'[name="r.{rows}.0"]')
    assert page.input_value('[name="r.0.0"]') == ">= 31%"
    page.click('button[value="cut:1"]')
    page.wait_for_selector(f'[name="r.{rows}.0"]', state="detached")
    page.click('button[value="save"]')
    page.wait_for_selector(".editor-state:has-text('已保存')")
    assert faults(page) == []
    photograph(page, "editor-saved-1440")
    small = pages("zone_officer", width=390)
    small.goto(page.url)
    photograph(small, "editor-table-390")
    small.goto(reverse("policies:draft", args=[draft.pk]))
    photograph(small, "draft-390")


@pytest.mark.browser
def test_from_a_draft_to_the_zones_policy_in_the_browser(live_world, pages):
    draft = live_world.here.policy_draft
    page = pages("zone_officer")
    for part in ("parameters", "conditions"):
        page.goto(edit(draft, part))
        assert faults(page) == []
        photograph(page, f"editor-{part}-1440")
    page.goto(reverse("policies:draft_backtest", args=[draft.pk]))
    page.click("button.primary")
    page.wait_for_selector("#answer")
    photograph(page, "draft-backtest-1440")
    page.goto(reverse("policies:draft_propose", args=[draft.pk]))
    page.fill("[name=reason]", "经主任办公会同意")
    page.click("button.primary")
    page.wait_for_selector(".tag-warn")
    photograph(page, "draft-proposed-1440")
    page.goto(edit(draft, "parameters"))
    assert page.is_disabled("[name='r.0.0']")
    lead = pages("zone_lead")
    lead.goto(reverse("core:approvals"))
    lead.click("a:has-text('采用政策：')")
    lead.wait_for_selector("dl.fields")
    photograph(lead, "draft-approval-1440")
    lead.click("dd a:has-text('采用政策：')")
    lead.wait_for_selector(".difference")
    lead.go_back()
    lead.click("a.primary")
    lead.check("[name=decision][value=approve]")
    lead.click("button.primary")
    lead.wait_for_selector(".tag-good")
    lead.goto(reverse("policies:policy", args=["qingdao", "htz-qualified"]))
    assert "本园区采用" in lead.text_content(".page-head")
    assert faults(lead) == []
    photograph(lead, "policy-adopted-1440")
    small = pages("zone_viewer", width=390)
    small.goto(reverse("policies:drafts"))
    assert faults(small) == []
    photograph(small, "drafts-390")
