"""Rounding a fraction of intervals to decimal places, exactly, by integer division."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from wutong.ir.policy.values import WIDE, Interval, Number
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import DECIMAL, HUGEINT

QUOTIENT = WIDE - 10
"""Digits a quotient keeps; the rest is room for the shift of its numerator."""
Bind = Callable[[Expr], Expr]


def rounded(value: Number, scale: int, bind: Bind, mode: str = "half_up") -> Interval:
    """Return a number as a decimal of `scale` places: exact integer arithmetic, no binary fraction.

    `mode` is half_up (half away from zero), floor, ceil, up (away from zero), down (towards zero) or even.
    Rounding is monotone, so the ends are rounded.
    """
    num, den = value.num, value.den
    if den is None and num.scale <= scale and num.const is None:
        return num
    digits = QUOTIENT if den is not None else min(max(num.digits - num.scale + 1 + scale, 1), WIDE)
    lo = _end(num.lo, value, scale, mode, bind, low=True)
    if num.exact and (den is None or den.exact):
        return Interval(lo, lo, digits, scale, lo)
    hi = _end(num.hi, value, scale, mode, bind, low=False)
    plain = None
    if den is None and num.plain is not None:
        plain = _quotient(num.plain, num.scale, None, 0, scale, mode, bind)
    return Interval(lo, hi, digits, scale, plain, Decimal(0) if num.nonneg else None)


def _end(end: Expr | None, value: Number, scale: int, mode: str, bind: Bind, *, low: bool) -> Expr | None:
    """Round one end of the numerator over the end of the denominator that moves it furthest."""
    num, den = value.num, value.den
    if end is None or (den is not None and den.lo is None):
        return None

    def over(divisor: Expr | None) -> Expr:
        return _quotient(end, num.scale, divisor, 0 if den is None else den.scale, scale, mode, bind)

    if den is None or den.exact:
        return over(None if den is None else den.lo)
    null, nothing = lit(None, DECIMAL(QUOTIENT, scale)), lit(Decimal(0), DECIMAL(QUOTIENT, scale))
    far, near = (den.hi, den.lo) if low else (den.lo, den.hi)
    plus = over(far) if far is not None else nothing if low else null
    if num.nonneg:
        return plus
    minus = null if near is None else over(near)
    return case([(op("ge", end, lit(Decimal(0), DECIMAL(1, 0))), plus)], minus)


def _quotient(num: Expr, ns: int, den: Expr | None, ds: int, scale: int, mode: str, bind: Bind) -> Expr:
    """Return num/den rounded to `scale` places through 128-bit integers; NULL where den is not positive."""
    up = lit(10 ** max(ds + scale - ns, 0), HUGEINT)
    down = lit(10 ** max(ns - ds - scale, 0), HUGEINT)
    divisor = down if den is None else bind(op("try", cast(op("mul", _integer(den, ds), down), HUGEINT)))
    dividend = bind(op("try", cast(op("mul", _integer(num, ns), up), HUGEINT)))
    result = op("try", op(f"divide_{mode}", dividend, divisor))
    step = lit(Decimal(1).scaleb(-scale), DECIMAL(max(scale, 1), scale))
    shifted = op("try", cast(op("mul", cast(result, DECIMAL(QUOTIENT, 0)), step), DECIMAL(WIDE, scale)))
    if den is None:
        return shifted
    return case(
        [(op("gt", den, lit(Decimal(0), DECIMAL(1, 0))), shifted)], lit(None, DECIMAL(QUOTIENT, scale))
    )


def _integer(node: Expr, scale: int) -> Expr:
    """Return a decimal of `scale` places as a 128-bit count of its last place."""
    factor = lit(Decimal(10) ** scale, DECIMAL(scale + 1, 0))
    return cast(op("mul", cast(node, DECIMAL(WIDE, scale)), factor), HUGEINT)
