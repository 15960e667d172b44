"""Values of the reference interpreter: what FEEL knows that Python does not have as is.

Numbers are Decimal, texts str, booleans bool, null None, lists list, contexts dict. Dates reach years
±999,999,999 and times keep their offset or zone, so they have classes of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow
from functools import cache
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

#: Decimal128 of the standard: 34 digits, half even.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, Overflow])
NANO = 1_000_000_000
DAY_NANOS = 86_400 * NANO


@dataclass(frozen=True, slots=True)
class Date:
    """A date of the proleptic Gregorian calendar with any year."""

    year: int
    month: int
    day: int

    def days(self) -> int:
        """Days since 1970-01-01 (algorithm days_from_civil of H. Hinnant)."""
        year = self.year - (self.month <= 2)
        era, of_era = year // 400, year % 400
        of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468

    @classmethod
    def from_days(cls, days: int) -> Date:
        """The date so many days after 1970-01-01."""
        shifted = days + 719468
        era, rest = shifted // 146097, shifted % 146097
        of_era = (rest - rest // 1460 + rest // 36524 - rest // 146096) // 365
        of_year = rest - (365 * of_era + of_era // 4 - of_era // 100)
        shifted_month = (5 * of_year + 2) // 153
        month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
        return cls(of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted_month + 2) // 5 + 1)

    def weekday(self) -> int:
        """Monday is 1, Sunday 7."""
        return (self.days() + 3) % 7 + 1

    def plus_months(self, months: int) -> Date:
        """Move by months; the day is clipped to the end of the month."""
        total = self.year * 12 + self.month - 1 + months
        year, month = total // 12, total % 12 + 1
        return Date(year, month, min(self.day, days_in_month(year, month)))

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


def days_in_month(year: int, month: int) -> int:
    """Number of days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `offset` in seconds east of UTC, or `zone` by name, or neither (local)."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    def nanos(self) -> int:
        """Nanoseconds since midnight, local."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * NANO + self.nano

    @classmethod
    def from_nanos(cls, nanos: int, offset: int | None = None, zone: str | None = None) -> Time:
        """The time so many nanoseconds after midnight."""
        seconds, nano = divmod(nanos % DAY_NANOS, NANO)
        return cls(seconds // 3600, seconds // 60 % 60, seconds % 60, nano, offset, zone)

    def utc_offset(self, date: Date | None = None) -> int | None:
        """Offset from UTC in seconds, None for local times; a zone needs the date."""
        if self.zone is None:
            return self.offset
        date = date or Date(2000, 1, 1)
        year = date.year if 1 < date.year < 9999 else 2000 + date.year % 400
        zone = zone_info(self.zone)
        delta = dt.datetime(year, date.month, date.day, self.hour, self.minute, self.second, tzinfo=zone).utcoffset()
        return int(delta.total_seconds()) if delta is not None else 0

    def __str__(self) -> str:
        fraction = f".{self.nano:09d}".rstrip("0") if self.nano else ""
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}{self._suffix()}"

    def _suffix(self) -> str:
        if self.zone is not None:
            return f"@{self.zone}"
        if self.offset is None:
            return ""
        if self.offset == 0:
            return "Z"
        minutes, seconds = divmod(abs(self.offset), 60)
        text = f"{'-' if self.offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
        return text + (f":{seconds:02d}" if seconds else "")


@cache
def zone_info(name: str) -> ZoneInfo:
    """The zone of a name; raises ZoneInfoNotFoundError (a KeyError) or ValueError."""
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time of day."""

    date: Date
    time: Time

    def nanos(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 of its own clock, brought to UTC if the offset is known."""
        local = self.date.days() * DAY_NANOS + self.time.nanos()
        return local - (self.time.utc_offset(self.date) or 0) * NANO

    def is_local(self) -> bool:
        """True without offset and zone."""
        return self.time.offset is None and self.time.zone is None

    def plus_nanos(self, nanos: int) -> DateTime:
        """Move on the local clock."""
        local = self.date.days() * DAY_NANOS + self.time.nanos() + nanos
        days, rest = divmod(local, DAY_NANOS)
        return DateTime(Date.from_days(days), Time.from_nanos(rest, self.time.offset, self.time.zone))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A days and time duration, in nanoseconds."""

    nanos: int

    def __str__(self) -> str:
        seconds, nano = divmod(abs(self.nanos), NANO)
        days, rest = divmod(seconds, 86400)
        hours, minutes, second = rest // 3600, rest // 60 % 60, rest % 60
        fraction = f".{nano:09d}".rstrip("0") if nano else ""
        clock = "".join([f"{hours}H" if hours else "", f"{minutes}M" if minutes else "",
                         f"{second}{fraction}S" if second or nano else ""])
        text = f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"
        return ("-" if self.nanos < 0 else "") + (text if text != "P" else "PT0S")


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A years and months duration, in months."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = f"P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"
        return ("-" if self.months < 0 else "") + (text if text != "P" else "P0M")


@dataclass(frozen=True, slots=True)
class RangeValue:
    """A range as a value; an end that is None is open to infinity.

    `op` marks a range written as a comparison: ``(< 10)`` equals ``(< 10)`` but not ``(null..10)`` (TCK 0068);
    ``=`` and ``!=`` hold their operand in both ends.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    op: str | None = None


class Mismatch:
    """What a function returns if its arguments are of other types, so that its next form may be tried."""


MISMATCH = Mismatch()


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function: parameter names and types, and what runs it on positional arguments.

    The last `optional` parameters may be left out; a function whose `variadic` is ``*`` takes one list or any
    number of items, ``**`` always takes its arguments as one list; `alternatives` are further forms of a built-in function.
    """

    parameters: tuple[str, ...]
    run: Callable[..., Any]
    types: tuple[Any, ...] = ()
    optional: int = 0
    variadic: str = ""
    result: Any = None
    alternatives: tuple[FunctionValue, ...] = ()


def invoke(function: Any, arguments: list[Any], names: tuple[str, ...] | None = None) -> Any:
    """Call a function value; None if it is no function or takes no such arguments."""
    if not isinstance(function, FunctionValue):
        return None
    for form in (function, *function.alternatives):
        bound = _bind(form, arguments, names)
        if bound is not None and (result := form.run(*bound)) is not MISMATCH:
            return result
    return None


def _bind(form: FunctionValue, arguments: list[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    least = len(form.parameters) - form.optional
    if names is not None:
        if len(set(names)) < len(names) or not set(form.parameters[:least]) <= set(names) <= set(form.parameters):
            return None
        given = dict(zip(names, arguments, strict=True))
        last = max((form.parameters.index(n) for n in names), default=-1)
        return [given.get(n) for n in form.parameters[:max(last + 1, least)]]
    if form.variadic:
        single = form.variadic == "*" and len(arguments) == 1 and isinstance(arguments[0], list)
        return (arguments if single else [arguments]) if arguments else None
    return arguments if least <= len(arguments) <= len(form.parameters) else None


def number(value: Decimal | int) -> Decimal | None:
    """Round to 34 digits; None where the result leaves the range of decimal128."""
    try:
        return CONTEXT.plus(Decimal(value))
    except (InvalidOperation, Overflow):
        return None


def from_python(value: Any) -> Any:
    """Return a plain Python value (int, float, datetime.*, tuple, dict …) as an interpreter value.

    >>> from_python({"a": 1, "b": dt.date(2026, 11, 1)})
    {'a': Decimal('1'), 'b': Date(year=2026, month=11, day=1)}
    """
    match value:
        case bool() | str() | None:
            return value
        case Decimal() | int():
            return number(value)
        case float():
            return number(Decimal(repr(value))) if isfinite(value) else None
        case dt.date() | dt.time() | dt.timedelta():
            return _time_from_python(value)
        case list() | tuple():
            return [from_python(v) for v in value]
        case dict():
            return {str(k): from_python(v) for k, v in value.items()}
    return value


def _time_from_python(value: dt.date | dt.time | dt.timedelta) -> Date | Time | DateTime | DaysDuration:
    if isinstance(value, dt.timedelta):
        return DaysDuration((value.days * 86400 + value.seconds) * NANO + value.microseconds * 1000)
    if isinstance(value, dt.datetime):
        clock = Time(value.hour, value.minute, value.second, value.microsecond * 1000, _offset(value.utcoffset()))
        return DateTime(Date(value.year, value.month, value.day), clock)
    if isinstance(value, dt.date):
        return Date(value.year, value.month, value.day)
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, _offset(value.utcoffset()))


def _offset(delta: dt.timedelta | None) -> int | None:
    return None if delta is None else int(delta.total_seconds())


def kind(value: Any) -> str:
    """Return the FEEL name of a value's type.

    >>> kind(Decimal(1)), kind([]), kind(None)
    ('number', 'list', 'null')
    """
    if value is None:
        return "null"
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "unknown"


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"), (Decimal, "number"), (str, "string"), (list, "list"), (dict, "context"), (Date, "date"),
    (Time, "time"), (DateTime, "date and time"), (DaysDuration, "days and time duration"),
    (MonthsDuration, "years and months duration"), (RangeValue, "range"), (FunctionValue, "function"),
)
