"""List functions. A null among the items makes an aggregate null, where SQL would skip it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.ir.dmn import operators, temporal
from wutong.ir.dmn.choice import choose, each
from wutong.ir.dmn.fn_number import is_constant, numeric
from wutong.ir.dmn.fn_sort import sort
from wutong.ir.dmn.lists import concatenate, contains, given_list, keep, map_rows, null_list, parameter
from wutong.ir.dmn.operators import condition, equal, exact_rows, only, scalar, unzoned
from wutong.ir.dmn.signatures import MISSING, Variant, one, variadic
from wutong.ir.dmn.types import LAMBDA, NULL_TYPE, NUMBER, ORDERED, list_of, sql_type
from wutong.ir.dmn.values import (
    FALSE,
    NULL,
    Function,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    absent,
    and_,
    from_data,
    is_true,
    join,
    not_,
    number,
    or_,
    to_data,
    truth,
    type_of,
)
from wutong.sql.emit import BIGINT, DOUBLE, VARCHAR, Expr, case, cast, col, lam, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering


def _scalars(items: Items, *kinds: str) -> list[Scalar]:
    """Return the items as scalars of one kind; a null item makes the whole result null."""
    made = [scalar(i, *kinds) for i in items.items]
    if len({s.kind for s in made}) > 1:
        raise NullResultError
    return made


def _aggregate(name: str, *, empty: Value = NULL, one_value: Value | None = None) -> Callable[..., Value]:
    """An aggregate over numbers; `empty` is its value for an empty list."""
    def make(lowering: Lowering, source: Value) -> Value:
        rows = given_list(source)
        if isinstance(rows, Items):
            if not rows.items:
                return empty
            if len(rows.items) == 1 and one_value is not None:
                numeric(rows.items[0])
                return one_value
            rows = Items(tuple(_scalars(rows, "number")))
        listed = exact_rows(rows)
        only(listed, "number", "null")
        made = lowering.plan.bind(op(name, lowering.plan.bind(cast(listed.sql, sql_type(list_of(NUMBER))))))
        return number(lowering.plan.bind(op("finite", made)))
    return make


def _extreme(name: str, symbol: str) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, source: Value) -> Value:
        rows = given_list(source)
        if isinstance(rows, Items):
            return _extreme_items(lowering, rows, name, symbol)
        only(rows, *ORDERED)
        return Scalar(rows.of.kind, lowering.plan.bind(op(f"list_{name}", rows.sql)))
    return make


def _extreme_items(lowering: Lowering, source: Items, name: str, symbol: str) -> Value:
    items = _scalars(source, *ORDERED)
    if len(items) <= 1:
        return items[0] if items else NULL
    known = and_(*(not_(absent(i)) for i in items))
    best: Value = items[0]
    if all(i.offset is None for i in items):
        picked = op("least" if name == "min" else "greatest", *(i.sql for i in items))
        best = Scalar(items[0].kind, picked)
    else:
        for item in items[1:]:
            best = choose([(is_true(operators.compare(symbol, item, best)), item)], best)
    return lowering.settled(choose([(lowering.plan.bind(known), best)], operators.typed_null(items[0].kind)))


def _sum(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Rows):
        return _aggregate("list_sum")(lowering, rows)
    items = _scalars(rows, "number")
    if not items:
        return NULL
    total = items[0].sql if len(items) == 1 else op("add", *(i.sql for i in items))
    return number(lowering.plan.bind(op("finite", lowering.plan.bind(total))))


def _count(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        return lowering.settled(choose([(not_(absent(rows)), lowering.constant(Decimal(len(rows.items))))], NULL))
    return number(lowering.plan.bind(cast(op("len", rows.sql), DOUBLE)))


def _quantifier(every: bool) -> Callable[[Lowering, Value], Value]:
    def make(lowering: Lowering, source: Value) -> Value:
        rows = given_list(source)
        if isinstance(rows, Items):
            parts = [condition(i) for i in rows.items]
            return truth(lowering.plan.bind(and_(*parts) if every else or_(*parts)))
        only(rows, "boolean", "null")
        return truth(lowering.plan.bind(op("list_all" if every else "list_any", rows.sql)))
    return make


def _contains(lowering: Lowering, source: Value, element: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Rows):
        return truth(lowering.plan.bind(contains(rows, element)))
    parts = (_certainly_equal(i, element) for i in rows.items)
    return truth(lowering.plan.bind(or_(*parts)))


def _certainly_equal(a: Value, b: Value) -> Expr:
    return is_true(equal(a, b))


def _whole_constant(value: Value) -> int:
    """Return a position that is a literal; one from data needs an SQL list."""
    item = scalar(value, "number")
    if not isinstance(item.const, Decimal) or not is_constant(item):
        raise NotCompilableError("F420")
    return int(item.const)


def _sublist(lowering: Lowering, source: Value, start: Value, length: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items) and is_constant(start) and (length is MISSING or is_constant(length)):
        first = _whole_constant(start)
        at = first - 1 if first > 0 else len(rows.items) + first
        count = len(rows.items) - at if length is MISSING else _whole_constant(length)
        if first == 0 or not 0 <= at < len(rows.items) or count < 1 or at + count > len(rows.items):
            raise NullResultError
        return Items(rows.items[at:at + count])
    return _sublist_rows(lowering, exact_rows(rows), start, length)


def _sublist_rows(lowering: Lowering, rows: Rows, start: Value, length: Value) -> Value:
    bind = lowering.plan.bind
    at, size = bind(temporal.whole(numeric(start))), bind(op("len", rows.sql))
    first = bind(case([(op("gt", at, lit(0)), at)], op("add", size, at, lit(1))))
    rest = bind(op("add", op("sub", size, first), lit(1)))
    count = rest if length is MISSING else bind(temporal.whole(numeric(length)))
    good = and_(op("ne", at, lit(0)), op("ge", first, lit(1)), op("le", first, size), op("ge", count, lit(1)),
                op("le", count, rest))
    part = op("list_slice", rows.sql, first, op("sub", op("add", first, count), lit(1)))
    return Rows(rows.of, bind(case([(good, part)], null_list(rows.of))))


def _append(lowering: Lowering, *values: Value) -> Value:
    return concatenate(lowering.plan, [given_list(values[0]), Items(values[1:])])


def _concatenate(lowering: Lowering, *values: Value) -> Value:
    return concatenate(lowering.plan, [given_list(v) for v in values])


def _position(lowering: Lowering, source: Items | Rows, value: Value) -> tuple[Expr, Expr, Expr]:
    """Return (1-based position, size, whether the position is inside the list) of a position argument."""
    bind = lowering.plan.bind
    at = bind(temporal.whole(numeric(value)))
    size = lit(len(source.items), BIGINT) if isinstance(source, Items) else bind(op("len", source.sql))
    first = bind(case([(op("gt", at, lit(0)), at)], op("add", size, at, lit(1))))
    inside = bind(and_(op("ne", at, lit(0)), op("ge", first, lit(1)), op("le", first, size)))
    return first, size, inside


def _splice(put_new: bool, drop_old: bool) -> Callable[..., Value]:
    """Insert before, remove, replace at a position: the part before, the new item, the part after."""
    def make(lowering: Lowering, source: Value, position: Value, item: Value = MISSING) -> Value:
        rows = given_list(source)
        if isinstance(position, Function):
            return _replace_where(lowering, rows, position, item)
        new = (item,) if put_new else ()
        if isinstance(rows, Items) and is_constant(position):
            n = _whole_constant(position)
            at = n - 1 if n > 0 else len(rows.items) + n
            if n == 0 or not 0 <= at < len(rows.items):
                raise NullResultError
            return Items((*rows.items[:at], *new, *rows.items[at + drop_old:]))
        return _splice_rows(lowering, rows, position, new, drop_old)
    return make


def _splice_rows(
    lowering: Lowering, source: Items | Rows, position: Value, new: tuple[Value, ...], drop_old: bool,
) -> Value:
    first, size, inside = _position(lowering, source, position)
    rows = exact_rows(source)
    kind = join([rows.of, *(type_of(v) for v in new)])
    base = to_data(rows, list_of(kind))
    before = op("list_slice", base, lit(1), op("sub", first, lit(1)))
    after = op("list_slice", base, op("add", first, lit(int(drop_old))), size)
    middle = [op("list", to_data(v, kind)) for v in new]
    made = op("list_flatten", op("list", before, *middle, after))
    return Rows(kind, lowering.plan.bind(case([(inside, made)], null_list(kind))))


def _replace_where(lowering: Lowering, rows: Items | Rows, match: Function, item: Value) -> Value:
    def replaced(old: Value) -> Value:
        test = match.apply(old, item)
        if not (isinstance(test, Scalar) and test.kind == "boolean"):
            raise NullResultError
        return choose([(is_true(test.sql), item)], old)

    if isinstance(rows, Items):
        return Items(tuple(lowering.settled(replaced(i)) for i in rows.items))
    return map_rows(lowering.plan, rows, replaced)


def _reverse(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        return Items(tuple(reversed(rows.items)))
    return Rows(rows.of, lowering.plan.bind(op("list_reverse", rows.sql)))


def _index_of(lowering: Lowering, source: Value, match: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        found = [(lowering.plan.bind(_certainly_equal(i, match)), number(lit(Decimal(n + 1), DOUBLE)))
                 for n, i in enumerate(rows.items)]
        return keep(lowering.plan, found)
    name = lowering.plan.fresh(LAMBDA)
    same = is_true(equal(from_data(op("index", rows.sql, col(name)), rows.of), match))
    places = op("list_filter", op("series", lit(1, BIGINT), op("len", rows.sql), lit(1, BIGINT)), lam([name], same))
    return Rows(NUMBER, lowering.plan.bind(cast(places, sql_type(list_of(NUMBER)))))


def _distinct(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        kept: list[tuple[Expr, Value]] = []
        for n, item in enumerate(rows.items):
            new = and_(*(not_(_certainly_equal(item, earlier)) for earlier in rows.items[:n]))
            kept.append((lowering.plan.bind(new), item))
        return keep(lowering.plan, kept)
    unzoned(rows.of)
    entry, place = lowering.plan.fresh(LAMBDA), lowering.plan.fresh(LAMBDA)
    first = op("eq", op("list_position", rows.sql, col(entry)), col(place))
    return Rows(rows.of, lowering.plan.bind(op("list_filter", rows.sql, lam([entry, place], first))))


def _union(lowering: Lowering, *values: Value) -> Value:
    return _distinct(lowering, _concatenate(lowering, *values))


def _flatten(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        if not any(isinstance(i, Items | Rows) for i in rows.items):
            return rows
        return concatenate(lowering.plan, [_flat_item(lowering, i) for i in rows.items])
    while rows.of.kind == "list" and rows.of.of is not None:
        name = lowering.plan.fresh(LAMBDA)
        alone = cast(op("list", lit(None, VARCHAR)), sql_type(rows.of))  # SQL would drop a null list, FEEL keeps it
        lists = op("list_map", rows.sql, lam([name], op("coalesce", col(name), alone)))
        rows = Rows(rows.of.of, lowering.plan.bind(op("list_flatten", lists)))
    nested = rows.of.kind == "union" and any(t.kind == "list" for _, t in rows.of.fields)
    return _flatten_mixed(lowering, rows) if nested else rows


def _flat_item(lowering: Lowering, item: Value) -> Value:
    """Return the list one item of a list becomes; null is an item like others."""
    if not isinstance(item, Items | Rows):
        return Items((item,))
    missing = absent(item)
    made = _flatten(lowering, item)
    return made if missing == FALSE else choose([(missing, Items((NULL,)))], made)


def _flatten_mixed(lowering: Lowering, rows: Rows) -> Value:
    """Flatten a list of lists and other items: each item becomes a list of its own first."""
    name, item = parameter(lowering.plan, rows.of)
    made = choose([(absent(item), Items((NULL,)))], each((item,), lambda v: _flat_item(lowering, v)))
    own = type_of(made)
    leaf = join([t.of or NULL_TYPE for t in ([m for _, m in own.fields] if own.kind == "union" else [own])])
    lists = op("list_map", rows.sql, lam([name], to_data(made, list_of(leaf))))
    return Rows(leaf, lowering.plan.bind(op("list_flatten", lists)))


def _mode(lowering: Lowering, source: Value) -> Value:
    rows = given_list(source)
    if isinstance(rows, Items):
        if not rows.items:
            return rows
        rows = Items(tuple(_scalars(rows, "number")))
    listed = exact_rows(rows)
    only(listed, "number")
    return Rows(NUMBER, lowering.plan.bind(op("list_modes", lowering.plan.bind(listed.sql))))


def _some(make: Callable[..., Value]) -> tuple[Variant, ...]:
    return (Variant(("list", "…"), make, 1, rest=True),)


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "count": one(_count, "list"), "sum": variadic(_sum), "mean": variadic(_aggregate("list_avg")),
    "min": variadic(_extreme("min", "<")), "max": variadic(_extreme("max", ">")),
    "product": variadic(_aggregate("list_product")), "median": variadic(_aggregate("list_median")),
    "stddev": variadic(_aggregate("list_stddev", one_value=NULL)), "mode": variadic(_mode),
    "all": variadic(_quantifier(True)), "and": variadic(_quantifier(True)),
    "any": variadic(_quantifier(False)), "or": variadic(_quantifier(False)),
    "list contains": one(_contains, "list", "element"),
    "sublist": one(_sublist, "list", "start position", "length", optional=1),
    "append": _some(_append), "concatenate": _some(_concatenate), "union": _some(_union),
    "insert before": one(_splice(True, False), "list", "position", "newItem"),
    "remove": one(_splice(False, True), "list", "position"),
    "list replace": (*one(_splice(True, True), "list", "position", "newItem"),
                     *one(_splice(True, True), "list", "match", "newItem")),
    "reverse": one(_reverse, "list"), "index of": one(_index_of, "list", "match"),
    "distinct values": one(_distinct, "list"), "flatten": one(_flatten, "list"),
    "sort": one(sort, "list", "precedes", optional=1),
}
