"""Dates, times and durations: reading texts, writing texts, zones, and arithmetic on them.

Texts are read by SQL with a regular expression and `make_*` primitives, so a text from data and a text in the
model mean the same, years beyond 9999 and before 0 work, and a bad text gives null, never an error.
A time or date-time is its local value plus, where it has one, the offset in seconds and the zone's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.types import MICROS, MONTHS
from wutong.ir.dmn.values import (
    NULL,
    Either,
    NotCompilableError,
    NullResultError,
    Scalar,
    Value,
    and_,
    is_null,
    null_of,
    number,
    or_,
    text,
)
from wutong.sql.emit import BIGINT, DATE, DOUBLE, TIME, TIMESTAMP, VARCHAR, Expr, case, cast, lit, op

_DATE = r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})"
_TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_/+\-]+)?"
_MONTHS = r"-?P(?:([0-9]+)Y)?(?:([0-9]+)M)?"
_MICROS = r"-?P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]*)?)S)?)?"
_DAY = 86_400_000_000
#: the farthest a zone may be from UTC, in seconds
MAX_OFFSET = 18 * 3600
NO_TEXT, NO_OFFSET = null_of("string"), lit(None, BIGINT)


def _group(source: Expr, pattern: str, n: int) -> Expr:
    return op("extract_regex", source, lit(f"^{pattern}$"), lit(n))


def _part(source: Expr, pattern: str, n: int) -> Expr:
    return cast(op("nullif", _group(source, pattern, n), lit("")), BIGINT, try_=True)


def _int(value: int) -> Expr:
    return lit(value, BIGINT)


def _date_sql(source: Expr, pattern: str) -> Expr:
    parts = [_part(source, pattern, n) for n in (1, 2, 3)]
    return case([(op("matches", source, lit(f"^{pattern}$")), op("make_date", *parts))], null_of("date"))


def _refuse(const: object) -> None:
    """Refuse a literal that SQL would have to round or drop: nanoseconds, years beyond a TIMESTAMP."""
    if isinstance(const, str) and re.search(r"\.\d{6}\d*[1-9]|^-?(29[1-9]|[3-9]\d\d|[1-9]\d{3,5})\d{3}-", const):
        raise NotCompilableError("F426", text=const)


def parse_date(plan: Plan, source: Expr, const: object = None) -> Scalar:
    """Return the date written in a text; null if it is none."""
    _refuse(const)
    return Scalar("date", plan.bind(_date_sql(plan.bind(source), _DATE)))


def _time_sql(source: Expr, pattern: str, first: int) -> Expr:
    hour, minute = _part(source, pattern, first), _part(source, pattern, first + 1)
    second = cast(op("nullif", _group(source, pattern, first + 2), lit("")), DOUBLE, try_=True)
    midnight = op("matches", source, lit(r"(^|T)24:00:00(\.0+)?($|[^.0-9])"))
    fits = and_(op("lt", minute, _int(60)), op("lt", second, lit(60.0)),
                or_(op("lt", hour, _int(24)), midnight))
    return case([(fits, op("make_time", op("whole_mod", hour, _int(24)), minute, second))], null_of("time"))


def _offset_sql(zone: Expr, local: Expr, const: object) -> Expr:
    digits = r"([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    hours, minutes = _part(zone, digits, 2), _part(zone, digits, 3)
    seconds = op("coalesce", _part(zone, digits, 4), _int(0))
    size = op("add", op("mul", hours, _int(3600)), op("mul", minutes, _int(60)), seconds)
    sign = case([(op("starts_with", zone, lit("-")), _int(-1))], _int(1))
    fits = and_(op("lt", minutes, _int(60)), op("le", size, _int(MAX_OFFSET)))
    named = _named_offset(op("substring", zone, _int(2)), local, const)
    return case([(op("eq", zone, lit("Z")), _int(0)), (op("starts_with", zone, lit("@")), named),
                 (fits, op("mul", sign, size))], NO_OFFSET)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _named_offset(name: Expr, local: Expr, const: object) -> Expr:
    """Return the offset of a named zone; a name fixed in the text is checked now, one from data by the query."""
    if not isinstance(const, str):
        return op("zone_offset", name, local)
    if "@" in const and const.partition("@")[2] in _zones():
        return op("zone_offset_known", name, local)
    return NO_OFFSET


def _zoned(plan: Plan, kind: str, local: Expr, zone: Expr, moment: Expr, const: object) -> Scalar:
    if isinstance(const, str) and not re.search(r"Z$|@|T?\d\d:\d\d:\d\d.*[+-]", const):
        return Scalar(kind, plan.bind(local))
    zone = plan.bind(op("nullif", zone, lit("")))
    offset = plan.bind(_offset_sql(zone, moment, const))
    broken = and_(op("is_not_null", zone), is_null(offset))
    named = case([(op("starts_with", zone, lit("@")), zone)], NO_TEXT)
    sql = plan.bind(case([(broken, null_of(kind))], local))
    return Scalar(kind, sql, offset=offset, zone=plan.bind(named))


def parse_time(plan: Plan, source: Expr, const: object = None) -> Scalar:
    """Return the time written in a text, with its offset or zone; `const` is the text where it is known."""
    _refuse(const)
    source = plan.bind(source)
    local = plan.bind(_time_sql(source, _TIME, 1))
    moment = op("timestamp_of", cast(lit("1970-01-01"), DATE), local)
    return _zoned(plan, "time", local, _group(source, _TIME, 4), moment, const)


def parse_datetime(plan: Plan, source: Expr, const: object = None) -> Scalar:
    """Return the date and time written in a text; a date alone is its midnight."""
    _refuse(const)
    source = plan.bind(source)
    pattern = _DATE + "T" + _TIME
    date = plan.bind(_date_sql(source, pattern))
    whole = op("try", op("timestamp_of", date, _time_sql(source, pattern, 4)))
    end_of_day = op("add_micros", whole, _int(_DAY))
    whole = case([(op("contains", source, lit("T24:")), end_of_day)], whole)
    midnight = op("timestamp_of", _date_sql(source, _DATE), cast(lit("00:00:00"), TIME))
    local = plan.bind(op("coalesce", whole, op("try", midnight)))
    return _zoned(plan, "date and time", local, _group(source, pattern, 7), local, const)


def parse_duration(plan: Plan, source: Expr, const: object = None) -> Value:
    """Return the duration written in a text: of months or of microseconds, which are different types."""
    _refuse(const)
    source = plan.bind(source)
    if isinstance(const, str):
        if re.fullmatch(_MONTHS, const) and const[-1] != "P":
            return parse_months(plan, source)
        return parse_micros(plan, source) if re.fullmatch(_MICROS, const) and const[-1] not in "PT" else NULL
    months, micros = parse_months(plan, source), parse_micros(plan, source)
    return Either(((op("is_not_null", months.sql), months), (op("is_not_null", micros.sql), micros)))


def _signed(source: Expr, size: Expr) -> Expr:
    return op("try", op("mul", case([(op("starts_with", source, lit("-")), _int(-1))], _int(1)), size))


def _scaled(source: Expr, pattern: str, factors: list[int]) -> list[Expr]:
    """Return the groups of a duration times their units; an absent group is 0, one too large for BIGINT null."""
    made = []
    for n, factor in enumerate(factors):
        digits = _group(source, pattern, n + 1)
        count = case([(op("eq", digits, lit("")), _int(0))], cast(digits, BIGINT, try_=True))
        made.append(op("mul", count, _int(factor)))
    return made


def parse_months(plan: Plan, source: Expr) -> Scalar:
    """Return the years and months duration written in a text."""
    size = op("add", *_scaled(source, _MONTHS, [12, 1]))
    fits = and_(op("matches", source, lit(f"^{_MONTHS}$")), op("ne", op("right", source, _int(1)), lit("P")))
    return Scalar(MONTHS.kind, plan.bind(case([(fits, _signed(source, op("try", size)))], NO_OFFSET)))


def parse_micros(plan: Plan, source: Expr) -> Scalar:
    """Return the days and time duration written in a text."""
    seconds = op("nullif", _group(source, _MICROS, 4), lit(""))
    fraction = op("mul", op("coalesce", cast(seconds, DOUBLE, try_=True), lit(0.0)), lit(1e6))
    whole = cast(op("round_even", fraction, _int(0)), BIGINT, try_=True)
    size = op("add", *_scaled(source, _MICROS, [_DAY, 3_600_000_000, 60_000_000]), whole)
    fits = and_(op("matches", source, lit(f"^{_MICROS}$")),
                op("not", op("matches", source, lit("[PT]$"))))
    return Scalar(MICROS.kind, plan.bind(case([(fits, _signed(source, op("try", size)))], NO_OFFSET)))


# ---- writing -------------------------------------------------------------------------------------------------


def _padded(value: Expr, digits: int = 2) -> Expr:
    return op("lpad", cast(value, VARCHAR), _int(digits), lit("0"))


def date_text(plan: Plan, day: Expr) -> Expr:
    """Return a date (or the date of a timestamp) as ISO text, with as many year digits as it needs."""
    day = plan.bind(day)
    year = plan.bind(op("year", day))
    size = op("abs", year)
    digits = case([(op("lt", size, _int(10_000)), _padded(size, 4))], cast(size, VARCHAR))
    sign = case([(op("lt", year, _int(0)), lit("-"))], lit(""))
    return op("concat", sign, digits, lit("-"), _padded(op("month", day)), lit("-"), _padded(op("day", day)))


def _clock_text(micros: Expr) -> Expr:
    def part(unit: int, base: int) -> Expr:
        return _padded(op("whole_mod", op("whole_div", micros, _int(unit)), _int(base)))

    rest = op("whole_mod", micros, _int(1_000_000))
    fraction = op("concat", lit("."), op("trim_zeros", _padded(rest, 6)))
    tail = case([(op("eq", rest, _int(0)), lit(""))], fraction)
    return op("concat", part(3_600_000_000, 24), lit(":"), part(60_000_000, 60), lit(":"), part(1_000_000, 60), tail)


def _zone_text(value: Scalar) -> Expr:
    if value.offset is None:
        return lit("")
    size = op("abs", value.offset)
    minutes = op("whole_div", size, _int(60))
    sign = case([(op("lt", value.offset, _int(0)), lit("-"))], lit("+"))
    hours = _padded(op("whole_div", minutes, _int(60)))
    seconds = op("whole_mod", size, _int(60))
    tail = case([(op("eq", seconds, _int(0)), lit(""))], op("concat", lit(":"), _padded(seconds)))
    spelled = op("concat", sign, hours, lit(":"), _padded(op("whole_mod", minutes, _int(60))), tail)
    return case([(is_null(value.offset), lit("")), (op("is_not_null", value.zone or NO_TEXT), value.zone or NO_TEXT),
                 (op("eq", value.offset, _int(0)), lit("Z"))], spelled)


def time_text(plan: Plan, value: Scalar) -> Expr:
    """Return a time as ISO text with its zone."""
    return op("concat", _clock_text(plan.bind(op("micros_of_time", value.sql))), _zone_text(value))


def datetime_text(plan: Plan, value: Scalar) -> Expr:
    """Return a date and time as ISO text with its zone."""
    micros = plan.bind(op("whole_floor_mod", op("micros_of_ts", value.sql), _int(_DAY)))
    return op("concat", date_text(plan, value.sql), lit("T"), _clock_text(micros), _zone_text(value))


def _unit(size: Expr, letter: str) -> Expr:
    return case([(op("eq", size, _int(0)), lit(""))], op("concat", cast(size, VARCHAR), lit(letter)))


def months_text(plan: Plan, value: Expr) -> Expr:
    """Return months as a duration text, as ``P1Y2M``; ``P0M`` for none."""
    size = plan.bind(op("abs", value))
    years = plan.bind(op("whole_div", size, _int(12)))
    rest = plan.bind(op("sub", size, op("mul", years, _int(12))))
    sign = case([(op("lt", value, _int(0)), lit("-P"))], lit("P"))
    return case([(op("eq", value, _int(0)), lit("P0M"))], op("concat", sign, _unit(years, "Y"), _unit(rest, "M")))


def micros_text(plan: Plan, value: Expr) -> Expr:
    """Return microseconds as a duration text, as ``P1DT2H``; ``PT0S`` for none."""
    size = plan.bind(op("abs", value))

    def part(unit: int, base: int | None) -> Expr:
        whole = op("whole_div", size, _int(unit))
        return plan.bind(whole if base is None else op("whole_mod", whole, _int(base)))

    rest = plan.bind(op("whole_mod", size, _int(1_000_000)))
    seconds = part(1_000_000, 60)
    fraction = op("concat", cast(seconds, VARCHAR), lit("."), op("trim_zeros", _padded(rest, 6)), lit("S"))
    second = case([(op("eq", rest, _int(0)), _unit(seconds, "S"))], fraction)
    clock = plan.bind(op("concat", _unit(part(3_600_000_000, 24), "H"), _unit(part(60_000_000, 60), "M"), second))
    clock = case([(op("eq", clock, lit("")), lit(""))], op("concat", lit("T"), clock))
    sign = case([(op("lt", value, _int(0)), lit("-P"))], lit("P"))
    spelled = op("concat", sign, _unit(part(_DAY, None), "D"), clock)
    return case([(op("eq", value, _int(0)), lit("PT0S"))], spelled)


def scalar_text(plan: Plan, value: Scalar) -> Scalar:
    """Return FEEL's text of a value (`string()`); a string stays as it is."""
    sql = plan.bind(value.sql)
    value = replace(value, sql=sql)
    match value.kind:
        case "string":
            return value
        case "number":
            made = op("number_text", sql)
        case "boolean":
            made = cast(sql, VARCHAR)
        case "date":
            made = date_text(plan, sql)
        case "time":
            made = time_text(plan, value)
        case "date and time":
            made = datetime_text(plan, value)
        case MONTHS.kind:
            made = months_text(plan, sql)
        case MICROS.kind:
            made = micros_text(plan, sql)
        case _:
            raise NullResultError
    return text(case([(is_null(sql), NO_TEXT)], made))




