"""Reading dates, times and durations from text, and their properties (DMN 1.5, 10.3.2.3 and 10.3.4.1)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wutong.feel.values import (
    DAY_NANOS,
    NANO,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    days_in_month,
    zone_info,
)

_DATE = re.compile(r"(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]+)?", re.ASCII
)
_DAYS = re.compile(
    r"(-?)P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_MAX_YEAR = 999_999_999
_MAX_OFFSET = 18 * 3600


def make_date(year: int, month: int, day: int) -> Date | None:
    """Return a date, or None if there is no such day."""
    if abs(year) > _MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        return None
    return Date(year, month, day)


def parse_date(text: str) -> Date | None:
    """Read ``2026-11-01``; None if it is no date.

    >>> parse_date("2026-02-30") is None
    True
    """
    match = _DATE.fullmatch(text)
    if not match:
        return None
    sign, year, month, day = match.groups()
    return make_date(int(sign + year), int(month), int(day))


def parse_time(text: str) -> Time | None:
    """Read ``10:30:00``, with fraction, offset or ``@zone``; None if it is no time. ``24:00:00`` is midnight."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second, fraction, suffix = match.groups()
    nano = int((fraction or "0").ljust(9, "0")[:9])
    midnight = hour == "24" and minute == second == "00" and nano == 0
    if (int(hour) > 23 and not midnight) or int(minute) > 59 or int(second) > 59:
        return None
    time = Time(int(hour) % 24, int(minute), int(second), nano)
    if suffix is None:
        return time
    if suffix.startswith("@"):
        return with_zone(time, suffix[1:])
    offset = _offset(suffix)
    return None if offset is None else Time(time.hour, time.minute, time.second, time.nano, offset)


def with_zone(time: Time, zone: str) -> Time | None:
    """Return the time in a named zone; None if the zone is unknown."""
    try:
        zone_info(zone)
    except (KeyError, ValueError, OSError):
        return None
    return Time(time.hour, time.minute, time.second, time.nano, None, zone)


def _offset(text: str) -> int | None:
    if text == "Z":
        return 0
    parts = [int(p) for p in text[1:].split(":")]
    if any(p > 59 for p in parts[1:]):
        return None
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
    if seconds > _MAX_OFFSET:
        return None
    return -seconds if text[0] == "-" else seconds


def parse_date_time(text: str) -> DateTime | None:
    """Read ``2026-11-01T10:30:00`` with any suffix of `parse_time`; a date alone is its midnight."""
    day, mark, clock = text.partition("T")
    date = parse_date(day)
    time = parse_time(clock) if mark else Time(0, 0, 0)
    if date is None or time is None:
        return None
    # 24:00:00 is the midnight that ends the day (ISO 8601, XML Schema).
    return DateTime(Date.from_days(date.days() + 1) if clock.startswith("24") else date, time)


def parse_duration(text: str) -> DaysDuration | MonthsDuration | None:
    """Read ``P1Y2M`` or ``P1DT2H3M4.5S``; None if it is no duration."""
    if len(text) > 60 or text[-1:] in ("P", "T", ""):
        return None
    if match := _MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return MonthsDuration(-total if sign else total)
    if match := _DAYS.fullmatch(text):
        sign, *parts, fraction = match.groups()
        days, hours, minutes, seconds = (int(p or 0) for p in parts)
        nanos = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NANO
        nanos += int((fraction or "0").ljust(9, "0")[:9])
        return DaysDuration(-nanos if sign else nanos)
    return None


def parse_at(text: str) -> Any:
    """Read the text of an ``@"…"`` literal; None if it is none of the four kinds."""
    return parse_date(text) or parse_time(text) or (parse_date_time(text) if "T" in text else None) or (
        parse_duration(text)
    )


def temporal_property(value: Any, name: str) -> Any:
    """Return a property such as ``year`` or ``time offset``; None if the value has none of that name."""
    match value:
        case Date():
            return _date_property(value, name)
        case Time():
            return _time_property(value, None, name)
        case DateTime():
            found = _date_property(value.date, name)
            return found if found is not None else _time_property(value.time, value.date, name)
        case MonthsDuration():
            sign = -1 if value.months < 0 else 1
            years, months = divmod(abs(value.months), 12)
            return _number({"years": sign * years, "months": sign * months}.get(name))
        case DaysDuration():
            return _duration_property(value, name)
    return None


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _date_property(date: Date, name: str) -> Decimal | None:
    if name == "weekday":
        return Decimal(date.weekday())
    return _number({"year": date.year, "month": date.month, "day": date.day}.get(name))


def _time_property(time: Time, date: Date | None, name: str) -> Any:
    if name == "time offset":
        if time.zone is not None and date is None:
            return None
        offset = time.utc_offset(date)
        return None if offset is None else DaysDuration(offset * NANO)
    if name == "timezone":
        return time.zone
    return _number({"hour": time.hour, "minute": time.minute, "second": time.second}.get(name))


def _duration_property(value: DaysDuration, name: str) -> Decimal | None:
    sign = -1 if value.nanos < 0 else 1
    rest = abs(value.nanos)
    seconds = rest // NANO
    parts = {"days": rest // DAY_NANOS, "hours": seconds // 3600 % 24, "minutes": seconds // 60 % 60}
    if name == "seconds":
        return Decimal(sign * (seconds % 60))
    return _number(sign * parts[name] if name in parts else None)
