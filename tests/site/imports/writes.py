"""One call of every write of imports."""

from __future__ import annotations

from datetime import date

from wutong.site.core.domain.approvals import decide_approval
from wutong.site.imports.domain import batches
from wutong.site.registry.enums import SourceRank


def _officer(world):
    return world.here.people["zone_officer"]


def _lead(world):
    return world.here.people["zone_lead"]


def _proposed(world):
    return batches.propose_import(actor=_officer(world), batch=world.here.batch, reason="年报")


def _applying(world):
    batch = _proposed(world)
    batches.begin_import(actor=_lead(world), batch=batch)
    return batch


def _written(world):
    batch = _applying(world)
    batches.work_part(actor=None, batch=batch)
    return batch


def _refused(world):
    batch = _proposed(world)
    _lead(world).enter(world.here.zone)
    decide_approval(actor=_lead(world), approval=batch.approval, approve=False)
    return batch


def _reading(world):
    batches.correct_headers(actor=_officer(world), batch=world.here.batch, meant={})
    return world.here.batch


CASES = {
    "import.start": lambda w: batches.start_import(
        actor=_officer(w), zone=w.here.zone, file=w.here.batch.file, source="年报", rank=SourceRank.DECLARED, on=date(2026, 11, 1)),
    "import.headers": lambda w: batches.correct_headers(actor=_officer(w), batch=w.here.batch, meant={"营收": "2025年营业收入"}),
    "import.dry_run": lambda w: batches.keep_dry_run(actor=None, batch=_reading(w), report={"refused": []}),
    "import.policy": lambda w: batches.set_policy(actor=_lead(w), zone=w.here.zone, needs_approval=False),
    "import.propose": _proposed,
    "import.begin": _applying,
    "import.return": lambda w: batches.return_import(actor=_officer(w), batch=_refused(w)),
    "import.part": _written,
    "import.undo": lambda w: batches.undo_import(actor=_lead(w), batch=_written(w)),
    "import.resume": lambda w: batches.resume_import(actor=_officer(w), batch=_applying(w)),
    "import.drop": lambda w: batches.drop_import(actor=_officer(w), batch=w.here.batch),
}
