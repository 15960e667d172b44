"""Functions of the policy profile, on known values: what the compiler's interval forms must agree with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wutong.feel.arithmetic import arithmetic
from wutong.feel.compare import less
from wutong.feel.functions.registry import builtin
from wutong.feel.functions.times import full_months
from wutong.feel.values import Date, DateTime


def _date(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


def _pick(items: list[Any], *, largest: bool) -> Any:
    best: Any = None
    for item in items:
        if item is None:
            return None
        ahead = True if best is None else less(best, item) if largest else less(item, best)
        if ahead is None:
            return None
        best = item if ahead else best
    return best


@builtin("best of(list*)")
def _best_of(items: list[Any]) -> Any:
    return _pick(items, largest=True)


@builtin("least of(list*)")
def _least_of(items: list[Any]) -> Any:
    return _pick(items, largest=False)


@builtin("days between(from: moment, to: moment)")
def _days_between(start: Date | DateTime, end: Date | DateTime) -> Decimal:
    return Decimal(_date(end).days() - _date(start).days())


@builtin("months between(from: moment, to: moment)")
def _months_between(start: Date | DateTime, end: Date | DateTime) -> Decimal:
    return Decimal(full_months(_date(start), _date(end)))


@builtin("years between(from: moment, to: moment)")
def _years_between(start: Date | DateTime, end: Date | DateTime) -> Decimal:
    months = full_months(_date(start), _date(end))
    return Decimal(int(Decimal(months) / 12))


@builtin("percent(ratio: number)")
def _percent(ratio: Decimal) -> Any:
    return arithmetic("*", ratio, Decimal(100))


@builtin("exists(list: list)")
def _exists(items: list[Any]) -> bool:
    return len(items) > 0
