"""Two runs side by side: the figures are the engine's, the parts of a change sum to it, other zones see nothing."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from site_axe import faults
from site_browser import photograph
from site_fixtures import client_of

from wutong.points.change import compare
from wutong.points.run import open_points
from wutong.site.points.domain.queries.comparing import change_of, shifts


def test_the_rows_are_everybody_both_runs_have_scored_with_the_engines_ranks(world):
    then, now = world.here.points_run, world.here.score_again(world.here)
    rows = shifts(then, now)
    found = compare(open_points(then.folder), open_points(now.folder), None)
    assert [(r.code, r.left_rank, r.right_rank) for r in rows] == [(m[0], m[2], m[3]) for m in found.movers]
    assert len(rows) == found.companies > 1
    assert [abs(r.moved) for r in rows] == sorted((abs(r.moved) for r in rows), reverse=True)
    assert next(r for r in rows if r.code == world.here.company.uscc).gained > 0


def test_the_page_filters_by_direction_and_name_and_goes_out_as_excel(world, as_role):
    then, now = world.here.points_run, world.here.score_again(world.here)
    client, address = as_role("zone_viewer"), reverse("points:comparison", args=[then.pk, now.pk])
    rows = shifts(then, now)
    for move, test in (("up", lambda n: n > 0), ("down", lambda n: n < 0), ("same", lambda n: n == 0)):
        book = load_workbook(io.BytesIO(client.get(address, {"move": move, "export": "xlsx"}).content))
        assert [r[0].value for r in book.worksheets[0].iter_rows(min_row=2)] == [r.name for r in rows if test(r.moved)], move
    page = client.get(address, {"q": world.here.company.name_initials}).content.decode()
    assert "共 1 条" in page
    assert reverse("points:change", args=[then.pk, now.pk, world.here.company.uscc]) in page


@pytest.mark.parametrize("model", ["tsme-points", "srdi-points"])
def test_the_parts_of_a_change_sum_to_it(world, as_role, model):
    then, now = world.here.points_run, world.here.score_again(world.here, model)
    change, _model = change_of(then, now, world.here.company)
    assert change.data + change.cohort + change.model == change.now - change.then
    assert change.data > 0
    assert (change.model == 0) is (model == "tsme-points")
    page = as_role("zone_viewer").get(reverse("points:change", args=[then.pk, now.pk, world.here.company.uscc])).content.decode()
    assert all(f"{part:f}" in page for part in (change.then, change.now))


def test_a_form_chooses_two_different_runs_of_the_zone(world, as_role):
    client, address, one = as_role("zone_viewer"), reverse("points:compare"), world.here.points_run.pk
    assert client.post(address, {"left": one, "right": one}).status_code == 422
    assert client.post(address, {"left": one, "right": world.there.points_run.pk}).status_code == 422
    other = world.here.score_again(world.here).pk
    assert client.post(address, {"left": one, "right": other})["Location"] == reverse("points:comparison", args=[one, other])


def test_runs_of_two_zones_are_never_compared(world):
    client = client_of(world.there.people["zone_lead"])
    here, there = world.here.points_run.pk, world.there.points_run.pk
    assert client.get(reverse("points:comparison", args=[there, here])).status_code == 404
    assert client.get(reverse("points:comparison", args=[there, there])).status_code == 200


@pytest.mark.browser
def test_a_comparison_in_the_browser(pages, live_world):
    from django_scopes import scope

    with scope(zone=live_world.here.zone):
        now = live_world.here.score_again(live_world.here)
    page, then, wide = pages("zone_officer"), live_world.here.points_run, []
    for name, address, given in (
        ("choose", "compare", []), ("list", "comparison", [then.pk, now.pk]),
        ("change", "change", [then.pk, now.pk, live_world.here.company.uscc])):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(reverse(f"points:{address}", args=given), wait_until="networkidle").status == 200, name
            if width == 1440:
                assert faults(page) == [], name
            photograph(page, f"compare-{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []
