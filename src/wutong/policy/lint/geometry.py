"""Overlaps, gaps and coverage of boxes on a grid: the geometry of decision tables.

A rule of a table with D inputs is a box in D dimensions; on each axis the figures that occur in the table cut the line
into points and open intervals, numbered from 0, so that a box is D ranges of whole numbers and all answers are exact.
The sweep follows Calvanese, Dumas, Laurson, Maggi, Montali and Teinemaa, "Semantics, analysis and simplification of
DMN decision tables", Information Systems 78 (2018), §5; active sets that occur again are answered from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Range = tuple[int, int]
"""First and last number on an axis, both inside."""
Region = tuple[Range, ...]
Numbers = npt.NDArray[np.int64]


class TooManyError(Exception):
    """The answer would take more steps than allowed."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes as arrays: ``lo[i, d]`` to ``hi[i, d]``, and the rule each belongs to."""

    lo: Numbers
    hi: Numbers
    rule: Numbers

    @classmethod
    def of(cls, regions: list[tuple[int, Region]], dimensions: int) -> Boxes:
        """Return the boxes of (rule, region) pairs.

        >>> Boxes.of([(0, ((0, 2), (1, 1)))], 2).lo.tolist()
        [[0, 1]]
        """
        ends = np.array([r for _, r in regions], dtype=np.int64).reshape(len(regions), dimensions, 2)
        return cls(ends[:, :, 0], ends[:, :, 1], np.array([n for n, _ in regions], dtype=np.int64))

    def chosen(self, which: Numbers) -> Boxes:
        """Return some of the boxes."""
        return Boxes(self.lo[which], self.hi[which], self.rule[which])


def overlaps(boxes: Boxes) -> Iterator[tuple[int, int, Region]]:
    """Yield pairs of rules that share a region, with one region each, by a sweep over the best axis.

    >>> list(overlaps(Boxes.of([(0, ((0, 4),)), (1, ((4, 6),)), (2, ((7, 9),))], 1)))
    [(0, 1, ((4, 4),))]
    """
    if not len(boxes.rule):
        return
    axis = int(np.argmin((boxes.hi - boxes.lo).mean(axis=0) / (boxes.hi.max(axis=0) + 1)))
    order = np.argsort(boxes.lo[:, axis], kind="stable")
    lo, hi, rule = boxes.lo[order], boxes.hi[order], boxes.rule[order]
    ends = np.searchsorted(lo[:, axis], hi[:, axis], side="right")
    seen: set[Range] = set()
    for i in range(len(rule)):
        after = slice(i + 1, max(int(ends[i]), i + 1))
        meets = ((lo[after] <= hi[i]) & (hi[after] >= lo[i])).all(axis=1) & (rule[after] != rule[i])
        for j in np.flatnonzero(meets) + i + 1:
            pair = min(int(rule[i]), int(rule[j])), max(int(rule[i]), int(rule[j]))
            if pair not in seen:
                seen.add(pair)
                low, high = np.maximum(lo[i], lo[j]), np.minimum(hi[i], hi[j])
                yield *pair, tuple(zip(low.tolist(), high.tolist(), strict=True))


@dataclass(slots=True)
class Sweep:
    """Finds what of a window no box covers; `steps` bounds the work."""

    boxes: Boxes
    window: Region
    steps: int = 400_000
    known: dict[tuple[int, bytes], list[Region]] = field(default_factory=dict)

    def gaps(self) -> list[Region]:
        """Return the uncovered regions, merged along the first axes. Raises TooManyError.

        >>> Sweep(Boxes.of([(0, ((0, 4),)), (1, ((6, 6),))], 1), ((0, 8),)).gaps()
        [((5, 5),), ((7, 8),)]
        """
        inside = (self.boxes.lo <= self._ends(1)).all(axis=1) & (self.boxes.hi >= self._ends(0)).all(axis=1)
        return self._below(0, np.flatnonzero(inside))

    def _ends(self, side: int) -> Numbers:
        return np.array([r[side] for r in self.window], dtype=np.int64)

    def _below(self, axis: int, active: Numbers) -> list[Region]:
        if not len(active):
            return [self.window[axis:]]
        if self._covered(axis, active):
            return []
        key = axis, active.tobytes()
        if key not in self.known:
            last = axis == len(self.window) - 1
            self.known[key] = self._line(active) if last else self._slabs(axis, active)
        return self.known[key]

    def _covered(self, axis: int, active: Numbers) -> bool:
        lo, hi = self.boxes.lo[active, axis:], self.boxes.hi[active, axis:]
        whole = (lo <= self._ends(0)[axis:]) & (hi >= self._ends(1)[axis:])
        return bool(whole.all(axis=1).any())

    def _line(self, active: Numbers) -> list[Region]:
        """On the last axis: sort by start and remember how far the boxes reach."""
        first, last = self.window[-1]
        lo, hi = self.boxes.lo[active, -1], self.boxes.hi[active, -1]
        order = np.argsort(lo, kind="stable")
        found: list[Region] = []
        reach = first - 1
        for start, end in zip(lo[order].tolist(), hi[order].tolist(), strict=True):
            if start > reach + 1:
                found.append(((reach + 1, min(start - 1, last)),))
            reach = max(reach, end)
        if reach < last:
            found.append(((reach + 1, last),))
        return found

    def _slabs(self, axis: int, active: Numbers) -> list[Region]:
        first, last = self.window[axis]
        lo, hi = self.boxes.lo[active, axis], self.boxes.hi[active, axis]
        cuts = np.unique(np.concatenate((np.clip(lo, first, last), np.clip(hi, first, last) + 1, [first, last + 1])))
        merged: list[tuple[Range, list[Region]]] = []
        for start, stop in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            self.steps -= 1 + len(active) // 1000
            if self.steps < 0:
                raise TooManyError
            below = self._below(axis + 1, active[(lo <= start) & (hi >= start)])
            if merged and merged[-1][1] == below:
                merged[-1] = (merged[-1][0][0], stop - 1), below
            else:
                merged.append(((start, stop - 1), below))
        return [(span, *rest) for span, below in merged for rest in below]
