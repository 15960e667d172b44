"""Units in rules: equal or refused. Only a literal converts by itself, exactly and within its dimension."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from wutong.errors import WutongError
from wutong.ir.policy import arith
from wutong.ir.policy.arith import constant
from wutong.ir.policy.values import Interval, Number
from wutong.sql.nodes import Expr, lit, op
from wutong.sql.types import BIGINT
from wutong.values.units import Unit, convert

find = Unit.find
PERCENT = Unit.parse("%")


class UnitMismatchError(Exception):
    """Two units that may not meet; `code` says why."""

    def __init__(self, code: str, left: Unit | None, right: Unit | None) -> None:
        self.code, self.left, self.right = code, str(left or "比值"), str(right or "比值")
        super().__init__(code)


def _plain(unit: Unit | None) -> bool:
    return unit is None or unit.text in ("比值", "倍")


def _counts(unit: Unit | None) -> bool:
    return unit is not None and (unit.is_count or unit.dimension in ("month", "day", "hour"))


def _converted(number: Number, unit: Unit) -> Number:
    value = number.const
    assert value is not None and number.unit is not None  # noqa: S101, PT018 - literals are constants
    return Number(constant(convert(value, number.unit, unit)), unit=unit, literal=True)


def align(left: Number, right: Number) -> tuple[Number, Number]:
    """Return both in one unit.

    Raises:
        UnitMismatchError: F520 different kinds of quantity, F521 same kind but other unit, F522 % against a ratio,
            F523 a bare number against money, area or %.
    """
    a, b = left.unit, right.unit
    if a == b or (_plain(a) and _plain(b)):
        return left, right
    if a is not None and b is not None and a.dimension == b.dimension and not (_plain(a) or _plain(b)):
        if right.literal:
            return left, _exactly(right, a, left)
        if left.literal:
            return _exactly(left, b, right), right
        raise UnitMismatchError("F521", a, b)
    if PERCENT in (a, b) and (_plain(a) or _plain(b)):
        raise UnitMismatchError("F522", a, b)
    if a is None or b is None:
        bare, other = (left, right) if a is None else (right, left)
        if _counts(other.unit) or bare.const == 0:
            named = Number(bare.num, bare.den, other.unit, bare.literal)
            return (named, right) if a is None else (left, named)
        raise UnitMismatchError("F523", a, b)
    raise UnitMismatchError("F520", a, b)


def in_base(number: Number) -> Number:
    """Return a written amount of money in 元, the unit of all stored amounts, so that it may be a factor."""
    return (
        _converted(number, number.unit.base) if number.unit is not None and number.unit.is_money else number
    )


def _exactly(number: Number, unit: Unit, other: Number) -> Number:
    try:
        return _converted(number, unit)
    except WutongError:
        raise UnitMismatchError("F521", number.unit, other.unit) from None


def common(left: Number, right: Number) -> tuple[Interval, Interval, Interval | None]:
    """Return two numerators over one denominator."""
    if left.den == right.den:
        return left.num, right.num, left.den
    num = left.num if right.den is None else arith.multiply(left.num, right.den)
    other = right.num if left.den is None else arith.multiply(right.num, left.den)
    dens = [d for d in (left.den, right.den) if d is not None]
    return num, other, dens[0] if len(dens) == 1 else arith.multiply(*dens)


def add(left: Number, right: Number, combine: Callable[[Interval, Interval], Interval]) -> Number:
    """Return the sum or difference of two numbers of one unit."""
    num, other, den = common(left, right)
    return Number(combine(num, other), den, left.unit or right.unit, left.literal and right.literal)


def multiply(left: Number, right: Number) -> Number:
    """Return the product; at most one factor has a unit, and % is not a factor."""
    for one, other in ((left, right), (right, left)):
        if one.unit == PERCENT:
            raise UnitMismatchError("F524", one.unit, other.unit)
    left, right = _uncounted(left, right)
    if not _plain(left.unit) and not _plain(right.unit):
        raise UnitMismatchError("F525", left.unit, right.unit)
    dens = [d for d in (left.den, right.den) if d is not None]
    den = None if not dens else dens[0] if len(dens) == 1 else arith.multiply(*dens)
    unit = left.unit if _plain(right.unit) else right.unit
    return Number(arith.multiply(left.num, right.num), den, unit, left.literal and right.literal)


def _uncounted(left: Number, right: Number) -> tuple[Number, Number]:
    """Three cases at 5万元 each: a count of things is a bare factor beside a quantity."""
    for one, other in ((left, right), (right, left)):
        if one.unit is not None and one.unit.is_count and not _plain(other.unit):
            bare = Number(one.num, one.den, None, one.literal)
            return (bare, right) if one is left else (left, bare)
    return left, right


def divide(left: Number, right: Number) -> Number:
    """Return the quotient as a fraction: nothing is divided before it must be."""
    if not _plain(right.unit):
        left, right = align(left, right)
        unit = None
    else:
        unit = left.unit
    num = left.num if right.den is None else arith.multiply(left.num, right.den)
    den = right.num if left.den is None else arith.multiply(right.num, left.den)
    if den.const is not None and den.const < 0:
        num, den = arith.negate(num), constant(-den.const)
    whole = _whole(num, den)
    if whole is not None:
        return Number(whole, None, unit, left.literal and right.literal)
    return Number(num, den, unit)


def _whole(num: Interval, den: Interval) -> Interval | None:
    """Divide by a constant at once where the reciprocal is a short decimal (10, 4, 2.5 …)."""
    if den.const is None or den.const == 0:
        return None
    reciprocal = Decimal(1) / den.const
    if reciprocal * den.const != 1 or len(reciprocal.as_tuple().digits) > 6:
        return None
    return arith.multiply(num, constant(reciprocal))


def power(left: Number, right: Number) -> Number:
    """Return a pure number to a small whole power."""
    exponent = right.const
    if exponent is None or exponent not in (1, 2, 3, 4) or not _plain(left.unit):
        raise UnitMismatchError("F526", left.unit, right.unit)
    result = left
    for _ in range(int(exponent) - 1):
        result = multiply(result, left)
    return result


def percent(number: Number) -> Number:
    """Return a ratio as a figure in %."""
    if not _plain(number.unit):
        raise UnitMismatchError("F527", number.unit, PERCENT)
    scaled = multiply(Number(number.num, number.den), Number(constant(Decimal(100))))
    return Number(scaled.num, scaled.den, PERCENT)


def ratio(number: Number) -> Number:
    """Return a figure in % as a ratio."""
    if number.unit != PERCENT:
        raise UnitMismatchError("F528", number.unit, None)
    scaled = multiply(Number(number.num, number.den), Number(constant(Decimal("0.01"))))
    return Number(scaled.num, scaled.den, None)


def converted(number: Number, unit: Unit) -> Number:
    """Return `number` in another unit of its dimension."""
    if number.unit is not None and number.unit.is_count and unit.dimension == "score":
        return Number(number.num, number.den, unit)
    if number.unit is None or number.unit.dimension != unit.dimension:
        raise UnitMismatchError("F520", number.unit, unit)
    factor = number.unit.factor / unit.factor
    up, down = constant(Decimal(factor.numerator)), constant(Decimal(factor.denominator))
    result = divide(multiply(Number(number.num, number.den), Number(up)), Number(down))
    return Number(result.num, result.den, unit)


def moved(day: Expr, amount: Decimal, unit: Unit) -> Expr | None:
    """Return a date moved by whole months or days, day of month clipped; None if that is not whole."""
    scaled = amount * unit.factor.numerator / unit.factor.denominator
    if scaled != scaled.to_integral_value() or unit.dimension not in ("month", "day"):
        return None
    return op("add_months" if unit.dimension == "month" else "add_days", day, lit(int(scaled), BIGINT))
