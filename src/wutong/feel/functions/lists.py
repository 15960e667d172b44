"""List functions (DMN 1.5, 10.3.4.4 and 10.3.4.7)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key, reduce
from typing import Any

from wutong.feel.arithmetic import arithmetic, on_numbers
from wutong.feel.compare import equal, less
from wutong.feel.functions.registry import builtin
from wutong.feel.values import CONTEXT, FunctionValue, invoke


@builtin("list contains(list: list, element: any)")
def _list_contains(items: list[Any], element: Any) -> bool:
    return any(equal(i, element) is True for i in items)


@builtin("count(list: list)")
def _count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


def _extreme(items: list[Any], better: Callable[[Any, Any], bool | None]) -> Any:
    if not items or items[0] is None:
        return None
    best = items[0]
    if len(items) == 1:
        return best if less(best, best) is not None else None
    for item in items[1:]:
        found = better(item, best)
        if found is None:
            return None
        best = item if found else best
    return best


@builtin("min(list*)")
def _min(items: list[Any]) -> Any:
    return _extreme(items, less)


@builtin("max(list*)")
def _max(items: list[Any]) -> Any:
    return _extreme(items, lambda a, b: less(b, a))


@builtin("sum(list*)")
def _sum(items: list[Any]) -> Any:
    if not items or not _all_of(items, Decimal):
        return None
    return reduce(lambda a, b: arithmetic("+", a, b), items)


@builtin("product(list*)")
def _product(items: list[Any]) -> Any:
    if not items or not _all_of(items, Decimal):
        return None
    return reduce(lambda a, b: arithmetic("*", a, b), items)


@builtin("mean(list*)")
def _mean(items: list[Any]) -> Any:
    return arithmetic("/", _sum(items), Decimal(len(items))) if items else None


@builtin("median(list*)")
def _median(items: list[Any]) -> Any:
    if not items or not _all_of(items, Decimal):
        return None
    ordered = sorted(items)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return arithmetic("/", arithmetic("+", ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev(list*)")
def _stddev(items: list[Any]) -> Any:
    if len(items) < 2 or not _all_of(items, Decimal):
        return None
    mean = CONTEXT.divide(sum(items, Decimal(0)), Decimal(len(items)))
    squares = sum((CONTEXT.power(CONTEXT.subtract(i, mean), 2) for i in items), Decimal(0))
    return on_numbers(lambda: CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(items) - 1))))


@builtin("mode(list*)")
def _mode(items: list[Any]) -> Any:
    if not _all_of(items, Decimal):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return sorted(i for i, n in counts.items() if n == max(counts.values()))


def _all_of(items: list[Any], wanted: type) -> bool:
    return all(isinstance(i, wanted) for i in items)


@builtin("all(list*)")
def _all(items: list[Any]) -> bool | None:
    if any(i is False for i in items):
        return False
    return True if all(i is True for i in items) else None


@builtin("any(list*)")
def _any(items: list[Any]) -> bool | None:
    if any(i is True for i in items):
        return True
    return False if all(i is False for i in items) else None


@builtin("sublist(list: list, start position: number, length?: number)")
def _sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    begin = int(start)
    if begin == 0 or abs(begin) > len(items) or (length is not None and int(length) < 1):
        return None
    first = begin - 1 if begin > 0 else len(items) + begin
    if length is None:
        return items[first:]
    return items[first:first + int(length)] if first + int(length) <= len(items) else None


@builtin("concatenate(list**)")
def _concatenate_none(items: list[Any]) -> list[Any] | None:
    if any(i is None for i in items):
        return None
    return [x for i in items for x in (i if isinstance(i, list) else [i])]


@builtin("insert before(list: list, position: number, newItem: any)")
def _insert(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _index(items, position)
    return None if at is None else [*items[:at], item, *items[at:]]


@builtin("remove(list: list, position: number)")
def _remove(items: list[Any], position: Decimal) -> list[Any] | None:
    at = _index(items, position)
    return None if at is None else [*items[:at], *items[at + 1:]]


@builtin("list replace(list: list, position: number, newItem: any)")
def _replace_at(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _index(items, position)
    return None if at is None else [*items[:at], item, *items[at + 1:]]


@builtin("list replace(list: list, match: function, newItem: any)")
def _replace_where(items: list[Any], match: FunctionValue, item: Any) -> list[Any] | None:
    if len(match.parameters) != 2:
        return None
    found = [invoke(match, [i, item]) for i in items]
    if any(not isinstance(f, bool) for f in found):
        return None
    return [item if f else i for i, f in zip(items, found, strict=True)]


def _index(items: list[Any], position: Decimal) -> int | None:
    at = int(position)
    if at == 0 or abs(at) > len(items):
        return None
    return at - 1 if at > 0 else len(items) + at


@builtin("reverse(list: list)")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of(list: list, match: any)")
def _index_of(items: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(n) for n, i in enumerate(items, 1) if equal(i, match) is True]


def _distinct_items(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not any(equal(item, f) is True for f in found):
            found.append(item)
    return found


@builtin("union(list**)")
def _union(items: list[Any]) -> list[Any] | None:
    joined = _concatenate_none(items)
    return None if joined is None else _distinct_items(joined)


@builtin("distinct values(list: list)")
def _distinct(items: list[Any]) -> list[Any]:
    return _distinct_items(items)


def _flat(items: list[Any]) -> list[Any]:
    return [x for i in items for x in (_flat(i) if isinstance(i, list) else [i])]


@builtin("flatten(list: list)")
def _flatten(items: list[Any]) -> list[Any]:
    return _flat(items)


@builtin("sort(list: list, precedes?: function)")
def _sort(items: list[Any], precedes: FunctionValue | None = None) -> list[Any] | None:
    def order(left: Any, right: Any) -> int:
        before = less(left, right) if precedes is None else invoke(precedes, [left, right])
        if not isinstance(before, bool):
            raise TypeError
        if before:
            return -1
        after = less(right, left) if precedes is None else invoke(precedes, [right, left])
        return 1 if after is True else 0

    try:
        return sorted(items, key=cmp_to_key(order))
    except TypeError:
        return None


@builtin("append(list**)")
def _append(arguments: list[Any]) -> list[Any] | None:
    first, *rest = arguments
    return None if first is None else [*(first if isinstance(first, list) else [first]), *rest]
