"""Context functions (DMN 1.5, 10.3.4.9)."""

from __future__ import annotations

from typing import Any

from wutong.feel.functions.registry import builtin


@builtin("get value(m: context, key: string)")
@builtin("get value(context: context, key: string)")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get value(m: context, keys: list)")
@builtin("get value(context: context, keys: list)")
def _get_path(context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        if not isinstance(found, dict) or not isinstance(key, str):
            return None
        found = found.get(key)
    return found if keys else None


@builtin("get entries(m: context)")
@builtin("get entries(context: context)")
def _get_entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": k, "value": v} for k, v in context.items()]


@builtin("context(entries: list)")
def _context(entries: list[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in found:
            return None
        found[key] = entry["value"]
    return found


@builtin("context put(context: context, key: string, value: any)")
def _put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def _put_path(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    if not keys or not all(isinstance(k, str) for k in keys):
        return None
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    changed = _put_path(inner, keys[1:], value) if isinstance(inner, dict) else None
    return None if changed is None else {**context, keys[0]: changed}


@builtin("context merge(contexts: list)")
def _merge(contexts: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(c, dict) for c in contexts):
        return None
    return {k: v for context in contexts for k, v in context.items()}
