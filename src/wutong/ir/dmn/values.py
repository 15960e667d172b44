"""Values while compiling: what is known about a FEEL value before any row is seen.

A context or a list of known length is kept apart field by field, so it costs no struct in SQL, may hold items of
different types, and functions and ranges never need to exist at run time. Only a list whose length depends on
data is an SQL list (`Rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from wutong.ir.dmn.types import ANY, NULL_TYPE, SCALARS, FeelType, list_of, sql_type
from wutong.sql.emit import BOOLEAN, Expr, case, cast, field, lit, op, struct
from wutong.sql.nodes import Cast, Lit


class Unknown:
    """The mark of a value that no one knows before the query runs."""


DATA: Final = Unknown()


class NullResultError(Exception):
    """FEEL's answer is null whatever the data: wrong types, wrong number of arguments."""


class NotCompilableError(Exception):
    """The construct has no SQL form; becomes a placed WutongError F4xx."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Value:
    """Base of compile-time values."""


@dataclass(frozen=True, slots=True)
class Scalar(Value):
    """One SQL value. `const` is its Python value where the text fixes it, for uses that shape the SQL.

    Times and date-times are local; `offset` is the zone offset in seconds (null: none), `zone` the zone name.
    """

    kind: str
    sql: Expr
    const: Any = DATA
    offset: Expr | None = None
    zone: Expr | None = None


@dataclass(frozen=True, slots=True)
class Items(Value):
    """A list of known length; `present` is false in rows where the list itself is null."""

    items: tuple[Value, ...]
    present: Expr | None = None


@dataclass(frozen=True, slots=True)
class Rows(Value):
    """A list in SQL, of items of one type."""

    of: FeelType
    sql: Expr


@dataclass(frozen=True, slots=True)
class Context(Value):
    """A context with known keys."""

    entries: tuple[tuple[str, Value], ...]
    present: Expr | None = None

    def get(self, name: str) -> Value | None:
        """Return the entry `name`, if there is one."""
        return next((v for k, v in self.entries if k == name), None)


@dataclass(frozen=True, slots=True)
class Interval(Value):
    """A range; an end that is None is unbounded."""

    low: Value | None
    high: Value | None
    low_closed: bool = True
    high_closed: bool = True
    test: str | None = None
    present: Expr | None = None


@dataclass(frozen=True, slots=True)
class Function(Value):
    """A function, applied while compiling."""

    parameters: tuple[tuple[str, FeelType | None], ...]
    apply: Callable[..., Value]
    body: Any = None


@dataclass(frozen=True, slots=True)
class Either(Value):
    """Values of different types, one of them true in a row: the first whose condition holds."""

    options: tuple[tuple[Expr, Value], ...]


TRUE, FALSE = lit(True), lit(False)
UNKNOWN = lit(None, BOOLEAN)
NULL = Scalar("null", lit(None, SCALARS["null"]), None)


def null_of(kind: str) -> Expr:
    """Return SQL NULL of a scalar kind."""
    return lit(None, SCALARS[kind])


def truth(sql: Expr) -> Scalar:
    """Return a boolean value."""
    return Scalar("boolean", sql, sql.value if isinstance(sql, Lit) else DATA)


def number(sql: Expr) -> Scalar:
    """Return a number value."""
    return Scalar("number", sql)


def text(sql: Expr) -> Scalar:
    """Return a string value."""
    return Scalar("string", sql)


def is_null_literal(sql: Expr) -> bool:
    """Tell whether the SQL is NULL in every row."""
    return isinstance(sql, Lit) and sql.value is None


def and_(*parts: Expr) -> Expr:
    """Return the conjunction, with literals folded."""
    if FALSE in parts:
        return FALSE
    kept = [p for p in dict.fromkeys(parts) if p != TRUE]
    return TRUE if not kept else kept[0] if len(kept) == 1 else op("and", *kept)


def or_(*parts: Expr) -> Expr:
    """Return the disjunction, with literals folded."""
    if TRUE in parts:
        return TRUE
    kept = [p for p in dict.fromkeys(parts) if p != FALSE]
    return FALSE if not kept else kept[0] if len(kept) == 1 else op("or", *kept)


def not_(part: Expr) -> Expr:
    """Return the negation, with literals folded."""
    if isinstance(part, Lit):
        return UNKNOWN if part.value is None else lit(not part.value)
    return op("not", part)


def is_null(sql: Expr) -> Expr:
    """Return whether an SQL value is null."""
    return lit(sql.value is None) if isinstance(sql, Lit) else op("is_null", sql)


def is_true(sql: Expr) -> Expr:
    """Return whether a condition holds, never null."""
    return lit(sql.value is True) if isinstance(sql, Lit) else op("is_true", sql)


def absent(value: Value) -> Expr:
    """Return the condition under which the whole value is null."""
    match value:
        case Scalar(kind="null"):
            return TRUE
        case Scalar(sql=sql) | Rows(sql=sql):
            return is_null(sql)
        case Items(present=p) | Context(present=p) | Interval(present=p):
            return FALSE if p is None else not_(p)
        case Either(options):
            return or_(*(and_(c, absent(v)) for c, v in exclusive(options)))
        case _:
            return FALSE


def exclusive(options: Sequence[tuple[Expr, Value]]) -> list[tuple[Expr, Value]]:
    """Return the options with conditions that exclude the earlier ones."""
    made: list[tuple[Expr, Value]] = []
    earlier: list[Expr] = []
    for condition, value in options:
        made.append((and_(is_true(condition), *(not_(e) for e in earlier)), value))
        earlier.append(is_true(condition))
    return made


def type_of(value: Value) -> FeelType:
    """Return the static type of a value."""
    match value:
        case Scalar(kind=kind):
            return FeelType(kind)
        case Items(items=items):
            return list_of(unify([type_of(i) for i in items]) or ANY)
        case Rows(of=item):
            return list_of(item)
        case Context(entries=entries):
            return FeelType("context", fields=tuple((k, type_of(v)) for k, v in entries))
        case Interval(low=low, high=high):
            return FeelType("range", of=type_of(low if low is not None else high or NULL))
        case Function():
            return FeelType("function")
        case _:
            return ANY


def unify(kinds: Sequence[FeelType]) -> FeelType | None:
    """Return the one type all values fit (null fits every type), or None."""
    result = NULL_TYPE
    for kind in kinds:
        merged = _unify2(result, kind)
        if merged is None:
            return None
        result = merged
    return result


def _unify2(a: FeelType, b: FeelType) -> FeelType | None:
    if a.kind == "null" or a == b:
        return b
    if b.kind == "null":
        return a
    if a.kind != b.kind:
        return None
    if a.kind == "list" and a.of and b.of:
        item = _unify2(a.of, b.of)
        return list_of(item) if item else None
    if a.kind == "context":
        left, right = dict(a.fields), dict(b.fields)
        if left.keys() != right.keys():
            return None
        merged = {k: _unify2(t, right[k]) for k, t in left.items()}
        if any(t is None for t in merged.values()):
            return None
        return FeelType("context", fields=tuple((k, t) for k, t in merged.items() if t))
    return a if a.kind in SCALARS else None


def to_data(value: Value, kind: FeelType) -> Expr:
    """Return one SQL value of `kind` for storing in a list.

    Raises:
        NotCompilableError: F412 when the value cannot be stored (functions, ranges, zoned times).
    """
    if kind.kind not in SCALARS and kind.kind not in ("list", "context"):
        raise NotCompilableError("F412", kind=str(kind))
    if isinstance(value, Scalar) and value.kind == "null":
        return lit(None, sql_type(kind)) if kind.kind in SCALARS else cast(lit(None, SCALARS["null"]), sql_type(kind))
    match value:
        case Scalar(kind=k, sql=sql, offset=None) if k == kind.kind:
            return sql
        case Rows(sql=sql) if kind.kind == "list":
            return sql if value.of == kind.of else Cast(sql, sql_type(kind))
        case Items(items=items, present=p) if kind.kind == "list":
            made = cast(op("list", *(to_data(i, kind.of or NULL_TYPE) for i in items)), sql_type(kind))
            return made if p is None else case([(p, made)], cast(lit(None, SCALARS["null"]), sql_type(kind)))
        case Context(present=p) if kind.kind == "context":
            parts = {f"f{n}": to_data(value.get(k) or NULL, t) for n, (k, t) in enumerate(kind.fields)}
            whole: Expr = struct(parts)
            return whole if p is None else case([(p, whole)], cast(lit(None, SCALARS["null"]), sql_type(kind)))
    raise NotCompilableError("F412", kind=str(type_of(value)))


def from_data(sql: Expr, kind: FeelType) -> Value:
    """Return the value stored as one SQL value of `kind`; the inverse of `to_data`."""
    if kind.kind == "list":
        return Rows(kind.of or NULL_TYPE, sql)
    if kind.kind == "context":
        entries = tuple((k, from_data(field(sql, f"f{n}"), t)) for n, (k, t) in enumerate(kind.fields))
        return Context(entries, op("is_not_null", sql))
    if kind.kind in SCALARS:
        return Scalar(kind.kind, sql)
    raise NotCompilableError("F412", kind=str(kind))


def to_rows(value: Value) -> Rows:
    """Return a list value as an SQL list.

    Raises:
        NotCompilableError: F413 when its items have different types.
    """
    if isinstance(value, Rows):
        return value
    if isinstance(value, Items):
        item = unify([type_of(i) for i in value.items])
        if item is None:
            raise NotCompilableError("F413")
        return Rows(item, to_data(value, list_of(item)))
    raise NullResultError


def choose(options: Sequence[tuple[Expr, Value]], default: Value) -> Value:
    """Return the first value whose condition holds, else `default`, type by type."""
    kept: list[tuple[Expr, Value]] = []
    for condition, value in options:
        if condition == TRUE:
            default = value
            break
        if not (isinstance(condition, Lit) and condition.value is not True):
            kept.append((condition, value))
    if not kept:
        return default
    return _merge(kept, default)


def _merge(options: list[tuple[Expr, Value]], default: Value) -> Value:
    everything = [v for _, v in options] + [default]
    real = [v for v in everything if not (isinstance(v, Scalar) and v.kind == "null")]
    if not real:
        return NULL
    if all(isinstance(v, Scalar) for v in real) and len({v.kind for v in real if isinstance(v, Scalar)}) == 1:
        return _merge_scalars(options, default)
    if all(isinstance(v, Context) for v in real):
        merged = _merge_contexts(options, default, real)
        if merged is not None:
            return merged
    if all(isinstance(v, Items) for v in real) and len({len(v.items) for v in real if isinstance(v, Items)}) == 1:
        return _merge_items(options, default)
    kind = unify([type_of(v) for v in real])
    if kind is not None and kind.kind == "list" and kind.of is not None and kind.of.kind != "any":
        made = case([(c, to_data(v, kind)) for c, v in options], to_data(default, kind))
        return Rows(kind.of, made)
    return Either((*options, (TRUE, default)))


def _merge_scalars(options: list[tuple[Expr, Value]], default: Value) -> Value:
    everything = [v for _, v in options] + [default]
    scalars = [v for v in everything if isinstance(v, Scalar)]
    kind = next(v.kind for v in scalars if v.kind != "null")

    def part(get: Callable[[Scalar], Expr]) -> Expr:
        return case([(c, get(v)) for c, v in options if isinstance(v, Scalar)], get(scalars[-1]))

    made = Scalar(kind, part(lambda v: v.sql if v.kind == kind else null_of(kind)))
    if any(v.offset is not None for v in scalars):
        made = replace(made, offset=part(lambda v: v.offset or null_of("number")),
                       zone=part(lambda v: v.zone or null_of("string")))
    return made


def presence(value: Value) -> Expr:
    """Return the condition under which a list or context is there."""
    return not_(absent(value))


def _merge_contexts(options: list[tuple[Expr, Value]], default: Value, real: list[Value]) -> Value | None:
    keys = [tuple(k for k, _ in v.entries) for v in real if isinstance(v, Context)]
    if len({frozenset(k) for k in keys}) != 1:
        return None

    def entry(value: Value, key: str) -> Value:
        return (value.get(key) if isinstance(value, Context) else None) or NULL

    entries = tuple((k, choose([(c, entry(v, k)) for c, v in options], entry(default, k))) for k in keys[0])
    there = case([(c, presence(v)) for c, v in options], presence(default))
    certain = all(presence(v) == TRUE for v in [default, *(v for _, v in options)])
    return Context(entries, None if certain else there)


def _merge_items(options: list[tuple[Expr, Value]], default: Value) -> Value:
    size = next(len(v.items) for v in [default, *(v for _, v in options)] if isinstance(v, Items))

    def item(value: Value, n: int) -> Value:
        return value.items[n] if isinstance(value, Items) else NULL

    items = tuple(choose([(c, item(v, n)) for c, v in options], item(default, n)) for n in range(size))
    certain = all(presence(v) == TRUE for v in [default, *(v for _, v in options)])
    there = case([(c, presence(v)) for c, v in options], presence(default))
    return Items(items, None if certain else there)


def each(values: tuple[Value, ...], make: Callable[..., Value]) -> Value:
    """Apply `make` to values; a value of several types is taken apart, and the answers put together again."""
    for n, value in enumerate(values):
        if isinstance(value, Either):
            options = []
            for when, option in value.options:
                rest = (*values[:n], option, *values[n + 1:])
                try:
                    options.append((is_true(when), each(rest, make)))
                except NullResultError:
                    options.append((is_true(when), NULL))
            return choose(options, NULL)
    return make(*values)
