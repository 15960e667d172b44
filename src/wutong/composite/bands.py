"""How sure a rank is: many rankings under changed weights and completed gaps, as bands and top-k probabilities.

A sample draws weights for every stage and a value for every open cell; scores are a product in single precision,
ranks come from one sort of packed keys (score bits, row). Every block of samples has its own random stream, so the
result does not depend on the number of threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wutong.composite.branches import Branch
from wutong.composite.normalise import rank_high_to_low
from wutong.composite.table import Floats
from wutong.errors import Diagnostic, Place, WutongError

Singles = NDArray[np.float32]
Progress = Callable[[str, int, int], None]
_BLOCK = 262_144
_TILE = 250_000
_KEPT = 120_000_000
_LOW32 = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Scores:
    """What is ranked: points per unit and indicator, in a stage with its weights.

    Attributes:
        low: n × k points, the least a cell can be; equal to `high` where the value is known.
        high: n × k points.
        weights: s × k weights per stage.
        stage: stage of each unit, 0 … s − 1.
        extra: points that no weight touches (bonus less deductions), per unit.
        branch: the tree, where it is not made of weighted means alone; `weights` then only gives the stages.
        total: the published score; None computes it from `low` and the weights.
    """

    low: Floats
    high: Floats
    weights: Floats
    stage: NDArray[np.intp]
    total: Floats | None = None
    extra: Floats | None = None
    branch: Branch | None = None

    @classmethod
    def of(cls, points: Floats, weights: Sequence[float] | Floats, high: Floats | None = None,
           stage: Sequence[int] | None = None) -> Scores:
        """Build scores from points and relative weights, one vector or one per stage. Raises S295, S296, S297."""
        rows = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        where = np.asarray(stage if stage is not None else np.zeros(len(points)), dtype=np.intp)
        return cls(points, points if high is None else high, rows / rows.sum(axis=1, keepdims=True), where).checked()

    def checked(self) -> Scores:
        """Return the scores if they can be ranked. Raises WutongError S295, S296, S297."""
        n, k = self.low.shape
        if n < 2 or self.weights.shape[1] != k or self.high.shape != (n, k) or len(self.stage) != n:
            raise WutongError.of("S295", units=n, columns=k, weights=self.weights.shape[1])
        bad = np.argwhere(~np.isfinite(self.low) | ~np.isfinite(self.high) | (self.low > self.high))
        if len(bad):
            i, j = bad[0]
            raise WutongError(Diagnostic.of("S296", Place(row=int(i) + 1), at=int(j) + 1))
        if (self.weights < 0).any() or self.stage.min() < 0 or self.stage.max() >= len(self.weights):
            raise WutongError.of("S297")
        return self

    def nominal(self) -> Floats:
        """Return the score of each unit: the published one, or the weighted mean of the low points."""
        if self.total is not None:
            return self.total
        product = (self.low * self.weights[self.stage]).sum(axis=1)
        return np.asarray(product if self.extra is None else product + self.extra)


@dataclass(frozen=True, slots=True)
class Noise:
    """What is varied.

    Attributes:
        samples: number of rankings.
        seed: of the random streams.
        spread: each weight is multiplied by 1 ± spread (uniform) and the weights of a stage re-scaled.
        concentration: instead, weights are drawn from a Dirichlet distribution around the given shares; the larger,
            the closer. None = `spread` counts.
        gaps: open cells are drawn uniformly between low and high; else they stay low.
    """

    samples: int = 10_000
    seed: int = 1
    spread: float = 0.25
    concentration: float | None = None
    gaps: bool = True


USUAL = Noise()


@dataclass(frozen=True)
class Bands:
    """Ranks over the samples, per unit, 1 = best.

    `low` and `high` bound the middle 90 % (or the level asked for) from outside, in whole places; quantiles are
    taken over the first `kept` samples, everything else over all.
    """

    rank: Floats
    score: Floats
    low: NDArray[np.int64]
    median: NDArray[np.int64]
    high: NDArray[np.int64]
    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    mean: Floats
    sd: Floats
    top: dict[int, Floats]
    samples: int
    kept: int
    level: float = 0.9

    @property
    def width(self) -> NDArray[np.int64]:
        """Places between the ends of the band, 0 for a sure rank."""
        return self.high - self.low


def rank_bands(scores: Scores, noise: Noise = USUAL, tops: Sequence[int] = (10, 100), level: float = 0.9,
               threads: int | None = None, progress: Progress = lambda *_: None) -> Bands:
    """Rank the units under every sample.

    Args:
        scores: what is ranked.
        noise: what is varied.
        tops: k of the probabilities to be among the first k.
        level: of the bands.
        threads: default all processors; the result does not depend on it.
        progress: called as ``progress("sample", done, total)``.

    Raises:
        WutongError: S298 no samples, or a spread or level outside (0, 1).
    """
    _check_noise(noise, level)
    work = _Work(scores, noise)
    n = len(scores.low)
    kept = min(noise.samples, max(1_000, 20_000_000 // n), max(200, _KEPT // n))
    sink = _Sink(n, tuple(k for k in tops if k < n), np.empty((kept, n), np.uint16 if n < 2**16 else np.uint32))
    desk = threading.local()

    def step(first: int, block: Singles) -> Callable[[], None]:
        if not hasattr(desk, "ranker"):
            desk.ranker = Ranker(work.block, n)
        return sink.add(first, desk.ranker.ranks(block))

    _each_block(work, step, threads, progress)
    order = np.argsort(work.order)
    low, median, high = _ends(sink.stored, level)
    mean = sink.total / noise.samples
    variance = np.maximum(sink.squares / noise.samples - mean**2, 0.0)
    nominal = scores.nominal()
    return Bands(
        rank_high_to_low(nominal), nominal, low[order], median[order], high[order], sink.best[order].astype(np.int64),
        sink.worst[order].astype(np.int64), mean[order], np.sqrt(variance)[order],
        {k: c[order] / noise.samples for k, c in zip(sink.tops, sink.counts, strict=True)}, noise.samples, kept, level,
    )


def top_shares(scores: Scores, k: int, noise: Noise = USUAL, threads: int | None = None,
               progress: Progress = lambda *_: None) -> Floats:
    """Return how often each unit is among the first k, without full ranks: a partition instead of a sort.

    Units tied at the cut all count as in, as a competition rank does. Raises WutongError S298.
    """
    _check_noise(noise, 0.5)
    work = _Work(scores, noise)
    n = len(scores.low)
    if not 0 < k < n:
        raise WutongError.of("S298", name="k", value=k)
    counts = np.zeros(n, np.int64)

    def add(_first: int, s: Singles) -> Callable[[], None]:
        cut = np.partition(s, n - k, axis=1)[:, n - k, None]
        inside = _tally(s >= cut)

        def merge() -> None:
            np.add(counts, inside, out=counts)

        return merge

    _each_block(work, add, threads, progress)
    return np.asarray(counts[np.argsort(work.order)] / noise.samples)


def _check_noise(noise: Noise, level: float) -> None:
    limits = {"samples": noise.samples >= 1, "spread": 0 <= noise.spread < 1, "level": 0 < level < 1,
              "concentration": noise.concentration is None or noise.concentration > 0}
    wrong = [name for name, fine in limits.items() if not fine]
    if wrong:
        value = level if wrong[0] == "level" else getattr(noise, wrong[0])
        raise WutongError.of("S298", name=wrong[0], value=value)


class _Work:
    """The scores in single precision, units ordered by stage, and how a block of samples is made."""

    def __init__(self, scores: Scores, noise: Noise) -> None:
        self.noise = noise
        self.order = np.argsort(scores.stage, kind="stable")
        low, high = scores.low[self.order], scores.high[self.order]
        self.points = np.ascontiguousarray(low.T.astype(np.float32))
        self.extra = None if scores.extra is None else scores.extra[self.order].astype(np.float32)
        self.negative = bool((low < 0).any() or (scores.extra is not None and (scores.extra < 0).any()))
        ends = np.searchsorted(scores.stage[self.order], np.arange(len(scores.weights) + 1))
        self.slices = [slice(a, b) for a, b in pairwise(ends)]
        self.weights = scores.weights
        self.cells = _Cells.of(high - low, scores.stage[self.order]) if noise.gaps else None
        self.n = len(low)
        self.branch, self.low, self.width, self.stage = scores.branch, low, high - low, scores.stage[self.order]

    @property
    def block(self) -> int:
        """Samples per block, so that scores stay in the cache."""
        size = max(4, min(255, _BLOCK // self.n))
        return size if self.branch is None else max(1, size // 8)

    def scores(self, number: int, count: int) -> Singles:
        """Return `count` × n scores of a block."""
        out = self._product(number, count) if self.branch is None else self._bent(number, count, self.branch)
        if self.extra is not None:
            out += self.extra
        if self.negative:
            # A common shift changes no rank; keys need scores that are not negative.
            out -= out.min(axis=1, keepdims=True)
        return out

    def _bent(self, number: int, count: int, branch: Branch) -> Singles:
        rng = self._stream(number)

        def points(column: int) -> Floats:
            low, width = self.low[None, :, column], self.width[None, :, column]
            if not self.noise.gaps or not width.any():
                return low
            return np.asarray(low + width * rng.random((count, self.n)))

        def draw(weights: Floats) -> Floats:
            return _draw(weights, self.noise, count, rng).astype(np.float64)

        found = branch.scores(points, draw, self.stage)
        return np.array(np.broadcast_to(found, (count, self.n)), dtype=np.float32)

    def _stream(self, number: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.noise.seed, spawn_key=(number,))))

    def _product(self, number: int, count: int) -> Singles:
        rng = self._stream(number)
        weights = _draw(self.weights, self.noise, count, rng)
        out = np.empty((count, self.n), np.float32)
        for stage, rows in enumerate(self.slices):
            _product(weights[:, stage], self.points[:, rows], out[:, rows])
        if self.cells is not None:
            self.cells.fill(out, weights, rng)
        return out


def _product(weights: Singles, points: Singles, out: Singles) -> None:
    """Write weights @ points into `out` in tiles below the size from which BLAS starts threads of its own."""
    tall = max(1, min(len(weights), _TILE // (len(points) * 1_000)))
    wide = max(1, _TILE // (len(points) * tall))
    for a in range(0, len(weights), tall):
        for b in range(0, points.shape[1], wide):
            np.matmul(weights[a:a + tall], points[:, b:b + wide], out=out[a:a + tall, b:b + wide])


@dataclass(frozen=True)
class _Cells:
    """Open cells, ordered by unit."""

    units: NDArray[np.intp]
    starts: NDArray[np.intp]
    stage: NDArray[np.intp]
    column: NDArray[np.intp]
    width: Singles

    @classmethod
    def of(cls, width: Floats, stage: NDArray[np.intp]) -> _Cells | None:
        rows, columns = np.nonzero(width > 0)
        if not len(rows):
            return None
        units, starts = np.unique(rows, return_index=True)
        return cls(units, starts, stage[rows], columns, width[rows, columns].astype(np.float32))

    def fill(self, out: Singles, weights: Singles, rng: np.random.Generator) -> None:
        """Add a drawn part of every open cell to the scores."""
        for row in range(len(out)):
            part = rng.random(len(self.width), dtype=np.float32)
            part *= self.width
            part *= weights[row, self.stage, self.column]
            out[row, self.units] += np.add.reduceat(part, self.starts)


def _draw(weights: Floats, noise: Noise, count: int, rng: np.random.Generator) -> Singles:
    """Return count × stages × indicators weights, each stage with the sum it had."""
    shape = (count, *weights.shape)
    if noise.concentration is not None:
        drawn = rng.gamma(np.broadcast_to(weights / weights.sum(axis=1, keepdims=True) * noise.concentration, shape))
    else:
        drawn = weights * (1 + noise.spread * (2 * rng.random(shape) - 1))
    drawn *= weights.sum(axis=1)[:, None] / drawn.sum(axis=2, keepdims=True)
    return np.asarray(drawn, dtype=np.float32)


class Ranker:
    """Ranks blocks of scores again and again in the same memory.

    Positive floats sort like their bits, so one sort of keys (score bits, cell) gives order and scores together. The
    keys are sorted as doubles, which is the faster sort and the same order: no key reaches the bits of infinity.

    >>> Ranker(1, 4).ranks(np.array([[1.0, 3.0, 3.0, 2.0]], np.float32)).tolist()
    [[4, 1, 1, 3]]
    """

    def __init__(self, count: int, n: int) -> None:
        self.cells = np.arange(count * n, dtype=np.uint64).reshape(count, n)
        self.keys, self.gaps = np.empty_like(self.cells), np.empty((count, n - 1), np.uint64)
        self.tied = np.empty((count, n - 1), np.bool_)
        self.places = np.broadcast_to(np.arange(n, 0, -1, dtype=np.uint32), (count, n))
        self.found = np.empty(count * n, np.uint32)

    def ranks(self, scores: Singles) -> NDArray[np.uint32]:
        """Return competition ranks along the rows, 1 = highest; scores must not be negative.

        The array is overwritten by the next call.
        """
        count, n = scores.shape
        keys = self.keys[:count]
        scores += np.float32(0)
        keys[...] = scores.view(np.uint32)
        keys <<= np.uint64(32)
        keys |= self.cells[:count]
        keys.view(np.float64).sort(axis=1)
        places = self._places(keys)
        keys &= _LOW32
        found = self.found[:count * n]
        found[keys.view(np.int64)] = places
        return found.reshape(count, n)

    def _places(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Return the places along keys sorted upwards; equal scores share the first of theirs."""
        gaps, tied = self.gaps[:len(keys)], self.tied[:len(keys)]
        np.bitwise_xor(keys[:, 1:], keys[:, :-1], out=gaps)
        np.less_equal(gaps, _LOW32, out=tied)
        places = self.places[:len(keys)]
        if not tied.any():
            return places
        return _shared(places, tied)


