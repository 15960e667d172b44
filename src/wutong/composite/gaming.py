"""Signs of gaming and of weak data: bunching above cut-points, floors, jumps, cells without a source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from wutong.composite.table import Floats
from wutong.errors import WutongError

_SMOOTH = 5

@dataclass(frozen=True, slots=True)
class Bunching:
    """Units just above and just below a cut-point.

    `p` is the probability of as many above, or more, if a unit in the window were as likely above as below; the
    density of a quantity that nobody steers is nearly flat across a narrow window (the idea of McCrary 2008, with an
    exact binomial test in place of a fitted density).
    """

    code: str
    cut: float
    below: int
    above: int
    p: float
    rows: tuple[int, ...]

    @property
    def suspicious(self) -> bool:
        """Whether the excess is significant at 1 % and the window holds at least ten units."""
        return self.p < 0.01 and self.above + self.below >= 10


def bunching(x: Floats, cuts: Sequence[float], code: str = "", *, width: float = 0.05, upward: bool = True,
             ) -> tuple[Bunching, ...]:
    """Compare the units within a window on either side of each cut-point.

    A cut-point around which the figure takes fewer than five values is not tested: counts of founders or patents are
    not smooth, and every step would look steered.

    Args:
        x: values, NaN = unknown.
        cuts: cut-points from which on more points are given.
        code: of the indicator.
        width: of the window on each side, as a share of the cut (of the median absolute value where the cut is 0);
            at most half the distance to the next cut.
        upward: False where less is better: the favourable side is then below the cut.

    >>> bunching(np.array([4.9, 5.0, 5.01, 5.02, 5.1]), [5])[0].above
    4
    >>> bunching(np.array([4.0, 5.0, 5.0, 5.0, 6.0]), [5])
    ()
    """
    if not 0 < width < 1:
        raise WutongError.of("S298", name="width", value=width)
    ordered = sorted(set(map(float, cuts)))
    present = x[~np.isnan(x)]
    scale = float(np.median(np.abs(present))) if len(present) else 1.0
    found = []
    for at, cut in enumerate(ordered):
        gaps = [abs(cut - ordered[i]) / 2 for i in (at - 1, at + 1) if 0 <= i < len(ordered)]
        reach = min([width * (abs(cut) or scale or 1.0), *gaps])
        good = (x >= cut) & (x < cut + reach) if upward else (x <= cut) & (x > cut - reach)
        bad = (x < cut) & (x >= cut - reach) if upward else (x > cut) & (x <= cut + reach)
        if len(np.unique(x[good | bad])) < _SMOOTH:
            continue
        above, below = int(good.sum()), int(bad.sum())
        p = float(binom.sf(above - 1, above + below, 0.5))
        found.append(Bunching(code, cut, below, above, p, tuple(np.flatnonzero(good).tolist())))
    return tuple(found)


def holm(p: Sequence[float]) -> Floats:
    """Return p values adjusted for testing many cut-points at once (Holm 1979).

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)
    raised = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1.0)
    out = np.empty_like(raised)
    out[order] = raised
    return out


@dataclass(frozen=True, slots=True)
class Jump:
    """A unit whose figure moved unlike the others' from one year to the next."""

    code: str
    row: int
    before: float
    after: float
    score: float


def jumps(before: Floats, after: Floats, code: str = "", *, limit: float = 3.5, factor: float = 3.0) -> tuple[Jump, ...]:
    """Return units whose growth is an outlier.

    Growth is log(after / before) where both are positive; its modified z-score 0.6745 (g − median) / MAD (Iglewicz &
    Hoaglin 1993) exceeds `limit`, and the figure changed by at least `factor` times. A figure that appears from zero
    or vanishes to zero counts with an infinite score.

    >>> [j.row for j in jumps(np.array([1.0, 1, 1, 1, 1]), np.array([1.0, 1.1, 0.9, 1, 9]))]
    [4]
    """
    both = (before > 0) & (after > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(both, np.log(after / before), np.nan)
    known = growth[~np.isnan(growth)]
    found = []
    if len(known) > 2:
        centre = float(np.median(known))
        mad = float(np.median(np.abs(known - centre))) or float(np.abs(known - centre).mean()) / 1.2533 or 1.0
        scores = 0.6745 * (growth - centre) / mad
        far = np.flatnonzero((np.abs(scores) > limit) & (np.abs(growth) >= math.log(factor)))
        found = [Jump(code, int(i), float(before[i]), float(after[i]), float(scores[i])) for i in far]
    sudden = np.flatnonzero(((before == 0) & (after > 0)) | ((before > 0) & (after == 0)))
    found += [Jump(code, int(i), float(before[i]), float(after[i]), math.inf if after[i] > 0 else -math.inf) for i in sudden]
    return tuple(sorted(found, key=lambda j: j.row))


def at_floor(x: Floats, floor: float) -> tuple[int, ...]:
    """Return the rows whose denominator is at or below its floor, where a ratio says little.

    >>> at_floor(np.array([0.0, 100.0, 100.1, np.nan]), 100)
    (0, 1)
    """
    return tuple(np.flatnonzero(x <= floor).tolist())
