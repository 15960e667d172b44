"""In each zone a finished run of policies and one of points, over the zone's companies."""

from __future__ import annotations

from datetime import date

from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run

ON = date(2026, 11, 1)
MODEL = "tsme-points"


def build(place) -> None:
    """Add ``place.run`` (policies), ``place.points_run`` and ``place.waiting_run``, which nobody works on."""
    officer = place.people["zone_officer"]
    officer.enter(place.zone)
    policies = start_run(actor=officer, zone=place.zone, kind=RunKind.POLICIES, on=ON, packs=["qingdao"])
    points = start_run(actor=officer, zone=place.zone, kind=RunKind.POINTS, on=ON, model=MODEL)
    for run in (policies, points):
        if Run.objects.get(pk=run.pk).state == "queued":
            carry_out(run.pk)
    place.run, place.points_run = (Run.objects.get(pk=r.pk) for r in (policies, points))
    assert {place.run.state, place.points_run.state} == {"done"}, (place.run.faults, place.points_run.faults)
    place.result_name = "manifest.json"
