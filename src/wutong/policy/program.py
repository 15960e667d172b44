"""Integer programs over whole numbers, solved with HiGHS and checked exactly.

Coefficients are Python integers (fen, awards, hundredths of points). Every solution is rounded, put back into all rows in
exact arithmetic and compared with the bound the solver proved; what does not hold is refused, never returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, gcd

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array

from wutong.errors import WutongError
from wutong.policy.solver import milp

SECONDS = 60.0
"""Longest time for one optimum; a program that needs more is refused."""


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= Σ coefficient · x <= high``; None is no bound."""

    name: str
    coefficients: tuple[int, ...]
    low: int | None = None
    high: int | None = None

    def value(self, x: Sequence[int]) -> int:
        """Return Σ coefficient · x."""
        return sum(c * n for c, n in zip(self.coefficients, x, strict=True))

    def holds(self, x: Sequence[int]) -> bool:
        """Tell whether the bounds hold."""
        value = self.value(x)
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def maximise(objective: Sequence[int], most: Sequence[int], rows: Sequence[Row], least: Sequence[int] | None = None) -> list[int] | None:
    """Return whole numbers ``least <= x <= most`` under `rows` with the greatest Σ objective · x; None if there are none.

    Raises:
        WutongError: R310 when no optimum is proved in time.

    >>> maximise([3, 2], [1, 5], [Row("money", (4, 3), high=10)])
    [1, 2]
    """
    size = len(objective)
    if not size:
        return [] if all(r.holds([]) for r in rows) else None
    unit = gcd(*objective) or 1
    bounds = Bounds(np.zeros(size) if least is None else np.array(least, float), np.array(most, float))
    solved = milp(
        -np.array([c // unit for c in objective], float), integrality=np.ones(size, dtype=np.int64), bounds=bounds,
        constraints=_constraints(rows, size), options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
    )
    if solved.status == 2:
        return None
    if solved.status != 0:
        raise WutongError.of("R310", reason=solved.message)
    x = [round(float(v)) for v in solved.x]
    value = sum(c // unit * n for c, n in zip(objective, x, strict=True))
    # HiGHS proves within 1e-6; the objective is whole, so that a bound below the next whole number is a proof
    proved = floor(-float(solved.mip_dual_bound) + 1e-5 * max(1.0, abs(value) * 1e-6)) <= value
    if not proved or not all(r.holds(x) for r in rows):
        raise WutongError.of("R310", reason="tolerance")
    return x


def _constraints(rows: Sequence[Row], size: int) -> list[LinearConstraint]:
    """Return the rows, each divided by the divisor of its coefficients, which keeps figures small and changes nothing."""
    if not rows:
        return []
    matrix, low, high = [], [], []
    for row in rows:
        unit = gcd(*row.coefficients) or 1
        matrix.append([c // unit for c in row.coefficients])
        low.append(-np.inf if row.low is None else float(-(-row.low // unit)))
        high.append(np.inf if row.high is None else float(row.high // unit))
    return [LinearConstraint(csr_array(np.array(matrix, float).reshape(len(rows), size)), np.array(low), np.array(high))]


def conflict(most: Sequence[int], rows: Sequence[Row]) -> list[str]:
    """Return the names of rows that cannot hold together, none of which can be spared (a deletion filter).

    Method: Chinneck and Dravnieks, 1991, ORSA Journal on Computing 3:157–168.

    >>> rows = [Row("a", (1,), low=3), Row("b", (1,), high=2), Row("c", (1,), high=9)]
    >>> conflict([5], rows)
    ['a', 'b']
    """
    kept = list(rows)
    for row in rows:
        rest = [r for r in kept if r is not row]
        if maximise([0] * len(most), most, rest) is None:
            kept = rest
    return [r.name for r in kept]