def instant(value: Scalar) -> Expr:
    """Return the moment in microseconds, on the time line of UTC where the value has an offset."""
    micros = op("micros_of_time" if value.kind == "time" else "micros_of_ts", value.sql)
    if value.offset is None:
        return micros
    return op("sub", micros, op("mul", op("coalesce", value.offset, _int(0)), _int(1_000_000)))


def comparable(a: Scalar, b: Scalar) -> tuple[Expr, Expr, Expr | None]:
    """Return two SQL values to compare and the condition under which they can be (None: always)."""
    if a.offset is None and b.offset is None:
        return a.sql, b.sql, None
    same = op("eq", is_null(a.offset or NO_OFFSET), is_null(b.offset or NO_OFFSET))
    return instant(a), instant(b), same


def as_datetime(value: Scalar) -> Scalar:
    """Return a date as its midnight in UTC (DMN 1.5, 10.3.2.3.6), a date and time as it is."""
    if value.kind == "date":
        return Scalar("date and time", cast(value.sql, TIMESTAMP))
    return value


def shift(plan: Plan, value: Scalar, by: Scalar, negative: bool) -> Value:
    """Return date, time or date and time plus (or minus) a duration; the day is clipped to its month."""
    size = op("neg", by.sql) if negative else by.sql
    if by.kind == MONTHS.kind:
        if value.kind == "time":
            raise NullResultError
        name = "add_months" if value.kind == "date" else "add_months_ts"
        return replace(value, sql=plan.bind(op(name, value.sql, size)))
    if value.kind == "time":
        moved = op("whole_floor_mod", op("try", op("add", op("micros_of_time", value.sql), size)), _int(_DAY))
        return replace(value, sql=plan.bind(op("time_of_micros", moved)))
    moved = plan.bind(op("add_micros", as_datetime(value).sql, size))
    if value.kind == "date":
        return Scalar("date", plan.bind(cast(moved, DATE)))
    return replace(value, sql=moved)


