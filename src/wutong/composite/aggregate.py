"""From indicators to the index: means, minimum, Copeland, Mazziotta–Pareto; a method for each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wutong.composite.framework import Framework, Node
from wutong.composite.table import Floats, Table
from wutong.errors import Diagnostic, Place, WutongError

COPELAND_LIMIT = 5_000
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Way:
    """How one level is aggregated.

    Attributes:
        method: arithmetic, geometric, harmonic, power, minimum, maximum, sum, mpi, copeland.
        power: exponent of ``power``.
        availability: a unit with a smaller share of values in the group gets none (COINr `dat_thresh`).
        penalty: of ``mpi``: −1 for an index in which more is better (MPI−), +1 for one of burdens (MPI+).
        floor: values below it are lifted to it first, so that geometric and harmonic means exist.
        ddof: of ``mpi``: 1 divides by m − 1 as Compind 3.4 `ci_mpi`, 0 by m as Mazziotta & Pareto (2016).
    """

    method: str = "arithmetic"
    power: float = 1.0
    availability: float = 0.0
    penalty: int = -1
    ddof: int = 1
    floor: float | None = None


MEAN = Way()
Ways = Way | Sequence[Way] | Mapping[str, Way]


def aggregate(table: Table, tree: Framework, ways: Ways = MEAN,
              weights: Mapping[str, float] | None = None) -> Table:
    """Aggregate level by level (COINr `Aggregate`); return the table with every aggregate appended.

    Missing values are left out and the weights of the others re-scaled, as in COINr.

    Args:
        table: normalised indicators, all those of `tree`.
        tree: the hierarchy.
        ways: one for all levels, one per level from level 2 upwards, or by node (others: arithmetic).
        weights: instead of the tree's.

    Raises:
        WutongError: S212 a missing column, S251 a wrong number of ways, S250 an unknown method, S252–S255 values a
            method cannot take: zero or negative under geometric or harmonic, a power of zero, too many units for
            Copeland.

    >>> tree = Framework.of([Node("a", 1, "I", 3), Node("b", 1, "I", 1), Node("I", 2, None)])
    >>> aggregate(Table.of([[10, 20], [None, 8]], ["a", "b"]), tree).column("I").tolist()
    [12.5, 8.0]
    """
    way_of = _way_of(tree, ways)
    known = tree.weights() | dict(weights or {})
    picked = table.pick(tree.indicators)
    columns = dict(zip(picked.codes, picked.values.T, strict=True))
    for level in range(2, tree.levels + 1):
        for code in tree.at(level):
            group = tree.children[code]
            block = np.column_stack([columns[node.code] for node in group])
            relative = np.array([known[node.code] for node in group])
            columns[code] = _group(block, relative, way_of(code), code, group, picked.units)
    return picked.with_values(np.column_stack(list(columns.values())), list(columns))


def _way_of(tree: Framework, ways: Ways) -> Callable[[str], Way]:
    if isinstance(ways, Way):
        return lambda _: ways
    if isinstance(ways, Mapping):
        return lambda code: ways.get(code, MEAN)
    if len(ways) != tree.levels - 1:
        raise WutongError.of("S251", given=len(ways), levels=tree.levels - 1)
    return lambda code: ways[tree.by_code[code].level - 2]


def _group(block: Floats, weights: Floats, way: Way, code: str, group: Sequence[Node], units: Sequence[str]) -> Floats:
    try:
        return combine(block, weights, way)
    except WutongError as error:
        raise WutongError(*(_placed(d, code, group, units) for d in error.diagnostics)) from None


def _placed(found: Diagnostic, code: str, group: Sequence[Node], units: Sequence[str]) -> Diagnostic:
    values = dict(found.values)
    row, column = values.pop("row", None), values.pop("at", None)
    if row is None or column is None:
        return Diagnostic.of(found.code, Place(column=code), **values)
    return Diagnostic.of(found.code, Place(row=row + 1, column=group[column].code), **{**values, "unit": units[row]})


def combine(x: Floats, weights: Floats, way: Way = MEAN) -> Floats:
    """Combine the columns of one group into one score per unit.

    Args:
        x: n × m values, NaN = missing.
        weights: m relative weights.
        way: the method.

    Raises:
        WutongError: S250, S252–S255 as :func:`aggregate`.

    >>> combine(np.array([[1.0, 4.0]]), np.array([1.0, 1.0]), Way("geometric")).round(12).tolist()
    [2.0]
    """
    if way.method not in WAYS:
        raise WutongError.of("S250", method=way.method, names="、".join(WAYS))
    if way.floor is not None:
        x = np.maximum(x, way.floor)
    present = ~np.isnan(x)
    share = np.where(present, weights, 0.0)
    total = share.sum(axis=1)
    enough = present.any(axis=1) & (total > 0) & (present.sum(axis=1) / x.shape[1] >= way.availability)
    out = np.full(len(x), np.nan)
    rows = np.flatnonzero(enough)
    if way.method == "copeland":
        out[rows] = copeland(x[rows], weights)
    elif len(rows):
        out[rows] = _WAYS[way.method](x[rows], share[rows] / total[rows, None], way, rows)
    return out


def _sum(x: Floats, w: Floats) -> Floats:
    return np.asarray(np.where(np.isnan(x), 0.0, x * w).sum(axis=1))


def _need_positive(x: Floats, rows: np.ndarray[Any, Any], method: str, *, allow_negative: bool = False) -> None:
    bad = np.argwhere(x == 0 if allow_negative else x <= 0)
    if len(bad):
        i, j = bad[0]
        raise WutongError.of("S252", method=method, value=f"{x[i, j]:g}", row=int(rows[i]), at=int(j), unit="")


def _arithmetic(x: Floats, w: Floats, _way: Way, _rows: np.ndarray[Any, Any]) -> Floats:
    return _sum(x, w)


def _geometric(x: Floats, w: Floats, _way: Way, rows: np.ndarray[Any, Any]) -> Floats:
    _need_positive(x, rows, "geometric")
    return np.asarray(np.exp(_sum(np.log(x), w)))


def _harmonic(x: Floats, w: Floats, _way: Way, rows: np.ndarray[Any, Any]) -> Floats:
    _need_positive(x, rows, "harmonic", allow_negative=True)
    return np.asarray(1 / _sum(1 / x, w))


def _power(x: Floats, w: Floats, way: Way, rows: np.ndarray[Any, Any]) -> Floats:
    if way.power == 0:
        raise WutongError.of("S253")
    whole = float(way.power).is_integer() and way.power > 0
    if (not whole and (x < 0).any()) or (way.power < 0 and (x == 0).any()):
        _need_positive(x, rows, f"power {way.power:g}", allow_negative=False)
    inner = _sum(x**way.power, w)
    return np.asarray(inner ** (1 / way.power))


def _minimum(x: Floats, _w: Floats, _way: Way, _rows: np.ndarray[Any, Any]) -> Floats:
    return np.asarray(np.nanmin(x, axis=1))


def _maximum(x: Floats, _w: Floats, _way: Way, _rows: np.ndarray[Any, Any]) -> Floats:
    return np.asarray(np.nanmax(x, axis=1))


def _total(x: Floats, _w: Floats, _way: Way, _rows: np.ndarray[Any, Any]) -> Floats:
    return np.asarray(np.nansum(x, axis=1))


def _mpi(x: Floats, w: Floats, way: Way, _rows: np.ndarray[Any, Any]) -> Floats:
    """Mean, less the standard deviation times the coefficient of variation across the unit's own indicators."""
    mean = _sum(x, w)
    count = (~np.isnan(x)).sum(axis=1)
    freedom = np.where(count > way.ddof, count / np.maximum(count - way.ddof, 1), 0.0)
    variance = _sum((x - mean[:, None]) ** 2, w) * freedom
    if ((mean == 0) & (variance > 0)).any():
        raise WutongError.of("S254")
    return np.asarray(mean + way.penalty * variance / np.where(mean == 0, 1.0, mean))


