"""What a company lacks: the failed comparisons of a condition, with the gap in the unit of the figure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wutong.ir.policy.compile import Compiled, Measured
from wutong.packs.model import Tree


def gap_of(value: Decimal, operator: str, wanted: Decimal) -> Decimal | None:
    """Return how far `value` is from meeting ``value operator wanted``; None if it meets it.

    >>> gap_of(Decimal(520), "<=", Decimal(500)), gap_of(Decimal(3), ">=", Decimal(3))
    (Decimal('20'), None)
    """
    missed = {
        "<": value >= wanted, "<=": value > wanted, ">": value <= wanted, ">=": value < wanted, "=": value != wanted,
    }.get(operator, False)
    return abs(wanted - value) if missed else None


@dataclass(frozen=True, slots=True)
class Gap:
    """One comparison a company fails: figures in `unit`, None where it is not a number.

    Of a figure known as a range `value` is the end nearest to the threshold, so that `gap` is what is surely lacking.
    """

    condition: str
    zh: str
    en: str
    left: str
    operator: str
    value: Decimal | None
    threshold: Decimal | None
    unit: str
    gap: Decimal | None


def gaps(row: Mapping[str, Any], compiled: Compiled, wanted: Container[str]) -> tuple[Gap, ...]:
    """Return what the failed ones among the conditions `wanted` lack; without figures where nothing is measured."""
    failed = row[f"{compiled.prefix}_failed"]
    found: list[Gap] = []
    for number, condition in enumerate(compiled.conditions):
        if not failed >> number & 1 or condition.code not in wanted:
            continue
        stated = compiled.policy.conditions[number]
        measured = [g for m in condition.measures if (g := _gap(row, m)) is not None]
        found += [
            Gap(condition.code, stated.zh, stated.en, m.left, m.operator, value, wanted, m.value.unit, gap)
            for m, value, wanted, gap in measured
        ] or [Gap(condition.code, stated.zh, stated.en, "", "", None, None, "", None)]
    return tuple(found)


def _gap(row: Mapping[str, Any], m: Measured) -> tuple[Measured, Decimal, Decimal, Decimal] | None:
    if m.value.kind != "number" or m.threshold.kind != "number":
        return None
    upwards = m.operator in (">", ">=")
    value = row[m.value.high if upwards else m.value.low]
    wanted = row[m.threshold.low if upwards else m.threshold.high]
    gap = None if value is None or wanted is None else gap_of(value, m.operator, wanted)
    return None if gap is None else (m, value, wanted, gap)


def decided(tree: Tree, truths: Mapping[str, bool | None]) -> bool | None:
    """Evaluate a decision tree in three-valued logic.

    >>> decided({"all": ["a", {"any": ["b", "c"]}]}, {"a": True, "b": None, "c": True})
    True
    """
    if isinstance(tree, str):
        return truths[tree]
    key, parts = next(iter(tree.items()))
    if key == "not":
        inner = decided(parts, truths)  # type: ignore[arg-type]  # the loader has checked the tree
        return None if inner is None else not inner
    values = [decided(p, truths) for p in parts]  # type: ignore[attr-defined]
    stop = key == "any"
    return stop if stop in values else None if None in values else not stop


def pending(tree: Tree, truths: Mapping[str, bool | None]) -> tuple[str, ...]:
    """Return the conditions that matter: those not true in a part of the tree that does not hold already.

    >>> pending({"all": ["a", {"any": ["b", "c"]}, "d"]}, {"a": True, "b": False, "c": True, "d": None})
    ('d',)
    """
    if decided(tree, truths) is True:
        return ()
    if isinstance(tree, str):
        return (tree,)
    key, parts = next(iter(tree.items()))
    if key == "not":
        return _leaves(parts)
    found = (code for part in parts for code in pending(part, truths))  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(found))


def _leaves(tree: Any) -> tuple[str, ...]:
    if isinstance(tree, str):
        return (tree,)
    parts = next(iter(tree.values()))
    return tuple(c for p in (parts if isinstance(parts, list) else [parts]) for c in _leaves(p))
