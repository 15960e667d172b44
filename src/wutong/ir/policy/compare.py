"""Comparisons of fractions as three-valued SQL: true or false only when every completion agrees."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne

from wutong.ir.policy.arith import multiply
from wutong.ir.policy.values import NARROW, WIDE, Interval, Number, Truth
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BOOLEAN, DECIMAL

TRUE, FALSE, NULL = lit(True, BOOLEAN), lit(False, BOOLEAN), lit(None, BOOLEAN)
_PYTHON: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
SQL_NAMES = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MIRROR = {**_MIRROR, "=": "=", "!=": "!="}
DENIED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _rescaled(node: Expr | None, digits: int, scale: int, to: int) -> Expr | None:
    """Give both sides one scale: the engine then compares plain integers, 64-bit ones where the figures fit."""
    need = digits - scale + to
    if node is None or scale == to or need > WIDE:
        return node
    return cast(node, DECIMAL(NARROW if need <= NARROW else WIDE, to), True)


def _hull(a: Interval, b: Interval, operator: str) -> bool | None:
    """Decide from the domains alone, where they suffice."""
    if operator in ("<", "<=") and (
        a.low is not None and b.high is not None and not _PYTHON[operator](a.low, b.high)
    ):
        return False
    if operator in ("<", "<=") and (
        a.high is not None and b.low is not None and _PYTHON[operator](a.high, b.low)
    ):
        return True
    if operator in (">", ">="):
        return _hull(b, a, _MIRROR[operator])
    return None


def compare(a: Interval, operator: str, b: Interval) -> Expr:
    """Return ``a operator b`` as three-valued SQL."""
    if a.const is not None and b.const is not None:
        return TRUE if _PYTHON[operator](a.const, b.const) else FALSE
    scale = max(a.scale, b.scale)
    ends = [_rescaled(x, i.digits, i.scale, scale) for i in (a, b) for x in (i.lo, i.hi, i.plain)]
    alo, ahi, aplain, blo, bhi, bplain = ends
    decided = _hull(a, b, operator)
    if aplain is not None and bplain is not None:
        node = op(SQL_NAMES[operator], aplain, bplain)
        one_unknown = a.const is not None or b.const is not None
        return (
            node if decided is None or not one_unknown else op("coalesce", node, TRUE if decided else FALSE)
        )
    if operator in ("=", "!="):
        same = case(_pairs((alo, "=", bhi, ahi, "=", blo), TRUE), NULL)
        apart = [x for x in (_less(ahi, "<", blo), _less(bhi, "<", alo)) if x is not None]
        node = case([*((x, FALSE) for x in apart)], same)
        return node if operator == "=" else op("not", node)
    if operator in (">", ">="):
        return _ordered(blo, bhi, _MIRROR[operator], alo, ahi)
    return _ordered(alo, ahi, operator, blo, bhi)


def _less(x: Expr | None, operator: str, y: Expr | None) -> Expr | None:
    return None if x is None or y is None else op(SQL_NAMES[operator], x, y)


def _pairs(
    parts: tuple[Expr | None, str, Expr | None, Expr | None, str, Expr | None], then: Expr
) -> list[tuple[Expr, Expr]]:
    first, second = _less(*parts[:3]), _less(*parts[3:])
    return [] if first is None or second is None else [(op("and", first, second), then)]


def _ordered(alo: Expr | None, ahi: Expr | None, operator: str, blo: Expr | None, bhi: Expr | None) -> Expr:
    sure = _less(ahi, operator, blo)
    never = _less(bhi, "<" if operator == "<=" else "<=", alo)
    branches = [(x, y) for x, y in ((sure, TRUE), (never, FALSE)) if x is not None]
    return case(branches, NULL)


def positive(den: Interval) -> Expr | None:
    """Return the test that a denominator is surely positive; None when that is known beforehand."""
    if den.low is not None and den.low > 0:
        return None
    if den.plain is not None:
        return op("gt", den.plain, lit(Decimal(0), DECIMAL(1, 0)))
    return NULL if den.lo is None else op("gt", den.lo, lit(Decimal(0), DECIMAL(1, 0)))


def crossed(a: Number, b: Number) -> tuple[Interval, Interval]:
    """Return both fractions over one denominator: what a comparison of them compares."""
    left = a.num if b.den is None else multiply(a.num, b.den)
    right = b.num if a.den is None else multiply(b.num, a.den)
    return left, right


def compare_numbers(a: Number, operator: str, b: Number) -> Truth:
    """Return ``a operator b`` for fractions, by cross-multiplication: no division, no rounding.

    A denominator that is zero, negative or unknown leaves the answer unknown.
    """
    left, right = crossed(a, b)
    node = compare(left, operator, right)
    guards = [g for d in (a.den, b.den) if d is not None and (g := positive(d)) is not None]
    if guards:
        node = case([(op("and", *guards) if len(guards) > 1 else guards[0], node)], NULL)
    const = {TRUE: True, FALSE: False}.get(node) if node in (TRUE, FALSE) else None
    return Truth(node, const)
