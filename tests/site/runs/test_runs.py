"""Runs from the browser: what they compute is the engine's own, nothing half counts, nobody else sees it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from site_fixtures import acting, client_of

from wutong.errors import WutongError
from wutong.points.run import open_points
from wutong.report.run import open_run
from wutong.site.core.domain.zones import create_zone
from wutong.site.registry.domain.facts import record_fact
from wutong.site.runs.domain import work
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.runs import cancel_run, start_run
from wutong.site.runs.enums import RunKind, RunState
from wutong.site.runs.models import Match, Run, Score

ON = date(2026, 11, 1)


def waiting(zone, kind=RunKind.POLICIES, **more) -> Run:
    given = {"packs": ["qingdao"]} if kind == RunKind.POLICIES else {"model": "tsme-points"}
    return start_run(actor=None, zone=zone, kind=kind, on=ON, **(given | more))


def carried(zone, kind=RunKind.POLICIES, **more) -> Run:
    run = waiting(zone, kind, **more)
    work.carry_out(run.pk)
    return Run.objects.get(pk=run.pk)


def test_the_verdicts_are_those_of_the_engine_on_the_run_folder(world):
    view = open_run(world.here.run.folder)
    found = {
        (c.code, key): "ineligible" if v.verdict == "ineligible" else v.verdict
        for c in view.companies for key, v in c.verdicts.items()}
    stored = {
        (m.company.uscc, m.policy): "ineligible" if m.outcome == "near" else m.outcome
        for m in Match.objects.of(world.here.run).select_related("company")}
    assert stored == found
    assert len(stored) == 3 * len(view.policies)
    assert world.here.run.number == view.run_id
    hashes = {p["sha256"] for p in json.loads((world.here.run.folder / "manifest.json").read_text())["policies"].values()}
    assert hashes < {i["sha256"] for i in world.here.run.inputs}
    assert world.here.run.counts == Counter(Match.objects.of(world.here.run).values_list("outcome", flat=True))


def test_the_scores_are_those_of_the_engine_on_the_run_folder(world):
    table = open_points(world.here.points_run.folder).table(["company", "score_lo", "rank"]).to_pylist()
    stored = Score.objects.of(world.here.points_run).values_list("company__uscc", "low", "rank")
    assert sorted(stored, key=lambda r: r[0]) == [(r["company"], r["score_lo"], r["rank"]) for r in table]


def test_equal_facts_give_the_same_number_and_no_changes(world, in_zone):
    again = carried(in_zone)
    assert (again.number, again.previous_id, again.changed) == (world.here.run.number, world.here.run.pk, 0)


def test_a_changed_fact_shows_as_a_change_of_the_score(world, in_zone, as_role):
    for code, value in (("staff", "20"), ("rd_staff", "15"), ("rd_cost", "9000000"), ("revenue", "20000000")):
        record_fact(actor=None, company=world.here.company, code=code, period="2025", value=Decimal(value), source="2025年度审计报告")
    run = carried(in_zone, RunKind.POINTS)
    assert run.changed == 1
    score = Score.objects.of(run).get(company=world.here.company)
    assert score.before == Score.objects.of(world.here.points_run).get(company=world.here.company).low != score.low
    page = as_role("zone_viewer").get(reverse("runs:points_changes", args=[run.pk])).content.decode()
    assert world.here.company.name in page
    assert world.here.foreign.name not in page


def test_a_run_that_is_refused_tells_code_and_remedy_and_leaves_nothing(world, in_zone, as_role):
    run = waiting(in_zone)
    Run.objects.filter(pk=run.pk).update(on=date(1990, 1, 1))
    assert work.carry_out(run.pk) == RunState.FAILED
    run.refresh_from_db()
    assert "R102" in run.faults[0]["zh"]
    assert not run.folder.exists()
    assert Match.objects.filter(run=run).count() == 0
    assert latest(RunKind.POLICIES) == world.here.run
    client = as_role("zone_officer")
    assert "R102" in client.get(reverse("runs:run", args=[run.pk])).content.decode()
    assert client.get(reverse("runs:file", args=[run.pk, "manifest.json"])).status_code == 404


def test_the_snapshot_counts_sectors_for_the_overview(world, in_zone):
    for company in (world.here.company, world.here.foreign):
        record_fact(actor=None, company=company, code="industry_chain", value="海洋装备", source="登记")
    assert carried(in_zone).snapshot.figures["sectors"] == [["海洋装备", 2]]


def test_an_empty_zone_is_refused(world):
    zone = create_zone(actor=None, code="empty", name="空区")
    with scope(zone=zone):
        run = carried(zone)
    assert (run.state, "W506" in run.faults[0]["en"]) == (RunState.FAILED, True)


def test_a_defect_ends_the_run_as_failed_and_is_raised(world, in_zone, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr(work, "snapshot_zone", broken)
    run = waiting(in_zone)
    with pytest.raises(ZeroDivisionError):
        work.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, "W505" in run.faults[0]["zh"]) == (RunState.FAILED, True)


def test_cancel_stops_a_running_run_without_results(world, in_zone, monkeypatch):
    run = waiting(in_zone)
    original = work._store

    def store(rows, note):
        original(rows, note)
        cancel_run(actor=None, run=run)
        note("store", 1, 1)  # the stage is known: told only after half a second
        note("end", 1, 1)

    monkeypatch.setattr(work, "_store", store)
    assert work.carry_out(run.pk) == RunState.CANCELLED
    assert not run.folder.exists()
    assert Match.objects.all().visible_to(acting(world.here.people["zone_officer"], in_zone)).filter(run=run).count() == 0
    with pytest.raises(WutongError) as caught:
        cancel_run(actor=None, run=run)
    assert caught.value.code == "W503"


def test_a_waiting_or_killed_run_is_cancelled_at_once_and_not_carried_out(world, in_zone):
    run = cancel_run(actor=None, run=waiting(in_zone))
    assert (run.state, work.carry_out(run.pk)) == (RunState.CANCELLED, RunState.CANCELLED)
    killed = waiting(in_zone)
    Run.objects.filter(pk=killed.pk).update(state=RunState.RUNNING, beat=timezone.now() - timedelta(minutes=6))
    assert work.carry_out(killed.pk) == RunState.RUNNING
    assert cancel_run(actor=None, run=killed).state == RunState.CANCELLED


@pytest.mark.parametrize(("given", "code"), [
    ({"packs": ["../../etc"]}, "W502"), ({"packs": []}, "W502"), ({"kind": RunKind.POINTS, "model": "nothing"}, "S120"),
])
def test_what_does_not_exist_is_not_run(world, in_zone, given, code):
    with pytest.raises(WutongError) as caught:
        waiting(in_zone, **given)
    assert caught.value.code == code


def test_one_run_of_a_kind_at_a_time_in_a_zone(world, in_zone):
    waiting(in_zone)
    waiting(in_zone, RunKind.POINTS)
    with pytest.raises(WutongError) as caught:
        waiting(in_zone)
    assert caught.value.code == "W501"
    with scope(zone=world.there.zone):
        waiting(world.there.zone)


def test_started_in_the_browser_and_carried_out_behind_it(world, in_zone, as_role, django_capture_on_commit_callbacks):
    client = as_role("zone_officer")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("runs:start_policies"), {"packs": ["qingdao"], "on": "2026-11-01"})
    run = Run.objects.order_by("pk").last()
    assert response["Location"] == reverse("runs:run", args=[run.pk])
    assert (run.state, run.started_by) == (RunState.DONE, world.people["zone_officer"])
    assert client.get(reverse("runs:progress", args=[run.pk])).headers["HX-Refresh"] == "true"


def test_the_bar_says_where_it_is(world, in_zone, as_role):
    run = waiting(in_zone)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, stage="explain", done=3, total=12)
    page = as_role("zone_viewer").get(reverse("runs:progress", args=[run.pk])).content.decode()
    assert 'max="12" value="3"' in page
    assert "整理理由" in page
    assert "hx-get" in page


def test_a_file_comes_as_an_attachment_and_no_other(world, as_role):
    client = as_role("zone_viewer")
    response = client.get(reverse("runs:file", args=[world.here.run.pk, "manifest.json"]))
    assert response["Content-Disposition"].startswith("attachment")
    assert json.loads(b"".join(response))["run"] == world.here.run.number
    for name in ("ranking.xlsx", "packs", "..%2F..%2Fsecret.key"):
        assert client.get(f"/runs/{world.here.run.pk}/files/{name}").status_code == 404


def test_results_of_another_company_are_not_visible_to_a_company(world, in_zone):
    user = acting(world.here.people["company_user"], in_zone)
    assert set(Match.objects.all().visible_to(user).values_list("company", flat=True)) == {world.here.company.pk}
    assert list(Score.objects.all().visible_to(user).values_list("company", flat=True)) == [world.here.company.pk]
    assert Run.objects.all().visible_to(user).count() == 0


def test_another_zone_has_no_such_run(world):
    client = client_of(world.there.people["zone_lead"])
    listed = client.get(reverse("runs:runs")).content.decode()
    assert reverse("runs:run", args=[world.there.run.pk]) in listed
    assert reverse("runs:run", args=[world.here.run.pk]) not in listed
