"""A points run: a snapshot and a model in, a folder out that can be read, checked and repeated.

Nothing in the folder depends on the clock, the path or the machine: the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wutong import __version__
from wutong.backends.at_hand import default_backend
from wutong.backends.protocol import Backend
from wutong.errors import Place, WutongError
from wutong.points.explain import Explanation, Reference, explain
from wutong.points.freeze import with_bounds
from wutong.points.loader import load_model
from wutong.points.model import PointModel, Step
from wutong.points.reference import as_table, from_table, references
from wutong.points.score import Result, score
from wutong.sql.emit import to_sql
from wutong.sql.nodes import col, lit, op, select
from wutong.sql.types import VARCHAR
from wutong.tables import Snapshot
from wutong.tables.snapshot import file_hash, write_parquet

FORMAT = 1
KIND = "points"
SCORES, REFERENCES = "scores.parquet", "references.parquet"


@dataclass(frozen=True)
class PointRun:
    """An opened run folder."""

    folder: Path
    manifest: Mapping[str, Any]
    model: PointModel
    on: date

    @property
    def id(self) -> str:
        """The run id: the first 12 hex digits of the hash of all that went in and out."""
        return str(self.manifest["run"])

    def table(self, columns: list[str] | None = None) -> pa.Table:
        """Return the result, sorted by company; ``name`` stands beside ``company``."""
        return pq.read_table(self.folder / SCORES, columns=columns)

    def snapshot(self) -> Snapshot:
        """Return the snapshot that was scored. Raises T301, T302."""
        return Snapshot.open(self.folder / "snapshot")

    @cached_property
    def engine(self) -> Backend:
        """What reads single rows: opening an engine costs more than reading."""
        return default_backend(1)

    def row(self, company: str, backend: Backend | None = None) -> dict[str, Any]:
        """Return the row of one company, read without the rest of the file. Raises S301 if it is not there."""
        where = op("eq", col("company"), lit(company, VARCHAR))
        engine = backend or self.engine
        sql = to_sql(select({"*": None}, "scores", where=where), engine.dialect)
        found = engine.query(sql, {"scores": self.folder / SCORES}).to_pylist()
        if not found:
            raise WutongError.of("S301", Place(file=self.folder.name), company=company)
        return dict(found[0])

    def references(self) -> dict[int, Reference]:
        """Return the references of the run: points by indicator, per profile number, −1 for all."""
        return dict(from_table(self.model, pq.read_table(self.folder / REFERENCES)))

    def explain(self, company: str, backend: Backend | None = None) -> Explanation:
        """Explain one company by its code. Raises S301 if it is not in the run."""
        return explain(self.model, self.row(company, backend), self.references())


def write_run(
    snapshot: Snapshot, source: Path, model: PointModel, on: date, out: Path, backend: Backend | None = None
) -> tuple[str, Result]:
    """Score a snapshot into `out`, an existing folder that holds it as ``snapshot``; return run id and result.

    Args:
        snapshot: ``out / "snapshot"``, opened.
        source: the model file, copied with the policy whose rules it uses.
        model: the model, as read from `source`.
        on: the day of assessment.
        out: filled by this call (the caller renames it into place).
        backend: where SQL runs; DuckDB if None. Every engine writes the same bytes.

    Raises:
        WutongError: S122 an incomplete model, S13x data it cannot score, F5xx faulty rules.
    """
    result = score(snapshot, model, on, backend)
    names = snapshot.read("companies").select(["company", "name"]).sort_by("company")
    table = result.table.add_column(1, "name", names.column("name"))
    write_parquet(table, out / SCORES)
    write_parquet(as_table(result.model, references(result.model, table)), out / REFERENCES)
    _copy_model(source, model, out)
    run_id = _write_manifest(snapshot, model, Result(result.model, on, table, result.uses, result.diagnostics), out)
    return run_id, Result(result.model, on, table, result.uses, result.diagnostics)


def _copy_model(source: Path, model: PointModel, out: Path) -> None:
    shutil.copyfile(source, out / "model.yaml")
    if model.borrowed is not None:
        (out / "rules").mkdir()
        shutil.copyfile(model.borrowed, out / "rules" / model.borrowed.name)


def _write_manifest(snapshot: Snapshot, model: PointModel, result: Result, out: Path) -> str:
    status = result.table.column("status").value_counts().to_pylist()
    body: dict[str, Any] = {
        "format": FORMAT, "kind": KIND, "engine": __version__, "on": result.on.isoformat(),
        "snapshot": snapshot.hash, "demo": snapshot.demo,
        "model": {"id": model.id, "key": model.key, "version": model.version, "zh": model.zh, "en": model.en,
                  "status": model.status, "banner": model.banner, "sha256": model.sha256,
                  "provenance": dict(model.provenance)},
        "bounds": _bounds(model, result.model),
        "counts": {str(s["values"]): s["counts"] for s in status},
        "results": {n: file_hash(out / n) for n in (SCORES, REFERENCES)},
    }
    run_id = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
    text = json.dumps({"run": run_id, **body}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (out / "manifest.json").write_text(text, "utf-8", newline="\n")
    return run_id


def _bounds(model: PointModel, frozen: PointModel) -> dict[str, list[list[str]]]:
    """The cut-points that were taken from the data."""
    return {
        new.code: [[str(s.cut), str(s.points)] for s in new.normaliser.steps]
        for old, new in zip(model.indicators, frozen.indicators, strict=True)
        if old.normaliser.from_data
    }


def open_points(folder: Path) -> PointRun:
    """Open a run folder.

    Raises:
        WutongError: S300 not a points run, S302 a file that changed since.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        on, wanted = date.fromisoformat(manifest["on"]), manifest["model"]["sha256"]
        known = manifest["kind"] == KIND and manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise WutongError.of("S300", Place(file=folder.name))
    model = load_model(folder / "model.yaml")
    if model.sha256 != wanted:
        raise WutongError.of("S302", Place(file="model.yaml"))
    bounds = {
        code: tuple(Step(Decimal(cut), Decimal(points)) for cut, points in steps)
        for code, steps in manifest["bounds"].items()
    }
    return PointRun(folder, manifest, with_bounds(model, bounds), on)
