"""Equality, order and membership (DMN 1.5, 10.3.2.13 and Tables 50–53)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wutong.feel.values import NANO, Date, DateTime, DaysDuration, MonthsDuration, RangeValue, Time, kind

_ZERO = (MonthsDuration(0), DaysDuration(0))


def equal(left: Any, right: Any) -> bool | None:
    """``left = right``: null only equals null; values of different kinds compare to None."""
    if left is None or right is None:
        return left is right
    if isinstance(left, (Date, DateTime)) and isinstance(right, (Date, DateTime)):
        return _equal_moments(left, right)
    if kind(left) != kind(right):
        return True if left in _ZERO and right in _ZERO else None
    if isinstance(left, Time):
        return _equal_times(left, right)
    if isinstance(left, list):
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[k], right[k]) is True for k in left)
    if isinstance(left, RangeValue):
        flags = (left.low_closed, left.high_closed, left.op) == (right.low_closed, right.high_closed, right.op)
        return flags and equal(left.low, right.low) is True and equal(left.high, right.high) is True
    return bool(left is right or left == right)


def _equal_moments(left: Date | DateTime, right: Date | DateTime) -> bool:
    if isinstance(left, Date) and isinstance(right, Date):
        return left == right
    first, second = as_moment(left), as_moment(right)
    return first.is_local() == second.is_local() and first.nanos() // NANO == second.nanos() // NANO


def _equal_times(left: Time, right: Time) -> bool:
    # Fractions of a second take no part in the standard's time equality (Table 50 compares seconds; TCK 0068).
    if left.zone is not None or right.zone is not None:
        return left.zone == right.zone and left.nanos() // NANO == right.nanos() // NANO
    if (left.offset is None) != (right.offset is None):
        return False
    return _time_key(left) // NANO == _time_key(right) // NANO


def _time_key(time: Time) -> int:
    return time.nanos() - (time.utc_offset() or 0) * NANO


def as_moment(value: Date | DateTime) -> DateTime:
    """A date compared with a date and time stands for its midnight in UTC."""
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


def less(left: Any, right: Any) -> bool | None:
    """``left < right``; None for null, different or unordered kinds, or a mix of local and zoned times."""
    if isinstance(left, (Date, DateTime)) and isinstance(right, (Date, DateTime)):
        if isinstance(left, Date) and isinstance(right, Date):
            return (left.year, left.month, left.day) < (right.year, right.month, right.day)
        first, second = as_moment(left), as_moment(right)
        return first.nanos() < second.nanos() if first.is_local() == second.is_local() else None
    if kind(left) != kind(right):
        return None
    if isinstance(left, Time):
        local = left.utc_offset() is None
        return _time_key(left) < _time_key(right) if local == (right.utc_offset() is None) else None
    if isinstance(left, (Decimal, str, DaysDuration, MonthsDuration)):
        return bool(left < right)
    return None


def compare(op: str, left: Any, right: Any) -> bool | None:
    """Apply one of ``= != < <= > >=``."""
    if op == "=":
        return equal(left, right)
    if op == "!=":
        same = equal(left, right)
        return None if same is None else not same
    if op in (">", ">="):
        left, right = right, left
    below = less(left, right)
    if below is None or op in ("<", ">"):
        return below
    return below or equal(left, right)


def both(*values: bool | None) -> bool | None:
    """Three-valued and."""
    if any(v is False for v in values):
        return False
    return None if any(v is not True for v in values) else True


def either(*values: bool | None) -> bool | None:
    """Three-valued or."""
    if any(v is True for v in values):
        return True
    return None if any(v is not False for v in values) else False


def quantified(kind: str, results: list[Any]) -> bool | None:
    """``some`` or ``every`` over evaluated conditions; None as soon as one is neither boolean nor null."""
    if any(r is not None and not isinstance(r, bool) for r in results):
        return None
    return either(*results) if kind == "some" else both(*results)


def in_range(value: Any, bounds: RangeValue) -> bool | None:
    """Tell whether a value lies in a range."""
    if bounds.op in ("=", "!="):
        return compare(bounds.op, value, bounds.low)
    checks: list[bool | None] = []
    if bounds.low is not None:
        checks.append(compare(">=" if bounds.low_closed else ">", value, bounds.low))
    if bounds.high is not None:
        checks.append(compare("<=" if bounds.high_closed else "<", value, bounds.high))
    if not checks or (bounds.op is None and len(checks) < 2):
        return None
    return both(*checks)


def member(value: Any, test: Any) -> bool | None:
    """``value in test`` for an evaluated test: a range, a list of values or ranges, or a value."""
    if isinstance(test, RangeValue) and not isinstance(value, RangeValue):
        return in_range(value, test)
    if isinstance(test, list):
        if isinstance(value, list) and equal(value, test) is True:
            return True
        found = [in_range(value, t) if isinstance(t, RangeValue) and not isinstance(value, RangeValue)
                 else equal(value, t) for t in test]
        return any(f is True for f in found)
    return equal(value, test)
