"""Statistics of columns: what must be known of an indicator before it is used."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wutong.composite.table import Floats, Table
from wutong.composite.treat import kurtosis, skewness


@dataclass(frozen=True, slots=True)
class Limits:
    """When a column is flagged (COINr `get_stats`)."""

    skew: float = 2.0
    kurtosis: float = 3.5
    available: float = 0.65
    nonzero: float = 0.5
    unique: float = 0.5


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of one column, as COINr `get_stats`; `outliers` counts points beyond 1.5 interquartile ranges.

    Shares of zeros, unique and equal values are of the values present; the flags `few_nonzero` and `few_unique`
    compare with all units, as COINr does.
    """

    code: str
    minimum: float
    maximum: float
    mean: float
    median: float
    sd: float
    skew: float
    kurtosis: float
    available: int
    nonzero: int
    unique: int
    same: int
    outliers: int
    share_available: float
    share_nonzero: float
    share_unique: float
    share_same: float
    few_available: bool
    few_nonzero: bool
    few_unique: bool
    shape_outliers: bool

    @property
    def constant(self) -> bool:
        """Whether the column has one value only."""
        return self.unique == 1


def column_statistics(x: Floats, code: str = "", limits: Limits = Limits()) -> Statistics:
    """Return the statistics of one column; NaN where there are too few values.

    >>> s = column_statistics(np.array([0.0, 1.0, 1.0, np.nan]))
    >>> s.available, s.nonzero, s.unique, s.same, s.few_nonzero
    (3, 2, 2, 2, False)
    """
    n = len(x)
    y = x[~np.isnan(x)]
    some = len(y)
    _, counts = np.unique(y, return_counts=True)
    same, nonzero = int(counts.max(initial=0)), int((y != 0).sum())
    skew, kurt = skewness(y), kurtosis(y)

    def of(value: float, least: int = 1) -> float:
        return float(value) if some >= least else math.nan

    quarter, three = np.quantile(y, [0.25, 0.75]) if some else (math.nan, math.nan)
    reach = 1.5 * (three - quarter)
    return Statistics(
        code, of(y.min(initial=math.inf)), of(y.max(initial=-math.inf)), of(y.mean() if some else math.nan),
        of(float(np.median(y)) if some else math.nan), of(y.std(ddof=1) if some > 1 else math.nan, 2), skew, kurt,
        some, nonzero, len(counts), same, int(((y < quarter - reach) | (y > three + reach)).sum()),
        some / n, of(nonzero / max(some, 1)), of(len(counts) / max(some, 1)), of(same / max(some, 1)),
        some / n < limits.available, nonzero / n < limits.nonzero, len(counts) / n < limits.unique,
        abs(skew) > limits.skew and kurt > limits.kurtosis,
    )


def statistics(table: Table, limits: Limits = Limits()) -> tuple[Statistics, ...]:
    """Return the statistics of every column."""
    return tuple(column_statistics(x, code, limits) for code, x in zip(table.codes, table.values.T, strict=True))
