"""Declared types: reading them, testing values against them, converting values to them (DMN 1.5, 7.3.2, 10.3.2.9.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wutong.feel import ast
from wutong.ir.dmn import temporal
from wutong.ir.dmn.choice import choose
from wutong.ir.dmn.types import ALIASES, ANY, LAMBDA, SCALARS, FeelType
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
    from_data,
    is_true,
    not_,
    or_,
)
from wutong.sql.emit import BIGINT, Expr, case, col, lam, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering


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
    if ref.name == "function" and ref.result is not None:
        parameters = tuple((str(n), type_from_ast(t, items)) for n, t in enumerate(ref.arguments))
        return FeelType("function", of=type_from_ast(ref.result, items), fields=parameters)
    if ref.name == "context" and ref.fields:
        return FeelType("context", fields=tuple((n, type_from_ast(t, items)) for n, t in ref.fields))
    found = kind_of_name(ref.name, items)
    if found is None:
        raise NotCompilableError("F414", name=ref.name)
    return found


def conforms(lowering: Lowering, value: Value, kind: FeelType) -> Expr:
    """Return whether a value is of a type (`instance of`); null is of the type Null only."""
    if kind.kind == "null":
        return absent(value)
    return and_(not_(absent(value)), _fits(lowering, value, kind))


def _fits(lowering: Lowering, value: Value, kind: FeelType) -> Expr:
    """Return whether a value that is not null is of a type."""
    if isinstance(value, Either):
        return or_(*(and_(is_true(c), _fits(lowering, v, kind)) for c, v in value.options))
    shape = _shape(lowering, value, kind)
    if kind.allowed is None or shape == FALSE:
        return shape
    return and_(shape, is_true(lowering.is_allowed(kind.allowed, value)))


def _shape(lowering: Lowering, value: Value, kind: FeelType) -> Expr:  # noqa: PLR0911 - one answer per kind of value
    if kind.kind == "any":
        return TRUE
    match value:
        case Scalar(kind=k):
            return lit(k == kind.kind)
        case Items(items=items):
            return FALSE if kind.kind != "list" else and_(*(_member(lowering, i, kind.of or ANY) for i in items))
        case Rows():
            return FALSE if kind.kind != "list" else _rows(lowering, value, kind.of or ANY)
        case Context():
            if kind.kind != "context":
                return FALSE
            found = ((value.get(n), t) for n, t in kind.fields)
            return and_(*(FALSE if v is None else _member(lowering, v, t) for v, t in found))
        case Interval():
            ends = [_member(lowering, e, kind.of or ANY) for e in (value.low, value.high) if e is not None]
            return FALSE if kind.kind != "range" else and_(*ends)
        case Function():
            return lit(kind.kind == "function" and _takes(value, kind))
    return FALSE


def _member(lowering: Lowering, value: Value, kind: FeelType) -> Expr:
    """Return whether a value is null or of a type."""
    fits = _fits(lowering, value, kind)
    return fits if fits == TRUE else or_(absent(value), fits)


def _rows(lowering: Lowering, value: Rows, item: FeelType) -> Expr:
    if value.of.kind == "null" or item.kind == "any":
        return TRUE
    name = f"{LAMBDA}t"
    item = item if lowering.item_tests else _bare(item)
    test = _member(lowering, from_data(col(name), value.of), item)
    if test == TRUE:
        return TRUE
    one = op("list", lit(1, BIGINT))
    none = op("list_slice", one, lit(2), lit(1))
    others = op("list_flatten", op("list_map", value.sql, lam([name], case([(test, none)], one))))
    return op("eq", op("len", others), lit(0, BIGINT))


def _bare(kind: FeelType) -> FeelType:
    """Return a type without its allowed values, for a database whose lists are JSON and hold no typed items."""
    fields = tuple((n, _bare(t)) for n, t in kind.fields)
    return replace(kind, of=_bare(kind.of) if kind.of else None, fields=fields, allowed=None)


def _takes(value: Function, kind: FeelType) -> bool:
    """Tell whether a function takes what a function type says and gives what it promises, as far as it is declared."""
    if kind.of is None:
        return True
    if isinstance(value.body, str):
        return lower_builtin(value.body, len(kind.fields))
    if len(value.parameters) != len(kind.fields):
        return False
    wide = all(own is None or wider(own, given) for (_, own), (_, given) in zip(value.parameters, kind.fields, strict=True))
    return wide and (value.result is None or wider(kind.of, value.result))


def lower_builtin(name: str, size: int) -> bool:
    """Tell whether a built-in function takes so many arguments."""
    from wutong.ir.dmn.builtins import BUILTINS  # noqa: PLC0415 - the functions themselves need this module

    return any(v.rest or v.required <= size <= len(v.parameters) for v in BUILTINS[name])


def wider(wide: FeelType, narrow: FeelType) -> bool:
    """Tell whether every value of `narrow` is one of `wide`."""
    if wide.kind == "any" or narrow.kind == "null":
        return True
    if wide.kind != narrow.kind:
        return False
    if wide.of and narrow.of and not wider(wide.of, narrow.of):
        return False
    own = dict(narrow.fields)
    return wide.kind != "context" or all(n in own and wider(t, own[n]) for n, t in wide.fields)


def coerce(lowering: Lowering, value: Value, kind: FeelType | None) -> Value:
    """Return a value converted to a declared type, null where it does not conform even so.

    One item stands for its list and a list of one item for the item; a date becomes its midnight where a date and
    time is declared.
    """
    if kind is None or (kind.kind == "any" and kind.allowed is None):
        return value
    if isinstance(value, Either):
        return choose([(c, coerce(lowering, v, kind)) for c, v in value.options], NULL)
    made = _converted(value, kind)
    fits = lowering.plan.bind(_member(lowering, made, kind))
    return made if fits == TRUE else lowering.settled(choose([(fits, made)], NULL))


def _converted(value: Value, kind: FeelType) -> Value:
    if isinstance(value, Scalar) and value.kind == "null":
        return value
    if kind.kind == "list" and not isinstance(value, Items | Rows):
        return Items((value,), None if absent(value) == FALSE else not_(absent(value)))
    if kind.kind not in ("list", "any") and isinstance(value, Items) and len(value.items) == 1:
        return choose([(not_(absent(value)), value.items[0])], NULL)
    if kind.kind not in ("list", "any") and isinstance(value, Rows):
        only = from_data(op("index", value.sql, lit(1)), value.of)
        return choose([(op("eq", op("len", value.sql), lit(1)), only)], NULL)
    if isinstance(value, Scalar) and value.kind == "date" and kind.kind == "date and time":
        return replace(temporal.as_datetime(value), offset=lit(0))
    return value
