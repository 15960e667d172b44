"""What a dialect is: how it prints primitives, types, texts and tried conversions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from wutong.errors import WutongError
from wutong.sql.primitives import PRIMITIVES, Maker, Sql

TryCast = Callable[[Sql, exp.DataType], Sql]


def plain_try_cast(value: Sql, kind: exp.DataType) -> Sql:
    """TRY_CAST, where the engine has it."""
    return exp.TryCast(this=value, to=kind)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One engine's SQL.

    Args:
        makers: how each primitive it has is printed; another one is F402.
        types: what it calls our types, where sqlglot does not know.
        text: wraps a text literal or a conversion to text, to fix its collation.
        try_cast: prints a conversion that is null where it fails.
        barrier: put ``OFFSET 0`` into every common table expression, so that the planner does not paste its
            expressions into their readers; each would then be computed once per reader.
        loose: lists and structs are JSON, not typed.
    """

    name: str
    makers: Mapping[str, Maker]
    types: Mapping[str, str] = field(default_factory=dict)
    text: Callable[[Sql], Sql] = lambda text: text
    try_cast: TryCast = plain_try_cast
    barrier: bool = False
    loose: bool = False

    def literal(self, text: str) -> Sql:
        """Return a text literal."""
        return self.text(exp.Literal.string(text))

    def maker(self, name: str) -> Maker:
        """Return how a primitive is printed. Raises F402 if this dialect lacks it."""
        if name not in self.makers:
            raise WutongError.of("F402", name=name, dialect=self.name)
        return self.makers[name]


def standard() -> dict[str, Maker]:
    """Return the primitives that every engine prints alike."""
    return {name: PRIMITIVES[name] for name in STANDARD}


STANDARD = (
    "add", "sub", "mul", "neg", "abs", "sign", "floor", "ceil", "eq", "ne", "lt", "le", "gt", "ge", "between", "in",
    "is_same", "is_distinct", "is_null", "is_not_null", "is_true", "is_false", "is_not_true", "is_not_false", "and",
    "or", "not", "coalesce", "nullif", "least", "greatest", "count_rows", "count", "sum", "min", "max", "avg",
    "bit_and", "bool_and", "bool_or", "filter", "concat", "length", "substring",
)
DUCKDB = Dialect("duckdb", PRIMITIVES)
