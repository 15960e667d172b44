"""Copeland scores: how many others a company outranks, for at most 5,000 companies (every pair is compared).

A company beats another when criteria worth more than half of the weight are higher; equal ones count half
(Becker et al., COINr ``a_copeland``; Munda 2008). Unknown points give a range: the least is reached with a
company's lowest points against everybody's highest.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from wutong.errors import Place, WutongError
from wutong.points.model import WHOLE, Indicator, PointModel
from wutong.points.rank import Ints, hundredths, profile_of

MOST = 5_000


def copeland(mine: Ints, theirs: Ints, weights: Ints) -> Ints:
    """Return for every company of `mine` its share of wins over the others of `theirs`, in hundredths of 100 points.

    Args:
        mine: points int64[n, k] with which each company competes.
        theirs: points int64[n, k] of its competitors, in the same order.
        weights: basis points int64[n, k] by which each company is judged.

    >>> points = np.array([[3, 3], [2, 2], [2, 1]])
    >>> copeland(points, points, np.full((3, 2), 5000)).tolist()
    [10000, 5000, 0]
    """
    n = len(mine)
    wins = np.zeros(n, np.int64)
    for i in range(n):
        ahead = (mine[i] > theirs) @ (2 * weights[i]) + (mine[i] == theirs) @ weights[i]
        ahead[i] = -1
        wins[i] = 2 * int((ahead > WHOLE).sum()) + int((ahead == WHOLE).sum())
    return (wins * 10_000 + (n - 1)) // max(2 * (n - 1), 1)


def with_copeland(model: PointModel, table: pa.Table) -> pa.Table:
    """Return a scored table whose root is the Copeland score of its children.

    Raises:
        WutongError: S137 more than 5,000 companies with a score.
    """
    blocked = np.asarray(table.column("status").to_pylist()) == 2
    scored = np.flatnonzero(~blocked)
    if len(scored) > MOST:
        raise WutongError.of("S137", Place(policy=model.key), count=len(scored), most=MOST)
    ends = [np.column_stack([_column(model, table, c, e)[scored] for c in model.root.children]) for e in ("lo", "hi")]
    profiles = np.maximum(profile_of(table, model)[scored], 0)
    weights = np.array([[model.weight(c, p) or 0 for c in model.root.children] for p in model.profiles], np.int64)[profiles]
    found = [copeland(ends[0], ends[1], weights), copeland(ends[1], ends[0], weights)]
    for end, values in zip(("lo", "hi"), found, strict=True):
        table = _put(model, table, scored, end, values)
    status = np.where(blocked, 2, 0)
    status[scored] = np.where(found[0] == found[1], 0, 1)
    return _set(table, "status", pa.array(status, pa.int32()))


def _column(model: PointModel, table: pa.Table, child: object, end: str) -> Ints:
    kind, items = ("i", model.indicators) if isinstance(child, Indicator) else ("n", model.nodes)
    return hundredths(table.column(f"{kind}{list(items).index(child)}_{end}"))


def _put(model: PointModel, table: pa.Table, scored: Ints, end: str, values: Ints) -> pa.Table:
    step = 10 ** (2 - model.places)
    rounded = (values * 2 + step) // (2 * step) * step
    points: list[Decimal | None] = [None] * table.num_rows
    grades: list[int | None] = [None] * table.num_rows
    for at, value in zip(scored.tolist(), rounded.tolist(), strict=True):
        points[at] = Decimal(value).scaleb(-2)
        grades[at] = next((n for n, g in enumerate(model.grades) if value >= g.start * 100), None)
    for name in ("score", "n0"):
        table = _set(table, f"{name}_{end}", pa.array(points, pa.decimal128(9, 2)))
    table = _set(table, f"exact_{end}", pa.array(points, pa.decimal128(38, 14)))
    return _set(table, f"grade_{end}", pa.array(grades, pa.int32()))


def _set(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
