"""Arithmetic on numbers, texts, dates, times and durations (DMN 1.5, Tables 54–56); None on a type error."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from wutong.feel.values import CONTEXT, DAY_NANOS, NANO, Date, DateTime, DaysDuration, MonthsDuration, Time

_MAX_YEAR = 999_999_999


def arithmetic(op: str, left: Any, right: Any) -> Any:
    """Apply one of ``+ - * / **``.

    >>> arithmetic("/", Decimal(1), Decimal(3))
    Decimal('0.3333333333333333333333333333333333')
    >>> arithmetic("+", Date(2024, 1, 31), MonthsDuration(1))
    Date(year=2024, month=2, day=29)
    """
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return None
    return _OPERATIONS[op](left, right)


def on_numbers(operation: Callable[[], Decimal]) -> Decimal | None:
    """Run a decimal operation; None where it has no number as its result."""
    try:
        result = operation()
    except (InvalidOperation, Overflow, DivisionByZero, ZeroDivisionError):
        return None
    return result if result.is_finite() else None


def _add(left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return on_numbers(lambda: CONTEXT.add(left, right))
        case str(), str():
            return left + right
        case (DaysDuration(), DaysDuration()):
            return DaysDuration(left.nanos + right.nanos)
        case (MonthsDuration(), MonthsDuration()):
            return MonthsDuration(left.months + right.months)
        case (DaysDuration() | MonthsDuration(), Date() | Time() | DateTime()):
            return _shift(right, left, 1)
        case (Date() | Time() | DateTime(), DaysDuration() | MonthsDuration()):
            return _shift(left, right, 1)
    return None


def _subtract(left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return on_numbers(lambda: CONTEXT.subtract(left, right))
        case (DaysDuration(), DaysDuration()):
            return DaysDuration(left.nanos - right.nanos)
        case (MonthsDuration(), MonthsDuration()):
            return MonthsDuration(left.months - right.months)
        case (Date() | DateTime(), Date() | DateTime()):
            return _between(left, right)
        case (Time(), Time()):
            if (left.utc_offset() is None) != (right.utc_offset() is None):
                return None
            shift = ((left.utc_offset() or 0) - (right.utc_offset() or 0)) * NANO
            return DaysDuration(left.nanos() - right.nanos() - shift)
        case (Date() | Time() | DateTime(), DaysDuration() | MonthsDuration()):
            return _shift(left, right, -1)
    return None


def _between(left: Date | DateTime, right: Date | DateTime) -> DaysDuration | None:
    first, second = (v if isinstance(v, DateTime) else DateTime(v, Time(0, 0, 0, 0, 0)) for v in (left, right))
    if first.is_local() != second.is_local():
        return None
    return DaysDuration(first.nanos() - second.nanos())


def _shift(value: Any, duration: DaysDuration | MonthsDuration, sign: int) -> Any:
    if isinstance(duration, MonthsDuration):
        if isinstance(value, Time):
            return None
        moved = (value.date if isinstance(value, DateTime) else value).plus_months(sign * duration.months)
        return _valid(DateTime(moved, value.time) if isinstance(value, DateTime) else moved)
    nanos = sign * duration.nanos
    if isinstance(value, Time):
        return Time.from_nanos(value.nanos() + nanos, value.offset, value.zone)
    if isinstance(value, Date):
        return _valid(Date.from_days(value.days() + nanos // DAY_NANOS))
    return _valid(value.plus_nanos(nanos))


def _valid(value: Date | DateTime) -> Date | DateTime | None:
    year = (value.date if isinstance(value, DateTime) else value).year
    return value if abs(year) <= _MAX_YEAR else None


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal) and not isinstance(right, Decimal):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    match left:
        case Decimal():
            return on_numbers(lambda: CONTEXT.multiply(left, right))
        case DaysDuration():
            return DaysDuration(_whole(Decimal(left.nanos) * right))
        case MonthsDuration():
            return MonthsDuration(_whole(Decimal(left.months) * right))
    return None


def _divide(left: Any, right: Any) -> Any:
    match left, right:
        case Decimal(), Decimal():
            return on_numbers(lambda: CONTEXT.divide(left, right))
        case (DaysDuration(), DaysDuration()):
            return on_numbers(lambda: CONTEXT.divide(Decimal(left.nanos), Decimal(right.nanos)))
        case (MonthsDuration(), MonthsDuration()):
            return on_numbers(lambda: CONTEXT.divide(Decimal(left.months), Decimal(right.months)))
        case (DaysDuration() | MonthsDuration(), Decimal()):
            if right == 0:
                return None
            amount = left.nanos if isinstance(left, DaysDuration) else left.months
            return type(left)(_whole(CONTEXT.divide(Decimal(amount), right)))
    return None


def _whole(value: Decimal) -> int:
    # A month or a nanosecond is not divided: towards zero, as java.time does for the engines of the TCK.
    return int(value)


def _power(left: Any, right: Any) -> Any:
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        return None
    if left == right == 0:  # IEEE 754 leaves it open for decimals; 1 in XPath, Java and SQL
        return Decimal(1)
    return on_numbers(lambda: CONTEXT.power(left, right))


def negate(value: Any) -> Any:
    """``-value``."""
    match value:
        case Decimal():
            return CONTEXT.minus(value)
        case DaysDuration():
            return DaysDuration(-value.nanos)
        case MonthsDuration():
            return MonthsDuration(-value.months)
    return None


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add, "-": _subtract, "*": _multiply, "/": _divide, "**": _power,
}
