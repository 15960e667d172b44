"""Uncertainty and sensitivity over the choices of the method, as Saisana, Saltelli & Tarantola (JRSS-A 168, 2005)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from wutong.composite.aggregate import aggregate
from wutong.composite.framework import Framework
from wutong.composite.normalise import rank_high_to_low
from wutong.composite.reading import Study
from wutong.composite.recipe import OPTIONS, Chain, Recipe, run
from wutong.composite.sobol import Indices, design, estimate
from wutong.composite.table import Floats
from wutong.errors import WutongError

Progress = Callable[[str, int, int], None]
WEIGHTS: Final = "weights"
_WEIGHT_SETS: Final = 1_000
_COMBINATIONS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Factor:
    """One choice: a step (or ``step.option``) with its alternatives, or the weights with their spread."""

    name: str
    alternatives: tuple[Any, ...] = ()
    spread: float = 0.0

    @property
    def size(self) -> int:
        """How many alternatives there are."""
        return _WEIGHT_SETS if self.name == WEIGHTS else len(self.alternatives)

    def apply(self, recipe: Recipe, at: int) -> Recipe:
        """Return the recipe with one alternative."""
        step, _, option = self.name.partition(".")
        value = self.alternatives[at]
        options = {**recipe.options(step), option: value} if option else value
        return recipe.changed(step, options)


def factors_of(vary: Mapping[str, Any], recipe: Recipe) -> tuple[Factor, ...]:
    """Read what is varied. Raises WutongError S235 an unknown choice, S236 fewer than two alternatives.

    >>> [f.name for f in factors_of({"weights": 0.25, "treat.winmax": [0, 5]}, Recipe.of(["treat"]))]
    ['weights', 'treat.winmax']
    """
    found = []
    for name, value in vary.items():
        step, _, option = str(name).partition(".")
        if name == WEIGHTS:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
                raise WutongError.of("S298", name=name, value=value)
            found.append(Factor(WEIGHTS, spread=float(value)))
            continue
        if step not in recipe.names or (option and option not in OPTIONS[step]):
            raise WutongError.of("S235", name=name, names="、".join((WEIGHTS, *recipe.names)))
        if not isinstance(value, list) or len(value) < 2:
            raise WutongError.of("S236", name=name)
        found.append(Factor(str(name), tuple(value)))
    return tuple(found)


@dataclass(frozen=True)
class Robustness:
    """Ranks of the index under every combination of choices drawn.

    Attributes:
        units: codes.
        nominal: scores and ranks of the recipe as it is.
        ranks: replicates × units.
        factors: names of the choices.
        drawn: replicates × choices, position of the alternative.
        shift: mean absolute rank shift of each replicate against the nominal ranks.
        indices: Sobol indices of `shift` (column 0) and of each unit's rank (from column 1); None for uncertainty only.
    """

    units: tuple[str, ...]
    score: Floats
    nominal: Floats
    ranks: Floats
    factors: tuple[str, ...]
    drawn: np.ndarray[Any, np.dtype[np.int64]]
    shift: Floats
    indices: Indices | None = None

    def quantiles(self, level: float = 0.9) -> Floats:
        """Return lower end, median and upper end of each unit's rank (R `quantile` type 7, as COINr)."""
        tail = (1 - level) / 2
        return np.asarray(np.nanquantile(self.ranks, [tail, 0.5, 1 - tail], axis=0))

    def mean(self) -> Floats:
        """Return each unit's mean rank."""
        return np.asarray(np.nanmean(self.ranks, axis=0))

    def top(self, k: int) -> Floats:
        """Return how often each unit is among the first k."""
        return np.asarray((self.ranks <= k).mean(axis=0))


def uncertainty(study: Study, recipe: Recipe, vary: Mapping[str, Any], samples: int = 1_000, seed: int = 1,
                progress: Progress = lambda *_: None) -> Robustness:
    """Rank under random combinations of choices.

    Raises:
        WutongError: S235, S236 faulty choices, S298 no samples, and what a combination raises: every combination is
            tried before the sampling starts.
    """
    if samples < 1:
        raise WutongError.of("S298", name="samples", value=samples)
    factors = factors_of(vary, recipe)
    points = np.random.default_rng(seed).random((samples, len(factors)))
    return _evaluate(study, recipe, factors, points, seed, progress)


