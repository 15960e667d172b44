"""Variance-based sensitivity: the design A, B, AB and the Saltelli and Jansen estimators for many outputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from wutong.composite.table import Floats
from wutong.errors import WutongError


@dataclass(frozen=True, slots=True)
class Indices:
    """First-order and total indices, factors × outputs, with bootstrap bounds (5 % and 95 %)."""

    first: Floats
    total: Floats
    first_low: Floats
    first_high: Floats
    total_low: Floats
    total_high: Floats
    variance: Floats


def design(n: int, factors: int, seed: int) -> Floats:
    """Return the n (d + 2) × d points of the design in [0, 1): A, then B, then A with one column of B each.

    A and B are the two halves of a scrambled Sobol sequence (Saltelli et al. 2010). `n` is a power of two.

    Raises:
        WutongError: S292 fewer than two factors or an `n` that is no power of two.

    >>> design(4, 2, seed=1).shape
    (16, 2)
    """
    if factors < 2 or n < 2 or n & (n - 1):
        raise WutongError.of("S292", n=n, factors=factors)
    points = qmc.Sobol(2 * factors, scramble=True, rng=np.random.default_rng(seed)).random(n)
    a, b = points[:, :factors], points[:, factors:]
    mixed = np.repeat(a[None], factors, axis=0)
    for i in range(factors):
        mixed[i, :, i] = b[:, i]
    return np.vstack([a, b, mixed.reshape(-1, factors)])


def estimate(y: Floats, factors: int, *, boots: int = 100, seed: int = 0, centred: bool = True) -> Indices:
    """Return Sobol indices of one or many outputs.

    S_i = mean(y_B (y_ABi − y_A)) / V (Saltelli et al. 2010), S_Ti = mean((y_A − y_ABi)²) / 2V (Jansen 1999), V over A
    and B. With `centred` the mean of y is taken off first, which leaves S_i unbiased and makes it steadier (SALib does
    the same); without, and V with n − 1, the numbers are those of COINr `SA_estimate`.

    Args:
        y: n (d + 2) values, or × outputs, in the order of :func:`design`.
        factors: d.
        boots: bootstrap samples of the n rows, the same for all outputs.
        seed: of the bootstrap.
        centred: see above.

    Raises:
        WutongError: S293 a length that does not fit, S294 an output that does not vary.
    """
    values = y[:, None] if y.ndim == 1 else y
    n, rest = divmod(len(values), factors + 2)
    if rest or n < 2:
        raise WutongError.of("S293", length=len(values), factors=factors)
    if centred:
        values = values - values.mean(axis=0)
    a, b = values[:n], values[n:2 * n]
    mixed = values[2 * n:].reshape(factors, n, -1)
    variance = np.concatenate([a, b]).var(axis=0, ddof=0 if centred else 1)
    if (variance == 0).all():
        raise WutongError.of("S294")
    with np.errstate(invalid="ignore", divide="ignore"):
        firsts, totals = b * (mixed - a), 0.5 * (a - mixed) ** 2
        first, total = firsts.mean(axis=1) / variance, totals.mean(axis=1) / variance
        low, high = _bootstrap(firsts, variance, boots, seed)
        least, most = _bootstrap(totals, variance, boots, seed)
    return Indices(first, total, low, high, least, most, variance)


def _bootstrap(parts: Floats, variance: Floats, boots: int, seed: int) -> tuple[Floats, Floats]:
    """Return 5 % and 95 % quantiles of resampled means; drawing n rows with return is a multinomial weighting."""
    n = parts.shape[1]
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=boots) / n
    sampled = np.einsum("bn,fno->bfo", counts, parts, optimize=True) / variance
    low, high = np.quantile(sampled, [0.05, 0.95], axis=0)
    return low, high
