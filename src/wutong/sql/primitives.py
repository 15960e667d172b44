"""The primitives: what each named operation means, and how each dialect prints it.

A primitive has one meaning everywhere. Partial operations (division, logarithm, index, conversion) give null
where they are undefined, never an error and never NaN or infinity: one bad row must not stop a million.
Three-valued logic is SQL's own (Kleene). Comparison primitives of the `is_` family are total.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlglot import exp

from wutong.sql.division import Division

Sql = exp.Expression
Maker = Callable[..., Sql]

_ATOMS = (exp.Column, exp.Literal, exp.Paren, exp.Func, exp.Cast, exp.Anonymous, exp.Null, exp.Boolean,
          exp.Case, exp.Bracket, exp.Dot, exp.Array, exp.Identifier, exp.Subquery)


def wrap(node: Sql) -> Sql:
    """Return `node` in brackets unless it cannot be torn apart by a neighbouring operator."""
    if isinstance(node, _ATOMS) and not isinstance(node, exp.Connector):
        return node
    return exp.Paren(this=node)


def fn(name: str) -> Maker:
    """Return a maker that prints the call of `name` verbatim."""
    return lambda *args: exp.Anonymous(this=name, expressions=list(args))


def _call(name: str, *args: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(args))


def _number(value: int | str) -> Sql:
    return exp.Literal.number(value)


def _text(value: str) -> Sql:
    return exp.Literal.string(value)


def _integer_at(name: str, at: int) -> Maker:
    """A function whose argument number `at` must be INTEGER, where the rest of Wutong counts in BIGINT."""
    def make(*args: Sql) -> Sql:
        given = list(args)
        if at < len(given):
            given[at] = exp.cast(given[at], "INTEGER")
        return exp.Anonymous(this=name, expressions=given)
    return make


def _infix(kind: type[exp.Binary]) -> Maker:
    def make(first: Sql, *rest: Sql) -> Sql:
        result = first
        for nth, item in enumerate(rest):
            left = result if nth else wrap(result)
            result = cast("Sql", kind(this=left, expression=wrap(item)))
        return result
    return make


def _connect(kind: type[exp.Connector], empty: bool) -> Maker:
    def make(*items: Sql) -> Sql:
        if not items:
            return exp.Boolean(this=empty)
        return items[0] if len(items) == 1 else _infix(kind)(*items)
    return make


def _is(value: str) -> Maker:
    right = {"null": exp.Null(), "true": exp.Boolean(this=True), "false": exp.Boolean(this=False)}
    return lambda x: exp.Is(this=wrap(x), expression=right[value].copy())


def _not(x: Sql) -> Sql:
    return exp.Not(this=wrap(x))


def _finite(x: Sql) -> Sql:
    """Null for NaN and infinity; the text is repeated, so `x` should be cheap or let-bound."""
    return exp.Case(ifs=[exp.If(this=_call("isfinite", x.copy()), true=x)])


def _guarded(call: Maker, guard: Callable[..., Sql]) -> Maker:
    def make(*args: Sql) -> Sql:
        copies = [a.copy() for a in args]
        return exp.Case(ifs=[exp.If(this=guard(*copies), true=call(*args))])
    return make


def _div(a: Sql, b: Sql) -> Sql:
    return exp.Div(this=wrap(a), expression=_call("NULLIF", b, _number(0)), typed=False, safe=False)


def _floor_mod(a: Sql, b: Sql) -> Sql:
    quotient = _call("floor", _div(a.copy(), b.copy()))
    return exp.Sub(this=wrap(a), expression=exp.Paren(this=exp.Mul(this=wrap(b), expression=quotient)))


def _filter(aggregate: Sql, condition: Sql) -> Sql:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def _in(x: Sql, *items: Sql) -> Sql:
    return exp.In(this=wrap(x), expressions=list(items))


def _between(x: Sql, low: Sql, high: Sql) -> Sql:
    return exp.Between(this=wrap(x), low=wrap(low), high=wrap(high))


def _index(items: Sql, position: Sql) -> Sql:
    """1-based, from the end when negative; out of range gives null (DuckDB's own rule)."""
    return _call("list_extract", items, position)


def _with_nulls(name: str) -> Maker:
    """An aggregate over a list that is null as soon as one item is (SQL skips nulls, FEEL does not)."""
    def make(items: Sql) -> Sql:
        count = _call("list_count", items.copy())
        size = _call("len", items.copy())
        return exp.Case(ifs=[exp.If(this=exp.EQ(this=count, expression=size), true=_call(name, items))])
    return make


def _lambda(name: str, body: Sql) -> Sql:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name)])


