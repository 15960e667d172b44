"""Exact integer division with a stated rounding, for wide integers and a positive divisor.

All are built on one operation, the division towards zero, which every dialect prints its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

Sql = exp.Expression


def int_div(a: Sql, b: Sql) -> Sql:
    """Division towards zero by the operator ``//``."""
    return exp.IntDiv(this=exp.Paren(this=a), expression=exp.Paren(this=b))


def _neg(a: Sql) -> Sql:
    return exp.Neg(this=exp.Paren(this=a))


def _times(a: Sql, k: int) -> Sql:
    return exp.Mul(this=exp.Paren(this=a), expression=exp.Literal.number(k))


def _sign_aware(n: Sql, positive: Sql, negative: Sql) -> Sql:
    test = exp.GTE(this=exp.Paren(this=n.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=test, true=positive)], default=negative)


@dataclass(frozen=True, slots=True)
class Division:
    """n/d rounded; `whole` divides towards zero."""

    whole: Callable[[Sql, Sql], Sql] = int_div

    def half_up(self, n: Sql, d: Sql) -> Sql:
        """n/d, halves away from zero: (2n + d) // 2d on the magnitude."""
        def magnitude(m: Sql) -> Sql:
            lifted = exp.Add(this=_times(m, 2), expression=exp.Paren(this=d.copy()))
            return exp.Paren(this=self.whole(lifted, _times(d.copy(), 2)))
        return _sign_aware(n, magnitude(n.copy()), _neg(magnitude(_neg(n.copy()))))

    def down(self, n: Sql, d: Sql) -> Sql:
        """n/d towards zero."""
        return exp.Paren(this=self.whole(n.copy(), d.copy()))

    def _away(self, n: Sql, d: Sql) -> Sql:
        """n/d away from zero, for n ≥ 0."""
        lifted = exp.Sub(this=exp.Add(this=exp.Paren(this=n.copy()), expression=exp.Paren(this=d.copy())),
                         expression=exp.Literal.number(1))
        return exp.Paren(this=self.whole(lifted, d.copy()))

    def up(self, n: Sql, d: Sql) -> Sql:
        """n/d away from zero."""
        return _sign_aware(n, self._away(n, d), _neg(self._away(_neg(n.copy()), d)))

    def floor(self, n: Sql, d: Sql) -> Sql:
        """n/d towards minus infinity."""
        return _sign_aware(n, self.down(n, d), _neg(self._away(_neg(n.copy()), d)))

    def ceil(self, n: Sql, d: Sql) -> Sql:
        """n/d towards plus infinity."""
        return _sign_aware(n, self._away(n, d), self.down(n, d))

    def even(self, n: Sql, d: Sql) -> Sql:
        """n/d, halves to the even neighbour."""
        low = self.floor(n, d)
        product = exp.Mul(this=exp.Paren(this=low.copy()), expression=exp.Paren(this=d.copy()))
        rest = exp.Paren(this=_times(exp.Sub(this=exp.Paren(this=n.copy()), expression=product), 2))
        odd = exp.NEQ(this=exp.Paren(this=exp.Mod(this=exp.Paren(this=low.copy()), expression=exp.Literal.number(2))),
                      expression=exp.Literal.number(0))
        tie = exp.And(this=exp.EQ(this=rest.copy(), expression=exp.Paren(this=d.copy())), expression=odd)
        over = exp.Or(this=exp.GT(this=rest, expression=exp.Paren(this=d.copy())), expression=exp.Paren(this=tie))
        bumped = exp.Add(this=exp.Paren(this=low.copy()), expression=exp.Literal.number(1))
        return exp.Case(ifs=[exp.If(this=over, true=bumped)], default=low)

    def makers(self) -> dict[str, Callable[[Sql, Sql], Sql]]:
        """Return the primitives ``divide_…`` by name."""
        return {"divide_half_up": self.half_up, "divide_down": self.down, "divide_up": self.up,
                "divide_floor": self.floor, "divide_ceil": self.ceil, "divide_even": self.even}
