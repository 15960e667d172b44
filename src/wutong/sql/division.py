"""Exact integer division with a stated rounding, for 128-bit integers and a positive divisor."""

from __future__ import annotations

from sqlglot import exp

Sql = exp.Expression


def _int_div(a: Sql, b: Sql) -> Sql:
    return exp.Paren(this=exp.IntDiv(this=exp.Paren(this=a), expression=exp.Paren(this=b)))


def _neg(a: Sql) -> Sql:
    return exp.Neg(this=exp.Paren(this=a))


def _times(a: Sql, k: int) -> Sql:
    return exp.Mul(this=exp.Paren(this=a), expression=exp.Literal.number(k))


def _sign_aware(n: Sql, positive: Sql, negative: Sql) -> Sql:
    test = exp.GTE(this=exp.Paren(this=n.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=test, true=positive)], default=negative)


def half_up(n: Sql, d: Sql) -> Sql:
    """n/d, halves away from zero: (2n + d) // 2d on the magnitude."""
    def magnitude(m: Sql) -> Sql:
        return _int_div(exp.Add(this=_times(m, 2), expression=exp.Paren(this=d.copy())), _times(d.copy(), 2))
    return _sign_aware(n, magnitude(n.copy()), _neg(magnitude(_neg(n.copy()))))


def down(n: Sql, d: Sql) -> Sql:
    """n/d towards zero."""
    return _int_div(n, d)


def up(n: Sql, d: Sql) -> Sql:
    """n/d away from zero."""
    def magnitude(m: Sql) -> Sql:
        return _int_div(exp.Sub(this=exp.Add(this=exp.Paren(this=m), expression=exp.Paren(this=d.copy())),
                                expression=exp.Literal.number(1)), d.copy())
    return _sign_aware(n, magnitude(n.copy()), _neg(magnitude(_neg(n.copy()))))


def floor(n: Sql, d: Sql) -> Sql:
    """n/d towards minus infinity."""
    return _sign_aware(n, down(n.copy(), d.copy()), _negative_up(n, d))


def _negative_up(n: Sql, d: Sql) -> Sql:
    lifted = exp.Sub(this=exp.Add(this=_neg(n.copy()), expression=exp.Paren(this=d.copy())), expression=exp.Literal.number(1))
    return _neg(_int_div(lifted, d.copy()))


def ceil(n: Sql, d: Sql) -> Sql:
    """n/d towards plus infinity."""
    lifted = exp.Sub(this=exp.Add(this=exp.Paren(this=n.copy()), expression=exp.Paren(this=d.copy())),
                     expression=exp.Literal.number(1))
    return _sign_aware(n, _int_div(lifted, d.copy()), down(n.copy(), d.copy()))


def even(n: Sql, d: Sql) -> Sql:
    """n/d, halves to the even neighbour."""
    low = floor(n, d)
    rest = exp.Paren(this=exp.Mul(this=exp.Paren(this=exp.Sub(
        this=exp.Paren(this=n.copy()), expression=exp.Mul(this=exp.Paren(this=low.copy()), expression=exp.Paren(this=d.copy())))),
        expression=exp.Literal.number(2)))
    odd = exp.NEQ(this=exp.Paren(this=exp.Mod(this=exp.Paren(this=low.copy()), expression=exp.Literal.number(2))),
                  expression=exp.Literal.number(0))
    tie = exp.And(this=exp.EQ(this=rest.copy(), expression=exp.Paren(this=d.copy())), expression=odd)
    over = exp.Or(this=exp.GT(this=rest, expression=exp.Paren(this=d.copy())), expression=exp.Paren(this=tie))
    bumped = exp.Add(this=exp.Paren(this=low.copy()), expression=exp.Literal.number(1))
    return exp.Case(ifs=[exp.If(this=over, true=bumped)], default=low)


DIVISIONS = {"divide_half_up": half_up, "divide_down": down, "divide_up": up, "divide_floor": floor,
             "divide_ceil": ceil, "divide_even": even}