def _count_where(items: Sql, test: str) -> Sql:
    body: Sql = exp.Is(this=exp.column("w"), expression={"t": exp.Boolean(this=True), "f": exp.Boolean(this=False),
                                                    "n": exp.Null()}[test])
    if test != "n":
        body = exp.EQ(this=_call("coalesce", exp.column("w"), exp.Boolean(this=test == "f")),
                      expression=exp.Boolean(this=test == "t"))
    return exp.GT(this=_call("len", _call("list_filter", items, _lambda("w", body))), expression=_number(0))


def _quantifier(decisive: str) -> Maker:
    """`any` / `all` in three-valued logic; `decisive` is the value that settles the list at once."""
    def make(items: Sql) -> Sql:
        return exp.Case(
            ifs=[exp.If(this=exp.Is(this=wrap(items.copy()), expression=exp.Null()), true=exp.Null()),
                 exp.If(this=_count_where(items.copy(), decisive), true=exp.Boolean(this=decisive == "t")),
                 exp.If(this=_count_where(items.copy(), "n"), true=exp.Null())],
            default=exp.Boolean(this=decisive != "t"),
        )
    return make


def _modes(items: Sql) -> Sql:
    """The most frequent items in rising order: those no other item of the list outnumbers."""
    def count(name: str) -> Sql:
        same = exp.EQ(this=exp.column("n"), expression=exp.column(name))
        return _call("len", _call("list_filter", items.copy(), _lambda("n", same)))

    most = _call("list_max", _call("list_transform", items.copy(), _lambda("m", count("m"))))
    best = _call("list_filter", _call("list_distinct", items.copy()), _lambda("q", exp.EQ(this=count("q"), expression=most)))
    return _call("list_sort", best)


def _add_months(day: Sql, months: Sql) -> Sql:
    """Calendar months, the day clipped to the end of the month; back to DATE (DuckDB gives TIMESTAMP)."""
    moved = exp.Add(this=wrap(day), expression=_call("to_months", exp.cast(months, "INTEGER")))
    return exp.cast(_call("TRY", moved), "DATE")


def _add_months_ts(moment: Sql, months: Sql) -> Sql:
    return _call("TRY", exp.Add(this=wrap(moment), expression=_call("to_months", exp.cast(months, "INTEGER"))))


def _micros_of_time(t: Sql) -> Sql:
    return _call("date_diff", _text("microsecond"), exp.cast(_text("00:00:00"), "TIME"), t)


def _time_of_micros(us: Sql) -> Sql:
    return exp.Add(this=exp.cast(_text("00:00:00"), "TIME"), expression=_call("to_microseconds", us))


def _floor_mod_whole(a: Sql, b: Sql) -> Sql:
    once = exp.Mod(this=wrap(a), expression=wrap(b.copy()))
    return exp.Mod(this=exp.Paren(this=exp.Add(this=once, expression=wrap(b.copy()))), expression=wrap(b))


def _floor_div_whole(a: Sql, b: Sql) -> Sql:
    rest = exp.Sub(this=wrap(a.copy()), expression=exp.Paren(this=_floor_mod_whole(a, b.copy())))
    return exp.IntDiv(this=exp.Paren(this=rest), expression=wrap(b))


def _zone_offset(zone: Sql, local: Sql) -> Sql:
    """Seconds ahead of UTC of a named zone at a local time; null for a zone no one knows.

    DuckDB raises for an unknown zone even inside TRY, so the name is checked and replaced before it is used.
    """
    names = exp.select("name").from_(_call("pg_timezone_names"))
    known = exp.In(this=wrap(zone.copy()), query=exp.Subquery(this=names))
    safe = exp.Case(ifs=[exp.If(this=known, true=zone)], default=_text("UTC"))
    return exp.Case(ifs=[exp.If(this=known.copy(), true=_zone_offset_known(safe, local))])


def _join_text(items: Sql, between: Sql) -> Sql:
    """Texts of a list with a separator between them, nulls left out, '' for none (the separator may be data)."""
    kept = _call("list_filter", items, _lambda("w", _not(_is("null")(exp.column("w")))))
    glued = _call("concat", exp.column("a"), between, exp.column("b"))
    both = exp.Lambda(this=glued, expressions=[exp.to_identifier("a"), exp.to_identifier("b")])
    empty = exp.EQ(this=_call("len", kept), expression=_number(0))
    return exp.Case(ifs=[exp.If(this=empty, true=_text(""))], default=_call("list_reduce", kept.copy(), both))


