"""PostgreSQL (15 or later): exact numerics without a bound, so overflow is checked where a conversion names it.

Lists and structs are JSONB, whose objects are ordered by key and then value; keys of sort structs are in order.
Arithmetic of doubles raises errors instead of giving infinity: it goes through the functions of ``postgres.sql``, which a session
defines first.
"""

from __future__ import annotations

from functools import partial

from sqlglot import exp

from wutong.sql.dialect import Dialect, standard
from wutong.sql.division import Division
from wutong.sql.primitives import PRIMITIVES, Maker, Sql, wrap

HUGE, WIDEST = 2**127, 38
"""Beyond every 128-bit integer; the digits of the widest decimal. 39 digits stand for a 128-bit integer."""


def _call(name: str, *args: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(args))


def _helper(name: str, *args: Sql) -> Sql:
    """Call a function of ``postgres.sql``: it lies in the temporary schema, whose functions are named in full."""
    return exp.Dot(this=exp.to_identifier("pg_temp"), expression=_call(name, *args))


def _number(value: int | str) -> Sql:
    return exp.Literal.number(value)


def _c(text: Sql) -> Sql:
    """Order texts by code point."""
    return exp.Paren(this=exp.Collate(this=text, expression=exp.to_identifier("C", quoted=True)))


def _div(a: Sql, b: Sql) -> Sql:
    """Never the division of integers; null when the divisor is 0."""
    scaled = exp.Mul(this=wrap(a), expression=_number("1.0"))
    return exp.Div(this=scaled, expression=_call("NULLIF", b, _number(0)), typed=True)


def _div_trunc(a: Sql, b: Sql) -> Sql:
    return _call("div", a, _call("NULLIF", b, _number(0)))


def _try_cast(value: Sql, kind: exp.DataType) -> Sql:
    """A conversion to a decimal, null where it does not fit: what rounds to 10^(p-s) is half a step below it."""
    if kind.this != exp.DataType.Type.DECIMAL:
        raise NotImplementedError(f"a tried conversion to {kind}")
    precision, scale = (int(str(p.this)) for p in kind.expressions)
    bound = str(HUGE) if precision > WIDEST else f"{'9' * (precision - scale) or '0'}.{'9' * scale}5"
    fits = exp.LT(this=_call("abs", value.copy()), expression=_number(bound))
    return exp.Case(ifs=[exp.If(this=fits, true=exp.Cast(this=value, to=kind))])


def _try(value: Sql) -> Sql:
    """Null where a conversion inside does not fit; numerics themselves have no bound.

    `transform` does not enter what it has replaced, so that is done here.
    """
    def guarded(node: Sql) -> Sql:
        if not isinstance(node, exp.Cast) or node.to.this != exp.DataType.Type.DECIMAL:
            return node
        return node if isinstance(node.this, exp.Column | exp.Literal | exp.Null) else _try_cast(_try(node.this), node.to)
    return value.transform(guarded)


def _add_months(day: Sql, months: Sql) -> Sql:
    step = _call("make_interval", _number(0), exp.cast(months, "INTEGER"))
    return exp.cast(exp.Add(this=wrap(day), expression=step), "DATE")


def _days_between(a: Sql, b: Sql) -> Sql:
    return exp.cast(exp.Paren(this=exp.Sub(this=wrap(b), expression=wrap(a))), "BIGINT")


def _part(name: str) -> Maker:
    return lambda day: exp.cast(exp.Extract(this=exp.var(name), expression=day), "BIGINT")


def _arg_min(value: Sql, order: Sql, *, nulls: bool = False) -> Sql:
    ordered = _call("array_agg", exp.Order(this=value, expressions=[exp.Ordered(this=order)]))
    if not nulls:
        there = exp.Not(this=exp.Is(this=wrap(value.copy()), expression=exp.Null()))
        ordered = exp.Filter(this=ordered, expression=exp.Where(this=there))
    return exp.Bracket(this=exp.Paren(this=ordered), expressions=[_number(1)], offset=1)


_CHECKED: dict[type[Sql], str] = {exp.Add: "wt_add", exp.Sub: "wt_sub", exp.Mul: "wt_mul", exp.Div: "wt_div"}


def _finite(value: Sql) -> Sql:
    """Null for NaN and infinity, which NaN is above in PostgreSQL; checked arithmetic instead of its errors."""
    if type(value) in _CHECKED:
        return _helper(_CHECKED[type(value)], value.this, value.args["expression"])
    infinity = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")
    inside = exp.And(this=exp.LT(this=wrap(value.copy()), expression=infinity),
                     expression=exp.GT(this=wrap(value.copy()), expression=exp.Neg(this=infinity.copy())))
    return exp.Case(ifs=[exp.If(this=inside, true=value)])


def _list_map(items: Sql, function: Sql) -> Sql:
    """An expression over every item of a list, in order; null for no list."""
    parameter = function.expressions[0].name
    made = _call("jsonb_agg", exp.Order(this=function.this, expressions=[exp.Ordered(this=exp.column("o"))]))
    alias = exp.TableAlias(this=exp.to_identifier("t"), columns=[exp.to_identifier(parameter), exp.to_identifier("o")])
    rows = exp.Table(this=_helper("wt_items", items), alias=alias)
    inner = exp.select(_call("coalesce", made, exp.cast(exp.Literal.string("[]"), "JSONB"))).from_(rows)
    there = exp.Not(this=exp.Is(this=wrap(items.copy()), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=there, true=exp.Subquery(this=inner))])


def _helpers(**names: str) -> dict[str, Maker]:
    return {primitive: partial(_helper, name) for primitive, name in names.items()}


POSTGRES = Dialect(
    "postgres",
    {
        **standard(), **Division(_div_trunc).makers(),
        **_helpers(pow_raw="wt_pow", pow="wt_pow", list_flatten="wt_flatten", list_sort="wt_sort",
                   list_slice="wt_slice", months_between="wt_months"),
        "whole_div": lambda a, b: exp.cast(_div_trunc(a, b), "BIGINT"), "ln": PRIMITIVES["ln"], "exp_raw": PRIMITIVES["exp_raw"],
        "div": _div, "finite": _finite, "try": _try, "add_months": _add_months, "days_between": _days_between,
        "add_days": lambda d, n: exp.Add(this=wrap(d), expression=exp.cast(n, "INTEGER")),
        **{name: _part(name) for name in ("year", "month", "day")},
        "arg_min": _arg_min, "arg_min_null": partial(_arg_min, nulls=True), "list_map": _list_map,
        "contains": lambda s, part: exp.GT(this=_call("strpos", s, part), expression=_number(0)),
        "starts_with": lambda s, part: _call("starts_with", s, part),
        "ends_with": lambda s, part: exp.EQ(this=_call("right", s, _call("length", part)), expression=wrap(part.copy())),
        "list": lambda *items: _call("jsonb_build_array", *items), "len": lambda x: _call("jsonb_array_length", x),
    },
    types={"VARCHAR": "TEXT", "UTINYINT": "SMALLINT", "UBIGINT": "DECIMAL(20, 0)", "INT128": "DECIMAL(39, 0)",
           "LIST": "JSONB", "STRUCT": "JSONB"},
    text=_c, try_cast=_try_cast, barrier=True, loose=True,
)