def difference(plan: Plan, a: Scalar, b: Scalar) -> Value:
    """Return a − b of two dates, times or dates and times, as a days and time duration."""
    if (a.kind == "time") != (b.kind == "time"):
        raise NullResultError
    left, right = (a, b) if a.kind == "time" else (as_datetime(a), as_datetime(b))
    if a.kind != b.kind:  # a date meets a date and time as midnight in UTC
        left = replace(left, offset=_int(0)) if a.kind == "date" else left
        right = replace(right, offset=_int(0)) if b.kind == "date" else right
    _, _, same = comparable(left, right)
    made = op("try", op("sub", instant(left), instant(right)))
    return Scalar(MICROS.kind, plan.bind(made if same is None else case([(same, made)], NO_OFFSET)))


def months_between(plan: Plan, start: Scalar, end: Scalar) -> Scalar:
    """Return the full months from `start` to `end`, by their dates (the function `years and months duration`)."""
    a, b = plan.bind(cast(start.sql, DATE)), plan.bind(cast(end.sql, DATE))
    months = op("sub", op("month", b), op("month", a))
    size = plan.bind(op("add", op("mul", op("sub", op("year", b), op("year", a)), _int(12)), months))
    early = and_(op("gt", size, _int(0)), op("lt", op("day", b), op("day", a)))
    late = and_(op("lt", size, _int(0)), op("gt", op("day", b), op("day", a)))
    made = case([(early, op("sub", size, _int(1))), (late, op("add", size, _int(1)))], size)
    return Scalar(MONTHS.kind, plan.bind(cast(made, BIGINT)))


