"""Points as whole hundredths in SQL, and the few whole-number operations they need.

``lo`` and ``hi`` are whole and never NULL: sums without branches over columns without NULL are what engines do fastest.
A weighted mean multiplies by basis points instead of dividing, so `levels` counts how many factors of 10,000 the
figures carry; nothing is rounded before it is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from wutong.points.model import WHOLE
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, BOOLEAN, DECIMAL, INTEGER

CENTS = 100
MOST_LEVELS = 3
"""100.00 points are 10^4 hundredths; three factors of 10^4 still leave room to sum and round in 64 bits."""
POINTS = DECIMAL(9, 2)


@dataclass(frozen=True, slots=True)
class Whole:
    """What an indicator or node may have, in hundredths of a point times ``10,000 ** levels``.

    `sure` tells where the figure is exactly known; None leaves that to a look at both ends.
    """

    lo: Expr
    hi: Expr
    levels: int = 0
    sure: Expr | None = None

    @classmethod
    def of(cls, ends: Iterable[Expr], levels: int = 0) -> Whole:
        """Return the figure with these two ends."""
        lo, hi = ends
        return cls(lo, hi, levels)

    @classmethod
    def known_or(cls, plain: Expr, low: Expr, high: Expr) -> Whole:
        """Return the figure `plain` where it is known, else the range from `low` to `high`."""
        return cls(op("coalesce", plain, low), op("coalesce", plain, high), sure=op("is_not_null", plain))

    @property
    def known(self) -> Expr:
        """Whether the figure is exactly known."""
        if self.exact:
            return lit(True, BOOLEAN)
        return op("eq", self.lo, self.hi) if self.sure is None else self.sure

    @property
    def exact(self) -> bool:
        """Whether both ends are one expression."""
        return self.lo == self.hi

    def both(self) -> tuple[Expr, Expr]:
        """Return the ends."""
        return self.lo, self.hi


def number(value: int) -> Expr:
    """Return a whole literal."""
    return lit(value, BIGINT)


def as_number(truth: Expr) -> Expr:
    """Return 1 where a truth value that is not NULL holds, else 0."""
    return case([(truth, lit(1, INTEGER))], lit(0, INTEGER))


def total(parts: Iterable[Expr]) -> Expr:
    """Return a sum; of nothing, zero."""
    found = list(parts)
    return reduce(lambda a, b: op("add", a, b), found) if found else number(0)


def times(node: Expr, factor: int) -> Expr:
    """Return a product with a constant, left out where it does nothing."""
    return node if factor == 1 else op("mul", node, number(factor))


def divided(node: Expr, by: Expr) -> Expr:
    """Return node / by rounded half up; node is not negative, by is positive."""
    return op("whole_div", op("add", times(node, 2), by), times(by, 2))


def whole(real: Expr) -> Expr:
    """Return a double that is not negative as a whole number, rounded half up; engines differ in their ROUND."""
    return cast(op("floor", op("add", real, lit(0.5))), BIGINT)


def lifted(node: Expr, levels: int, to: int) -> Expr:
    """Return a figure of `levels` factors as one of `to` factors."""
    return times(node, WHOLE ** (to - levels))


def published(node: Expr, levels: int) -> Expr:
    """Return a figure rounded half up to hundredths."""
    return node if levels == 0 else divided(node, number(WHOLE**levels))


def as_points(node: Expr, places: int = 2) -> Expr:
    """Return hundredths as a decimal of two places, rounded half up to `places`."""
    if places < 2:
        step = number(10 ** (2 - places))
        node = op("mul", divided(node, step), step)
    return cast(op("mul", cast(node, DECIMAL(9, 0)), lit(Decimal("0.01"), DECIMAL(3, 2))), POINTS)


def least(*nodes: Expr) -> Expr:
    """Return the least of whole numbers that are not NULL, a literal among them at most once."""
    return nodes[0] if len(set(nodes)) == 1 else op("least", *dict.fromkeys(nodes))


def greatest(*nodes: Expr) -> Expr:
    """Return the greatest of whole numbers that are not NULL."""
    return nodes[0] if len(set(nodes)) == 1 else op("greatest", *dict.fromkeys(nodes))


def clipped(node: Expr, low: int, high: int) -> Expr:
    """Return `node` within [low, high]; one CASE, since LEAST and GREATEST carry NULL about differently."""
    return case([(op("lt", node, number(low)), number(low)), (op("gt", node, number(high)), number(high))], node)
