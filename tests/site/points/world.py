"""In each zone a top list of the model that has a run, weights proposed and withdrawn, and a way to score once more."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from wutong.site.core.domain.approvals import withdraw_approval
from wutong.site.core.domain.files import store_file
from wutong.site.points.domain.lists import create_list
from wutong.site.points.domain.queries.sheets import filled, sheet
from wutong.site.points.domain.weights import propose_weights
from wutong.site.points.enums import Ties
from wutong.site.registry.domain.facts import record_fact
from wutong.site.runs.domain.queries.packs import point_models
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run, ZoneModel

ON = date(2026, 11, 1)
SKELETON = ("cxjf-mst-2025-v2", "2025-v2")
ORIGIN = {"document": "测试〔2026〕1号", "clause": "附件1", "url": "https://example.com/1", "by": "测试甲", "on": "2026-11-01"}


def skeleton():
    """Return the shipped model without weights."""
    return next(m for m in point_models() if (m.id, m.version) == SKELETON)


def weights_sheet(spoil=lambda _sheet: None) -> bytes:
    """Return a weights sheet filled with made-up figures whose sums hold, for tests only; `spoil` changes it."""
    book = load_workbook(io.BytesIO(sheet(skeleton(), "weights")))
    page, group = book["权重"], []
    for row in page.iter_rows(min_row=2):
        if row[1].value:
            group.append(row)
            continue
        whole = int(str(row[2].value).split("应为 ")[1].rstrip("）"))
        for cells in zip(*(r[4:] for r in group), strict=True):
            for cell in cells:
                cell.value = whole // len(cells)
            cells[-1].value += whole - whole // len(cells) * len(cells)
        group = []
    spoil(page)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def propose(place) -> ZoneModel:
    """Propose made-up weights."""
    officer = place.people["zone_officer"]
    upload = SimpleUploadedFile("权重.xlsx", weights_sheet())
    file = store_file(actor=officer, zone=place.zone, content=upload, name=upload.name)
    text, made = filled(skeleton(), file, ORIGIN)
    return propose_weights(actor=officer, zone=place.zone, text=text, made=made, file=file, reason="测试")


def score_again(place, model: str = "tsme-points") -> Run:
    """Return a later run, after the first company's figures have become better."""
    for code, value in (("staff", "20"), ("rd_staff", "15"), ("rd_cost", "9000000"), ("revenue", "20000000")):
        record_fact(actor=None, company=place.company, code=code, period="2025", value=Decimal(value), source="2025年度审计报告")
    run = start_run(actor=None, zone=place.zone, kind=RunKind.POINTS, on=ON, model=model)
    carry_out(run.pk)
    return Run.objects.get(pk=run.pk)


def build(place) -> None:
    """Add ``place.top``, ``place.weights`` and how to make more of them."""
    place.score_again, place.weights_sheet, place.propose_weights = score_again, weights_sheet, propose
    place.skeleton, place.skeleton_version = SKELETON
    place.sheet_kind = "data"
    place.weights = propose(place)
    withdraw_approval(actor=place.people["zone_officer"], approval=place.weights.approval)
    place.top = create_list(
        actor=place.people["zone_officer"], zone=place.zone, name=f"{place.zone.name}创新积分榜", model="tsme-points", places=2,
        stage="", sector="", ties=Ties.INCLUDE)