def _number_text(x: Sql) -> Sql:
    """A DOUBLE in plain digits, 15 of them significant, so that 0.1 + 0.2 reads 0.3; never with an exponent."""
    def printed(form: str) -> Sql:
        return _call("printf", _text(form), x.copy())

    def below(limit: str) -> Sql:
        return exp.LT(this=_call("abs", x.copy()), expression=exp.cast(_text(limit), "DOUBLE"))

    power = exp.cast(_call("regexp_extract", printed("%.14e"), _text("e(.*)$"), _number(1)), "BIGINT")
    digits = _call("rtrim", _call("replace", _call("regexp_extract", printed("%.14e"), _text("^-?(.*)e"), _number(1)),
                                  _text("."), _text("")), _text("0"))
    sign = exp.Case(ifs=[exp.If(this=exp.LT(this=x.copy(), expression=_number(0)), true=_text("-"))], default=_text(""))
    small = _call("concat", sign, _text("0."), _call("repeat", _text("0"), exp.Sub(
        this=exp.Neg(this=power), expression=_number(1))), digits)
    large = _call("concat", sign.copy(), _call("rpad", digits.copy(), exp.cast(exp.Add(
        this=power.copy(), expression=_number(1)), "INTEGER"), _text("0")))
    integral = exp.EQ(this=x.copy(), expression=_call("trunc", x.copy()))
    whole = exp.cast(exp.TryCast(this=x.copy(), to=exp.DataType.build("BIGINT")), "VARCHAR")
    return exp.Case(ifs=[
        exp.If(this=exp.And(this=integral, expression=below("9e18")), true=whole),
        exp.If(this=below("1e-4"), true=small), exp.If(this=below("1e15"), true=printed("%.15g")),
    ], default=large)


def _zone_offset_known(zone: Sql, local: Sql) -> Sql:
    """As `_zone_offset`, for a zone known to exist: the name needs no check."""
    utc = _call("timezone", _text("UTC"), _call("timezone", zone, local.copy()))
    return exp.IntDiv(this=_call("date_diff", _text("microsecond"), utc, local), expression=_number(1_000_000))


def _range(low: Sql, high: Sql, step: Sql) -> Sql:
    return _call("generate_series", low, high, step)


def _date_part(part: str) -> Maker:
    return lambda d: _call("date_part", _text(part), d)


def _finite_guard(name: str, condition: Callable[..., Sql]) -> Maker:
    return lambda *a: _finite(_guarded(fn(name), condition)(*a))


def _positive(x: Sql) -> Sql:
    return exp.GT(this=wrap(x), expression=_number(0))


def _not_negative(x: Sql) -> Sql:
    return exp.GTE(this=wrap(x), expression=_number(0))


