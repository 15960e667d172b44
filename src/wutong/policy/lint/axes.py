"""The axis of a table's input: the figures, dates or texts that occur in its cells, in order, as numbered steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from wutong.policy.lint.geometry import Range

Spans = tuple[Range, ...]
"""Ranges of steps, apart from each other and in order."""
WAN = Decimal(10_000)


class Axis(Protocol):
    """What the linter asks of an axis."""

    @property
    def name(self) -> str:
        """The input as the table writes it."""

    @property
    def size(self) -> int:
        """How many steps it has."""

    def text(self, span: Range) -> str:
        """Return a range of steps for people."""


def united(spans: Iterable[Range]) -> Spans:
    """Return ranges in order, those that touch as one.

    >>> united([(4, 5), (0, 1), (2, 2)])
    ((0, 2), (4, 5))
    """
    found: list[Range] = []
    for low, high in sorted(s for s in spans if s[0] <= s[1]):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return tuple(found)


def shared(left: Spans, right: Spans) -> Spans:
    """Return what two sets of ranges have in common.

    >>> shared(((0, 4), (6, 9)), ((3, 7),))
    ((3, 4), (6, 7))
    """
    return united((max(a, c), min(b, d)) for a, b in left for c, d in right)


def without(spans: Spans, size: int) -> Spans:
    """Return the steps of an axis that are not in `spans`.

    >>> without(((1, 2),), 5)
    ((0, 0), (3, 4))
    """
    edges = [-1, *(e for s in spans for e in s), size]
    return united((a + 1, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class NumberAxis:
    """Numbers or dates: steps are the figures themselves and the open intervals between them.

    >>> axis = NumberAxis.of("x", [Decimal(3), Decimal(5)], "人", whole=True, low=Decimal(0))
    >>> axis.text((0, axis.size - 1)), axis.text((1, 1)), axis.text(axis.between(Decimal(3), True, Decimal(5), False)[0])
    ('x ≥ 0人', 'x ∈ (0人, 3人)', 'x ∈ [3人, 5人)')
    """

    name: str
    ends: tuple[tuple[Decimal | None, Decimal | None], ...]
    """The two ends of each step, equal for a point, None for infinity."""
    unit: str
    days: bool = False

    @classmethod
    def of(
        cls, name: str, figures: Iterable[Decimal], unit: str, *, whole: bool = False, days: bool = False,
        low: Decimal | None = None, high: Decimal | None = None,
    ) -> NumberAxis:
        """Return the axis cut at `figures`; steps outside the domain or without a whole number in them fall out."""
        points = sorted({*figures, *(x for x in (low, high) if x is not None)})
        steps: list[tuple[Decimal | None, Decimal | None]] = []
        for before, after in pairwise([None, *points, None]):
            steps += [(before, after), (after, after)]
        steps = steps[:-1]
        return cls(name, tuple(s for s in steps if _possible(s, whole=whole or days, low=low, high=high)), unit, days)

    @property
    def size(self) -> int:
        """How many steps it has."""
        return len(self.ends)

    def between(self, low: Decimal | None, low_in: bool, high: Decimal | None, high_in: bool) -> Spans:
        """Return the steps of an interval whose ends are figures of the axis."""
        first = 0 if low is None else self._first(low, inside=low_in)
        last = self.size - 1 if high is None else self._first(high, inside=not high_in) - 1
        return united([(first, last)])

    def _first(self, figure: Decimal, *, inside: bool) -> int:
        """Return the first step at (or past) a figure."""
        return bisect_left(self.ends, (figure, not inside), key=_order)

    def text(self, span: Range) -> str:
        """Return a range of steps as ``x ∈ [3人, 5人)``."""
        (low, first), (last, high) = self.ends[span[0]], self.ends[span[1]]
        closed_low, closed_high = low == first, last == high
        if low is None and high is None:
            return f"{self.name} ∈ (-∞, +∞)"
        if low == high:
            return f"{self.name} = {self.figure(low)}"
        if high is None:
            return f"{self.name} {'≥' if closed_low else '>'} {self.figure(low)}"
        if low is None:
            return f"{self.name} {'≤' if closed_high else '<'} {self.figure(high)}"
        left, right = "[" if closed_low else "(", "]" if closed_high else ")"
        return f"{self.name} ∈ {left}{self.figure(low)}, {self.figure(high)}{right}"

    def figure(self, value: Decimal | None) -> str:
        """Return a figure with its unit."""
        if value is None:
            return "∞"
        if self.days:
            return date.fromordinal(int(value)).isoformat()
        return figure_text(value, self.unit)


def figure_text(value: Decimal, unit: str) -> str:
    """Return a figure with its unit, money in 万元 where that is short.

    >>> figure_text(Decimal("50000000"), "元"), figure_text(Decimal("0.50"), "%")
    ('5000万元', '0.5%')
    """
    if unit == "元" and value and value % 100 == 0 and abs(value) >= WAN:
        value, unit = value / WAN, "万元"
    text = f"{value.normalize():f}"
    return text + unit


def _order(step: tuple[Decimal | None, Decimal | None]) -> tuple[Decimal, bool]:
    """Steps by their lower end; a point before the open interval that starts at it."""
    low, high = step
    return Decimal("-Infinity") if low is None else low, low is None or low != high


def _possible(
    step: tuple[Decimal | None, Decimal | None], *, whole: bool, low: Decimal | None, high: Decimal | None
) -> bool:
    start, end = step
    if low is not None and (start is None or start < low):
        return False
    if high is not None and (end is None or end > high):
        return False
    if not whole or start is None or end is None:
        return True
    if start == end:
        return start == start.to_integral_value()
    return start.to_integral_value(rounding="ROUND_FLOOR") + 1 < end


@dataclass(frozen=True, slots=True)
class TextAxis:
    """Texts or truth values: one step for each, and one for every other text where any text may come."""

    name: str
    values: tuple[str, ...]
    others: bool

    @property
    def size(self) -> int:
        """How many steps it has."""
        return len(self.values) + self.others

    def among(self, texts: Iterable[str]) -> Spans:
        """Return the steps of some texts."""
        index = {v: i for i, v in enumerate(self.values)}
        return united((index[t], index[t]) for t in texts if t in index)

    def text(self, span: Range) -> str:
        """Return a range of steps as ``x = 工业``."""
        shown = list(self.values[span[0] : span[1] + 1])
        rest = span[1] == len(self.values)
        if rest and len(shown) < len(self.values):
            hidden = self.values[: span[0]]
            return f"{self.name} ∉ {{{', '.join(hidden)}}}"
        return f"{self.name} = {shown[0]}" if len(shown) == 1 else f"{self.name} ∈ {{{', '.join(shown)}}}"
