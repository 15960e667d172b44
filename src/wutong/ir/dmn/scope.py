"""Names in scope while compiling."""

from __future__ import annotations

from dataclasses import dataclass, field

from wutong.ir.dmn.values import Value


@dataclass(slots=True)
class Scope:
    """Names and their values; a name not found here is looked for outside."""

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None

    def find(self, name: str) -> Value | None:
        """Return the value of a name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


    def holding(self, names: dict[str, Value]) -> Scope:
        """Return a scope inside this one that binds `names`."""
        return Scope(names, self)
