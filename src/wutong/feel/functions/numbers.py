"""Numeric and boolean functions (DMN 1.5, 10.3.4.2 and 10.3.4.5)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from wutong.feel.arithmetic import on_numbers
from wutong.feel.functions.registry import builtin
from wutong.feel.values import CONTEXT, DaysDuration, MonthsDuration

_WIDE = Context(prec=12_500, Emin=-999_999, Emax=999_999)
_MIN_SCALE, _MAX_SCALE = -6111, 6176


def _rounded(value: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    places = int(scale)
    if not _MIN_SCALE <= places <= _MAX_SCALE:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    return on_numbers(lambda: CONTEXT.plus(value.quantize(Decimal(1).scaleb(-places), mode, _WIDE)))


@builtin("decimal(n: number, scale: number)")
def _decimal(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def _floor(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(value, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def _ceiling(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(value, scale, ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def _round_up(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, ROUND_UP)


@builtin("round down(n: number, scale: number)")
def _round_down(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def _round_half_up(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def _round_half_down(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, ROUND_HALF_DOWN)


@builtin("abs(n: any)")
def _abs(value: Any) -> Any:
    match value:
        case Decimal():
            return abs(value)
        case DaysDuration(amount) | MonthsDuration(amount):
            return type(value)(abs(amount))
        case [Decimal() as only]:
            return abs(only)
    return None


@builtin("modulo(dividend: number, divisor: number)")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    if divisor == 0:
        return None
    rest = on_numbers(lambda: CONTEXT.plus(_WIDE.remainder(dividend, divisor)))
    if rest is None or rest == 0 or (rest < 0) == (divisor < 0):
        return rest
    return CONTEXT.add(rest, divisor)


@builtin("sqrt(number: number)")
def _sqrt(value: Decimal) -> Decimal | None:
    return on_numbers(lambda: CONTEXT.sqrt(value))


@builtin("log(number: number)")
def _log(value: Decimal) -> Decimal | None:
    return on_numbers(lambda: CONTEXT.ln(value)) if value > 0 else None


@builtin("exp(number: number)")
def _exp(value: Decimal) -> Decimal | None:
    return on_numbers(lambda: CONTEXT.exp(value))


@builtin("odd(number: number)")
def _odd(value: Decimal) -> bool | None:
    return value % 2 != 0 if value == value.to_integral_value() else False


@builtin("even(number: number)")
def _even(value: Decimal) -> bool | None:
    return value % 2 == 0 if value == value.to_integral_value() else False


@builtin("not(negand: any)")
def _not(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None