def sensitivity(study: Study, recipe: Recipe, vary: Mapping[str, Any], n: int = 256, seed: int = 1, boots: int = 200,
                progress: Progress = lambda *_: None) -> Robustness:
    """Share the variance of the rank shifts out over the choices (Sobol first-order and total indices).

    n (d + 2) replicates; ranks and bands come from the 2n that are random.

    Raises:
        WutongError: as :func:`uncertainty`; S292 the design, S294 choices that change nothing.
    """
    factors = factors_of(vary, recipe)
    points = design(n, len(factors), seed)
    found = _evaluate(study, recipe, factors, points, seed, progress)
    outputs = np.column_stack([found.shift, np.nan_to_num(found.ranks)])
    indices = estimate(outputs, len(factors), boots=boots, seed=seed)
    return Robustness(found.units, found.score, found.nominal, found.ranks[:2 * n], found.factors, found.drawn[:2 * n],
                      found.shift[:2 * n], indices)


def _evaluate(study: Study, recipe: Recipe, factors: Sequence[Factor], points: Floats, seed: int, progress: Progress,
              ) -> Robustness:
    base = run(study, recipe)
    top = base.tree.index
    units = base.result.units
    drawn = (points * np.array([f.size for f in factors])).astype(np.int64)
    weights = _weight_sets(base.tree, next((f.spread for f in factors if f.name == WEIGHTS), 0.0), seed)
    methods = [i for i, f in enumerate(factors) if f.name != WEIGHTS]
    chains = _chains(study, recipe, [factors[i] for i in methods], base)
    at = next((i for i, f in enumerate(factors) if f.name == WEIGHTS), None)
    scores = np.full((len(points), len(units)), np.nan)
    for row, picks in enumerate(drawn):
        chain = chains[tuple(int(picks[i]) for i in methods)]
        scores[row] = _scores(chain, None if at is None else weights[picks[at]], units, top)
        if row % 64 == 0:
            progress("sample", row, len(points))
    progress("sample", len(points), len(points))
    nominal = rank_high_to_low(base.result.column(top))
    ranks = rank_high_to_low(scores.T).T
    shift = np.nanmean(np.abs(ranks - nominal), axis=1)
    return Robustness(units, base.result.column(top), nominal, ranks, tuple(f.name for f in factors), drawn, shift)


def _chains(study: Study, recipe: Recipe, factors: Sequence[Factor], base: Chain) -> dict[tuple[int, ...], Chain]:
    """Return the chain of every combination of alternatives; each must work before anything is sampled."""
    if math.prod(f.size for f in factors) > _COMBINATIONS:
        raise WutongError.of("S237", count=math.prod(f.size for f in factors), limit=_COMBINATIONS)
    found = {}
    for picks in product(*(range(f.size) for f in factors)):
        chosen = recipe
        for factor, at in zip(factors, picks, strict=True):
            chosen = factor.apply(chosen, at)
        found[picks] = run(study, chosen) if picks else base
    return found


def _scores(chain: Chain, weights: Mapping[str, float] | None, units: Sequence[str], top: str) -> Floats:
    whole = chain.result if weights is None else aggregate(chain.normalised, chain.tree, chain.recipe.ways(), weights)
    if whole.units == units:
        return whole.column(top)
    # Screening may keep other units under other choices; who is screened out has no rank there.
    known = dict(zip(whole.units, whole.column(top), strict=True))
    return np.array([known.get(u, math.nan) for u in units])


def _weight_sets(tree: Framework, spread: float, seed: int) -> list[dict[str, float]]:
    """Return weights multiplied by 1 ± spread, node by node (COINr `get_noisy_weights` at every level)."""
    rng = np.random.default_rng([seed, 1])
    noise = 1 + spread * (2 * rng.random((_WEIGHT_SETS, len(tree.nodes))) - 1)
    given = np.array([node.weight for node in tree.nodes])
    return [dict(zip(tree.by_code, row, strict=True)) for row in (noise * given).tolist()]
