"""Values while compiling: what is known about a FEEL value before any row is seen.

A context or a list of known length is kept apart field by field, so it costs no struct in SQL, may hold items of
different types, and functions and ranges never need to exist at run time. Only a list whose length depends on
data is an SQL list (`Rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wutong.ir.dmn.types import ANY, LAMBDA, NULL_TYPE, SCALARS, FeelType, list_of, sql_type
from wutong.sql.emit import BIGINT, BOOLEAN, VARCHAR, Expr, case, cast, col, field, lam, lit, op, struct
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
    result: FeelType | None = None


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
            return not_(or_(*(and_(c, not_(absent(v))) for c, v in exclusive(options))))
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
        case Scalar(kind=kind, offset=offset):
            return FeelType(kind, zoned=offset is not None)
        case Items(items=items):
            return list_of(join([type_of(i) for i in items]))
        case Rows(of=item):
            return list_of(item)
        case Context(entries=entries):
            return FeelType("context", fields=tuple((k, type_of(v)) for k, v in entries))
        case Interval(low=low, high=high):
            return FeelType("range", of=type_of(low if low is not None else high or NULL))
        case Function():
            return FeelType("function")
        case Either(options):
            return join([type_of(v) for _, v in options])
    return ANY


def join(kinds: Sequence[FeelType]) -> FeelType:
    """Return the type that holds all values: their one type, or the union of their types.

    >>> str(join([FeelType("number"), NULL_TYPE])), join([FeelType("number"), FeelType("string")]).kind
    ('number', 'union')
    """
    members: list[FeelType] = []
    for kind in (m for k in kinds for m in ([t for _, t in k.fields] if k.kind == "union" else [k])):
        if kind.kind == "any":
            return ANY
        at, merged = next(((n, u) for n, m in enumerate(members) if (u := _unify2(m, kind))), (len(members), kind))
        if kind.kind != "null":
            members[at:at + 1] = [merged]
    if len(members) < 2:
        return members[0] if members else NULL_TYPE
    return FeelType("union", fields=tuple((f"f{n}", k) for n, k in enumerate(members)))


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
    if "union" in (a.kind, b.kind):
        return join([a, b])
    if a.kind != b.kind:
        return None
    if a.kind == "list" and a.of and b.of:
        item = _unify2(a.of, b.of)
        return list_of(item) if item else None
    if a.kind == "context":
        return _unify_fields(dict(a.fields), dict(b.fields))
    return FeelType(a.kind, zoned=a.zoned or b.zoned) if a.kind in SCALARS else None


def _unify_fields(left: dict[str, FeelType], right: dict[str, FeelType]) -> FeelType | None:
    if left.keys() != right.keys():
        return None
    merged = {k: _unify2(t, right[k]) for k, t in left.items()}
    if any(t is None for t in merged.values()):
        return None
    return FeelType("context", fields=tuple((k, t) for k, t in merged.items() if t))


def to_data(value: Value, kind: FeelType) -> Expr:
    """Return one SQL value of `kind` for storing in a list.

    Raises:
        NotCompilableError: F412 when the value cannot be stored (functions, ranges).
    """
    if kind.kind not in SCALARS and kind.kind not in ("list", "context", "union"):
        raise NotCompilableError("F412", kind=str(kind))
    if isinstance(value, Scalar) and value.kind == "null":
        return no_data(kind)
    if isinstance(value, Either):
        return case([(is_true(c), to_data(v, kind)) for c, v in value.options], no_data(kind))
    if kind.kind == "union":
        return _to_union(value, kind)
    match value:
        case Scalar(kind=k, sql=sql) if k == kind.kind and kind.zoned:
            parts = {"v": sql, "o": value.offset or lit(None, BIGINT), "z": value.zone or lit(None, VARCHAR)}
            return case([(is_null(sql), no_data(kind))], struct(parts))
        case Scalar(kind=k, sql=sql, offset=None) if k == kind.kind:
            return sql
        case Rows(sql=sql) if kind.kind == "list":
            return sql if value.of == kind.of else _converted(sql, value.of, kind)
        case Items(items=items, present=p) if kind.kind == "list":
            made = cast(op("list", *(to_data(i, kind.of or NULL_TYPE) for i in items)), sql_type(kind))
            return made if p is None else case([(p, made)], no_data(kind))
        case Context(present=p) if kind.kind == "context":
            parts = {f"f{n}": to_data(value.get(k) or NULL, t) for n, (k, t) in enumerate(kind.fields)}
            whole: Expr = struct(parts)
            return whole if p is None else case([(p, whole)], no_data(kind))
    raise NotCompilableError("F412", kind=str(type_of(value)))


def _converted(sql: Expr, of: FeelType, kind: FeelType) -> Expr:
    """Return a list of `of` as the wider list `kind`: null becomes any type by a cast, the rest item by item."""
    item = kind.of or NULL_TYPE
    if of.kind == "null" or not _tagged(item):
        return Cast(sql, sql_type(kind))
    name = f"{LAMBDA}u"
    return op("list_map", sql, lam([name], to_data(from_data(col(name), of), item)))


def _tagged(kind: FeelType) -> bool:
    """Tell whether data of a type are more than plain SQL values: unions and times with zones."""
    parts = (*((kind.of,) if kind.of else ()), *(t for _, t in kind.fields))
    return kind.kind == "union" or kind.zoned or any(map(_tagged, parts))


def no_data(kind: FeelType) -> Expr:
    """Return SQL NULL of a type.

    Raises:
        NotCompilableError: F412 when the type has no SQL form.
    """
    try:
        target = sql_type(kind)
    except KeyError as fault:
        raise NotCompilableError("F412", kind=str(kind)) from fault
    return lit(None, target) if kind.kind in SCALARS and not kind.zoned else cast(lit(None, VARCHAR), target)


def _to_union(value: Value, kind: FeelType) -> Expr:
    own = type_of(value)
    member = next((n for n, (_, t) in enumerate(kind.fields) if _unify2(own, t) == t), None)
    if member is None:
        raise NotCompilableError("F412", kind=str(own))
    parts = {name: to_data(value, t) if n == member else no_data(t) for n, (name, t) in enumerate(kind.fields)}
    there = not_(absent(value))
    return case([(there, struct({"t": lit(member, BIGINT), **parts}))], no_data(kind))


def from_data(sql: Expr, kind: FeelType) -> Value:
    """Return the value stored as one SQL value of `kind`; the inverse of `to_data`."""
    if kind.kind == "list":
        return Rows(kind.of or NULL_TYPE, sql)
    if kind.kind == "context":
        entries = tuple((k, from_data(field(sql, f"f{n}"), t)) for n, (k, t) in enumerate(kind.fields))
        return Context(entries, op("is_not_null", sql))
    if kind.kind == "union":
        return Either(tuple((op("eq", field(sql, "t"), lit(n, BIGINT)), from_data(field(sql, name), t))
                            for n, (name, t) in enumerate(kind.fields)))
    if kind.kind in SCALARS and kind.zoned:
        return Scalar(kind.kind, field(sql, "v"), offset=field(sql, "o"), zone=field(sql, "z"))
    if kind.kind in SCALARS:
        return Scalar(kind.kind, sql)
    raise NotCompilableError("F412", kind=str(kind))


def to_rows(value: Value) -> Rows:
    """Return a list value as an SQL list."""
    if isinstance(value, Rows):
        return value
    if isinstance(value, Items):
        item = join([type_of(i) for i in value.items])
        return Rows(item, to_data(value, list_of(item)))
    raise NullResultError


def presence(value: Value) -> Expr:
    """Return the condition under which a list or context is there."""
    return not_(absent(value))