#: name → how DuckDB prints it. Arguments are SQL values unless a comment says otherwise.
PRIMITIVES: dict[str, Maker] = {
    # arithmetic (type by SQL's own rules; wrap in `try` where DECIMAL or BIGINT may overflow)
    "add": _infix(exp.Add), "sub": _infix(exp.Sub), "mul": _infix(exp.Mul),
    "div": _div,                                   # null when the divisor is 0
    "mod": _floor_mod,                             # floored, sign of the divisor; null when it is 0
    "neg": lambda x: exp.Neg(this=wrap(x)),
    "abs": fn("abs"), "sign": fn("sign"), "floor": fn("floor"), "ceil": fn("ceil"), "trunc": fn("trunc"),
    "round": _integer_at("round", 1),                          # half away from zero; (x, digits)
    "round_even": _integer_at("round_even", 1),                # half to even; (x, digits)
    "finite": _finite,                             # null for NaN and infinity
    "pow": lambda a, b: _finite(_call("pow", a, b)),
    "pow_raw": fn("pow"),
    "whole_div": lambda a, b: exp.IntDiv(this=wrap(a), expression=wrap(b)),      # BIGINT, towards zero
    "whole_mod": lambda a, b: exp.Mod(this=wrap(a), expression=wrap(b)),         # BIGINT, sign of the dividend
    "whole_floor_div": _floor_div_whole, "whole_floor_mod": _floor_mod_whole,
    "sqrt": _guarded(fn("sqrt"), _not_negative),
    "ln": _guarded(fn("ln"), _positive),
    "exp": lambda x: _finite(_call("exp", x)),
    "fail": lambda message, null: exp.cast(_call("error", message), null.to),  # stops the query
    "try": fn("TRY"),                              # null instead of any runtime error inside
    # comparison
    "eq": _infix(exp.EQ), "ne": _infix(exp.NEQ), "lt": _infix(exp.LT), "le": _infix(exp.LTE),
    "gt": _infix(exp.GT), "ge": _infix(exp.GTE), "between": _between, "in": _in,
    "is_same": _infix(exp.NullSafeEQ), "is_distinct": _infix(exp.NullSafeNEQ),
    "is_null": _is("null"), "is_not_null": lambda x: _not(_is("null")(x)),
    "is_true": _is("true"), "is_false": _is("false"),
    "is_not_true": lambda x: _not(_is("true")(x)), "is_not_false": lambda x: _not(_is("false")(x)),
    # logic: and / or of any number of arguments
    "and": _connect(exp.And, True), "or": _connect(exp.Or, False), "not": _not,
    # null-skipping choice (never FEEL's min/max: guard with `and` of `is_not_null`)
    "coalesce": fn("coalesce"), "nullif": fn("NULLIF"), "least": fn("least"), "greatest": fn("greatest"),
    # bits
    "bit_or": _infix(exp.BitwiseOr), "bit_and": _infix(exp.BitwiseAnd), "shift_left": _infix(exp.BitwiseLeftShift),
    "shift_right": _infix(exp.BitwiseRightShift), "bit_count": fn("bit_count"),
    # aggregates over rows
    "count_rows": lambda: _call("count", exp.Star()), "count": fn("count"), "sum": fn("sum"), "min": fn("min"),
    "max": fn("max"), "avg": fn("avg"), "any_value": fn("any_value"), "bool_and": fn("bool_and"),
    "bool_or": fn("bool_or"), "arg_min": fn("arg_min"), "arg_max": fn("arg_max"), "collect": fn("list"),
    "arg_min_null": fn("arg_min_null"),
    "filter": _filter,                             # (aggregate, condition)
    # text; positions count characters from 1
    "concat": _infix(exp.DPipe), "length": fn("length"), "upper": fn("upper"), "lower": fn("lower"),
    "substring": fn("substring"), "contains": fn("contains"), "starts_with": fn("starts_with"),
    "ends_with": fn("ends_with"), "position": lambda s, part: _call("instr", s, part),
    "replace_text": fn("replace"), "split": fn("string_split"), "split_regex": fn("regexp_split_to_array"),
    "matches": fn("regexp_matches"), "replace_regex": fn("regexp_replace"), "full_match": fn("regexp_full_match"),
    "extract_regex": _integer_at("regexp_extract", 2), "repeat": fn("repeat"), "lpad": _integer_at("lpad", 1), "rpad": _integer_at("rpad", 1),
    "left": fn("left"), "right": fn("right"), "trim_zeros": lambda s: _call("rtrim", s, _text("0")), "trim": fn("trim"),
    "join_text": _join_text, "extract_all": fn("regexp_extract_all"), "printf": fn("printf"),
    "number_text": _number_text,
    # dates
    "make_date": lambda y, m, d: _call("TRY", _call("make_date", y, m, d)),
    "make_time": lambda h, m, s: _call("TRY", _call("make_time", h, m, s)),
    "year": _date_part("year"), "month": _date_part("month"), "day": _date_part("day"),
    "weekday": _date_part("isodow"), "day_of_year": _date_part("dayofyear"), "week_of_year": _date_part("week"),
    "hour": _date_part("hour"), "minute": _date_part("minute"),
    "add_months": _add_months,                     # DATE + months → DATE
    "add_months_ts": _add_months_ts,               # TIMESTAMP + months → TIMESTAMP
    "add_days": lambda d, n: exp.cast(_call("TRY", exp.Add(this=wrap(d), expression=_call("to_days", exp.cast(n, "INTEGER")))), "DATE"),
    "add_micros": lambda t, us: _call("TRY", exp.Add(this=wrap(t), expression=_call("to_microseconds", us))),
    "months_between": lambda a, b: _call("date_sub", _text("month"), a, b),   # full months from a to b
    "days_between": lambda a, b: _call("date_diff", _text("day"), a, b),
    "micros_between": lambda a, b: _call("date_diff", _text("microsecond"), a, b),
    "micros_of_time": _micros_of_time, "time_of_micros": _time_of_micros,
    "micros_of_ts": fn("epoch_us"), "zone_offset": _zone_offset,
    "zone_offset_known": _zone_offset_known,
    "timestamp_of": lambda d, t: exp.Add(this=wrap(d), expression=wrap(t)),
    # lists
    "list": lambda *items: exp.Array(expressions=list(items)),
    "len": fn("len"), "index": _index, "list_filter": fn("list_filter"), "list_map": fn("list_transform"),
    "list_concat": fn("list_concat"), "list_contains": fn("list_contains"), "list_position": fn("list_position"),
    "list_reverse": fn("list_reverse"), "list_flatten": fn("flatten"), "list_slice": fn("list_slice"),
    "list_sort": fn("list_sort"), "list_reduce": fn("list_reduce"), "series": _range,
    "list_sum": _with_nulls("list_sum"), "list_min": _with_nulls("list_min"), "list_max": _with_nulls("list_max"),
    "list_avg": _with_nulls("list_avg"), "list_median": _with_nulls("list_median"),
    "list_stddev": _with_nulls("list_stddev_samp"), "list_product": _with_nulls("list_product"),
    "list_modes": _modes, "exp_raw": fn("exp"),
    "list_count": fn("list_count"), "list_any": _quantifier("t"), "list_all": _quantifier("f"),
    "list_grade_up": fn("list_grade_up"), "list_select": fn("list_select"),
}

PRIMITIVES |= Division().makers()