def _shared(places: NDArray[np.uint32], tied: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Return the places with those of ties, which are few, replaced: each run takes the place at its end."""
    at = np.flatnonzero(tied)
    at += at // tied.shape[1]
    last = np.append(np.diff(at) != 1, True)
    ends = at[last] + 1
    shared = places.copy()
    shared.reshape(-1)[at] = shared.reshape(-1)[np.repeat(ends, np.diff(np.flatnonzero(last), prepend=-1))]
    return shared


@dataclass
class _Sink:
    """Sums over the samples; integers, so that the order in which blocks arrive does not matter."""

    n: int
    tops: tuple[int, ...]
    stored: NDArray[Any]
    total: Floats = field(init=False)
    squares: Floats = field(init=False)
    best: NDArray[np.uint32] = field(init=False)
    worst: NDArray[np.uint32] = field(init=False)
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.total, self.squares = np.zeros(self.n), np.zeros(self.n)
        self.best, self.worst = np.full(self.n, 2**32 - 1, np.uint32), np.zeros(self.n, np.uint32)
        self.counts = np.zeros((len(self.tops), self.n), np.int64)

    def add(self, first: int, ranks: NDArray[np.uint32]) -> Callable[[], None]:
        """Sum up a block where the caller runs, and return what adds it to the whole."""
        count = len(ranks)
        if first < len(self.stored):
            self.stored[first:first + count] = ranks[:len(self.stored) - first]
        wide = ranks.astype(np.float64)
        parts = wide.sum(axis=0), np.einsum("ij,ij->j", wide, wide), ranks.min(axis=0), ranks.max(axis=0)
        inside = np.array([_tally(ranks <= k) for k in self.tops], dtype=np.int64).reshape(-1, self.n)

        def merge() -> None:
            self.total += parts[0]
            self.squares += parts[1]
            np.minimum(self.best, parts[2], out=self.best)
            np.maximum(self.worst, parts[3], out=self.worst)
            self.counts += inside

        return merge


def _tally(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return how many rows are true, per column; a block has at most 255 rows, so that bytes are enough."""
    counts = np.zeros(inside.shape[1], np.uint8)
    for row in inside.view(np.uint8):
        counts += row
    return counts


def _each_block(work: _Work, step: Callable[[int, Singles], Callable[[], None]], threads: int | None,
                progress: Progress) -> None:
    """Run the blocks on threads (sorting releases the interpreter) and merge them one after the other."""
    total, size = work.noise.samples, work.block
    starts = range(0, total, size)

    def run(number: int) -> Callable[[], None]:
        first = starts[number]
        return step(first, work.scores(number, min(size, total - first)))

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for number, merge in enumerate(pool.map(run, range(len(starts)))):
            merge()
            progress("sample", min(total, (number + 1) * size), total)


def _ends(stored: NDArray[Any], level: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return lower end, median and upper end per unit, whole places, ends rounded outwards."""
    last = len(stored) - 1
    tail = (1 - level) / 2
    at = [int(np.floor(tail * last)), last // 2, int(np.ceil((1 - tail) * last))]
    found = np.empty((3, stored.shape[1]), np.int64)
    for start in range(0, stored.shape[1], 1024):
        # sorting 32-bit numbers is vectorised: twice as fast as a partition
        part = np.ascontiguousarray(stored[:, start:start + 1024].T, dtype=np.uint32)
        part.sort(axis=1)
        found[:, start:start + 1024] = part[:, at].T
    return found[0], found[1], found[2]
