"""Official weights: nothing counts that is faulty, unsourced or agreed to by nobody else; then the zone's runs use it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope
from openpyxl import load_workbook
from site_axe import faults
from site_browser import photograph

from wutong.errors import WutongError
from wutong.points.run import open_points
from wutong.site.core.domain.approvals import decide_approval
from wutong.site.points.domain.weights import propose_weights
from wutong.site.runs.domain.queries.packs import models_of, point_models
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run, Score, ZoneModel

ORIGIN = {"document": "测试〔2026〕1号", "clause": "附件1", "url": "https://example.com/1", "by": "测试甲", "on": "2026-11-01", "reason": "测试"}


def address(world) -> str:
    return reverse("points:weights_import", args=[world.here.skeleton, world.here.skeleton_version])


def posted(world, client, *, spoil=lambda _sheet: None, **origin):
    file = SimpleUploadedFile("权重.xlsx", world.here.weights_sheet(spoil))
    return client.post(address(world), {**ORIGIN, **origin, "file": file})


def present(zone, name: str):
    return next(m for m in models_of(zone) if m.id == name)


def agree(world, weights):
    lead = world.people["zone_lead"]
    lead.enter(world.here.zone)
    return decide_approval(actor=lead, approval=weights.approval, approve=True)


def test_the_zone_uses_the_weights_once_another_person_agreed_and_no_other_zone_does(world, as_role):
    here, name = world.here.zone, world.here.skeleton
    answer = posted(world, as_role("zone_officer"))
    weights = ZoneModel.objects.order_by("-pk").first()
    assert answer["Location"] == reverse("points:weights", args=[weights.pk])
    assert present(here, name).empty  # proposed is not adopted
    with pytest.raises(WutongError) as caught:
        start_run(actor=None, zone=here, kind=RunKind.POINTS, on=date(2026, 11, 1), model=f"{name}@{world.here.skeleton_version}")
    assert caught.value.diagnostics[0].code == "S122"
    agree(world, weights)
    assert (present(here, name).status, present(here, name).empty, present(here, name).banner) == ("official", (), "")
    with scope(zone=world.there.zone):
        assert present(world.there.zone, name).empty
    assert next(m for m in point_models() if m.id == name).empty
    run = start_run(actor=None, zone=here, kind=RunKind.POINTS, on=date(2026, 11, 1), model=f"{name}@{world.here.skeleton_version}")
    carry_out(run.pk)
    run = Run.objects.get(pk=run.pk)
    assert run.state == "done", run.faults
    used = open_points(run.folder)
    assert (used.model.sha256, used.model.provenance["document"]) == (weights.sha256, ORIGIN["document"])
    assert Score.objects.of(run).count() == 3


def test_nobody_agrees_to_the_own_proposal(world):
    weights = world.here.propose_weights(world.here)
    with pytest.raises(WutongError) as caught:
        decide_approval(actor=world.people["zone_officer"], approval=weights.approval, approve=True)
    assert caught.value.diagnostics[0].code == "W133"


def test_later_weights_replace_the_earlier_ones_and_both_stay_on_record(world):
    first, again = world.here.propose_weights(world.here), world.here.propose_weights(world.here)
    agree(world, first)
    agree(world, again)
    kept = dict(ZoneModel.objects.values_list("pk", "replaced_at"))
    assert kept[first.pk] is not None
    assert kept[again.pk] is None


def empty(sheet) -> None:
    sheet["E3"] = None


def sum_off(sheet) -> None:
    sheet["E2"] = sheet["E2"].value + 1


def unknown(sheet) -> None:
    sheet["B2"] = "nothing"


@pytest.mark.parametrize(("spoil", "code", "place"), [(empty, "S312", "3"), (sum_off, "S101", ""), (unknown, "S311", "2")])
def test_faults_are_told_with_their_place_and_nothing_is_proposed(world, as_role, spoil, code, place):
    before = ZoneModel.objects.count()
    answer = posted(world, as_role("zone_officer"), spoil=spoil)
    page = answer.content.decode()
    assert (answer.status_code, code in page) == (422, True)
    assert not place or f"第 {place} 行" in page or f"第{place}行" in page
    assert ZoneModel.objects.count() == before


@pytest.mark.parametrize("field", ["document", "clause", "url", "by", "on"])
def test_no_weights_without_their_origin(world, as_role, field):
    before = ZoneModel.objects.count()
    assert posted(world, as_role("zone_officer"), **{field: ""}).status_code == 422
    assert ZoneModel.objects.count() == before


def test_a_model_that_has_weights_takes_none(world, as_role):
    client = as_role("zone_officer")
    assert client.get(reverse("points:weights_import", args=["tsme-points", "115-2017"])).status_code == 404
    made = next(m for m in point_models() if m.id == "tsme-points")
    with pytest.raises(WutongError) as caught:
        propose_weights(actor=None, zone=world.here.zone, text="", made=made, file=world.here.weights.file, reason="")
    assert caught.value.diagnostics[0].code == "W554"


def test_the_sheets_are_the_engines(world, as_role):
    client = as_role("zone_viewer")
    for kind, wanted in (("weights", "权重"), ("data", None)):
        answer = client.get(reverse("points:sheet", args=[world.here.skeleton, world.here.skeleton_version, kind]))
        book = load_workbook(io.BytesIO(answer.content))
        assert wanted is None or wanted in book.sheetnames
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("points:sheet", args=["tsme-points", "115-2017", "weights"])).status_code == 404


@pytest.mark.browser
def test_weights_in_the_browser(pages, live_world, tmp_path):
    page, wide = pages("zone_officer"), []
    skeleton = [live_world.here.skeleton, live_world.here.skeleton_version]
    visited = [("model", skeleton), ("weights_import", skeleton), ("weights", [live_world.here.weights.pk])]
    for name, given in visited:
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(reverse(f"points:{name}", args=given)).status == 200, name
            if width == 1440:
                assert faults(page) == [], name
            photograph(page, f"weights-{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []
    sheet = tmp_path / "权重.xlsx"
    sheet.write_bytes(live_world.here.weights_sheet(empty))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(reverse("points:weights_import", args=skeleton))
    page.set_input_files("[name=file]", str(sheet))
    for field in ("document", "clause", "url", "by", "on", "reason"):
        page.fill(f"[name={field}]", ORIGIN[field])
    with page.expect_response(lambda r: r.status == 422):
        page.click("form.form button.primary")
    page.wait_for_load_state()
    photograph(page, "weights-faults-1440")
    pages.said[:] = [line for line in pages.said if "422" not in line]  # the browser notes the status of the refused form
