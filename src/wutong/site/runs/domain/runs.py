"""Starting, ending and reading runs: every step leaves one event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.runs.domain.queries.packs import models_of
from wutong.site.runs.enums import OPEN, RunKind, RunState
from wutong.site.runs.models import Run, Snapshot

SILENT = timedelta(minutes=5)  # without a sign of life a task is taken for killed
FILES = ("results.xlsx", "ranking.xlsx", "manifest.json", "detail.parquet", "results.parquet", "scores.parquet")


@writes("run.start")
def start_run(
    *, actor: User | None, zone: Zone, kind: RunKind, on: date, packs: Sequence[str] = (), model: str = "",
) -> Run:
    """Queue a run over what the zone's registry knows; the background worker carries it out.

    Raises WutongError W501 while one of the same kind is queued or at work, W502 for a pack that is not there, and
    for points S120, S121 (no such model, several versions) and S122 (its weights are not complete).
    """
    name = ""
    if kind == RunKind.POINTS:
        model, name = _known_model(zone, model, on)
    else:
        _check_packs(packs)
    try:
        with transaction.atomic():
            run = Run.objects.create(
                zone=zone, kind=kind, on=on, packs=list(packs), model=model, model_name=name, started_by=actor)
    except IntegrityError:
        raise WutongError.of("W501", kind=str(RunKind(kind).label)) from None
    record(actor, run, kind=kind, on=on, packs=packs, model=model)
    transaction.on_commit(lambda: _enqueue(run))
    return run


def _enqueue(run: Run) -> None:
    from wutong.site.runs.tasks import work  # noqa: PLC0415 - the task calls the domain

    work.enqueue(run.zone_id, run.pk)


def _known_model(zone: Zone, text: str, on: date) -> tuple[str, str]:
    from wutong.points.compile import incomplete  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.loader import find_model  # noqa: PLC0415 - the engine loads slowly

    found = find_model(text, on)
    found = next((m for m in models_of(zone) if (m.id, m.version) == (found.id, found.version)), found)
    if found.empty:
        raise incomplete(found)
    return f"{found.id}@{found.version}", found.zh


def _check_packs(packs: Sequence[str]) -> None:
    from wutong.packs.loader import known_packs  # noqa: PLC0415 - the engine loads slowly

    known = known_packs()
    wrong = [pack for pack in packs if pack not in known]  # names only: a path of the server is none of them
    if wrong or not packs:
        raise WutongError.of("W502", pack="、".join(wrong) or "—", known="、".join(known))


@writes("run.cancel")
def cancel_run(*, actor: User | None, run: Run) -> Run:
    """Stop a run: at once if it waits or its task was killed, else at its next step. Raises W503 if it is over."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.state not in OPEN:
        raise WutongError.of("W503", state=run.get_state_display())
    run.cancel_asked = True
    if run.state == RunState.QUEUED or (run.beat and run.beat < timezone.now() - SILENT):
        run.state, run.ended_at = RunState.CANCELLED, timezone.now()
    run.save()
    record(actor, run, state=run.state)
    return run


@writes("run.stop")
def stop_run(*, run: Run) -> None:
    """Note that the task stopped because it was asked to."""
    _end(run, RunState.CANCELLED)
    record(None, run)


@writes("run.fail")
def fail_run(*, run: Run, error: WutongError) -> None:
    """Note why the engine refused, with code and remedy in both languages."""
    _end(run, RunState.FAILED, faults=[{"zh": d.line("zh"), "en": d.line("en")} for d in error.diagnostics])
    record(None, run, code=error.code)


@writes("run.finish")
def finish_run(*, run: Run, snapshot: Snapshot, **found: Any) -> Run:
    """Make the results of a run count: what was written before becomes visible with this."""
    snapshot.save(force_insert=True)
    _end(run, RunState.DONE, snapshot=snapshot, **found)
    record(None, run, number=found.get("number"), snapshot=snapshot.hash, counts=found.get("counts"))
    return run


def _end(run: Run, state: RunState, **found: Any) -> None:
    for name, value in (found | {"state": state, "ended_at": timezone.now()}).items():
        setattr(run, name, value)
    run.save()


@writes("run.download")
def open_result(*, actor: User, run: Run, name: str) -> Path:
    """Return the place of one file of a finished run, on record. Raises W504 for a file the run does not have."""
    path = run.folder / name
    if run.state != RunState.DONE or name not in FILES or not path.is_file():
        raise WutongError.of("W504", name=name)
    record(actor, run, name=name)
    return path
