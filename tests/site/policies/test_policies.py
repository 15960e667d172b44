"""The policy centre says what the packs say; matches are those of the last run, for staff of the zone only."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse
from site_fixtures import client_of

from wutong.site.policies.domain.queries.book import differences, versions, window_state
from wutong.site.policies.domain.queries.reasons import policy_of, questions, reasons_of
from wutong.site.runs.domain.queries.packs import shipped
from wutong.site.runs.models import Match


def get(client, name, *args, **query) -> str:
    response = client.get(reverse(f"policies:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_centre_lists_every_policy_once_and_filters(world, as_role):
    client = as_role("zone_viewer")
    page = get(client, "policies")
    assert f"共 {len({(p.pack, p.id) for p in shipped()})} 条" in page
    page = get(client, "policies", q="科技型中小企业", pack="national", kind="qualification")
    assert reverse("policies:policy", args=["national", "tsme"]) in page
    assert reverse("policies:policy", args=["national", "small-profit"]) not in page
    assert "没有符合条件的记录" in get(client, "policies", q="没有这样的政策")


def test_a_company_reads_the_centre_without_counts_of_others(world, as_role):
    page = get(as_role("company_user"), "policy", "qingdao", "lanbei")
    assert "最近一次匹配" not in page
    assert "最近一次匹配" in get(as_role("zone_viewer"), "policy", "qingdao", "lanbei")


def test_every_page_of_every_version_opens_with_clauses_and_sources(world, as_role):
    client = as_role("zone_viewer")
    for policy in shipped():
        page = get(client, "version", policy.pack, policy.id, policy.version)
        assert [c.zh for c in policy.conditions if str(c.zh).replace("<", "&lt;") not in page] == [], policy.key
        assert [s.doc_no for s in policy.sources.values() if s.doc_no not in page] == []


def test_versions_differ_in_exactly_what_changed():
    new, old = versions(None, "national", "small-profit")[:2]
    assert differences(new, new) == []
    found = differences(old, new)
    said = {p.zh: [str(v.value) for v in p.values] for p in old.parameters}
    now = {p.zh: [str(v.value) for v in p.values] for p in new.parameters}
    assert {d.name for d in found if d.part == "parameter"} == {n for n in said | now if said.get(n) != now.get(n)}


@pytest.mark.parametrize(("day", "state"), [((2026, 5, 31), "later"), ((2026, 6, 1), "open"), ((2026, 8, 31), "open"), ((2026, 9, 1), "closed")])
def test_both_ends_of_a_window_are_open(day, state):
    from dataclasses import replace

    policy = replace(shipped()[0], window=(date(2026, 6, 1), date(2026, 8, 31)))
    assert window_state(policy, date(*day)) == state
    assert window_state(replace(policy, window=None), date(*day)) == ""


def test_the_reasons_are_the_clauses_of_the_policy_of_the_run(world):
    match = Match.objects.select_related("run__zone", "company").get(pk=world.here.match.pk)
    policy = policy_of(match)
    assert f"{policy.pack}/{policy.id}" == match.policy
    assert {r.clause for r in reasons_of(match, policy)} == {c.zh for c in policy.conditions}


def test_questions_ask_first_for_what_keeps_most_open():
    def match(outcome, *missing):
        return Match(outcome=outcome, missing=list(missing))

    given = [match("unknown", "资产总额", "营业收入"), match("unknown", "营业收入"), match("ineligible", "净利润")]
    assert questions(given) == [("营业收入", 2), ("资产总额", 1)]


def test_matches_filter_by_outcome_and_policy(world, as_role):
    one = world.here.match
    page = get(as_role("zone_viewer"), "matches", policy=one.policy, outcome=one.outcome)
    expected = Match.objects.of(world.here.run).filter(policy=one.policy, outcome=one.outcome)
    assert f"共 {expected.count()} 条" in page
    for match in Match.objects.of(world.here.run).filter(policy=one.policy):
        assert (reverse("policies:match", args=[match.pk]) in page) == (match.outcome == one.outcome)


def test_matches_of_one_company_hold_no_other(world, as_role):
    page = get(as_role("zone_officer"), "company", world.here.company.uscc)
    assert world.here.company.name in page
    assert world.here.foreign.name not in page
    for match in Match.objects.of(world.here.run):
        assert (reverse("policies:match", args=[match.pk]) in page) == (match.company_id == world.here.company.pk)


def test_another_zone_finds_no_match(world):
    client = client_of(world.there.people["zone_officer"])
    assert client.get(reverse("policies:match", args=[world.here.match.pk])).status_code == 404
    assert reverse("policies:match", args=[world.here.match.pk]) not in client.get(reverse("policies:matches")).content.decode()


def test_every_policy_of_the_packs_is_found_in_a_run_folder(tmp_path):
    shutil.copytree(Path(str(resources.files("wutong.packs"))), tmp_path / "packs", ignore=shutil.ignore_patterns("*.cases.yaml"))
    for policy in shipped():
        match = SimpleNamespace(policy=f"{policy.pack}/{policy.id}", run=SimpleNamespace(folder=tmp_path))
        assert policy_of(match).id == policy.id
