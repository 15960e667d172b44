"""Scoring a snapshot: one statement, then ranks from a histogram of the published scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wutong.backends.at_hand import columns_by_table, default_backend, schema_of, snapshot_tables
from wutong.backends.protocol import Backend, Tables
from wutong.errors import Diagnostic, Place, WutongError
from wutong.points.compile import NOT_COVERED, CompiledModel, Keep, compile_model, most
from wutong.points.copeland import with_copeland
from wutong.points.freeze import frozen
from wutong.points.model import PointModel
from wutong.points.rank import Histogram, Ints, profile_of
from wutong.tables import Snapshot

ROW_GROUP = 122_880
"""Rows per row group of a ranked file: few enough to read one company fast, and few groups in the footer."""
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Result:
    """The points of a snapshot; see ``docs/formats/points.md`` for the columns of `table`."""

    model: PointModel
    on: date
    table: pa.Table
    uses: Mapping[str, frozenset[str]]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def companies(self) -> list[str]:
        """Credit codes in the order of the table."""
        return list(self.table.column("company").to_pylist())

    @cached_property
    def profile(self) -> Ints:
        """The number of every company's profile in ``model.profiles``; −1 where it is not decided or not covered."""
        return profile_of(self.table, self.model)

    def points(self, end: str = "lo") -> Floats:
        """Return the points of every company and indicator, float64[n, k], for `end` lo or hi."""
        return self._matrix("i", end)

    def values(self, end: str = "lo") -> Floats:
        """Return the values of every company and indicator, float64[n, k]; NaN where unknown."""
        return self._matrix("v", end)

    def scores(self, end: str = "lo") -> Floats:
        """Return the published scores, NaN where there is none."""
        return as_floats(self.table.column(f"score_{end}"))

    def _matrix(self, kind: str, end: str) -> Floats:
        columns = [as_floats(self.table.column(f"{kind}{k}_{end}")) for k in range(len(self.model.indicators))]
        return np.column_stack(columns) if columns else np.empty((self.table.num_rows, 0))


def as_floats(column: pa.ChunkedArray) -> Floats:
    """Return a column as float64, NaN for NULL."""
    return np.asarray(pc.cast(column, pa.float64()).combine_chunks().to_numpy(zero_copy_only=False), dtype=np.float64)


def score(
    snapshot: Snapshot | Tables,
    model: PointModel,
    on: date,
    backend: Backend | None = None,
    *,
    company: str | None = None,
) -> Result:
    """Score every company of a snapshot.

    Args:
        snapshot: an opened snapshot, or its tables by name (Arrow or Parquet paths).
        model: the model; bounds that come from data are frozen first.
        on: the day of assessment.
        backend: where the statement runs; DuckDB in process if None.
        company: only this one; it then has no ranks.

    Raises:
        WutongError: S122 an incomplete model, S131–S136 for data it cannot score, F5xx for faulty rules.
    """
    tables = snapshot_tables(snapshot) if isinstance(snapshot, Snapshot) else snapshot
    engine = backend or default_backend()
    ready = frozen(model, tables, on, engine)
    columns = columns_by_table(tables)
    compiled = compile_model(ready, columns, on)
    check_columns(compiled, columns)
    needed = {n: t for n, t in tables.items() if n in tables_of(compiled)}
    schema = schema_of(lambda: compiled.query(company), needed, engine)
    table = engine.query(compiled.sql(engine.dialect, company), needed, schema).sort_by("company")
    _check_rows(ready, table)
    if ready.root.aggregate == "copeland":
        table = with_copeland(ready, table)
    if company is None:
        table = ranked(ready, table)
    return Result(ready, on, table, compiled.uses, tuple(findings(ready, table)) if company is None else ())


def ranked(model: PointModel, table: pa.Table) -> pa.Table:
    """Return a scored table with its ranks."""
    counts = Histogram(model, most(model))
    counts.add(table)
    return counts.ranked(table)


def score_to(
    tables: Mapping[str, Path], model: PointModel, on: date, path: Path, backend: Backend | None = None,
    keep: Keep = "points",
) -> int:
    """Score into a Parquet file without ever holding all companies; returns their number.

    The statement streams into a file of scores and, as `keep` says, points; two passes over it add the ranks.

    Raises:
        WutongError: as :func:`score`.
    """
    engine = backend or default_backend()
    ready = frozen(model, tables, on, engine)
    columns = columns_by_table(tables)
    compiled = compile_model(ready, columns, on, keep=keep)
    check_columns(compiled, columns)
    needed = {n: t for n, t in tables.items() if n in tables_of(compiled)}
    draft = path.with_suffix(".draft")
    rows = engine.write(compiled.sql(engine.dialect), needed, draft, schema_of(compiled.query, needed, engine))
    try:
        add_ranks(ready, draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return rows


def add_ranks(model: PointModel, source: Path, target: Path) -> None:
    """Copy a scored Parquet file with ranks, batch by batch."""
    counts, file = Histogram(model, most(model)), pq.ParquetFile(source)
    for batch in file.iter_batches(columns=["score_lo", "score_hi", "stage", "sector"]):
        counts.add(pa.Table.from_batches([batch]))
    writer: pq.ParquetWriter | None = None
    try:
        for batch in file.iter_batches(batch_size=ROW_GROUP):
            table = counts.ranked(pa.Table.from_batches([batch]))
            writer = writer or pq.ParquetWriter(target, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROW_GROUP)
    finally:
        if writer is not None:
            writer.close()


def tables_of(compiled: CompiledModel) -> set[str]:
    """Return the tables a statement reads."""
    return {"companies", *(c for c in compiled.plan.aggregate_columns if c in compiled.plan.tables)}


def check_columns(compiled: CompiledModel, columns: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse binary floating point: it may hold NaN or infinity, and misjudges figures on a line. Raises S132."""
    known = columns["companies"]
    faults = [
        Diagnostic.of("S132", Place(policy=compiled.model.key, column=name.removeprefix("f_")))
        for name in compiled.plan.facts
        if known.get(name.removeprefix("f_")) in ("double", "float", "halffloat")
    ]
    if faults:
        raise WutongError(*faults)


def _check_rows(model: PointModel, table: pa.Table) -> None:
    counts = table.column("company").value_counts().to_pylist()
    twice = sorted(c["values"] for c in counts if c["counts"] > 1)
    if twice:
        raise WutongError.of("S136", Place(policy=model.key), company=twice[0], count=len(twice))


def findings(model: PointModel, table: pa.Table) -> list[Diagnostic]:
    """Return what a scorer should know: indicators nobody has, indicators that are the same for all, no stage."""
    found: list[Diagnostic] = []
    rows = table.num_rows
    for number, indicator in enumerate(model.indicators if rows > 1 else ()):
        lo, hi = table.column(f"i{number}_lo"), table.column(f"i{number}_hi")
        place = Place(policy=model.key, clause=indicator.code)
        if not pc.any(pc.equal(lo, hi)).as_py():
            found.append(Diagnostic.of("S131", place, severity="warning", name=indicator.zh))
        elif pc.count_distinct(lo).as_py() == 1 and pc.count_distinct(hi).as_py() == 1:
            value = lo[0].as_py() or Decimal(0)
            found.append(Diagnostic.of("S134", place, severity="warning", name=indicator.zh, value=value))
    outside = sum(NOT_COVERED in pair for pair in zip(*(table.column(n).to_pylist() for n in ("stage", "sector")), strict=True))
    if outside:
        found.append(Diagnostic.of("S135", Place(policy=model.key), severity="warning", count=outside))
    return found
