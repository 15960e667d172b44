"""TOPSIS: closeness to the ideal, for short lists that a committee compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from wutong.composite.table import Floats, Table
from wutong.errors import Diagnostic, Place, WutongError


def topsis(table: Table, weights: Sequence[float], directions: Sequence[int] | None = None,
           scaling: Literal["vector", "linear"] = "vector") -> Floats:
    """Return each unit's relative closeness to the ideal solution, 0–1 (Hwang & Yoon 1981).

    Args:
        table: raw values without gaps.
        weights: relative, one per column.
        directions: +1 more is better, −1 less is; default all +1.
        scaling: ``vector`` divides columns by their length; ``linear`` by their range, as Opricovic & Tzeng (2004).

    Raises:
        WutongError: S280 a missing value, S290 a column of zeros (linear: a constant), S291 units that are all the same.

    >>> tzeng_huang = Table.of([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], ["x1", "x2", "x3"])
    >>> topsis(tzeng_huang, [0.3, 0.4, 0.3]).round(4).tolist()
    [0.5037, 0.6581, 0.7482, 0.334]
    """
    x = table.values
    gaps = np.argwhere(np.isnan(x))
    if len(gaps):
        i, j = gaps[0]
        raise WutongError(Diagnostic.of("S280", Place(row=int(i) + 1, column=table.codes[j]), unit=table.units[i], value="NaN"))
    sizes = np.sqrt((x**2).sum(axis=0)) if scaling == "vector" else np.ptp(x, axis=0)
    if (sizes == 0).any():
        code = table.codes[int(sizes.argmin())]
        raise WutongError.of("S290", Place(column=code), item=code)
    share = np.asarray(weights, dtype=float) / np.sum(weights)
    turned = x / sizes * share * np.asarray(directions if directions is not None else [1] * x.shape[1])
    best, worst = turned.max(axis=0), turned.min(axis=0)
    if (best == worst).all():
        raise WutongError.of("S291")
    near, far = (np.sqrt(((turned - point) ** 2).sum(axis=1)) for point in (best, worst))
    return np.asarray(far / (near + far))
