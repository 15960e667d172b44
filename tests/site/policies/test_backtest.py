"""The back-test page: the engine's answer about the last run's companies; faults are told beside the form."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from django_scopes import scopes_disabled
from openpyxl import load_workbook
from site_axe import faults
from site_browser import photograph

from wutong.site.policies.domain.queries import backtest as work
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run

ADDRESS = ("qingdao", "htz-qualified")
NAMED = ("national", "tsme")


def run_national(place):
    """Decide the national policies for the companies of a zone; the back-test asks the last run."""
    run = start_run(actor=place.people["zone_officer"], zone=place.zone, kind=RunKind.POLICIES, on=place.run.on, packs=["national"])
    if Run.objects.get(pk=run.pk).state == "queued":
        carry_out(run.pk)
    assert Run.objects.get(pk=run.pk).state == "done"


def test_every_figure_of_the_policy_can_be_changed(world, as_role):
    page = as_role("zone_officer").get(reverse("policies:backtest", args=ADDRESS)).content.decode()
    names = [f.name for f in work.figures_of(world.here.run, "/".join(ADDRESS))]
    assert "htz-qualified.first_award" in names
    assert all(f'name="{name}"' in page for name in names)


def test_named_figures_come_first_and_the_rest_is_folded_until_used(world, as_role):
    run_national(world.here)
    page = as_role("zone_officer").get(reverse("policies:backtest", args=NAMED)).content.decode()
    places = [page.index(text) for text in (
        'name="tsme.rd_ratio"', 'name="tsme.score_min"', "<details><summary>规则中的数字", 'name="tsme.score_rd_sales.2"')]
    assert places == sorted(places)
    tried = as_role("zone_officer").post(reverse("policies:backtest", args=NAMED), {"tsme.score_rd_sales.2": "很多"})
    assert "<details open><summary>规则中的数字" in tried.content.decode()


def test_a_named_figure_is_tried_like_any_other(world, as_role):
    run_national(world.here)
    page = as_role("zone_officer").post(reverse("policies:backtest", args=NAMED), {"tsme.rd_ratio": "0.04"})
    assert page.status_code == 200
    assert "tsme.rd_ratio（研发费用占销售收入比档线）5% → 4%" in page.content.decode()


def test_the_answer_is_the_engines_for_every_value(world, as_role):
    values = {"htz-qualified.first_award": "20万元,40万元"}
    page = as_role("zone_officer").post(reverse("policies:backtest", args=ADDRESS), values).content.decode()
    answer = work.backtest(world.here.run, values)
    assert answer.lead in page
    assert [g.title for g in answer.grids if g.title not in page] == []
    assert page.count("方案2") >= 1


def test_a_workbook_holds_the_same_tables(world, as_role):
    answer = as_role("zone_officer").post(reverse("policies:backtest", args=ADDRESS), {"htz-qualified.first_award": "20万元", "xlsx": "1"})
    book = load_workbook(io.BytesIO(answer.content))
    assert len(book.sheetnames) == 1 + len(work.backtest(world.here.run, {"htz-qualified.first_award": "20万元"}).grids)


@pytest.mark.parametrize(("values", "code"), [({}, "R304"), ({"htz-qualified.first_award": "很多"}, "R302"), ({"htz-qualified.first_award": ",".join(f"{n}万元" for n in range(1, 31))}, "R305")])
def test_faults_are_told_beside_the_form(world, as_role, values, code):
    answer = as_role("zone_officer").post(reverse("policies:backtest", args=ADDRESS), values)
    assert answer.status_code == 422
    assert code in answer.content.decode()


def test_a_policy_without_figures_or_unknown_is_not_found(world, as_role):
    assert as_role("zone_officer").get(reverse("policies:backtest", args=["qingdao", "nothing"])).status_code == 404


@pytest.mark.browser
def test_the_back_test_in_the_browser(live_world, pages):
    page = pages("zone_officer")
    assert page.goto(reverse("policies:backtest", args=ADDRESS)).status == 200
    page.fill('[name="htz-qualified.first_award"]', "20万元")
    page.click("button.primary")
    page.wait_for_selector("#answer")
    assert faults(page) == []
    photograph(page, "backtest-1440")
    with scopes_disabled():
        run_national(live_world.here)
    page.goto(reverse("policies:backtest", args=NAMED))
    photograph(page, "backtest-named-1440")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("details summary:has-text('规则中的数字')")
    photograph(page, "backtest-named-390")
