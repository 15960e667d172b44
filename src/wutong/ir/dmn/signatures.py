"""Signatures of built-in functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wutong.ir.dmn.values import Items, Value


@dataclass(frozen=True, slots=True)
class Missing(Value):
    """An optional argument that was not given."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to call a function: parameter names, of which the first `required` must be given.

    With `rest` any number of positional arguments is taken.
    """

    parameters: tuple[str, ...]
    make: Callable[..., Value]
    required: int
    rest: bool = False

    def bind(self, arguments: tuple[Value, ...], names: tuple[str, ...] | None) -> tuple[Value, ...] | None:
        """Return the arguments in parameter order, or None when they do not fit."""
        if names is None:
            if self.rest:
                return arguments if len(arguments) >= max(self.required, 1) else None
            if not self.required <= len(arguments) <= len(self.parameters):
                return None
            return (*arguments, *[MISSING] * (len(self.parameters) - len(arguments)))
        given = dict(zip(names, arguments, strict=True))
        if self.rest and len(self.parameters) > 1:
            return None
        if not set(given) <= set(self.parameters) or not set(self.parameters[: self.required]) <= set(given):
            return None
        return tuple(given.get(p, MISSING) for p in self.parameters)


def one(make: Callable[..., Any], *parameters: str, optional: int = 0) -> tuple[Variant, ...]:
    """Return the variants of a function with one signature."""
    return (Variant(parameters, make, len(parameters) - optional),)


def variadic(make_list: Callable[..., Any]) -> tuple[Variant, ...]:
    """Return the variants ``f(list)`` and ``f(a, b, …)``."""
    def make_rest(lowering: Any, *values: Value) -> Any:
        return make_list(lowering, values[0] if len(values) == 1 else Items(values))

    return (Variant(("list",), make_rest, 1, rest=True),)
