"""How much an indicator really counts: main effects beside weights, removal, shifts between two results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.stats import kendalltau, spearmanr

from wutong.composite.aggregate import MEAN, Ways, aggregate
from wutong.composite.framework import Framework
from wutong.composite.normalise import rank_high_to_low
from wutong.composite.table import Floats, Table, group_rows
from wutong.errors import WutongError

_FEW = 8
_KNOTS = 400


def correlation_ratio(x: Floats, y: Floats) -> float:
    """Return V(E(y | x)) / V(y), the share of the variance of y that x alone explains, by smoothing.

    The main effect S_i of Paruolo, Saisana & Saltelli (JRSS-A 176, 2013, 609–634). E(y | x) is a cubic smoothing spline
    whose penalty minimises generalised cross-validation; ties are averaged first, and beyond 400 different values
    x is cut into 400 quantile groups. With fewer than eight different values the group means are E(y | x) exactly.
    NaN where y does not vary.

    >>> x = np.linspace(0, 1, 50)
    >>> round(correlation_ratio(x, (x - 0.5) ** 2), 3)
    1.0
    """
    both = ~np.isnan(x) & ~np.isnan(y)
    a, b = x[both], y[both]
    if len(a) < 3 or b.min() == b.max():
        return math.nan
    values, place, counts = np.unique(a, return_inverse=True, return_counts=True)
    if len(values) > _KNOTS:
        place = np.minimum(np.argsort(np.argsort(a, kind="stable")) * _KNOTS // len(a), _KNOTS - 1)
        counts = np.bincount(place, minlength=_KNOTS)
        values = np.bincount(place, a, minlength=_KNOTS) / counts
        values = values + np.arange(_KNOTS) * 1e-12 * (values[-1] - values[0])
    means = np.bincount(place, b) / counts
    expected = means if len(values) < _FEW else make_smoothing_spline(values, means, w=counts.astype(float))(values)
    centre = float((expected * counts).sum() / counts.sum())
    share = float((counts * (expected - centre) ** 2).sum() / counts.sum() / b.var())
    return min(max(share, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Effect:
    """Nominal weight and real influence of one node on the index.

    Attributes:
        weight: share in the index by the weights.
        main: correlation ratio S_i, as a share of the variance of the index.
        importance: S_i as a share of the sum over the nodes of the level, comparable with `weight`.
        linear: squared Pearson correlation.
    """

    code: str
    weight: float
    main: float
    importance: float
    linear: float

    @property
    def ratio(self) -> float:
        """How many times as much as its weight says the node counts; 1 is as intended."""
        return self.importance / self.weight if self.weight > 0 else math.nan


def main_effects(table: Table, tree: Framework, level: int = 1, target: str | None = None) -> tuple[Effect, ...]:
    """Return the effect of each node of a level on the index (or another aggregate, `target`).

    Args:
        table: an aggregated table.
        tree: the hierarchy.
        level: of the nodes.
        target: an aggregate above that level, default the index; only nodes below it are listed.

    Raises:
        WutongError: S212 columns that the table lacks.
    """
    top = target or tree.index
    codes = [c for c in tree.at(level) if top in tree.ancestors(c)]
    weights = tree.effective_weights()
    y = table.column(top)
    raw = {code: correlation_ratio(table.column(code), y) for code in codes}
    total = float(np.nansum(list(raw.values())))
    return tuple(
        Effect(code, weights[code] / weights[top], raw[code], raw[code] / total if total > 0 else math.nan,
               _squared(table.column(code), y))
        for code in codes
    )


def _squared(x: Floats, y: Floats) -> float:
    both = ~np.isnan(x) & ~np.isnan(y)
    a, b = x[both] - x[both].mean() if both.any() else x[both], y[both] - y[both].mean() if both.any() else y[both]
    below = float((a**2).sum() * (b**2).sum())
    return float((a * b).sum() ** 2 / below) if below > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Removal:
    """What happens without one node: COINr `remove_elements`."""

    code: str
    mean_shift: float
    largest_shift: int
    largest_unit: str
    scores: Floats
    ranks: Floats


def removals(table: Table, tree: Framework, level: int, ways: Ways = MEAN, target: str | None = None,
             ) -> tuple[Removal, ...]:
    """Set the weight of each node of a level to zero in turn and compare the ranks of the index.

    Args:
        table: normalised indicators.
        tree: the hierarchy.
        level: of the nodes to remove, below the top.
        ways: of aggregation.
        target: whose ranks are compared, default the index.

    Raises:
        WutongError: S262 a level that cannot be removed.
    """
    if not 1 <= level < tree.levels:
        raise WutongError.of("S262", level=level, levels=tree.levels)
    top = target or tree.index
    base = rank_high_to_low(aggregate(table, tree, ways).column(top))
    found = []
    for code in tree.at(level):
        scores = aggregate(table, tree.without(code), ways).column(top)
        ranks = rank_high_to_low(scores)
        shift = np.abs(base - ranks)
        most = int(np.nanargmax(shift)) if not np.isnan(shift).all() else 0
        found.append(Removal(code, float(np.nanmean(shift)) if not np.isnan(shift).all() else math.nan,
                             int(np.nan_to_num(shift[most])), table.units[most], scores, ranks))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Shift:
    """One unit in two results; a rank is NaN where the unit has no score."""

    unit: str
    first: float
    second: float
    first_rank: float
    second_rank: float

    @property
    def change(self) -> float:
        """Places won (positive) or lost from the first to the second result."""
        return self.first_rank - self.second_rank


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results side by side."""

    shifts: tuple[Shift, ...]
    mean_shift: float
    largest: float
    spearman: float
    kendall: float
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: Mapping[str, float], second: Mapping[str, float]) -> Comparison:
    """Compare two results by unit: scores, ranks among the units of both, rank shifts, rank correlations.

    >>> compare({"a": 3, "b": 2, "c": 1}, {"a": 1, "b": 2, "c": 3}).kendall
    -1.0
    """
    units = tuple(u for u in first if u in second)
    a, b = (np.array([r[u] for u in units], dtype=float) for r in (first, second))
    both = ~np.isnan(a) & ~np.isnan(b)
    ranks = [np.full(len(units), np.nan), np.full(len(units), np.nan)]
    for rank, values in zip(ranks, (a, b), strict=True):
        rank[both] = rank_high_to_low(values[both])
    moved = np.abs(ranks[0] - ranks[1])[both]
    varied = both.sum() > 1 and len(np.unique(a[both])) > 1 and len(np.unique(b[both])) > 1
    return Comparison(
        tuple(Shift(u, *map(float, row)) for u, *row in zip(units, a, b, *ranks, strict=True)),
        float(moved.mean()) if len(moved) else math.nan, float(moved.max(initial=0)),
        float(spearmanr(a[both], b[both]).statistic) if varied else math.nan,
        float(kendalltau(a[both], b[both]).statistic) if varied else math.nan,
        tuple(u for u in first if u not in second), tuple(u for u in second if u not in first),
    )


