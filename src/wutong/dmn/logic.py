"""Evaluating FEEL texts under a scope: the names in scope decide how a text is cut, parses are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from wutong.dmn import model as dmn
from wutong.errors import Diagnostic, WutongError
from wutong.feel.ast import Node, TypeRef, UnaryTests
from wutong.feel.interp import Scope, evaluate, passes
from wutong.feel.kinds import ANY, Kind, resolve
from wutong.feel.parser import parse_expression, parse_unary_tests


@lru_cache(maxsize=8192)
def _expression(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> Node:
    return parse_expression(text, names=names, members=members)


@lru_cache(maxsize=8192)
def _tests(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> UnaryTests:
    return parse_unary_tests(text, names=names, members=members)


@dataclass(frozen=True, slots=True)
class Logic:
    """What evaluating the texts of one model needs; `problems` gathers what could not be read or run."""

    members: tuple[str, ...]
    kinds: Mapping[str, Kind]
    problems: list[Diagnostic] = field(default_factory=list)

    def value(self, text: str, scope: Scope) -> Any:
        """Evaluate an expression; one that cannot be read is null, as the standard has it, and noted."""
        if not text.strip():
            return None
        try:
            return evaluate(_expression(text, names_of(scope), self.members), scope)
        except WutongError as error:
            self.problems.extend(error.diagnostics)
            return None

    def passes(self, text: str, value: Any, scope: Scope) -> bool | None:
        """Tell whether a value passes unary tests."""
        try:
            return passes(_tests(text, names_of(scope), self.members), value, scope)
        except WutongError as error:
            self.problems.extend(error.diagnostics)
            return None

    def tests(self, text: str, scope: Scope) -> UnaryTests | None:
        """Read unary tests; None if they cannot be read."""
        try:
            return _tests(text, names_of(scope), self.members)
        except WutongError as error:
            self.problems.extend(error.diagnostics)
            return None

    def kind(self, type_ref: str | None) -> Kind | None:
        """Return the type of a reference; None if there is none or it is unknown."""
        return None if type_ref is None else resolve(TypeRef(type_ref), self.kinds)


def names_of(scope: Scope) -> tuple[str, ...]:
    """Return all names bound in a scope."""
    found: dict[str, None] = {}
    level: Scope | None = scope
    while level is not None:
        found.update(dict.fromkeys(level.values))
        level = level.outer
    return tuple(found)


def kinds_of(model: dmn.Model) -> dict[str, Kind]:
    """Return the user types of a model by name, imported ones as ``import.name``."""
    kinds: dict[str, Kind] = {}
    for imported in model.imports:
        if imported.model:
            kinds |= {f"{imported.name}.{n}": k for n, k in kinds_of(imported.model).items()}
    builder = _KindBuilder({item.name: item for item in model.items}, kinds)
    for item in model.items:
        builder.named(item.name)
    return kinds


@dataclass(slots=True)
class _KindBuilder:
    """Turns item definitions into types, whatever their order; a type inside itself is ``Any`` there."""

    items: Mapping[str, dmn.ItemDefinition]
    kinds: dict[str, Kind]
    open: list[str] = field(default_factory=list)

    def named(self, name: str | None) -> Kind:
        if name in self.kinds:
            return self.kinds[name]
        if name is None or name in self.open:
            return ANY
        if name not in self.items:
            return resolve(TypeRef(name), self.kinds) or ANY
        self.open.append(name)
        self.kinds[name] = self.build(self.items[name])
        self.open.pop()
        return self.kinds[name]

    def build(self, item: dmn.ItemDefinition) -> Kind:
        if item.parameters is not None:
            parameters = tuple(self.named(p.type_ref) for p in item.parameters)
            base = Kind("function", parameters=parameters, result=self.named(item.type_ref))
        elif item.components:
            base = Kind("context", fields=tuple((part.name, self.build(part)) for part in item.components))
        else:
            base = self.named(item.type_ref)
        base = _allowed(base, item.allowed)
        return _allowed(Kind("list", base) if item.collection else base, item.constraint)


def _allowed(base: Kind, text: str | None) -> Kind:
    if not text:
        return base
    tests = parse_unary_tests(text)

    def allowed(value: Any) -> bool:
        inner = base.allowed
        return (inner is None or inner(value)) and passes(tests, value, Scope()) is True

    return Kind(base.name, base.item, base.fields, base.parameters, base.result, allowed)
