"""Choosing between values by conditions of the data, type by type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wutong.ir.dmn.values import (
    NULL,
    TRUE,
    Context,
    Either,
    Items,
    NullResultError,
    Rows,
    Scalar,
    Value,
    is_true,
    null_of,
    presence,
    to_data,
    type_of,
    unify,
)
from wutong.sql.emit import Expr, case
from wutong.sql.nodes import Lit


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
