"""FEEL's operators over compile-time values, with the null rules of DMN 1.5.

Operands of the wrong type give null while compiling (`NullResultError` is caught by the caller), a null in the
data gives null through SQL's own three-valued logic, except for equality, which is total.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from wutong.ir.dmn import temporal
from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.types import DURATIONS, MICROS, MONTHS, ORDERED, TEMPORAL, FeelType, sql_type
from wutong.ir.dmn.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Context,
    Either,
    Function,
    Interval,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    absent,
    and_,
    is_null,
    is_null_literal,
    is_true,
    not_,
    null_of,
    number,
    or_,
    text,
    to_data,
    to_rows,
    type_of,
    unify,
)
from wutong.sql.emit import BIGINT, DOUBLE, Expr, case, cast, lit, op
from wutong.sql.nodes import Lit

_COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def scalar(value: Value, *kinds: str) -> Scalar:
    """Return a scalar of one of `kinds`; a list of one item stands for its item (DMN 1.5, 10.3.2.9.4).

    Raises:
        NullResultError: the value has another type.
    """
    if isinstance(value, Items) and len(value.items) == 1 and value.present is None:
        value = value.items[0]
    if isinstance(value, Rows) and value.of.kind in kinds:
        single = op("eq", op("len", value.sql), lit(1, BIGINT))
        return Scalar(value.of.kind, case([(single, op("index", value.sql, lit(1, BIGINT)))], null_of(value.of.kind)))
    return plain(value, *kinds)


def plain(value: Value, *kinds: str) -> Scalar:
    """Return a scalar of one of `kinds`; operators take no list for its item.

    Raises:
        NullResultError: the value has another type.
    """
    if isinstance(value, Scalar) and value.kind in kinds:
        return value
    if isinstance(value, Either):  # its type is known only when the query runs
        raise NotCompilableError("F413")
    raise NullResultError


def condition(value: Value) -> Expr:
    """Return a value used as a condition; anything but a boolean counts as null."""
    if isinstance(value, Scalar) and value.kind == "boolean":
        return value.sql
    if isinstance(value, Either):
        return case([(c, condition(v)) for c, v in value.options], UNKNOWN)
    return UNKNOWN


def no_condition(value: Value) -> Expr:
    """Return whether a value used as a condition is neither a boolean nor null, which spoils a filter or quantifier."""
    if isinstance(value, Either):
        return or_(*(and_(is_true(c), no_condition(v)) for c, v in value.options))
    if isinstance(value, Scalar) and value.kind in ("boolean", "null"):
        return FALSE
    return not_(absent(value))


# ---- equality ------------------------------------------------------------------------------------------------


def equal(a: Value, b: Value) -> Expr:
    """Return `a = b`: total over nulls, null for different types.

    null = null is true and null = 3 is false, where SQL says NULL.
    """
    if isinstance(a, Either) or isinstance(b, Either):
        return _equal_either(a, b)
    if _is_null(a) or _is_null(b):
        return and_(absent(a), absent(b)) if _is_null(a) and _is_null(b) else absent(b if _is_null(a) else a)
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return _equal_scalars(a, b)
    if isinstance(a, Items | Rows) and isinstance(b, Items | Rows):
        return _with_presence(a, b, _equal_lists(a, b))
    if isinstance(a, Context) and isinstance(b, Context):
        return _with_presence(a, b, _equal_contexts(a, b))
    if isinstance(a, Interval) and isinstance(b, Interval):
        return _equal_intervals(a, b)
    if isinstance(a, Function) and isinstance(b, Function):
        return TRUE if a is b or (a.body is not None and a.body is b.body) else FALSE
    return _unlike(a, b)


def _is_null(value: Value) -> bool:
    return isinstance(value, Scalar) and (value.kind == "null" or is_null_literal(value.sql))


def _unlike(a: Value, b: Value) -> Expr:
    left, right = absent(a), absent(b)
    if left == FALSE and right == FALSE:
        return UNKNOWN
    return case([(and_(left, right), TRUE), (left, FALSE), (right, FALSE)], UNKNOWN)


def _with_presence(a: Value, b: Value, same: Expr) -> Expr:
    left, right = absent(a), absent(b)
    if left == FALSE and right == FALSE:
        return same
    return case([(and_(left, right), TRUE), (left, FALSE), (right, FALSE)], same)


def _equal_either(a: Value, b: Value) -> Expr:
    if isinstance(a, Either):
        return case([(c, equal(v, b)) for c, v in a.options], absent(b))
    return _equal_either(b, a)


def _same_clock(a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    """A date compared with a date and time stands for its midnight in UTC."""
    if {a.kind, b.kind} != {"date", "date and time"}:
        return a, b
    first, second = (replace(temporal.as_datetime(v), offset=lit(0, BIGINT)) if v.kind == "date" else v for v in (a, b))
    return first, second


def _equal_scalars(a: Scalar, b: Scalar) -> Expr:
    a, b = _same_clock(a, b)
    if a.kind != b.kind:
        if {a.kind, b.kind} <= DURATIONS:
            # the one case the two kinds of durations meet: both are zero (TCK 0068, dt_duration_008)
            zero = and_(op("eq", a.sql, lit(0, BIGINT)), op("eq", b.sql, lit(0, BIGINT)))
            return case([(zero, TRUE)], _unlike(a, b))
        return _unlike(a, b)
    if a.kind not in ("time", "date and time"):
        return op("is_same", a.sql, b.sql)
    return _equal_moments(a, b)


def _equal_moments(a: Scalar, b: Scalar) -> Expr:
    """Fractions of a second take no part in the standard's equality of times (DMN 1.5, table 50; TCK 0068)."""
    _, _, same = temporal.comparable(a, b)
    micros = lit(1_000_000, BIGINT)
    second = op("eq", *(op("whole_floor_div", temporal.instant(v), micros) for v in (a, b)))
    if a.kind == "time" and (a.zone is not None or b.zone is not None):
        zones = op("is_same", a.zone or null_of("string"), b.zone or null_of("string"))
        second = and_(zones, second)
    either = or_(is_null(a.sql), is_null(b.sql))
    return case([(either, and_(is_null(a.sql), is_null(b.sql))), (same or TRUE, second)], FALSE)


