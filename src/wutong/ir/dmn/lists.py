"""Paths, filters, loops and quantifiers.

A list of known length is taken item by item; only a list from data becomes a list function with a lambda.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.feel import ast
from wutong.ir.dmn import operators, temporal
from wutong.ir.dmn.choice import choose, each
from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.types import DATE_T, LAMBDA, NULL_TYPE, NUMBER, FeelType, list_of, sql_type
from wutong.ir.dmn.values import (
    FALSE,
    NULL,
    TRUE,
    UNKNOWN,
    Context,
    Either,
    Interval,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    absent,
    and_,
    from_data,
    is_null,
    is_null_literal,
    is_true,
    join,
    null_of,
    or_,
    to_data,
    truth,
    type_of,
)
from wutong.sql.emit import BIGINT, LIST, Expr, case, cast, col, lam, lit, op
from wutong.sql.nodes import Lit

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

#: the longest loop over constant bounds that is unrolled
MAX_UNROLL = 1000
#: the longest loop over bounds from data
MAX_SERIES = 1_000_000


def path(plan: Plan, base: Value, name: str) -> Value:
    """Return ``base.name``: an entry, the entries of all items of a list, or a part of a temporal value.

    Raises:
        NullResultError: there is no such part.
    """
    match base:
        case Context():
            found = base.get(name)
            if found is None:
                raise NullResultError
            return found
        case Items(items=items, present=present):
            return Items(tuple(_path_or_null(plan, i, name) for i in items), present)
        case Rows():
            return map_rows(plan, base, lambda item: _path_or_null(plan, item, name))
        case Scalar(kind=kind) if kind not in ("null", "number", "string", "boolean"):
            return temporal.property_of(plan, base, name)
        case Interval():
            return _range_part(base, name)
    raise NullResultError


def _path_or_null(plan: Plan, base: Value, name: str) -> Value:
    """Return a part of one item of a list; null where it has none."""
    try:
        return each((base,), lambda value: path(plan, value, name))
    except NullResultError:
        return NULL


def _range_part(base: Interval, name: str) -> Value:
    ends = {"start": base.low, "end": base.high}
    closed = {"start included": base.low_closed, "end included": base.high_closed}
    if name in ends:
        return ends[name] or NULL
    if name in closed:
        return truth(lit(closed[name]))
    raise NullResultError


def parameter(plan: Plan, kind: FeelType) -> tuple[str, Value]:
    """Return a fresh lambda parameter and its value."""
    name = plan.fresh(LAMBDA)
    return name, from_data(col(name), kind)


def map_rows(plan: Plan, rows: Rows, make: Callable[[Value], Value]) -> Rows:
    """Return the list of `make(item)` for an SQL list."""
    if rows.of.kind == "null":
        return rows
    name, item = parameter(plan, rows.of)
    made = make(item)
    kind = type_of(made)
    return Rows(kind, plan.bind(op("list_map", rows.sql, lam([name], to_data(made, kind)))))


def contains(rows: Rows, value: Value) -> Expr:
    """Return whether an SQL list has an item equal to `value` (null equals null)."""
    name = f"{LAMBDA}c"
    same = is_true(operators.equal(from_data(col(name), rows.of), value))
    if same == FALSE:
        return FALSE
    return op("gt", op("len", op("list_filter", rows.sql, lam([name], same))), lit(0))


def as_list(value: Value) -> Items | Rows:
    """Return a list; anything else stands for the list of itself, null for the empty list.

    Raises:
        NullResultError: never; kept for symmetry with the strict readers.
    """
    if isinstance(value, Items | Rows):
        return value
    return Items(()) if isinstance(value, Scalar) and value.kind == "null" else Items((value,))


def given_list(value: Value) -> Items | Rows:
    """Return a list argument; a scalar stands for the list of itself.

    Raises:
        NullResultError: the argument is null.
    """
    if isinstance(value, Scalar) and (value.kind == "null" or is_null_literal(value.sql)):
        raise NullResultError
    return as_list(value)


# ---- filter --------------------------------------------------------------------------------------------------


def filter_list(lowering: Lowering, base: Value, condition: ast.Node, scope: Scope) -> Value:
    """Return ``base[condition]``: the item at a position, or the items for which the condition holds."""
    if isinstance(base, Scalar) and base.kind == "null":
        raise NullResultError
    source = as_list(base)
    sample = source.items[0] if isinstance(source, Items) and source.items else NULL
    if isinstance(source, Rows):
        _, sample = parameter(lowering.plan, source.of)
    test = lowering.lower(condition, _item_scope(scope, sample))
    if isinstance(test, Scalar) and test.kind == "number" and not _reads_item(condition, sample):
        return index(lowering.plan, source, test)
    if isinstance(source, Items):
        return _filter_items(lowering, source, condition, scope)
    return _filter_rows(lowering, source, condition, scope)


def _item_scope(scope: Scope, item: Value) -> Scope:
    names: dict[str, Value] = {}
    if isinstance(item, Context):
        names |= dict(item.entries)
    if isinstance(item, Either):
        shapes = [(c, v) for c, v in item.options if isinstance(v, Context)]
        keys = dict.fromkeys(k for _, v in shapes for k, _ in v.entries)
        names |= {k: choose([(is_true(c), v.get(k) or NULL) for c, v in shapes], NULL) for k in keys}
    names.setdefault("item", item)
    return scope.holding(names)


def _reads_item(condition: ast.Node, sample: Value) -> bool:
    return isinstance(condition, ast.Name) and condition.name == "item" and sample is not NULL


def index(plan: Plan, source: Items | Rows, position: Scalar) -> Value:
    """Return the item at a 1-based position, counted from the end when negative; null outside the list."""
    at = temporal.exact_whole(position.sql)
    if isinstance(source, Rows):
        return from_data(plan.bind(op("index", source.sql, at)), source.of)
    size = len(source.items)
    if isinstance(position.const, Decimal) and isinstance(position.sql, Lit):
        n = int(position.const)
        return source.items[n - 1 if n > 0 else n] if 0 < abs(n) <= size and n == position.const else NULL
    at = plan.bind(at)
    whens = [(op("in", at, lit(n + 1), lit(n - size)), item) for n, item in enumerate(source.items)]
    return choose(whens, NULL)


def _filter_items(lowering: Lowering, source: Items, condition: ast.Node, scope: Scope) -> Value:
    kept: list[tuple[Expr, Value]] = []
    spoilt = []
    for item in source.items:
        test = lowering.lower(condition, _item_scope(scope, item))
        spoilt.append(operators.no_condition(test))
        kept.append((lowering.plan.bind(is_true(operators.condition(test))), item))
    return choose([(or_(*spoilt), NULL)], keep(lowering.plan, kept))


def null_list(of: FeelType) -> Expr:
    """Return SQL NULL of a list of `of`."""
    return cast(null_of("null"), sql_type(list_of(of)))


def keep(plan: Plan, options: Sequence[tuple[Expr, Value]]) -> Value:
    """Return the list of the values whose condition (never null) holds, in order."""
    live = [(c, v) for c, v in options if c != FALSE]
    if all(c == TRUE for c, _ in live):
        return Items(tuple(v for _, v in live))
    kind = join([type_of(v) for _, v in live])
    target = sql_type(list_of(kind))
    pieces = [case([(c, op("list", to_data(v, kind)))], cast(op("list"), target)) for c, v in live]
    return Rows(kind, plan.bind(cast(op("list_flatten", op("list", *pieces)), target)))


def _filter_rows(lowering: Lowering, source: Rows, condition: ast.Node, scope: Scope) -> Value:
    if source.of.kind == "null":
        return source
    name, item = parameter(lowering.plan, source.of)
    test = operators.condition(lowering.lower(condition, _item_scope(scope, item)))
    return Rows(source.of, lowering.plan.bind(op("list_filter", source.sql, lam([name], is_true(test)))))


# ---- loops ---------------------------------------------------------------------------------------------------


def loop(lowering: Lowering, node: ast.For, scope: Scope) -> Value:
    """Return ``for … return body``; several iterators nest, the last one fastest."""
    needs_partial = _mentions(node.body, "partial")
    done: list[Value] = []
    return _loop(lowering, node, 0, scope, done if needs_partial else None)


def _mentions(node: object, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.name == name
    if isinstance(node, tuple):
        return any(_mentions(n, name) for n in node)
    if isinstance(node, ast.Node):
        return any(_mentions(getattr(node, f), name) for f in node.__dataclass_fields__ if f != "span")
    return False


def _loop(lowering: Lowering, node: ast.For, nth: int, scope: Scope, partial: list[Value] | None) -> Items | Rows:
    iterator, last = node.iterators[nth], nth == len(node.iterators) - 1
    source = _source(lowering, iterator.source, scope, partial is not None)

    def body(item: Value) -> Value:
        names = {iterator.name: item}
        if partial is not None:
            names["partial"] = Items(tuple(partial))
        inner = scope.holding(names)
        return lowering.lower(node.body, inner) if last else _loop(lowering, node, nth + 1, inner, partial)

    if isinstance(source, Items):
        return _unrolled(lowering, source, body, last, partial)
    if partial is not None:
        raise NotCompilableError("F411", what="partial")
    made = map_rows(lowering.plan, source, body)
    return made if last else _flattened(lowering.plan, made)


def _unrolled(
    lowering: Lowering, source: Items, body: Callable[[Value], Value], last: bool, partial: list[Value] | None,
) -> Items | Rows:
    pieces: list[Value] = []
    for item in source.items:
        made = body(item)
        pieces.append(made)
        if last and partial is not None:
            partial.append(made)
    return Items(tuple(pieces)) if last else concatenate(lowering.plan, pieces)


def _flattened(plan: Plan, nested: Rows) -> Rows:
    return Rows(nested.of.of or NUMBER, plan.bind(op("list_flatten", nested.sql)))


def concatenate(plan: Plan, lists: Sequence[Value]) -> Items | Rows:
    """Return one list of the items of several lists; null if one of them is."""
    parts = [as_list(x) for x in lists]
    if all(isinstance(p, Items) and p.present is None for p in parts):
        return Items(tuple(i for p in parts if isinstance(p, Items) for i in p.items))
    missing = or_(*(absent(p) for p in parts))
    item = join([type_of(p).of or NULL_TYPE for p in parts])
    kind = list_of(item)
    made = op("list_flatten", op("list", *(to_data(p, kind) for p in parts)))
    return Rows(item, plan.bind(case([(missing, null_list(item))] if missing != FALSE else [], made)))


def _source(lowering: Lowering, node: ast.Node, scope: Scope, unroll: bool = False) -> Items | Rows:
    if isinstance(node, ast.Range) and node.low and node.high and _is_iteration(node, node.low):
        return _iteration(lowering, lowering.lower(node.low, scope), lowering.lower(node.high, scope), unroll)
    value = lowering.lower(node, scope)
    if isinstance(value, Items) and any(isinstance(i, Interval) for i in value.items):
        raise NullResultError
    if isinstance(value, Interval):
        return _range_rows(lowering, value)
    if isinstance(value, Either):  # a list in some rows only
        raise NotCompilableError("F413")
    if (isinstance(value, Scalar) and value.kind == "null"):
        raise NullResultError
    return as_list(value)


def _is_iteration(node: ast.Range, low: ast.Node) -> bool:
    """Tell ``a..b`` from the range ``[a..b]``, which no loop runs over: only the latter starts with a bracket."""
    return node.span.start == low.span.start


def _iteration(lowering: Lowering, low: Value, high: Value, unroll: bool) -> Items | Rows:
    if isinstance(low, Scalar) and isinstance(high, Scalar) and low.kind == high.kind == DATE_T.kind:
        return _date_iteration(lowering, low, high)
    a, b = operators.scalar(low, "number"), operators.scalar(high, "number")
    if isinstance(a.const, Decimal) and isinstance(b.const, Decimal):
        first, last = int(a.const), int(b.const)
        if abs(last - first) > MAX_SERIES:
            raise NotCompilableError("F427", limit=MAX_SERIES)
        if (unroll or isinstance(a.sql, Lit)) and a.const == first and b.const == last and abs(last - first) < MAX_UNROLL:
            numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
            return Items(tuple(lowering.constant(Decimal(n)) for n in numbers))
    x, y = (lowering.plan.bind(temporal.exact_whole(v.sql)) for v in (a, b))
    step = case([(op("le", x, y), lit(1, BIGINT))], lit(-1, BIGINT))
    return Rows(NUMBER, lowering.plan.bind(cast(bounded_series(x, y, step), sql_type(list_of(NUMBER)))))


def bounded_series(low: Expr, high: Expr, step: Expr) -> Expr:
    """Return the BIGINTs from `low` to `high`; one that would be longer than `MAX_SERIES` stops the query."""
    fits = op("le", op("abs", op("sub", high, low)), lit(MAX_SERIES, BIGINT))
    stop = op("fail", lit(f"a loop of more than {MAX_SERIES} steps"), lit(None, LIST(BIGINT)))
    return case([(fits, op("series", low, high, step)), (is_null(fits), lit(None, LIST(BIGINT)))], stop)


def _range_rows(lowering: Lowering, source: Interval) -> Rows:
    """Return the whole numbers or dates of a range; null where it descends or has fractions for ends."""
    low, high = source.low, source.high
    if source.test is not None or not (isinstance(low, Scalar) and isinstance(high, Scalar)) or low.kind != high.kind:
        raise NullResultError
    plan = lowering.plan
    if low.kind == DATE_T.kind:
        made, fits = _date_iteration(lowering, low, high), op("le", low.sql, high.sql)
    else:
        a, b = (operators.scalar(v, "number").sql for v in (low, high))
        fits = op("le", a, b)
        x, y = (plan.bind(temporal.exact_whole(v)) for v in (a, b))
        made = Rows(NUMBER, cast(bounded_series(x, y, lit(1, BIGINT)), sql_type(list_of(NUMBER))))
    size = op("len", made.sql)
    first, last = lit(1 if source.low_closed else 2, BIGINT), size if source.high_closed else op("sub", size, lit(1, BIGINT))
    kept = made.sql if source.low_closed and source.high_closed else op("list_slice", made.sql, first, last)
    return Rows(made.of, plan.bind(case([(fits, kept)], null_list(made.of))))


def _date_iteration(lowering: Lowering, low: Scalar, high: Scalar) -> Rows:
    plan = lowering.plan
    days = plan.bind(op("days_between", low.sql, high.sql))
    step = case([(op("ge", days, lit(0)), lit(1, BIGINT))], lit(-1, BIGINT))
    name = plan.fresh(LAMBDA)
    body = lam([name], op("add_days", low.sql, col(name)))
    return Rows(DATE_T, plan.bind(op("list_map", bounded_series(lit(0, BIGINT), days, step), body)))


def quantified(lowering: Lowering, node: ast.Quantified, scope: Scope) -> Value:
    """Return ``some``/``every … satisfies condition`` in three-valued logic."""
    spoilt: list[Expr] = []
    made = _quantified(lowering, node, 0, scope, spoilt)
    broken = or_(*spoilt)
    if broken != FALSE and lowering.plan.level(broken) is None:
        raise NotCompilableError("F413")
    return truth(lowering.plan.bind(made if broken == FALSE else case([(broken, UNKNOWN)], made)))


def _quantified(lowering: Lowering, node: ast.Quantified, nth: int, scope: Scope, spoilt: list[Expr]) -> Expr:
    if nth == len(node.iterators):
        value = lowering.lower(node.condition, scope)
        spoilt.append(operators.no_condition(value))
        return operators.condition(value)
    iterator = node.iterators[nth]
    source = _source(lowering, iterator.source, scope)

    def body(item: Value) -> Expr:
        return _quantified(lowering, node, nth + 1, scope.holding({iterator.name: item}), spoilt)

    some = node.kind == "some"
    if isinstance(source, Items):
        parts = [body(i) for i in source.items]
        return or_(*parts) if some else and_(*parts)
    if source.of.kind == "null":
        return lit(not some)
    name, item = parameter(lowering.plan, source.of)
    tests = op("list_map", source.sql, lam([name], body(item)))
    return op("list_any" if some else "list_all", lowering.plan.bind(tests))


