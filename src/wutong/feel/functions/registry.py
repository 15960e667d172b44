"""Declaring built-in functions by signature, with the standard's checks and conversions of arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from wutong.feel.values import (
    MISMATCH,
    Date,
    DateTime,
    DaysDuration,
    FunctionValue,
    MonthsDuration,
    RangeValue,
    Time,
)

F = TypeVar("F", bound=Callable[..., Any])

#: Every built-in function by name.
BUILTINS: dict[str, FunctionValue] = {}

_TYPES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,), "string": (str,), "boolean": (bool,), "list": (list,), "context": (dict,),
    "date": (Date,), "time": (Time,), "date and time": (DateTime,), "moment": (Date, DateTime),
    "days": (DaysDuration,), "months": (MonthsDuration,), "function": (FunctionValue,), "range": (RangeValue,),
}
_SIGNATURE = re.compile(r"([^(]+)\((.*)\)")


def builtin(signature: str) -> Callable[[F], F]:
    """Register a function under a signature: ``name(parameter: type, optional?: type)`` or ``name(list*)``.

    Types are those of `_TYPES` or ``any``; an argument of another type, null included, makes the form not
    apply; a list of one stands for its item and a value for a list of one. A second form of the same name is
    tried when the first does not apply. For ``*`` and ``**`` see `FunctionValue.variadic`.
    """
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    name, inside = match.groups()
    variadic = inside[len(inside.rstrip("*")):]
    parts = [p.strip().partition(":") for p in inside.rstrip("*").split(",")] if inside.strip() else []
    types = [kind.strip() or "list" for _, _, kind in parts]
    names = tuple(p[0].strip().rstrip("?") for p in parts)
    optional = sum(p[0].strip().endswith("?") for p in parts)

    def register(function: F) -> F:
        form = FunctionValue(names, _checked(function, types), tuple(types), optional, variadic)
        known = BUILTINS.get(name)
        BUILTINS[name] = replace(known, alternatives=(*known.alternatives, form)) if known else form
        return function

    return register


def _checked(function: Callable[..., Any], types: list[str]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        fitted = [_fit(a, t) for a, t in zip(arguments, types, strict=False)]
        return MISMATCH if any(f is MISMATCH for f in fitted) else function(*fitted)

    return run


def _fit(value: Any, wanted: str) -> Any:
    if wanted == "any":
        return value
    accepted = _TYPES[wanted]
    if isinstance(value, accepted):
        return value
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], accepted):
        return value[0]
    if wanted == "list" and value is not None:
        return [value]
    return MISMATCH
