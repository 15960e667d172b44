"""Top lists: ranks and bands as the engine's, ties as declared, the edge as it could be, new and gone since the last run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pyarrow as pa
import pytest
from django.urls import reverse
from openpyxl import load_workbook
from site_axe import faults
from site_browser import photograph

from wutong.errors import WutongError
from wutong.points.rank import at_line
from wutong.site.points.domain.lists import change_list, create_list
from wutong.site.points.domain.queries.lists import cut, listed
from wutong.site.points.enums import IN, Since, Standing, Ties
from wutong.site.points.models import TopList
from wutong.site.runs.models import Score

SCORES = [
    [(9, 9), (8, 8), (8, 8), (5, 5)], [(9, 9), (7, 9), (6, 8), (6, 6)], [(5, 5)] * 4, [(0, 9), (3, 3), (3, 4), (2, 9)], [(9, 9)],
    [(4, 6), (4, 4), (6, 6), (5, 6)],
]


def rows(scores) -> list[dict]:
    return [
        {"pk": n, "name": f"{n}", "code": f"{n}", "low": Decimal(low), "high": Decimal(high), "grade": "", "group": ""}
        for n, (low, high) in enumerate(scores)]


def winners(scores, places: int, ties: str) -> set[int]:
    """Who is in when every score is known, as the engine's own line says."""
    table = pa.table({"company": [str(n) for n in range(len(scores))], "rank": [1 + sum(x > s for x in scores) for s in scores]})
    return {int(code) for code in at_line(table, places, ties)[0]}


@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("ties", Ties.values)
def test_the_standing_holds_in_every_completion_of_the_data(scores, places, ties):
    found = {p.pk: p.standing for p in cut(rows(scores), places, ties)}
    assert {n for n, s in found.items() if s in IN} == winners([low for low, _ in scores], places, ties)
    worlds = [winners(world, places, ties) for world in product(*(range(low, high + 1) for low, high in scores))]
    always, ever = set.intersection(*worlds), set.union(*worlds)
    assert {n for n, s in found.items() if s == Standing.SURE} == always
    assert {n for n, s in found.items() if s == Standing.OUT} == (set(found) - ever) - {n for n, s in found.items() if s == Standing.TIED}


def test_a_list_of_everybody_has_the_ranks_and_bands_of_the_engine(world):
    run, found = listed(world.here.top, world.people["zone_officer"])
    stored = {s.company.uscc: (s.rank, s.best, s.worst) for s in Score.objects.of(run).select_related("company")}
    assert {p.code: (p.rank, p.best, p.worst) for p in found} == {p.code: stored[p.code] for p in found}
    assert found


def test_who_is_new_and_who_left_since_the_run_before(world):
    top = change_list(actor=world.people["zone_officer"], top=world.here.top, places=1)
    user = world.people["zone_officer"]
    before = {p.code for p in listed(top, user)[1] if p.standing in IN}
    assert len(before) == 3  # all have the same points, and ties are taken in
    world.here.score_again(world.here)
    since = {p.code: (p.since, p.standing in IN) for p in listed(top, user)[1]}
    mine = world.here.company.uscc
    assert since == {mine: (Since.STAYED, True), **dict.fromkeys(before - {mine}, (Since.LEFT, False))}
    change_list(actor=user, top=top, ties=Ties.EXCLUDE)
    assert {p.code: p.since for p in listed(top, user)[1] if p.since} == {mine: Since.NEW}


def test_a_list_narrows_to_a_sector_and_a_stage_of_its_model(world, as_role):
    user, zone = world.people["zone_officer"], world.here.zone
    client = as_role("zone_officer")
    page = client.get(reverse("points:list_new")).content.decode()
    assert world.here.company.sector in page
    top = change_list(actor=user, top=world.here.top, sector="没有这个行业")
    assert listed(top, user)[1] == []
    with pytest.raises(WutongError) as caught:
        create_list(actor=user, zone=zone, name="一", model="tsme-points", places=1, stage="初创期", sector="", ties=Ties.INCLUDE)
    assert caught.value.diagnostics[0].code == "W553"


@dataclass
class Asked:
    name: str = "创新积分100"
    model: str = "tsme-points"
    places: str = "100"
    ties: str = "include"


def test_a_list_is_set_up_changed_and_removed_in_the_browser_form(world, as_role):
    client = as_role("zone_officer")
    made = client.post(reverse("points:list_new"), vars(Asked()))
    top = TopList.objects.get(name="创新积分100")
    assert made["Location"] == reverse("points:list", args=[top.pk])
    again = client.post(reverse("points:list_new"), vars(Asked()))
    assert (again.status_code, "W551" in again.content.decode()) == (422, True)
    client.post(reverse("points:list_edit", args=[top.pk]), vars(Asked(places="5")))
    assert TopList.objects.get(pk=top.pk).places == 5
    client.post(reverse("points:list_remove", args=[top.pk]))
    assert not TopList.objects.filter(pk=top.pk).exists()


def test_the_page_says_its_rules_and_goes_out_as_excel(world, as_role):
    client, address = as_role("zone_viewer"), reverse("points:list", args=[world.here.top.pk])
    page = client.get(address).content.decode()
    assert "并列者全部入榜" in page
    assert "设立榜单" not in client.get(reverse("points:lists")).content.decode()
    book = load_workbook(io.BytesIO(client.get(address, {"export": "xlsx"}).content))
    assert book.worksheets[0].max_row == 1 + len(listed(world.here.top, world.people["zone_viewer"])[1])
    assert "共 0 条" in client.get(address, {"since": "left"}).content.decode()


@pytest.mark.browser
def test_lists_in_the_browser(pages, live_world):
    page, wide = pages("zone_officer"), []
    for name, given in (("lists", []), ("list", [live_world.here.top.pk]), ("list_new", []), ("list_edit", [live_world.here.top.pk])):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(reverse(f"points:{name}", args=given)).status == 200, name
            if width == 1440:
                assert faults(page) == [], name
            photograph(page, f"toplist-{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []
