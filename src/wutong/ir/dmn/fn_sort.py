"""The function `sort`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wutong.feel import ast
from wutong.ir.dmn.lists import given_list, null_list
from wutong.ir.dmn.operators import condition, exact_rows, scalar, unzoned
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.signatures import MISSING
from wutong.ir.dmn.types import LAMBDA, ORDERED, FeelType
from wutong.ir.dmn.values import (
    Function,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Value,
    from_data,
    is_true,
    join,
    not_,
    or_,
    to_data,
    type_of,
)
from wutong.sql.emit import BIGINT, Expr, case, col, field, lam, lit, op, struct

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

#: items of a list of known length that are compared each with each
MAX_RANKED = 30


def sort(lowering: Lowering, source: Value, precedes: Value) -> Value:
    """Return the list in order: by rank where its length is known, else by the key of ``function(x, y) f(x) < f(y)``.

    Raises:
        NotCompilableError: F413 items of different types, F421 a list from data and another kind of comparison.
    """
    rows = given_list(source)
    if isinstance(rows, Items) and not rows.items:
        return rows
    if precedes is MISSING:
        return _sort_plainly(lowering, exact_rows(rows))
    if not isinstance(precedes, Function):
        raise NullResultError
    if isinstance(rows, Items):
        return _sort_items(lowering, rows, precedes)
    key = _sort_key(precedes)
    if key is None:
        raise NotCompilableError("F421")
    node, first, descending = key

    def value(item: Value) -> Value:
        return lowering.lower(node, Scope({first: item}))

    return _sort_by(lowering, rows, value, descending)


def _sort_plainly(lowering: Lowering, rows: Rows) -> Value:
    """Sort by the items themselves; a null among them has no place, so the result is null."""
    made = _sort_by(lowering, rows, lambda item: item, False)
    complete = op("eq", op("list_count", rows.sql), op("len", rows.sql))
    return Rows(rows.of, lowering.plan.bind(case([(complete, made.sql)], null_list(rows.of))))


def _sort_items(lowering: Lowering, source: Items, precedes: Function) -> Value:
    """Rank each item by the number of items before it; ties keep their order."""
    items = source.items
    kind = join([type_of(i) for i in items])
    if len(items) > MAX_RANKED:
        raise NotCompilableError("F421")
    before: dict[tuple[int, int], Expr] = {}
    for i, a in enumerate(items):
        for j, b in enumerate(items):
            if i != j:
                before[i, j] = lowering.plan.bind(is_true(condition(precedes.apply(a, b))))
    ranked = [_pair(kind, item, [before[j, i] if j > i else or_(before[j, i], not_(before[i, j]))
                                 for j in range(len(items)) if j != i]) for i, item in enumerate(items)]
    if not ranked:
        return source
    name = lowering.plan.fresh(LAMBDA)
    ordered = op("list_sort", op("list", *ranked))
    return Rows(kind, lowering.plan.bind(op("list_map", ordered, lam([name], field(col(name), "v")))))


def _pair(kind: FeelType, item: Value, earlier: list[Expr]) -> Expr:
    flags = [case([(e, lit(1, BIGINT))], lit(0, BIGINT)) for e in earlier]
    return struct({"k": op("add", lit(0, BIGINT), *flags), "v": to_data(item, kind)})


def _sort_key(precedes: Function) -> tuple[ast.Node, str, bool] | None:
    """Return the sort key of ``function(x, y) f(x) < f(y)``, its parameter, and whether it descends."""
    body = precedes.body.body if isinstance(precedes.body, ast.FunctionLiteral) else None
    if not isinstance(body, ast.Binary) or body.op not in ("<", ">") or len(precedes.parameters) != 2:
        return None
    first, second = (n for n, _ in precedes.parameters)
    if _renamed(body.left, first, second) == body.right:
        return body.left, first, body.op == ">"
    if _renamed(body.left, second, first) == body.right:
        return body.right, first, body.op == "<"
    return None


def _renamed(node: ast.Node, old: str, new: str) -> ast.Node | None:
    match node:
        case ast.Name(name) if name == old:
            return ast.Name(new)
        case ast.Path(base, name):
            inner = _renamed(base, old, new)
            return None if inner is None else ast.Path(inner, name)
    return None


def _sort_by(lowering: Lowering, rows: Rows, key: Callable[[Value], Value], descending: bool) -> Rows:
    """Sort by a key, stably: the place in the list breaks ties."""
    item, place, out = (lowering.plan.fresh(LAMBDA) for _ in range(3))
    made = scalar(key(from_data(col(item), rows.of)), *ORDERED)
    unzoned(type_of(made))
    number_of = op("neg", col(place)) if descending else col(place)
    pair = struct({"k": made.sql, "n": number_of, "v": col(item)})
    keyed = op("list_map", rows.sql, lam([item, place], pair))
    ordered = op("list_sort", keyed, lit("DESC" if descending else "ASC"))
    return Rows(rows.of, lowering.plan.bind(op("list_map", ordered, lam([out], field(col(out), "v")))))
