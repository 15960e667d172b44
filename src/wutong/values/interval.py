"""Three-valued truth (Kleene) and closed intervals of exact numbers, None standing for unknown or unbounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

Truth = bool | None
"""True, False, or None for unknown."""


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return the Kleene conjunction: false beats unknown, unknown beats true.

    >>> all_of([True, None]), all_of([False, None]), all_of([])
    (None, False, True)
    """
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        result = None if truth is None else result
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return the Kleene disjunction: true beats unknown, unknown beats false.

    >>> any_of([False, None]), any_of([True, None]), any_of([])
    (None, True, False)
    """
    return negation(all_of(negation(t) for t in truths))


def negation(truth: Truth) -> Truth:
    """Return the Kleene negation."""
    return None if truth is None else not truth


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included; None is unbounded on that side.

    >>> Interval(Decimal(60), Decimal(85)).at_least(Decimal(50)), Interval(None, Decimal(5)).at_least(Decimal(3))
    (True, None)
    """

    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"empty interval [{self.low}, {self.high}]")

    @classmethod
    def point(cls, value: Decimal) -> Interval:
        """Return the interval of one known number."""
        return cls(value, value)

    @property
    def known(self) -> bool:
        """Whether the interval is a single number."""
        return self.low is not None and self.low == self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
        )

    def at_least(self, threshold: Decimal) -> Truth:
        """Return whether every, no, or only some number of the interval is ≥ `threshold`."""
        if self.low is not None and self.low >= threshold:
            return True
        return False if self.high is not None and self.high < threshold else None

    def at_most(self, threshold: Decimal) -> Truth:
        """Return whether every, no, or only some number of the interval is ≤ `threshold`."""
        if self.high is not None and self.high <= threshold:
            return True
        return False if self.low is not None and self.low > threshold else None

    def contains(self, value: Decimal) -> bool:
        """Return whether `value` lies in the interval."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def best_of(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of the greatest of several numbers known only by their intervals.

    >>> best_of([Interval(Decimal(0), Decimal(50)), Interval(Decimal(30), Decimal(30))])
    Interval(low=Decimal('30'), high=Decimal('50'))
    """
    items = list(intervals)
    if not items:
        return Interval()
    lows = [i.low for i in items if i.low is not None]
    highs = [i.high for i in items if i.high is not None]
    return Interval(max(lows) if lows else None, max(highs) if len(highs) == len(items) else None)
