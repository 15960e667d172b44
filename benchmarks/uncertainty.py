"""Ranks of 10,000 weight samples: 1,000 and 100,000 companies, full ranks and top-k, beside the plain loop.

Also an index over 1,000,000 units beside the published cost of COINr 1.1.14 (61.9 CPU-s) and scikit-criteria 0.10
(1.62 CPU-s), and 8,192 runs of a Sobol design. CPU seconds are printed beside wall seconds: the machine is shared.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from measure import report
from scipy.stats import rankdata

from wutong.composite import Framework, Node, Table
from wutong.composite.aggregate import aggregate
from wutong.composite.bands import Noise, Scores, rank_bands, top_shares
from wutong.composite.choices import sensitivity
from wutong.composite.normalise import normalise
from wutong.composite.reading import Study
from wutong.composite.recipe import Recipe

INDICATORS, STAGES, SAMPLES = 18, 3, 10_000


def timed(action: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(what: str, wall: float, cpu: float, note: str = "") -> None:
    print(f"{what:<58} {wall:8.3f} s wall {cpu:8.3f} s CPU  {note}")
    report(what, seconds=round(wall, 3), cpu=round(cpu, 3))


def made(n: int) -> Scores:
    rng = np.random.default_rng(1)
    weights = rng.random((STAGES, INDICATORS)) + 0.2
    return Scores.of(rng.random((n, INDICATORS)) * 100, weights, stage=rng.integers(0, STAGES, n))


def plain_loop(scores: Scores, samples: int) -> None:
    """What one would write in a hurry: one sample at a time, in double precision."""
    rng = np.random.default_rng(1)
    for _ in range(samples):
        weights = scores.weights * (1 + 0.25 * (2 * rng.random(scores.weights.shape) - 1))
        weights /= weights.sum(axis=1, keepdims=True)
        rankdata(-(scores.low * weights[scores.stage]).sum(axis=1), method="min")


def monte_carlo(n: int, bound: float, bound_top: float | None, loop: int) -> None:
    scores = made(n)
    rank_bands(scores, Noise(8), tops=(10,))
    wall, cpu = timed(lambda: rank_bands(scores, Noise(SAMPLES), tops=(10, 100)))
    peer, _ = timed(lambda: plain_loop(scores, loop))
    line(f"bands, {n:,} companies × {SAMPLES:,} samples, exact ranks", wall, cpu,
         f"bound {bound} s; plain loop {peer * SAMPLES / loop:.1f} s ({peer * SAMPLES / loop / wall:.1f}×)")
    wall, cpu = timed(lambda: top_shares(scores, max(10, n // 100), Noise(SAMPLES)))
    line(f"top {max(10, n // 100):,} only", wall, cpu, f"bound {bound_top} s" if bound_top else "")


def index(n: int) -> None:
    rng = np.random.default_rng(2)
    codes = tuple(f"i{k}" for k in range(INDICATORS))
    tree = Framework.of([*(Node(c, 1, f"p{k % 3}") for k, c in enumerate(codes)), *(Node(f"p{k}", 2, "I") for k in range(3)),
                         Node("I", 3, None)])
    table = Table(tuple(map(str, range(n))), codes, rng.lognormal(size=(n, INDICATORS)))
    wall, cpu = timed(lambda: aggregate(normalise(table, tree)[0], tree))
    line(f"index, {n:,} × {INDICATORS}: min-max, two levels of means", wall, cpu,
         f"COINr 61.9 CPU-s ({61.9 / cpu:.0f}×), scikit-criteria 1.62 CPU-s without a hierarchy ({1.62 / cpu:.1f}×)")


def choices() -> None:
    rng = np.random.default_rng(3)
    codes = tuple(f"i{k}" for k in range(INDICATORS))
    tree = Framework.of([*(Node(c, 1, f"p{k % 3}") for k, c in enumerate(codes)), *(Node(f"p{k}", 2, "I") for k in range(3)),
                         Node("I", 3, None)])
    study = Study(Table(tuple(map(str, range(1_000))), codes, rng.lognormal(size=(1_000, INDICATORS))), tree)
    vary = {"normalise": [{"method": m} for m in ("min_max", "z_score", "percentile")],
            "aggregate.method": ["arithmetic", "minimum"], "treat.winmax": [0, 5], "weights": 0.25}
    wall, cpu = timed(lambda: sensitivity(study, Recipe.of(["treat"]), vary, n=1_024))
    line("Sobol, 1,000 units, 4 choices, 6,144 runs, 1,001 outputs", wall, cpu, "COINr 132 ms a run: 811 s")


if __name__ == "__main__":
    monte_carlo(1_000, 0.3, None, 500)
    monte_carlo(100_000, 15, 4, 10)
    index(1_000_000)
    choices()
