"""Near misses of a policy: those of the last run, with the engine's cheapest change, kept once it was searched."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from site_axe import faults
from site_browser import photograph
from site_fixtures import client_of

from wutong.policy.facts import read_company
from wutong.policy.nearmiss import near_miss
from wutong.report.asked import asked_run
from wutong.site.policies.domain.queries.near import cheapest, known
from wutong.site.policies.views.near import changes_text
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match

ON = date(2026, 11, 1)


def one(place) -> Match:
    """Return a refused match of a new run: the company of the zone has too little revenue for a little giant."""
    run = start_run(actor=None, zone=place.zone, kind=RunKind.POLICIES, on=ON, packs=["national"])
    carry_out(run.pk)
    rows = Match.objects.filter(run=run, policy="national/little-giant", company=place.company)
    rows.update(outcome=Outcome.NEAR)
    return rows.select_related("company", "run__zone").get()


def test_the_answer_is_the_engines_and_is_kept(world):
    match = one(world.here)
    assert known(match) is None
    found, policy = cheapest(match)
    about = asked_run(match.run.folder)
    assert found == near_miss(read_company(about.tables, match.company.uscc), policy, about.on, mode=about.mode)
    assert known(match) == found
    assert (found.verdict, found.outcome) == ("ineligible", "open")
    assert found.best


def test_the_list_holds_the_near_misses_of_the_policy_only(world, as_role):
    match = one(world.here)
    client, address = as_role("zone_viewer"), reverse("policies:near", args=match.policy.split("/"))
    count = Match.objects.filter(run=match.run, policy=match.policy, outcome=Outcome.NEAR).count()
    page = client.get(address).content.decode()
    assert f"共 {count} 条" in page
    assert "点开计算" in page
    shown = client.get(reverse("policies:near_match", args=[match.pk]))
    assert shown.status_code == 200
    found, _policy = cheapest(match)
    assert changes_text(found.best) in client.get(address).content.decode()
    assert client.get(address, {"q": "没有这家"}).content.decode().count("没有符合条件的记录") == 1
    assert client.get(reverse("policies:near", args=["qingdao", "nothing"])).status_code == 404


def test_another_zone_searches_nothing_of_this_one(world):
    client = client_of(world.there.people["zone_lead"])
    assert client.get(reverse("policies:near_match", args=[one(world.here).pk])).status_code == 404


@pytest.mark.browser
def test_near_misses_in_the_browser(pages, live_world):
    from django_scopes import scope

    with scope(zone=live_world.here.zone):
        match = one(live_world.here)
    page, wide = pages("zone_officer"), []
    for name, given in (("near", match.policy.split("/")), ("near_match", [match.pk])):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(reverse(f"policies:{name}", args=given)).status == 200, name
            if width == 1440:
                assert faults(page) == [], name
            photograph(page, f"near-{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []
