"""Numeric and boolean functions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.ir.dmn.operators import condition, scalar
from wutong.ir.dmn.signatures import MISSING, Variant, one
from wutong.ir.dmn.types import MICROS, MONTHS
from wutong.ir.dmn.values import (
    NULL,
    NullResultError,
    Scalar,
    Value,
    and_,
    is_null_literal,
    not_,
    number,
    truth,
)
from wutong.sql.emit import DOUBLE, Expr, case, cast, lit, op
from wutong.sql.nodes import Lit

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

_NO_NUMBER = lit(None, DOUBLE)
#: the scales FEEL allows (DMN 1.5, table 75)
_SCALES = (-6111, 6176)
#: the largest power of ten a double holds
_DIGITS = 308


def numeric(value: Value) -> Expr:
    """Return the SQL of a number argument."""
    return scalar(value, "number").sql


def _simple(name: str, finite: bool = False) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, value: Value) -> Value:
        made = op(name, lowering.plan.bind(numeric(value)))
        return number(lowering.plan.bind(op("finite", lowering.plan.bind(made)) if finite else made))
    return make


def _absolute(lowering: Lowering, value: Value) -> Value:
    item = scalar(value, "number", MONTHS.kind, MICROS.kind)
    return Scalar(item.kind, lowering.plan.bind(op("abs", item.sql)))


def _rounded(how: Callable[[Expr, Expr], Expr]) -> Callable[[Lowering, Value, Value], Value]:
    """Round to a scale: multiply by a power of ten, round, divide; digits beyond what a double holds are kept.

    A unit beyond the largest double leaves 0, or null where FEEL would have 1 of it.
    """
    def make(lowering: Lowering, value: Value, scale: Value) -> Value:
        bind = lowering.plan.bind
        x = bind(numeric(value))
        places = lit(Decimal(0), DOUBLE) if scale is MISSING else bind(op("trunc", numeric(scale)))
        power = bind(op("pow_raw", lit(Decimal(10), DOUBLE), places))
        # products such as 1.1 * 10 carry an error in the last digit that a ceiling would turn into a whole unit
        scaled = bind(op("round", op("mul", x, power), lit(7)))
        made = bind(op("div", how(scaled, x), power))
        low, high = (lit(Decimal(n), DOUBLE) for n in _SCALES)
        enough = op("ge", places, lit(Decimal(15), DOUBLE))
        beyond = op("lt", places, lit(Decimal(-_DIGITS), DOUBLE))
        up = how(op("mul", op("sign", x), lit(1e-9)), x)
        huge = case([(op("eq", up, lit(0.0)), up)], _NO_NUMBER)
        usable = and_(op("ge", places, low), op("le", places, high))
        return number(bind(case([(not_(usable), _NO_NUMBER), (enough, x), (beyond, huge)], op("finite", made))))
    return make


def _away(scaled: Expr, x: Expr) -> Expr:
    return op("mul", op("sign", x), op("ceil", op("abs", scaled)))


def _half_down(scaled: Expr, x: Expr) -> Expr:
    return op("mul", op("sign", x), op("ceil", op("sub", op("abs", scaled), lit(0.5))))


def _modulo(lowering: Lowering, dividend: Value, divisor: Value) -> Value:
    a, b = lowering.plan.bind(numeric(dividend)), lowering.plan.bind(numeric(divisor))
    return number(lowering.plan.bind(op("mod", a, b)))


def _parity(rest: float) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, value: Value) -> Value:
        left = op("mod", lowering.plan.bind(op("abs", numeric(value))), lit(2.0))
        return truth(lowering.plan.bind(op("eq", left, lit(rest))))
    return make


def _negation(lowering: Lowering, value: Value) -> Value:
    made = condition(value)
    if is_null_literal(made):
        raise NullResultError
    return truth(lowering.plan.bind(not_(made)))


_SEPARATORS = (" ", ",", ".", None)


def _number(lowering: Lowering, source: Value, grouping: Value, point: Value) -> Value:
    if isinstance(source, Scalar) and source.kind == "number" and grouping is MISSING and point is MISSING:
        return source
    marks = [_separator(m) for m in (grouping, point)]
    if marks[1] == " " or (marks[0] is not None and marks[0] == marks[1]):
        raise NullResultError
    value = scalar(source, "string").sql
    if marks[0]:
        value = op("replace_text", value, lit(marks[0]), lit(""))
    if marks[1] and marks[1] != ".":
        value = op("replace_text", op("replace_text", value, lit("."), lit("x")), lit(marks[1]), lit("."))
    value = lowering.plan.bind(value)
    shape = op("full_match", value, lit(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"))
    made = case([(shape, cast(value, DOUBLE, try_=True))], _NO_NUMBER)
    return number(lowering.plan.bind(op("finite", lowering.plan.bind(made))))


def _separator(value: Value) -> str | None:
    if value is MISSING or value is NULL:
        return None
    mark = scalar(value, "string").const
    if mark not in _SEPARATORS or not isinstance(mark, str):
        raise NullResultError
    return mark


def is_constant(value: Value) -> bool:
    """Tell whether a value is a literal in the SQL itself."""
    return isinstance(value, Scalar) and isinstance(value.sql, Lit)


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "number": one(_number, "from", "grouping separator", "decimal separator", optional=2),
    "decimal": one(_rounded(lambda s, _: op("round_even", s, lit(0))), "n", "scale"),
    "floor": one(_rounded(lambda s, _: op("floor", s)), "n", "scale", optional=1),
    "ceiling": one(_rounded(lambda s, _: op("ceil", s)), "n", "scale", optional=1),
    "round up": one(_rounded(_away), "n", "scale"),
    "round down": one(_rounded(lambda s, _: op("trunc", s)), "n", "scale"),
    "round half up": one(_rounded(lambda s, _: op("round", s, lit(0))), "n", "scale"),
    "round half down": one(_rounded(_half_down), "n", "scale"),
    "abs": one(_absolute, "n"), "modulo": one(_modulo, "dividend", "divisor"),
    "sqrt": one(_simple("sqrt"), "number"), "log": one(_simple("ln"), "number"),
    "exp": one(_simple("exp_raw", finite=True), "number"),
    "odd": one(_parity(1.0), "number"), "even": one(_parity(0.0), "number"), "not": one(_negation, "negand"),
}
