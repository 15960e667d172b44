"""Analytic hierarchy process: weights from judgements in pairs, with Saaty's consistency ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from wutong.composite.table import Floats
from wutong.errors import Diagnostic, Place, WutongError

# Random index by order, Saaty 1980; 11 to 15 after Saaty 1988.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
LIMIT = 0.10
_RECIPROCAL = 0.01


@dataclass(frozen=True, slots=True)
class Judged:
    """Weights of a judgement matrix.

    `worst` names the judgement that departs most from the ratio of the weights: row, column, judged, implied.
    """

    names: tuple[str, ...]
    weights: Floats
    largest: float
    index: float
    ratio: float
    worst: tuple[str, str, float, float] | None

    @property
    def consistent(self) -> bool:
        """Whether the consistency ratio is at most 0.10."""
        return self.ratio <= LIMIT


def ahp(pairs: Sequence[Sequence[float]] | Floats, names: Sequence[str], *, strict: bool = True) -> Judged:
    """Return weights as the principal eigenvector of a reciprocal matrix (Saaty 1980).

    λ_max is the largest eigenvalue, CI = (λ_max − n)/(n − 1), CR = CI / RI(n).

    Args:
        pairs: n × n, `pairs[i][j]` tells how many times as important i is as j.
        names: of rows and columns.
        strict: refuse a matrix with CR over 0.10.

    Raises:
        WutongError: S274 not square or of a size outside 2–15, S275 a judgement that is not positive, S276 one that
            is not the reciprocal of its counterpart, S277 inconsistent (with `strict`).

    >>> ahp([[1, 2], [0.5, 1]], ["a", "b"]).weights.round(4).tolist()
    [0.6667, 0.3333]
    """
    matrix = np.array(pairs, dtype=float)
    n = len(names)
    if matrix.shape != (n, n) or not 2 <= n <= len(RANDOM_INDEX):
        raise WutongError.of("S274", rows=len(matrix), size=n, most=len(RANDOM_INDEX))
    _check(matrix, names)
    values, vectors = np.linalg.eig(matrix)
    at = int(values.real.argmax())
    vector = np.abs(vectors[:, at].real)
    weights = vector / vector.sum()
    largest = float(values[at].real)
    index = (largest - n) / (n - 1)
    random = RANDOM_INDEX[n - 1]
    ratio = max(index / random, 0.0) if random else 0.0
    found = Judged(tuple(names), weights, largest, index, ratio, _worst(matrix, weights, names))
    if strict and not found.consistent:
        first, second, judged, implied = found.worst or ("", "", 0.0, 0.0)
        raise WutongError(Diagnostic.of("S277", Place(column=second), ratio=f"{ratio:.3f}", first=first, second=second,
                                        judged=f"{judged:g}", implied=f"{implied:.2f}"))
    return found


def _check(matrix: Floats, names: Sequence[str]) -> None:
    found = []
    for i, j in np.argwhere(~(matrix > 0) | np.isinf(matrix)):
        found.append(Diagnostic.of("S275", Place(row=int(i) + 1, column=names[j]), first=names[i], second=names[j],
                                   value=f"{matrix[i, j]:g}"))
    if found:
        raise WutongError(*found)
    for i, j in np.argwhere(np.abs(matrix * matrix.T - 1) > _RECIPROCAL):
        if i <= j:
            found.append(Diagnostic.of("S276", Place(row=int(i) + 1, column=names[j]), first=names[i], second=names[j],
                                       value=f"{matrix[i, j]:g}", back=f"{matrix[j, i]:g}"))
    if found:
        raise WutongError(*found)


def _worst(matrix: Floats, weights: Floats, names: Sequence[str]) -> tuple[str, str, float, float] | None:
    def gap(pair: tuple[int, int]) -> float:
        i, j = pair
        return abs(float(np.log(matrix[i, j] * weights[j] / weights[i])))

    if len(names) < 3:
        return None
    i, j = max(combinations(range(len(names)), 2), key=gap)
    return names[i], names[j], float(matrix[i, j]), float(weights[i] / weights[j])
