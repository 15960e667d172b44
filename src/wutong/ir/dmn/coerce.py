"""Declared types: reading them, testing values against them, converting values to them (DMN 1.5, 7.3.2, 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wutong.feel import ast
from wutong.ir.dmn import temporal
from wutong.ir.dmn.types import ALIASES, ANY, SCALARS, FeelType
from wutong.ir.dmn.values import (
    FALSE,
    NULL,
    TRUE,
    Context,
    Either,
    Function,
    Interval,
    Items,
    NotCompilableError,
    Rows,
    Scalar,
    Value,
    absent,
    and_,
    choose,
    from_data,
    is_true,
    not_,
    or_,
    type_of,
)
from wutong.sql.emit import Expr, lit, op

Test = Callable[[ast.UnaryTests, Value], Expr]


def kind_of_name(name: str, items: dict[str, FeelType] | None = None) -> FeelType | None:
    """Return the type of a type name, or None if there is none."""
    if items and name in items:
        return items[name]
    name = name.removeprefix("feel:")
    name = ALIASES.get(name, name)
    if name in SCALARS or name in ("any", "list", "context", "function", "range"):
        return FeelType(name, of=ANY if name == "list" else None)
    return None


def type_from_ast(ref: ast.TypeRef, items: dict[str, FeelType] | None = None) -> FeelType:
    """Return the static type a type reference names.

    Raises:
        NotCompilableError: F414 for a name that is no type.
    """
    if ref.name in ("list", "range") and ref.arguments:
        return FeelType(ref.name, of=type_from_ast(ref.arguments[0], items))
    if ref.name == "context" and ref.fields:
        return FeelType("context", fields=tuple((n, type_from_ast(t, items)) for n, t in ref.fields))
    found = kind_of_name(ref.name, items)
    if found is None:
        raise NotCompilableError("F414", name=ref.name)
    return found


def conforms(value: Value, kind: FeelType) -> Expr:
    """Return whether a value, null apart, is of a type (`instance of`)."""
    if isinstance(value, Either):
        return or_(*(and_(is_true(c), conforms(v, kind)) for c, v in value.options))
    return and_(not_(absent(value)), _shape(value, kind))


def _shape(value: Value, kind: FeelType) -> Expr:  # noqa: PLR0911 - one answer per kind of value
    if kind.kind == "any":
        return TRUE
    match value:
        case Scalar(kind=k):
            return lit(k == kind.kind)
        case Items(items=items):
            return FALSE if kind.kind != "list" else and_(*(_member(i, kind.of or ANY) for i in items))
        case Rows(of=of):
            return lit(kind.kind == "list" and _fits(of, kind.of or ANY))
        case Context():
            if kind.kind != "context":
                return FALSE
            return and_(*(_member(value.get(n) or NULL, t) if value.get(n) else FALSE for n, t in kind.fields))
        case Interval():
            of = type_of(value).of or ANY
            return lit(kind.kind == "range" and _fits(of, kind.of or ANY))
        case Function():
            return lit(kind.kind == "function")
    return FALSE


def _member(value: Value, kind: FeelType) -> Expr:
    return or_(absent(value), conforms(value, kind))


def _fits(kind: FeelType, wanted: FeelType) -> bool:
    if wanted.kind == "any" or kind.kind in ("null", wanted.kind):
        return kind.of is None or wanted.of is None or _fits(kind.of, wanted.of)
    return False


def coerce(value: Value, kind: FeelType | None, test: Test) -> Value:
    """Return a value converted to a declared type, null where it does not conform.

    One item stands for its list and a list of one item for the item; a date becomes its midnight where a date and
    time is declared. `test` compiles the allowed values of a type.
    """
    if kind is None or (kind.kind == "any" and kind.allowed is None):
        return value
    if isinstance(value, Either):
        return choose([(c, coerce(v, kind, test)) for c, v in value.options], NULL)
    made = _convert(value, kind, test)
    if kind.allowed is None:
        return made
    return choose([(or_(absent(made), is_true(test(kind.allowed, made))), made)], NULL)


def _convert(value: Value, kind: FeelType, test: Test) -> Value:  # noqa: PLR0911 - one answer per kind of value
    if (isinstance(value, Scalar) and value.kind == "null") or kind.kind == "any":
        return value
    if kind.kind == "list":
        return _to_list(value, kind, test)
    if isinstance(value, Items) and len(value.items) == 1:
        only = value.items[0]
        if isinstance(only, Items | Rows):
            return NULL
        return choose([(not_(absent(value)), coerce(only, replace(kind, allowed=None), test))], NULL)
    if isinstance(value, Rows) and value.of.kind != "list":
        only = from_data(op("index", value.sql, lit(1)), value.of)
        return choose([(op("eq", op("len", value.sql), lit(1)), coerce(only, kind, test))], NULL)
    if isinstance(value, Context) and kind.kind == "context":
        return _to_context(value, kind, test)
    if isinstance(value, Scalar) and value.kind == "date" and kind.kind == "date and time":
        return replace(temporal.as_datetime(value), offset=lit(0))
    if isinstance(value, Scalar):
        return value if value.kind == kind.kind else NULL
    return value if _shape(value, kind) == TRUE else NULL


def _to_list(value: Value, kind: FeelType, test: Test) -> Value:
    item = kind.of or ANY
    if isinstance(value, Rows):
        return value if _fits(value.of, item) else NULL
    if not isinstance(value, Items):
        value = Items((value,), None if absent(value) == FALSE else not_(absent(value)))
    made = tuple(coerce(i, item, test) for i in value.items)
    for before, after in zip(value.items, made, strict=True):
        if after is NULL and not (isinstance(before, Scalar) and before.kind == "null"):
            return NULL
    return replace(value, items=made)


def _to_context(value: Context, kind: FeelType, test: Test) -> Value:
    entries = dict(value.entries)
    for name, wanted in kind.fields:
        if name not in entries:
            return NULL
        made = coerce(entries[name], wanted, test)
        if made is NULL and absent(entries[name]) != TRUE:
            return NULL
        entries[name] = made
    return replace(value, entries=tuple(entries.items()))