def whole(value: Expr) -> Expr:
    """Return a DOUBLE as BIGINT, cut at the point; null when it does not fit."""
    return cast(op("trunc", value), BIGINT, try_=True)


def exact_whole(value: Expr) -> Expr:
    """Return a DOUBLE as BIGINT; null for one with a fraction."""
    return case([(op("eq", value, op("floor", value)), whole(value))], lit(None, BIGINT))


def _clock_property(scale: int, base: int) -> Callable[[Scalar], Expr]:
    def make(value: Scalar) -> Expr:
        micros = op("micros_of_time" if value.kind == "time" else "micros_of_ts", value.sql)
        return op("whole_floor_mod", op("whole_floor_div", micros, _int(scale)), _int(base))
    return make


def property_of(plan: Plan, value: Scalar, name: str) -> Value:
    """Return ``.year``, ``.hours``, ``.time offset`` … of a temporal value; null if it has no such part."""
    made = _property(plan, value, name)
    if made is None:
        raise NullResultError
    return made


def _property(plan: Plan, value: Scalar, name: str) -> Value | None:
    sql, kind = value.sql, value.kind
    dated, clocked = kind in ("date", "date and time"), kind in ("time", "date and time")
    if dated and name in ("year", "month", "day", "weekday"):
        return number(cast(op(name, sql), DOUBLE))
    if clocked and name in ("hour", "minute", "second"):
        scale, base = {"hour": (3_600_000_000, 24), "minute": (60_000_000, 60), "second": (1_000_000, 60)}[name]
        return number(cast(_clock_property(scale, base)(value), DOUBLE))
    if clocked and name == "time offset":
        seconds = value.offset or NO_OFFSET
        return Scalar(MICROS.kind, plan.bind(op("mul", seconds, _int(1_000_000))))
    if clocked and name == "timezone":
        zone = value.zone or NO_TEXT
        return text(op("substring", zone, _int(2)))
    if kind == MONTHS.kind and name in ("years", "months"):
        return number(cast(op("whole_div" if name == "years" else "whole_mod", sql, _int(12)), DOUBLE))
    scales = {"days": (_DAY, 0), "hours": (3_600_000_000, 24), "minutes": (60_000_000, 60), "seconds": (1_000_000, 60)}
    if kind == MICROS.kind and name in scales:
        scale, base = scales[name]
        part = op("whole_div", sql, _int(scale))
        return number(cast(op("whole_mod", part, _int(base)) if base else part, DOUBLE))
    return None

