"""One call of every write of runs."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.runs.domain.runs import cancel_run, fail_run, finish_run, open_result, start_run, stop_run
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run, Snapshot


def _officer(world):
    return world.here.people["zone_officer"]


def _waiting(world) -> Run:
    return start_run(
        actor=_officer(world), zone=world.here.zone, kind=RunKind.POLICIES, on=date(2026, 11, 1), packs=["qingdao"])


def _snapshot(world) -> Snapshot:
    return Snapshot(zone=world.here.zone, on=date(2026, 11, 1), known=timezone.now(), hash="0" * 64, companies=3)


CASES = {
    "run.start": _waiting,
    "run.cancel": lambda w: cancel_run(actor=_officer(w), run=_waiting(w)),
    "run.stop": lambda w: stop_run(run=_waiting(w)),
    "run.fail": lambda w: fail_run(run=_waiting(w), error=WutongError.of("W506", zone="本园")),
    "run.finish": lambda w: finish_run(run=_waiting(w), snapshot=_snapshot(w), number="0" * 12),
    "run.download": lambda w: open_result(actor=_officer(w), run=w.here.run, name="manifest.json"),
}
