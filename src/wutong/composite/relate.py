"""Correlations, Cronbach's alpha and principal components."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from scipy import stats

from wutong.composite.framework import Framework
from wutong.composite.table import Floats, Table, need_spread
from wutong.errors import WutongError

Kind = Literal["pearson", "spearman", "kendall"]


@dataclass(frozen=True, slots=True)
class Correlation:
    """A pair of columns; NaN where fewer than three units have both or one of them does not vary."""

    first: str
    second: str
    value: float
    p: float
    units: int


def correlation(x: Floats, y: Floats, kind: Kind = "pearson") -> tuple[float, float, int]:
    """Return coefficient, two-sided p value and the number of pairs present, as R `cor.test`.

    >>> correlation(np.array([1.0, 2, 3, 4]), np.array([2.0, 4, 6, 9]))[0].__round__(6)
    0.994377
    """
    both = ~np.isnan(x) & ~np.isnan(y)
    a, b = x[both], y[both]
    n = len(a)
    if n < 3 or a.min() == a.max() or b.min() == b.max():
        return math.nan, math.nan, n
    tests: dict[str, Any] = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
    test = tests[kind](a, b)
    return float(test.statistic), float(test.pvalue), n


def correlations(table: Table, first: Sequence[str], second: Sequence[str] | None = None, kind: Kind = "pearson",
                 ) -> tuple[Correlation, ...]:
    """Return the correlation of each of `first` with each of `second`; without `second`, each pair of `first` once.

    Raises WutongError S212.
    """
    pairs = combinations(first, 2) if second is None else ((a, b) for a in first for b in second)
    return tuple(Correlation(a, b, *correlation(table.column(a), table.column(b), kind)) for a, b in pairs)


def with_ancestors(table: Table, tree: Framework, kind: Kind = "pearson") -> tuple[Correlation, ...]:
    """Return the correlation of each node with its parent, grandparent … (COINr `withparent = "family"`)."""
    return tuple(
        Correlation(node.code, above, *correlation(table.column(node.code), table.column(above), kind))
        for node in tree.nodes for above in tree.ancestors(node.code)
    )


def flagged(table: Table, tree: Framework, level: int = 2, above: float | None = 0.9, below: float | None = None,
            kind: Kind = "pearson") -> tuple[Correlation, ...]:
    """Return pairs of indicators of one group that are nearly the same (double counting) or pull apart.

    Args:
        table: normalised indicators, so that directions agree.
        tree: the hierarchy.
        level: indicators are of one group if they share the aggregate of this level.
        above: coefficients over this are returned; None for none.
        below: coefficients under this too.
        kind: of correlation.
    """
    found = []
    for group in tree.at(level):
        found += [pair for pair in correlations(table, tree.below(group), kind=kind)
                  if (above is not None and pair.value > above) or (below is not None and pair.value < below)]
    return tuple(found)


def _covariance(x: Floats) -> Floats:
    """Return covariances over the pairs present (R `cov(use = "pairwise.complete.obs")`)."""
    k = x.shape[1]
    out = np.full((k, k), np.nan)
    for i in range(k):
        for j in range(i, k):
            both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
            if both.sum() > 1:
                a, b = x[both, i], x[both, j]
                out[i, j] = out[j, i] = ((a - a.mean()) * (b - b.mean())).sum() / (len(a) - 1)
    return out


def cronbach(table: Table) -> float:
    """Return Cronbach's alpha of the columns (Cronbach 1951; COINr `get_cronbach`, from pairwise covariances).

    NaN for one column.

    >>> round(cronbach(Table.of([[1, 2], [2, 3], [3, 5]], ["a", "b"])), 6)
    0.947368
    """
    k = len(table.codes)
    if k < 2:
        return math.nan
    matrix = _covariance(table.values)
    total = float(np.nansum(matrix))
    between = (total - float(np.nansum(np.diag(matrix)))) / (k * (k - 1))
    return k**2 * between / total


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components of standardised columns.

    `loadings` holds one column per component, with the sign in which its sum is not negative: the sign of a
    component means nothing, but a report must not change it from run to run. `explained` are shares of the variance.
    """

    codes: tuple[str, ...]
    loadings: Floats
    sd: Floats
    units: int

    @property
    def explained(self) -> Floats:
        """Share of the variance, per component."""
        return np.asarray(self.sd**2 / (self.sd**2).sum())

    @property
    def kaiser(self) -> int:
        """How many components explain more than one indicator would (eigenvalue over 1)."""
        return int((self.sd**2 > 1).sum())


def principal_components(table: Table) -> Components:
    """Return the principal components of the standardised columns over complete units (R `prcomp(scale. = TRUE)`).

    Raises:
        WutongError: S214, S215 an empty or constant column; S260 fewer complete units than three; S261 columns that
            are the same up to scale.
    """
    used = table.complete()
    if len(used.units) < 3:
        raise WutongError.of("S260", units=len(used.units))
    need_spread(used, "PCA")
    x = used.values
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    _, sizes, rows = np.linalg.svd(z, full_matrices=False)
    if len(table.codes) > 1 and len(x) > len(table.codes) and sizes[-1] < 1e-9 * sizes[0]:
        raise WutongError.of("S261", names="、".join(_same(z, table.codes)))
    signs = np.where(rows.sum(axis=1) < 0, -1.0, 1.0)
    return Components(table.codes, np.asarray((rows * signs[:, None]).T), sizes / math.sqrt(len(x) - 1), len(x))


def _same(z: Floats, codes: Sequence[str]) -> list[str]:
    """Return the columns that take part in the linear dependence."""
    _, _, rows = np.linalg.svd(z, full_matrices=False)
    return [code for code, part in zip(codes, rows[-1], strict=True) if abs(part) > 1e-6]
