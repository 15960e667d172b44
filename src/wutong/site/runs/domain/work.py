"""Carrying out a run: snapshot, engine, results; killed at any point it leaves nothing that counts."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.registry.domain.snapshot import snapshot_zone
from wutong.site.registry.models import Company
from wutong.site.runs.domain.found import matches_of, scores_of
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.queries.packs import model_file, packs_of
from wutong.site.runs.domain.runs import fail_run, finish_run, stop_run
from wutong.site.runs.enums import RunKind, RunState
from wutong.site.runs.models import Match, Run, Score, Snapshot

if TYPE_CHECKING:
    from wutong.tables import Snapshot as Folder

BEAT = 0.5  # seconds between two notes of progress
AT_ONCE = 1_000  # rows in one transaction
SOON = timedelta(days=90)
SECTOR = "industry_chain"  # the fact that the registry shows as a company's sector


class Cancelled(Exception):  # noqa: N818 - not a fault
    """Somebody asked the run to stop."""


def carry_out(run_id: int) -> str:
    """Carry out a waiting run and return its state; one that is not waiting is left alone.

    Nothing of it counts before its last step: the folder appears whole, and rows of an unfinished run are seen by
    nobody. A fault the engine names ends the run as failed; any other is a defect and is raised after that.
    """
    claimed = _claim(run_id)
    run = Run.objects.select_related("zone").get(pk=run_id)
    if not claimed:
        return run.state
    try:
        _compute(run)
    except Cancelled:
        stop_run(run=run)
    except WutongError as error:
        fail_run(run=run, error=error)
    except Exception:
        fail_run(run=run, error=WutongError.of("W505", run=run.pk))
        raise
    return run.state


def _claim(run_id: int) -> int:
    # One statement, so that of two workers only one gets it. Who started it is on record already.
    waiting = Run.objects.filter(pk=run_id, state=RunState.QUEUED)
    return waiting.update(state=RunState.RUNNING, started_at=timezone.now(), beat=timezone.now())


def _compute(run: Run) -> None:
    from wutong.report.folder import staged  # noqa: PLC0415 - the engine loads slowly

    note = _Progress(run)
    note("snapshot", 0, 1)
    with staged(run.folder) as out:
        known = timezone.now()
        folder = snapshot_zone(run.zone, run.on, out / "snapshot")  # without a moment in it, so that equal facts give equal bytes
        if folder.rows() == 0:
            raise WutongError.of("W506", zone=run.zone.name)
        found, rows = (_policies if run.kind == RunKind.POLICIES else _points)(run, folder, out, note)
        note("store", 0, 1)
        _store(rows, note)
        snapshot = Snapshot(
            zone=run.zone, on=run.on, known=known, hash=folder.hash, companies=folder.rows(), figures=figures(folder, run.on))
    finish_run(run=run, snapshot=snapshot, **found)


class _Progress:
    """Notes how far a run is, at most twice a second, and stops it when asked.

    Progress is no act of anybody, so it leaves no event.
    """

    def __init__(self, run: Run) -> None:
        self.run, self.last = run, 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last < BEAT and stage == self.run.stage:
            return
        self.last, self.run.stage = now, stage
        mine = Run.objects.filter(pk=self.run.pk)
        mine.update(stage=stage, done=done, total=max(total, 1), beat=timezone.now())
        if mine.filter(cancel_asked=True).exists():
            raise Cancelled


def _policies(run: Run, folder: Folder, out: Path, note: Callable[[str, int, int], None]) -> tuple[dict[str, Any], list[models.Model]]:
    from wutong.report.folder import write_workbook  # noqa: PLC0415 - the engine loads slowly
    from wutong.report.run import evaluate_snapshot  # noqa: PLC0415 - the engine loads slowly

    with packs_of(run.zone, run.packs) as packs:
        view = evaluate_snapshot(folder, run.on, packs, out, progress=note)
    note("workbook", 0, 1)
    write_workbook(view, out / "results.xlsx")
    run.previous = latest(RunKind.POLICIES)
    before = dict(_rows_of(Match, run.previous, "company__uscc", "policy", "outcome"))
    rows = list(matches_of(run, view, _companies(run), before))
    used = json.loads((out / "manifest.json").read_text("utf-8"))["policies"]
    inputs = [
        {"name": p.name_zh, "version": p.version, "sha256": used[f"{p.pack}.{p.id}"]["sha256"]} for p in view.policies]
    inputs += [{"name": p.id, "version": p.version, "sha256": p.sha256} for p in view.packs]
    return {
        "number": view.run_id, "engine": view.engine_version, "inputs": inputs,
        "counts": dict(Counter(r.outcome for r in rows)), "changed": sum(bool(r.before) and r.before != r.outcome for r in rows),
    }, rows


def _points(run: Run, folder: Folder, out: Path, note: Callable[[str, int, int], None]) -> tuple[dict[str, Any], list[models.Model]]:
    from wutong import __version__  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.loader import load_model  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.run import write_run  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.workbook import write_ranking  # noqa: PLC0415 - the engine loads slowly

    note("score", 0, 1)
    with model_file(run.zone, run.model, run.on) as source:
        model = load_model(source)
        number, result = write_run(folder, source, model, run.on, out)
    note("workbook", 0, 1)
    write_ranking(result, out / "ranking.xlsx")
    run.previous = latest(RunKind.POINTS, model.id)
    before = dict(_rows_of(Score, run.previous, "company__uscc", "low"))
    rows = list(scores_of(run, result, _companies(run), before))
    known = [r for r in rows if r.low is not None]
    return {
        "number": number, "engine": __version__, "banner": model.banner,
        "inputs": [{"name": model.zh, "version": model.version, "sha256": model.sha256}],
        "counts": {"scored": len(known), "exact": sum(r.low == r.high for r in known), "none": len(rows) - len(known)},
        "changed": sum(r.before is not None and r.before != r.low for r in rows),
    }, rows


def _companies(run: Run) -> Mapping[str, int]:
    return dict(Company.objects.filter(zone=run.zone).values_list("uscc", "pk"))


def _rows_of(model: type[models.Model], run: Run | None, *fields: str) -> Iterator[tuple[Any, Any]]:
    """Yield (key, value) of the rows of a run: the last field is the value, those before it the key."""
    rows = () if run is None else model.objects.filter(run=run).values_list(*fields)
    for *key, value in rows:
        yield (key[0] if len(key) == 1 else tuple(key)), value


def _store(rows: list[Any], note: Callable[[str, int, int], None]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        note("store", start, len(rows))
        some = rows[start : start + AT_ONCE]
        with transaction.atomic():
            type(some[0]).objects.bulk_create(some)


def figures(folder: Folder, on: date) -> dict[str, Any]:
    """Return the figures of the zone's overview: companies by sector, and what expires within 90 days."""
    table = folder.read("companies")
    sectors = table[SECTOR].to_pylist() if SECTOR in table.column_names else []
    ends: Iterable[date | None] = (
        day for name in folder.tables if "valid_until" in folder.columns(name)
        for day in folder.read(name)["valid_until"].to_pylist())
    return {
        "sectors": Counter(s for s in sectors if s).most_common(8),
        "expiring": sum(day is not None and on <= day <= on + SOON for day in ends),
    }
