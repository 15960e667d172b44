"""A tree of means that are not all arithmetic, evaluated for a block of samples at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wutong.composite.aggregate import Way
from wutong.composite.table import Floats

Draw = Callable[[Floats], Floats]
"""From s × c given weights to count × s × c drawn ones."""


@dataclass(frozen=True)
class Branch:
    """A node: how it aggregates, its children (branches, or columns of the points), their weights per stage (s × c)."""

    way: Way
    children: tuple[Branch | int, ...]
    weights: Floats

    def scores(self, points: Callable[[int], Floats], draw: Draw, stage: NDArray[np.intp]) -> Floats:
        """Return count × n scores.

        Args:
            points: gives count × n (or 1 × n) points of a column.
            draw: gives the weights of a node for every sample.
            stage: stage of each unit.
        """
        values = [points(c) if isinstance(c, int) else c.scores(points, draw, stage) for c in self.children]
        if self.way.floor is not None:
            values = [np.maximum(v, self.way.floor) for v in values]
        if self.way.method in _PLAIN:
            return _PLAIN[self.way.method](values)
        drawn = draw(self.weights)
        drawn = drawn / drawn.sum(axis=2, keepdims=True)
        return _mean(values, [drawn[:, stage, j] for j in range(len(values))], self.way)


def _stacked(function: Any) -> Callable[[Sequence[Floats]], Floats]:
    def apply(values: Sequence[Floats]) -> Floats:
        total = values[0]
        for value in values[1:]:
            total = function(total, value)
        return total

    return apply


_PLAIN: dict[str, Callable[[Sequence[Floats]], Floats]] = {
    "sum": _stacked(np.add), "minimum": _stacked(np.minimum), "maximum": _stacked(np.maximum),
}


def _mean(values: Sequence[Floats], weights: Sequence[Floats], way: Way) -> Floats:
    def total(parts: Sequence[Floats]) -> Floats:
        return np.asarray(sum(w * p for w, p in zip(weights, parts, strict=True)))

    if way.method == "geometric":
        return np.exp(total([np.log(v) for v in values]))
    if way.method == "harmonic":
        return np.asarray(1 / total([1 / v for v in values]))
    if way.method == "power":
        return np.asarray(total([v**way.power for v in values]) ** (1 / way.power))
    mean = total(values)
    if way.method != "mpi":
        return mean
    freedom = len(values) / max(len(values) - way.ddof, 1)
    variance = total([(v - mean) ** 2 for v in values]) * freedom
    return np.asarray(mean + way.penalty * variance / np.where(mean == 0, 1.0, mean))