def outranking(x: Floats, weights: Floats, rows: slice = slice(None)) -> Floats:
    """Return for each pair the weight of the indicators in which the first beats the second, ties half.

    Indicators missing in either unit are left out and the weights re-scaled. On the diagonal 0.

    Raises:
        WutongError: S255 more than 5,000 units.

    >>> outranking(np.array([[1.0, 3], [2, 2]]), np.ones(2)).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    if len(x) > COPELAND_LIMIT:
        raise WutongError.of("S255", units=len(x), limit=COPELAND_LIMIT)
    own = x[rows]
    wins = np.zeros((len(own), len(x)))
    total = np.zeros_like(wins)
    for column, weight in zip(range(x.shape[1]), weights / weights.sum(), strict=True):
        a, b = own[:, column, None], x[None, :, column]
        wins += weight * ((a > b) + 0.5 * (a == b))
        total += weight * (~np.isnan(a) & ~np.isnan(b))
    share = np.divide(wins, total, out=np.full_like(wins, 0.5), where=total > 0)
    first = rows.start or 0
    share[np.arange(len(own)), np.arange(len(own)) + first] = 0.0
    return share


def dominance(x: Floats, weights: Floats) -> tuple[int, float]:
    """Return how many pairs one unit wins in every indicator, and their share (COINr `outrankMatrix`)."""
    pairs = int((outranking(x, weights) >= 1 - _TIE).sum())
    return pairs, pairs / (len(x) * (len(x) - 1) / 2)


def copeland(x: Floats, weights: Floats) -> Floats:
    """Return wins minus losses against every other unit (COINr 1.1.14 `a_copeland`).

    Raises:
        WutongError: S255 more than 5,000 units.

    >>> copeland(np.array([[1.0, 1], [2, 2], [3, 0]]), np.array([2.0, 1])).tolist()
    [-2.0, 0.0, 2.0]
    """
    scores = np.zeros(len(x))
    for start in range(0, len(x), 512):
        rows = slice(start, start + 512)
        share = outranking(x, weights, rows)
        signs = np.where(np.abs(share - 0.5) < _TIE, 0.0, np.sign(share - 0.5))
        signs[np.arange(len(share)), np.arange(len(share)) + start] = 0.0
        scores[rows] = signs.sum(axis=1)
    return scores


_WAYS: dict[str, Callable[[Floats, Floats, Way, np.ndarray[Any, Any]], Floats]] = {
    "arithmetic": _arithmetic, "geometric": _geometric, "harmonic": _harmonic, "power": _power,
    "minimum": _minimum, "maximum": _maximum, "sum": _total, "mpi": _mpi,
}
WAYS = (*_WAYS, "copeland")
