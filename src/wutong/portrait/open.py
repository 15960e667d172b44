"""Opening what portraits are made from: a run folder, a points run or the demo model, rank bands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.at_hand import columns_by_table, snapshot_tables
from wutong.errors import Lang, Place, WutongError
from wutong.points.compile import compile_model
from wutong.points.loader import find_model
from wutong.points.reference import references
from wutong.points.run import open_points
from wutong.points.score import score
from wutong.portrait.data import Zone
from wutong.portrait.model import Band
from wutong.portrait.standing import Scored
from wutong.report.run import open_run
from wutong.tables import Snapshot

DEMO_MODEL = "qingdao-early-stage-demo"
"""The model that scores a run nobody scored; its banner stands on every portrait."""
_BANDS = ("company", "rank_low", "rank_high", "rank_best", "rank_worst")


def open_zone(
    run: Path, company: str | None = None, points: Path | None = None, bands: Path | None = None, lang: Lang = "zh", *,
    demo_points: bool = True,
) -> Zone:
    """Open what portraits need.

    Args:
        run: a folder written by ``wutong evaluate``.
        company: code of the one company to portray; None for all.
        points: a folder written by ``wutong points score`` from the same data.
        bands: ``bands.parquet``, written by ``wutong points uncertainty``, or its folder.
        lang: the language of the portraits.
        demo_points: whether the demo model scores a run without `points`; else its portraits have none.

    Raises:
        WutongError: R104, R105, T30x a faulty run; S300, S302 a faulty points run; D101 points of other data; D102 no
            bands; S13x data the demo model cannot score.
    """
    view = open_run(run, company)
    snapshot = Snapshot.open(run / "snapshot")
    tables: dict[str, Any] = {name: snapshot.read(name) for name in snapshot.tables}
    if points is None and not demo_points:
        return Zone(view, tables, None, lang)
    found = _scored(snapshot, points) if points is not None else _demo(snapshot, view.on)
    return Zone(view, tables, _with_bands(found, bands), lang)


def _demo(snapshot: Snapshot, on: Any) -> Scored:
    result = score(snapshot, find_model(DEMO_MODEL, on), on)
    names = snapshot.read("companies").select(["company", "name"]).sort_by("company")
    table = result.table.add_column(1, "name", names.column("name"))
    return Scored(result.model, _rows(table), references(result.model, table), result.uses)


def _scored(snapshot: Snapshot, folder: Path) -> Scored:
    run = open_points(folder)
    if run.manifest["snapshot"] != snapshot.hash:
        raise WutongError.of("D101", Place(file=folder.name), points=str(run.manifest["snapshot"])[:12], run=snapshot.hash[:12])
    uses = compile_model(run.model, columns_by_table(snapshot_tables(snapshot)), run.on).uses
    return Scored(run.model, _rows(run.table()), run.references(), uses, run.id)


def _rows(table: pa.Table) -> dict[str, Mapping[str, Any]]:
    return {row["company"]: row for row in table.to_pylist()}


def _with_bands(found: Scored, path: Path | None) -> Scored:
    if path is None:
        return found
    file = path / "bands.parquet" if path.is_dir() else path
    try:
        rows = pq.read_table(file, columns=list(_BANDS)).to_pylist()
    except (OSError, pa.ArrowException, KeyError):
        raise WutongError.of("D102", Place(file=file.name)) from None
    bands = {r["company"]: Band(*(int(r[c]) for c in _BANDS[1:])) for r in rows}
    return Scored(found.model, found.rows, found.references, found.uses, found.run, bands)