def ranks(table: Table, group: str | None = None) -> Table:
    """Return the ranks of every column, 1 = highest, ties at the best place; within groups if one is named.

    Raises:
        WutongError: S213 an unknown group. Units without a group have no rank.
    """
    if group is None:
        return table.with_values(rank_high_to_low(table.values))
    out = np.full(table.values.shape, np.nan)
    for rows in group_rows(table.group(group)).values():
        out[rows] = rank_high_to_low(table.values[rows])
    return table.with_values(out)


@dataclass(frozen=True, slots=True)
class Standing:
    """An indicator in which a unit is strong or weak."""

    code: str
    rank: float
    value: float


def strengths(  # noqa: PLR0913 - the options of COINr's function, each with a default
    table: Table, tree: Framework, unit: str, count: int = 5, unique: float | None = None, *, drop_last: bool = True,
    turn: bool = True, group: str | None = None,
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """Return the best and the worst ranked indicators of a unit (COINr `get_str_weak`).

    Args:
        table: values of the indicators.
        tree: gives the directions.
        unit: code.
        count: how many of each.
        unique: indicators with a smaller share of different values are left out.
        drop_last: a last place shared with others says little and is left out, as in COINr.
        turn: multiply by the direction first; False for values already normalised.
        group: rank within the unit's group.

    Raises:
        WutongError: S219 an unknown unit.
    """
    if unit not in table.units:
        raise WutongError.of("S219", unit=unit)
    row = table.units.index(unit)
    picked = table.pick(tree.indicators)
    sign = np.array([tree.by_code[c].direction for c in picked.codes], dtype=float) if turn else 1.0
    placed = ranks(picked.with_values(picked.values * sign), group)
    rows = np.arange(len(table.units))
    if group is not None:
        labels = np.array(table.group(group), dtype=object)
        rows = np.flatnonzero(labels == labels[row])
    usable = []
    for j, code in enumerate(picked.codes):
        column = picked.values[:, j]
        share = len(np.unique(column[~np.isnan(column)])) / len(column)
        rank = placed.values[row, j]
        last = np.nanmax(placed.values[rows, j]) if not math.isnan(rank) else math.nan
        if math.isnan(rank) or (drop_last and rank == last) or (unique is not None and share <= unique):
            continue
        usable.append(Standing(code, float(rank), float(column[row])))
    usable.sort(key=lambda s: s.rank)
    return tuple(usable[:count]), tuple(usable[-count:] if count else ())
