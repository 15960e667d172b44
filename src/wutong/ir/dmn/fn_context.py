"""Context functions: all of them work on keys known while compiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wutong.ir.dmn.choice import choose
from wutong.ir.dmn.lists import as_list
from wutong.ir.dmn.operators import scalar
from wutong.ir.dmn.signatures import Variant, one
from wutong.ir.dmn.values import (
    NULL,
    Context,
    Either,
    Items,
    NotCompilableError,
    NullResultError,
    Scalar,
    Value,
    text,
)
from wutong.sql.emit import lit, op
from wutong.sql.nodes import Lit

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering


def _context(value: Value) -> Context:
    """Return a context; a list of one stands for its item."""
    if isinstance(value, Items) and len(value.items) == 1 and value.present is None:
        value = value.items[0]
    if isinstance(value, Context):
        return value
    if isinstance(value, Either):
        raise NotCompilableError("F413")
    raise NullResultError


def _key(value: Value) -> str:
    """Return a key known while compiling.

    Raises:
        NotCompilableError: F419 when the key comes from data, so the shape of the result would too.
    """
    item = scalar(value, "string")
    if not isinstance(item.const, str):
        raise NotCompilableError("F419")
    return item.const


def _get_value(lowering: Lowering, source: Value, key: Value) -> Value:
    context = _context(source)
    if isinstance(key, Items):
        found: Value = context
        for item in key.items:
            found = _context(found).get(_key(item)) or NULL
        return found if key.items else NULL
    item = scalar(key, "string")
    if isinstance(item.const, str) and isinstance(item.sql, Lit):
        return context.get(item.const) or NULL
    options = [(op("eq", item.sql, lit(k)), v) for k, v in context.entries]
    return lowering.settled(choose(options, NULL))


def _get_entries(_: Lowering, source: Value) -> Value:
    context = _context(source)
    return Items(tuple(Context((("key", text(lit(k))), ("value", v))) for k, v in context.entries))


def _make(_: Lowering, source: Value) -> Value:
    if isinstance(source, Scalar):
        raise NullResultError
    entries: dict[str, Value] = {}
    pairs = as_list(source)
    if not isinstance(pairs, Items):
        raise NotCompilableError("F419")
    for pair in pairs.items:
        key, value = _context(pair).get("key"), _context(pair).get("value")
        if key is None or value is None or _key(key) in entries:
            raise NullResultError
        entries[_key(key)] = value
    return Context(tuple(entries.items()))


def _put(lowering: Lowering, source: Value, key: Value, value: Value) -> Value:
    context = _context(source)
    if isinstance(key, Items):
        if not key.items:
            raise NullResultError
        first, rest = _key(key.items[0]), Items(key.items[1:])
        if rest.items:
            inner = context.get(first)
            value = _put(lowering, _context(NULL if inner is None else inner), rest, value)
        return _with(context, first, value)
    return _with(context, _key(key), value)


def _with(context: Context, key: str, value: Value) -> Context:
    return Context(tuple({**dict(context.entries), key: value}.items()), context.present)


def _merge(_: Lowering, source: Value) -> Value:
    if isinstance(source, Scalar):
        raise NullResultError
    merged: dict[str, Value] = {}
    parts = as_list(source)
    if not isinstance(parts, Items):
        raise NotCompilableError("F419")
    for part in parts.items:
        merged |= dict(_context(part).entries)
    return Context(tuple(merged.items()))


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "get value": (*one(_get_value, "m", "key"), *one(_get_value, "context", "key"),
                  *one(_get_value, "context", "keys")),
    "get entries": (*one(_get_entries, "m"), *one(_get_entries, "context")),
    "context": one(_make, "entries"),
    "context put": (*one(_put, "context", "key", "value"), *one(_put, "context", "keys", "value")),
    "context merge": one(_merge, "contexts"),
}
