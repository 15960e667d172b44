"""Spark SQL (4.1 or later) under its ANSI rules: whatever can fail inside ``try`` is printed as its ``try_`` form.

Decimals end at 38 digits and there is no wider integer; exact quotients are built so that every intermediate
result fits. Needs ``spark.sql.decimalOperations.allowPrecisionLoss = false``, or products lose decimal places.
"""

from __future__ import annotations

from sqlglot import exp

from wutong.sql.dialect import Dialect, standard
from wutong.sql.division import Division
from wutong.sql.primitives import PRIMITIVES, Maker, Sql, wrap


def _call(name: str, *args: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(args))


def _number(value: int | str) -> Sql:
    return exp.Literal.number(value)


def _decimal(value: Sql, digits: int) -> Sql:
    return exp.cast(value, f"DECIMAL({digits}, 0)")


def _div(a: Sql, b: Sql) -> Sql:
    return exp.Div(this=wrap(a), expression=_call("NULLIF", b, _number(0)), typed=False, safe=False)


def _div_trunc(a: Sql, b: Sql) -> Sql:
    """The exact quotient of two integers of 38 digits, towards zero.

    ``div`` gives 64 bits only and ``/`` rounds, so the remainder is taken off first; then ``/`` is exact as long
    as it has room: 29 whole digits for a divisor of 19, and a longer divisor leaves at most 20.
    """
    known = _call("NULLIF", b, _number(0))
    rest = exp.Paren(this=exp.Mod(this=exp.Paren(this=a.copy()), expression=known))
    multiple = exp.Paren(this=exp.Sub(this=exp.Paren(this=a), expression=rest))
    short = exp.LT(this=wrap(b.copy()), expression=_decimal(_number(10**19), 38))
    by_short = exp.Div(this=_decimal(multiple, 38), expression=_decimal(b.copy(), 19))
    by_long = exp.Div(this=_decimal(multiple.copy(), 38), expression=_decimal(b.copy(), 38))
    return exp.Case(ifs=[exp.If(this=short, true=_decimal(by_short, 38))], default=_decimal(by_long, 38))


def _try_cast(value: Sql, kind: exp.DataType) -> Sql:
    return exp.TryCast(this=value, to=kind, safe=True)   # sqlglot prints a plain CAST for Spark otherwise


_TRIED: dict[type[Sql], str] = {exp.Add: "try_add", exp.Sub: "try_subtract", exp.Mul: "try_multiply", exp.Div: "try_divide"}


def _try(value: Sql) -> Sql:
    """Every partial operation inside as its ``try_`` form; `transform` does not enter what it has replaced."""
    def tried(node: Sql) -> Sql:
        if type(node) in _TRIED:
            return _call(_TRIED[type(node)], _try(node.this), _try(node.args["expression"]))
        return _try_cast(_try(node.this), node.to) if type(node) is exp.Cast else node
    return value.transform(tried)


def _part(name: str) -> Maker:
    return lambda day: exp.cast(_call(name, day), "BIGINT")


def _full_months(a: Sql, b: Sql) -> Sql:
    parts = [_call(f, x.copy()) for f, x in (("year", b), ("year", a), ("month", b), ("month", a))]
    years = exp.Paren(this=exp.Sub(this=parts[0], expression=parts[1]))
    months = exp.Paren(this=exp.Sub(this=parts[2], expression=parts[3]))
    whole = exp.Add(this=exp.Mul(this=_number(12), expression=years), expression=months)
    early = exp.And(this=exp.GT(this=_call("day", a.copy()), expression=_call("day", b.copy())),
                    expression=exp.NEQ(this=b.copy(), expression=_call("last_day", b.copy())))
    return exp.Sub(this=whole, expression=exp.Case(ifs=[exp.If(this=early, true=_number(1))], default=_number(0)))


def _months_between(a: Sql, b: Sql) -> Sql:
    """Full months from a to b; the last day of a month completes it (as DuckDB counts)."""
    forward = exp.LTE(this=a, expression=b)
    back = exp.Neg(this=exp.Paren(this=_full_months(b, a)))
    return exp.cast(exp.Case(ifs=[exp.If(this=forward, true=_full_months(a, b))], default=back), "BIGINT")


def _arg_min(value: Sql, order: Sql) -> Sql:
    there = exp.Not(this=exp.Is(this=wrap(value.copy()), expression=exp.Null()))
    return exp.Filter(this=_call("min_by", value, order), expression=exp.Where(this=there))


def _finite(value: Sql) -> Sql:
    infinity = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")
    inside = exp.LT(this=_call("abs", value.copy()), expression=infinity)   # NaN is above infinity
    return exp.Case(ifs=[exp.If(this=inside, true=value)])


def _sort(items: Sql) -> Sql:
    return _call("array_sort", items)


def _slice(items: Sql, first: Sql, last: Sql) -> Sql:
    length = _call("greatest", exp.Add(this=exp.Sub(this=wrap(last), expression=wrap(first.copy())), expression=_number(1)),
                   _number(0))
    return _call("slice", items, exp.cast(first, "INTEGER"), exp.cast(length, "INTEGER"))


SPARK = Dialect(
    "spark",
    {
        **standard(), **Division(_div_trunc).makers(),
        "whole_div": PRIMITIVES["whole_div"], "ln": PRIMITIVES["ln"], "exp_raw": PRIMITIVES["exp_raw"],
        "div": _div, "finite": _finite, "try": _try, "pow_raw": PRIMITIVES["pow_raw"], "months_between": _months_between,
        "pow": lambda a, b: _finite(_call("pow", a, b)),
        "add_months": lambda d, n: _call("add_months", d, exp.cast(n, "INTEGER")),
        "add_days": lambda d, n: _call("date_add", d, exp.cast(n, "INTEGER")),
        "days_between": lambda a, b: exp.cast(_call("datediff", b, a), "BIGINT"),
        **{name: _part(name) for name in ("year", "month", "day")},
        "arg_min": _arg_min, "arg_min_null": lambda x, n: _call("min_by", x, n),
        "contains": lambda s, part: _call("contains", s, part), "starts_with": lambda s, part: _call("startswith", s, part),
        "ends_with": lambda s, part: _call("endswith", s, part),
        "list": PRIMITIVES["list"], "len": lambda x: exp.cast(_call("size", x), "BIGINT"),
        "list_map": lambda x, f: _call("transform", x, f), "list_filter": lambda x, f: _call("filter", x, f),
        "list_flatten": lambda x: _call("flatten", x), "list_sort": _sort, "list_slice": _slice,
    },
    types={"UTINYINT": "SMALLINT", "UBIGINT": "DECIMAL(20, 0)", "INT128": "DECIMAL(38, 0)", "VARCHAR": "STRING",
           "TIMESTAMP": "TIMESTAMP_NTZ"},
    try_cast=_try_cast,
)
