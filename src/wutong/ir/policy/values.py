"""What an expression is worth at compile time: typed SQL for every quantity, as an interval where it is a number.

A number stands for all values it may take under any completion of the missing facts: ``[lo, hi]``, where an
absent end (None here, NULL in the data) is unbounded. A truth value is three-valued SQL: NULL is unknown.
Interval arithmetic after Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009), chapter 2;
it may be wider than the truth where a fact stands twice, never narrower, so that a verdict is sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from wutong.sql.nodes import Expr
from wutong.tables.catalogue import Child
from wutong.values.units import Unit

WIDE = 38
"""The most decimal digits every engine has."""
NARROW = 18
"""Decimals up to this width are 64-bit integers inside the engine."""


@dataclass(frozen=True, slots=True)
class Interval:
    """``[lo, hi]`` in SQL; `digits` and `scale` bound every value; `low`, `high` are the ends known beforehand.

    `plain` is the value itself where the quantity is either exactly known or wholly unknown (NULL), so that a
    single comparison decides; it is None for quantities that may be partly known.
    """

    lo: Expr | None
    hi: Expr | None
    digits: int
    scale: int
    plain: Expr | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def exact(self) -> bool:
        """Whether both ends are the same expression."""
        return self.lo is not None and self.lo == self.hi

    @property
    def const(self) -> Decimal | None:
        """The value of a constant, else None."""
        return self.low if self.low is not None and self.low == self.high and self.exact else None

    @property
    def nonneg(self) -> bool:
        """Whether no completion is negative."""
        return self.low is not None and self.low >= 0


@dataclass(frozen=True, slots=True)
class Number:
    """A fraction ``num / den`` of intervals with a unit; `den` None is 1, and a `den` of 0 makes it unknown.

    `literal` marks a number written with its unit in the rule, the only kind that converts by itself.
    """

    num: Interval
    den: Interval | None = None
    unit: Unit | None = None
    literal: bool = False

    @property
    def const(self) -> Decimal | None:
        """The value of a whole constant, else None."""
        return self.num.const if self.den is None else None


@dataclass(frozen=True, slots=True)
class Truth:
    """A three-valued truth value; `const` when known at compile time."""

    expr: Expr
    const: bool | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text, NULL when unknown; `values` lists the possible ones where known."""

    expr: Expr
    values: tuple[str, ...] = ()
    const: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A date, NULL when unknown."""

    expr: Expr
    const: object = None


@dataclass(frozen=True, slots=True)
class Options:
    """A list written in a rule, as ``("A", "B")``, or the range of a test."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a child table under a condition; only aggregates may read them."""

    child: Child
    where: Expr | None
    column: str | None = None
    as_name: str | None = None


Plain = Truth | Text | Day
"""What one SQL expression holds whole."""
Value = Number | Truth | Text | Day | Options | Rows
