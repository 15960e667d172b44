"""In each zone a top list of the model that has a run, and a way to score once more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wutong.site.points.domain.lists import create_list
from wutong.site.points.enums import Ties
from wutong.site.registry.domain.facts import record_fact
from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run

ON = date(2026, 11, 1)


def score_again(place, model: str = "tsme-points") -> Run:
    """Return a later run, after the first company's figures have become better."""
    for code, value in (("staff", "20"), ("rd_staff", "15"), ("rd_cost", "9000000"), ("revenue", "20000000")):
        record_fact(actor=None, company=place.company, code=code, period="2025", value=Decimal(value), source="2025年度审计报告")
    run = start_run(actor=None, zone=place.zone, kind=RunKind.POINTS, on=ON, model=model)
    carry_out(run.pk)
    return Run.objects.get(pk=run.pk)


def build(place) -> None:
    """Add ``place.top`` and ``place.score_again``."""
    place.score_again = score_again
    place.top = create_list(
        actor=place.people["zone_officer"], zone=place.zone, name=f"{place.zone.name}创新积分榜", model="tsme-points", places=2,
        stage="", sector="", ties=Ties.INCLUDE)
