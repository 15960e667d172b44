"""Functions of dates, times and durations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.ir.dmn import temporal
from wutong.ir.dmn.fn_number import numeric
from wutong.ir.dmn.operators import equal, scalar
from wutong.ir.dmn.signatures import MISSING, Variant, one
from wutong.ir.dmn.types import MICROS
from wutong.ir.dmn.values import (
    NULL,
    NotCompilableError,
    Scalar,
    Value,
    and_,
    is_null,
    is_true,
    null_of,
    number,
    text,
    truth,
)
from wutong.sql.emit import BIGINT, DATE, DOUBLE, TIME, Expr, case, cast, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

#: years a DATE holds, and the first FEEL itself does not have
_MAX_YEAR, _FEEL_YEARS = 5_000_000, 10**9
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")


def _whole(value: Value) -> Expr:
    """Return a number argument as BIGINT; a fraction makes it null."""
    return temporal.exact_whole(numeric(value))


def _date(lowering: Lowering, source: Value) -> Value:
    item = scalar(source, "string", "date", "date and time")
    if item.kind == "string":
        return temporal.parse_date(lowering.plan, item.sql, item.const)
    return Scalar("date", lowering.plan.bind(cast(item.sql, DATE)))


def _date_of_parts(lowering: Lowering, year: Value, month: Value, day: Value) -> Value:
    if isinstance(year, Scalar) and isinstance(year.const, Decimal) and _MAX_YEAR < abs(year.const) < _FEEL_YEARS:
        raise NotCompilableError("F426", text=str(year.const))
    parts = [lowering.plan.bind(_whole(p)) for p in (year, month, day)]
    return Scalar("date", lowering.plan.bind(op("make_date", *parts)))


def _datetime(lowering: Lowering, source: Value) -> Value:
    item = scalar(source, "string", "date", "date and time")
    if item.kind == "string":
        return temporal.parse_datetime(lowering.plan, item.sql, item.const)
    return lowering.settled(replace(temporal.as_datetime(item)))


def _datetime_of_parts(lowering: Lowering, day: Value, clock: Value) -> Value:
    first = scalar(day, "date", "date and time")
    if isinstance(clock, Scalar) and clock.kind == "string":
        raise NotCompilableError("F411", what="date and time(…, timezone)")
    second = scalar(clock, "time")
    sql = op("try", op("timestamp_of", cast(first.sql, DATE), second.sql))
    return lowering.settled(Scalar("date and time", sql, offset=second.offset, zone=second.zone))


def _time(lowering: Lowering, source: Value) -> Value:
    item = scalar(source, "string", "time", "date", "date and time")
    if item.kind == "string":
        return temporal.parse_time(lowering.plan, item.sql, item.const)
    if item.kind == "date":
        known = case([(is_null(item.sql), null_of("time"))], cast(lit("00:00:00"), TIME))
        return Scalar("time", lowering.plan.bind(known), offset=lit(0, BIGINT))
    return Scalar("time", lowering.plan.bind(cast(item.sql, TIME)), offset=item.offset, zone=item.zone)


def _time_of_parts(lowering: Lowering, hour: Value, minute: Value, second: Value, offset: Value) -> Value:
    bind = lowering.plan.bind
    h, m, s = bind(_whole(hour)), bind(_whole(minute)), bind(numeric(second))
    fits = and_(op("between", h, lit(0), lit(23)), op("between", m, lit(0), lit(59)), op("ge", s, lit(0.0)),
                op("lt", s, lit(60.0)))
    sql = bind(case([(fits, op("make_time", h, m, s))], null_of("time")))
    if offset is MISSING or offset is NULL:
        return Scalar("time", sql)
    shift = scalar(offset, MICROS.kind)
    seconds = bind(op("whole_div", shift.sql, lit(1_000_000, BIGINT)))
    within = op("between", seconds, lit(-temporal.MAX_OFFSET, BIGINT), lit(temporal.MAX_OFFSET, BIGINT))
    return Scalar("time", bind(case([(within, sql)], null_of("time"))), offset=seconds)


def _duration(lowering: Lowering, source: Value) -> Value:
    item = scalar(source, "string", "days and time duration", "years and months duration")
    if item.kind != "string":
        return item
    return temporal.parse_duration(lowering.plan, item.sql, item.const)


def _months(lowering: Lowering, start: Value, end: Value) -> Value:
    dated = ("date", "date and time")
    return temporal.months_between(lowering.plan, scalar(start, *dated), scalar(end, *dated))


def _named(part: str, names: tuple[str, ...]) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, value: Value) -> Value:
        nth = lowering.plan.bind(op(part, scalar(value, "date", "date and time").sql))
        whens = [(op("eq", nth, lit(n + 1)), lit(name)) for n, name in enumerate(names)]
        return text(lowering.plan.bind(case(whens, null_of("string"))))
    return make


def _numbered(part: str) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, value: Value) -> Value:
        return number(lowering.plan.bind(cast(op(part, scalar(value, "date", "date and time").sql), DOUBLE)))
    return make


def _as_of(lowering: Lowering) -> datetime:
    if lowering.as_of is None:
        raise NotCompilableError("F416")
    return lowering.as_of


def _today(lowering: Lowering) -> Value:
    """The date the run is for, never the clock: the same input must give the same result."""
    return Scalar("date", lit(_as_of(lowering).date()))


def _now(lowering: Lowering) -> Value:
    return Scalar("date and time", lit(_as_of(lowering)), offset=lit(0, BIGINT))


def _is(lowering: Lowering, a: Value, b: Value) -> Value:
    """Same type and same value, zones included: 20:00Z and 21:00+01:00 are equal but not the same."""
    left, right = (NULL if v is MISSING else v for v in (a, b))
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        if left.kind != right.kind and "null" not in (left.kind, right.kind):
            return truth(lit(False))
        if left.offset is not None or right.offset is not None:
            return truth(lowering.plan.bind(_same_zoned(left, right)))
    return truth(lowering.plan.bind(is_true(equal(left, right))))


def _same_zoned(a: Scalar, b: Scalar) -> Expr:
    def offset(value: Scalar) -> Expr:
        return value.offset or lit(None, BIGINT)

    def zone(value: Scalar) -> Expr:
        return value.zone or null_of("string")

    return and_(op("is_same", a.sql, b.sql), op("is_same", offset(a), offset(b)), op("is_same", zone(a), zone(b)))


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "date": (*one(_date, "from"), *one(_date_of_parts, "year", "month", "day")),
    "date and time": (*one(_datetime, "from"), *one(_datetime_of_parts, "date", "time")),
    "time": (*one(_time, "from"), *one(_time_of_parts, "hour", "minute", "second", "offset", optional=1)),
    "duration": one(_duration, "from"), "years and months duration": one(_months, "from", "to"),
    "day of week": one(_named("weekday", DAYS), "date"), "month of year": one(_named("month", MONTH_NAMES), "date"),
    "day of year": one(_numbered("day_of_year"), "date"), "week of year": one(_numbered("week_of_year"), "date"),
    "today": one(_today), "now": one(_now), "is": one(_is, "value1", "value2", optional=2),
}
