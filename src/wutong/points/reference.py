"""The company everybody is compared with: for every stage × sector the median points of each indicator."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from wutong.points.model import PointModel
from wutong.points.rank import Ints, hundredths, profile_of

ALL = -1
FEWEST = 5
"""A group smaller than this has no reference of its own: all companies stand in."""


def references(model: PointModel, table: pa.Table) -> dict[int, dict[str, Decimal]]:
    """Return the median of the proven points of every indicator among scored companies, per profile and for all (−1).

    The lower median is taken, so that a reference is a figure some company has.
    """
    scored = hundredths(table.column("score_lo")) >= 0
    profiles = profile_of(table, model)
    groups = {ALL: scored} | {p.number: scored & (profiles == p.number) for p in model.profiles}
    kept = {number: rows for number, rows in groups.items() if rows.sum() >= (1 if number == ALL else FEWEST)}
    found: dict[int, dict[str, Decimal]] = {number: {} for number in kept}
    for k, indicator in enumerate(model.indicators):
        points = hundredths(table.column(f"i{k}_lo"))
        for number, rows in kept.items():
            found[number][indicator.code] = Decimal(_lower_median(points[rows])).scaleb(-2)
    return found


def _lower_median(values: Ints) -> int:
    at = (len(values) - 1) // 2
    return int(np.partition(values, at)[at])


def as_table(model: PointModel, found: dict[int, dict[str, Decimal]]) -> pa.Table:
    """Return references as a table: ``profile`` and one column per indicator."""
    rows = sorted(found)
    columns = {"profile": pa.array(rows, pa.int32())}
    for k, indicator in enumerate(model.indicators):
        columns[f"i{k}"] = pa.array([found[n][indicator.code] for n in rows], pa.decimal128(9, 2))
    return pa.table(columns)


def from_table(model: PointModel, table: pa.Table) -> dict[int, dict[str, Decimal]]:
    """Return references as :func:`references` gives them."""
    return {
        row["profile"]: {i.code: row[f"i{k}"] for k, i in enumerate(model.indicators)} for row in table.to_pylist()
    }