def _equal_lists(a: Items | Rows, b: Items | Rows) -> Expr:
    if isinstance(a, Items) and isinstance(b, Items):
        if len(a.items) != len(b.items):
            return FALSE
        return and_(*(_certain(equal(x, y)) for x, y in zip(a.items, b.items, strict=True)))
    left, right = to_rows(a), to_rows(b)
    kind = unify([type_of(left), type_of(right)])
    if kind is not None:
        unzoned(kind)
    if kind is None:
        return and_(op("eq", op("len", left.sql), lit(0)), op("eq", op("len", right.sql), lit(0)))
    return op("is_same", to_data(left, kind), to_data(right, kind))


def _certain(same: Expr) -> Expr:
    return FALSE if is_null_literal(same) else op("coalesce", same, FALSE)


def _equal_contexts(a: Context, b: Context) -> Expr:
    left, right = dict(a.entries), dict(b.entries)
    if left.keys() != right.keys():
        return FALSE
    return and_(*(_certain(equal(v, right[k])) for k, v in left.items()))


def _equal_intervals(a: Interval, b: Interval) -> Expr:
    ends = ((a.low, b.low), (a.high, b.high))
    if any((x is None) != (y is None) for x, y in ends):
        return FALSE
    if (a.low_closed, a.high_closed, a.test) != (b.low_closed, b.high_closed, b.test):
        return FALSE
    return and_(*(_certain(equal(x, y)) for x, y in ends if x is not None and y is not None))


# ---- order ---------------------------------------------------------------------------------------------------


def compare(symbol: str, a: Value, b: Value) -> Expr:
    """Return `a < b` and its like; null when the two have no common order.

    Raises:
        NullResultError: the types have no order or differ.
    """
    left, right = _same_clock(plain(a, *ORDERED), plain(b, *ORDERED))
    if left.kind != right.kind:
        raise NullResultError
    x, y, same = temporal.comparable(left, right)
    made = op(_COMPARISONS[symbol], x, y)
    return made if same is None else case([(same, made)], UNKNOWN)


def inside(value: Value, interval: Interval) -> Expr:
    """Return whether a value lies in a range; null when they have different types."""
    if interval.test is not None and interval.low is not None:
        same = equal(value, interval.low)
        return same if interval.test == "=" else not_(same)
    parts = []
    if interval.low is not None:
        parts.append(_compared(">=" if interval.low_closed else ">", value, interval.low))
    if interval.high is not None:
        parts.append(_compared("<=" if interval.high_closed else "<", value, interval.high))
    return and_(*parts)


def between(value: Value, low: Value, high: Value) -> Expr:
    """Return `value between low and high`, which stands for two comparisons joined by `and`."""
    return and_(_compared(">=", value, low), _compared("<=", value, high))


