"""Date, time and duration functions (DMN 1.5, 10.3.4.1, 10.3.4.6 and 10.3.4.8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from wutong.feel.functions.registry import builtin
from wutong.feel.temporal import (
    make_date,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    with_zone,
)
from wutong.feel.values import NANO, Date, DateTime, DaysDuration, MonthsDuration, Time

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")


@builtin("date(from: string)")
def _date_text(text: str) -> Date | None:
    return parse_date(text)


@builtin("date(from: moment)")
def _date_of(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("date(year: number, month: number, day: number)")
def _date_parts(year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    return make_date(int(year), int(month), int(day))


@builtin("date and time(from: string)")
def _date_time_text(text: str) -> DateTime | None:
    return parse_date_time(text)


@builtin("date and time(from: moment)")
def _date_time_of(value: Date | DateTime) -> DateTime:
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


@builtin("date and time(date: moment, time: time)")
def _date_time(date: Date | DateTime, time: Time) -> DateTime:
    return DateTime(_date_of(date), time)


@builtin("date and time(date: date and time, timezone: string)")
def _date_time_zone(date: DateTime, zone: str) -> DateTime | None:
    time = with_zone(date.time, zone)
    return DateTime(date.date, time) if time else None


@builtin("time(from: string)")
def _time_text(text: str) -> Time | None:
    return parse_time(text)


@builtin("time(from: time)")
def _time_same(value: Time) -> Time:
    return value


@builtin("time(from: moment)")
def _time_of(value: Date | DateTime) -> Time:
    return value.time if isinstance(value, DateTime) else Time(0, 0, 0, 0, 0)


@builtin("time(hour: number, minute: number, second: number, offset?: any)")
def _time_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Any = None) -> Time | None:
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60) or not isinstance(offset, DaysDuration | None):
        return None
    nano = int((second % 1) * NANO)
    shift = None if offset is None else offset.nanos // NANO
    if shift is not None and abs(shift) > 18 * 3600:
        return None
    return Time(int(hour), int(minute), int(second), nano, shift)


@builtin("duration(from: string)")
def _duration(text: str) -> DaysDuration | MonthsDuration | None:
    return parse_duration(text)


@builtin("duration(from: days)")
def _duration_days(value: DaysDuration) -> DaysDuration:
    return value


@builtin("duration(from: months)")
def _duration_months(value: MonthsDuration) -> MonthsDuration:
    return value


def full_months(start: Date, end: Date) -> int:
    """Completed months from one date to another; negative if the second is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    return months + 1 if months < 0 and end.day > start.day else months


@builtin("years and months duration(from: moment, to: moment)")
def _years_and_months(start: Date | DateTime, end: Date | DateTime) -> MonthsDuration:
    return MonthsDuration(full_months(_date_of(start), _date_of(end)))


@builtin("day of year(date: moment)")
def _day_of_year(value: Date | DateTime) -> Decimal:
    date = _date_of(value)
    return Decimal(date.days() - Date(date.year, 1, 1).days() + 1)


@builtin("day of week(date: moment)")
def _day_of_week(value: Date | DateTime) -> str:
    return _DAYS[_date_of(value).weekday() - 1]


@builtin("month of year(date: moment)")
def _month_of_year(value: Date | DateTime) -> str:
    return _MONTHS[_date_of(value).month - 1]


@builtin("week of year(date: moment)")
def _week_of_year(value: Date | DateTime) -> Decimal:
    date = _date_of(value)
    thursday = Date.from_days(date.days() + 4 - date.weekday())
    return Decimal((thursday.days() - Date(thursday.year, 1, 1).days()) // 7 + 1)


@builtin("is(value1?: any, value2?: any)")
def _is(first: Any = None, second: Any = None) -> bool:
    if isinstance(first, Time | DateTime) or isinstance(second, Time | DateTime):
        return type(first) is type(second) and str(first) == str(second)
    return type(first) is type(second) and bool(first == second)


@builtin("today()")
def _today() -> Date:
    return _clock().date


@builtin("now()")
def _now() -> DateTime:
    return _clock()


def _clock() -> DateTime:
    now = dt.datetime.now(dt.UTC).astimezone()
    offset = now.utcoffset() or dt.timedelta(0)
    clock = Time(now.hour, now.minute, now.second, now.microsecond * 1000, int(offset.total_seconds()))
    return DateTime(Date(now.year, now.month, now.day), clock)
