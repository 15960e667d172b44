"""In each zone a finished run of policies and one of points, over the zone's companies."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from wutong.site.runs.domain.runs import start_run
from wutong.site.runs.domain.work import carry_out
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Match, Run, Score

ON = date(2026, 11, 1)
MODEL = "tsme-points"


def build(place) -> None:
    """Add ``place.run`` (policies), ``place.points_run``, and a ``match`` and ``score`` of the zone's first company."""
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
    place.match = Match.objects.filter(run=place.run, company=place.company).first()
    place.score = Score.objects.get(run=place.points_run, company=place.company)


def build_installation(world) -> None:
    """Add ``world.policy_args``: a policy with two versions and a model, as addresses name them."""
    world.policy_args = SimpleNamespace(
        pack="national", policy="small-profit", old="2021-2022", new="2023-2027", model=MODEL, model_version="115-2017")
