"""Benefit of the doubt: each unit gets the weights that suit it best (data envelopment), within stated bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from wutong.composite.table import Floats, Table
from wutong.errors import Diagnostic, Place, WutongError

_SMALL = 1e-12


@dataclass(frozen=True, slots=True)
class Doubt:
    """Scores in (0, 1], each unit's own weights, and the share of each indicator in its score."""

    codes: tuple[str, ...]
    units: tuple[str, ...]
    scores: Floats
    weights: Floats
    shares: Floats

    def candidate(self) -> dict[str, float]:
        """Return the mean share of each indicator over the units: a common set of weights to discuss."""
        mean = self.shares.mean(axis=0)
        return dict(zip(self.codes, map(float, mean / mean.sum()), strict=True))


def benefit_of_the_doubt(table: Table, low: float | Mapping[str, float] = 0.0, high: float | Mapping[str, float] = 1.0,
                         ) -> Doubt:
    """Maximise each unit's weighted sum under weights with which no unit exceeds 1 (Cherchye et al. 2007).

    max w·y₀ subject to w·y_k ≤ 1 for all k, w ≥ 0, and low_j ≤ w_j y₀_j / w·y₀ ≤ high_j: the bounds limit each
    indicator's share of the score. Solved with HiGHS. Only units that no other unit dominates can bind, so the
    others are left out of the constraints.

    Args:
        table: non-negative scores, more is better, no gaps.
        low: least share, for all or by code.
        high: largest share.

    Raises:
        WutongError: S280 a missing or negative value, S281 a unit with zeros only, S282 bounds that no shares can
            meet, S283 a unit for which the bounds have no solution (a zero where a share is asked for).

    >>> found = benefit_of_the_doubt(Table.of([[1, 2], [2, 1], [1, 1]], ["a", "b"]))
    >>> found.scores.round(6).tolist()
    [1.0, 1.0, 0.666667]
    """
    values = table.values
    _check(table)
    least, most = _bounds(table, low, 0.0), _bounds(table, high, 1.0)
    if least.sum() > 1 + _SMALL or most.sum() < 1 - _SMALL or (least > most).any() or (least < 0).any():
        raise WutongError.of("S282", low=f"{least.sum():g}", high=f"{most.sum():g}")
    frontier = values[_frontier(values)]
    weights = np.array([_solve(values[i], frontier, least, most, Place(row=i + 1, column=unit))
                        for i, unit in enumerate(table.units)])
    scores = (weights * values).sum(axis=1)
    return Doubt(table.codes, table.units, scores, weights, weights * values / scores[:, None])


def _bounds(table: Table, given: float | Mapping[str, float], default: float) -> Floats:
    one = given if isinstance(given, Mapping) else dict.fromkeys(table.codes, given)
    return np.array([one.get(code, default) for code in table.codes], dtype=np.float64)


def _check(table: Table) -> None:
    wrong = np.argwhere(~(table.values >= 0))
    if len(wrong):
        i, j = wrong[0]
        raise WutongError(Diagnostic.of("S280", Place(row=int(i) + 1, column=table.codes[j]), unit=table.units[i],
                                        value=f"{table.values[i, j]:g}"))
    empty = np.flatnonzero(~(table.values > 0).any(axis=1))
    if len(empty):
        raise WutongError.of("S281", Place(row=int(empty[0]) + 1), unit=table.units[empty[0]])


def _frontier(values: Floats) -> list[int]:
    """Return the units that no other unit equals or beats in everything; of equal ones the first."""
    kept: list[int] = []
    for i in np.lexsort((np.arange(len(values)), -values.sum(axis=1))):
        if not kept or not (values[kept] >= values[i]).all(axis=1).any():
            kept.append(int(i))
    return kept


def _solve(own: Floats, frontier: Floats, low: Floats, high: Floats, place: Place) -> Floats:
    shares = np.diag(own)
    rows = [frontier]
    if (high < 1).any():
        rows.append((shares - np.outer(high, own))[high < 1])
    if (low > 0).any():
        rows.append((np.outer(low, own) - shares)[low > 0])
    matrix = np.vstack(rows)
    limits = np.concatenate([np.ones(len(frontier)), np.zeros(len(matrix) - len(frontier))])
    done = linprog(-own, A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs")
    if not done.success or float(done.fun or 0.0) > -_SMALL:
        raise WutongError.of("S283", Place(row=place.row), unit=place.column)
    return np.asarray(done.x)