def _compared(symbol: str, a: Value, b: Value) -> Expr:
    try:
        return compare(symbol, a, b)
    except NullResultError:
        return UNKNOWN


# ---- arithmetic ----------------------------------------------------------------------------------------------


def arithmetic(plan: Plan, symbol: str, a: Value, b: Value) -> Value:
    """Return `a + b` and its like.

    Raises:
        NullResultError: the operator is not defined for the types.
    """
    kinds = (*ORDERED, "boolean", "null")
    left, right = plain(a, *kinds), plain(b, *kinds)
    if left.kind == right.kind == "number":
        return number(plan.bind(_number_sql(plan, symbol, left.sql, right.sql)))
    if symbol == "+" and left.kind == right.kind == "string":
        return text(plan.bind(op("concat", left.sql, right.sql)))
    if symbol in "+-":
        return _add(plan, left, right, symbol == "-")
    return _scale(plan, symbol, left, right)


def _number_sql(plan: Plan, symbol: str, a: Expr, b: Expr) -> Expr:
    if symbol == "/":
        return op("finite", plan.bind(op("div", a, b)))
    if symbol == "**":
        return op("finite", plan.bind(op("pow_raw", a, b)))
    return op("finite", plan.bind(op({"+": "add", "-": "sub", "*": "mul"}[symbol], a, b)))


def _add(plan: Plan, a: Scalar, b: Scalar, negative: bool) -> Value:
    if a.kind in TEMPORAL and b.kind in DURATIONS:
        return temporal.shift(plan, a, b, negative)
    if a.kind in DURATIONS and b.kind in TEMPORAL and not negative:
        return temporal.shift(plan, b, a, negative)
    if a.kind in TEMPORAL and b.kind in TEMPORAL and negative:
        return temporal.difference(plan, a, b)
    if a.kind == b.kind and a.kind in DURATIONS:
        return Scalar(a.kind, plan.bind(op("try", op("sub" if negative else "add", a.sql, b.sql))))
    raise NullResultError


def _scale(plan: Plan, symbol: str, a: Scalar, b: Scalar) -> Value:
    if a.kind == b.kind and a.kind in DURATIONS and symbol == "/":
        return number(plan.bind(op("div", cast(a.sql, DOUBLE), cast(b.sql, DOUBLE))))
    if symbol == "*" and b.kind in DURATIONS and a.kind == "number":
        a, b = b, a
    if a.kind in DURATIONS and b.kind == "number" and symbol in "*/":
        size = op("mul" if symbol == "*" else "div", cast(a.sql, DOUBLE), b.sql)
        return Scalar(a.kind, plan.bind(temporal.whole(size)))
    raise NullResultError


def negate(plan: Plan, value: Value) -> Value:
    """Return `-value` of a number or duration."""
    item = plain(value, "number", MONTHS.kind, MICROS.kind)
    if not isinstance(item.const, Decimal):
        return Scalar(item.kind, plan.bind(op("neg", item.sql)))
    negative = lit(-item.const, DOUBLE) if isinstance(item.sql, Lit) else plan.bind(op("neg", item.sql))
    return Scalar(item.kind, negative, -item.const)


def typed_null(kind: str) -> Scalar:
    """Return null of a scalar kind."""
    return Scalar(kind, null_of(kind))


def only(rows: Rows, *kinds: str) -> Rows:
    """Return a list whose items have one of `kinds`.

    Raises:
        NullResultError: they have another type.
        NotCompilableError: F413 when the data decide, F412 for times with zones, which SQL cannot put in order.
    """
    if rows.of.kind == "union":
        raise NotCompilableError("F413")
    if rows.of.kind not in kinds:
        raise NullResultError
    unzoned(rows.of)
    return rows


def unzoned(kind: FeelType) -> None:
    """Refuse a type that holds times with zones, which SQL would compare by their parts.

    Raises:
        NotCompilableError: F412.
    """
    if kind.zoned:
        raise NotCompilableError("F412", kind=f"{kind} with a zone")
    for part in (*((kind.of,) if kind.of else ()), *(t for _, t in kind.fields)):
        unzoned(part)


def exact_rows(value: Value) -> Rows:
    """Return a list value whose items all have one storable type.

    Raises:
        NotCompilableError: F413 when they do not.
    """
    rows = to_rows(value)
    try:
        sql_type(rows.of)
    except KeyError as fault:
        raise NotCompilableError("F413") from fault
    return rows
