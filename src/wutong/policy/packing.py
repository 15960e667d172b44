"""Choosing among benefits by integer programming, many companies in one program.

Method: set packing with capacity. Binary x says that a benefit is taken; of a group at most one is; what goes over
a ceiling is lost, e ≥ Σ w·x − inner losses − ceiling. Maximised is Σ w·x − Σ e, with HiGHS
(Huangfu and Hall, 2018, Math. Prog. Comp. 10:119–142).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array

from wutong.errors import WutongError
from wutong.policy.solver import milp

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
TOGETHER = 20
"""Companies per program: their blocks share nothing, the call does."""


def packed(worth: Floats, groups: Sequence[Sequence[int]], ceilings: Sequence[tuple[Sequence[int], int]]) -> Bools:
    """Return which benefits to take, one row per company.

    Args:
        worth: fen, companies × benefits, not negative.
        groups: positions of benefits of which one may be taken.
        ceilings: positions and fen, inner ceilings first.

    Raises:
        WutongError: R310 when the solver does not prove an optimum.

    >>> packed(np.array([[5.0, 9.0, 5.0]]), [(0, 1), (1, 2)], []).tolist()
    [[True, False, True]]
    """
    scale = scale_of(worth)
    small, caps = worth / scale, [(members, amount / scale) for members, amount in ceilings]
    parts = [_block(small[s : s + TOGETHER], groups, caps) for s in range(0, len(small), TOGETHER)]
    return np.concatenate(parts) if parts else np.zeros(worth.shape, dtype=bool)


def scale_of(worth: Floats) -> float:
    """Return what to divide whole fen by: figures of moderate size are solved far faster.

    The least difference between two sums, the common divisor, stays 100 times above the solver's tolerance of 1e-6.

    >>> scale_of(np.array([[300_000_00.0, 500_000_00.0]]))
    5000.0
    """
    greatest = float(worth.max(initial=0))
    if not greatest:
        return 1.0
    divisor = float(np.gcd.reduce(worth.astype(np.int64).reshape(-1)))
    return min(greatest / 1e4, divisor * 1e4)


def _block(worth: Floats, groups: Sequence[Sequence[int]], ceilings: Sequence[tuple[Sequence[int], float]]) -> Bools:
    rows, size = worth.shape
    taken, lost = rows * size, rows * len(ceilings)
    entries: list[tuple[int, int, float]] = []
    limits: list[float] = []
    for company in range(rows):
        first = company * size
        for group in groups:
            entries += [(len(limits), first + n, 1.0) for n in group]
            limits.append(1.0)
        for number, (members, amount) in enumerate(ceilings):
            entries += [(len(limits), first + n, float(worth[company, n])) for n in members]
            inner = [k for k in range(number) if set(ceilings[k][0]) <= set(members)]
            entries += [(len(limits), taken + company * len(ceilings) + k, -1.0) for k in (*inner, number)]
            limits.append(float(amount))
    at_row, at_column, value = zip(*entries, strict=True)
    matrix = coo_array((value, (at_row, at_column)), shape=(len(limits), taken + lost)).tocsr()
    solved = milp(
        np.concatenate([-worth.reshape(-1), np.ones(lost)]),
        constraints=LinearConstraint(matrix, -np.inf, np.array(limits)),
        integrality=np.concatenate([np.ones(taken), np.zeros(lost)]),
        bounds=Bounds(0, np.concatenate([np.minimum(worth.reshape(-1), 1), np.full(lost, np.inf)])),
        options={"mip_rel_gap": 0.0},
    )
    if solved.status != 0:
        raise WutongError.of("R310", reason=solved.message)
    chosen: Bools = np.rint(solved.x[:taken]).astype(bool).reshape(rows, size)
    return chosen
