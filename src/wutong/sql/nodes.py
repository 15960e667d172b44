"""A dialect-neutral SQL tree: what a compiler builds and `wutong.sql.emit.to_sql` prints.

Identifiers are generated ids (`[a-z_][a-z0-9_]*`), never user text: case-folding, blanks, scripts and the
63-byte limit of PostgreSQL can then not change which column is meant. User text enters only as `Lit`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from wutong.sql.types import BIGINT, BOOLEAN, DATE, DECIMAL, DOUBLE, TIME, TIMESTAMP, VARCHAR, SqlType

Scalar: TypeAlias = Decimal | int | float | str | bool | date | time | datetime | None

_ID = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


def checked_id(name: str) -> str:
    """Return `name` if it is a generated id.

    >>> checked_id("p12_c03")
    'p12_c03'

    Raises:
        ValueError: it is not; a fault of the caller, since ids never come from users.
    """
    if not _ID.fullmatch(name):
        raise ValueError(f"not a generated SQL id: {name!r}")
    return name


@dataclass(frozen=True, slots=True)
class Expr:
    """Base of all value expressions."""


@dataclass(frozen=True, slots=True)
class Col(Expr):
    """A column by id, of the named source when `table` is given; also a lambda parameter."""

    id: str
    table: str | None = None

    def __post_init__(self) -> None:
        checked_id(self.id)
        if self.table is not None:
            checked_id(self.table)


@dataclass(frozen=True, slots=True)
class Lit(Expr):
    """A constant of a stated type."""

    value: Scalar
    type: SqlType


@dataclass(frozen=True, slots=True)
class Op(Expr):
    """A primitive by name (`wutong.sql.primitives`) over its arguments."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Case(Expr):
    """CASE WHEN … THEN … ELSE default END."""

    whens: tuple[tuple[Expr, Expr], ...]
    default: Expr


@dataclass(frozen=True, slots=True)
class Cast(Expr):
    """CAST, or TRY_CAST (null instead of an error) when `try_`."""

    arg: Expr
    type: SqlType
    try_: bool = False


@dataclass(frozen=True, slots=True)
class Lambda(Expr):
    """A function argument of list primitives; the parameters are read as `Col(parameter)`."""

    parameters: tuple[str, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Struct(Expr):
    """A struct literal."""

    fields: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Field(Expr):
    """One field of a struct."""

    base: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """A join of `source` on a condition; `kind` is INNER, LEFT or CROSS."""

    source: str
    on: Expr | None
    kind: str = "LEFT"


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT columns FROM source …, with let-bindings `with_` before it.

    `columns` of ``{"*": None}`` keeps every column of the source; further columns may follow.
    """

    columns: tuple[tuple[str, Expr | None], ...]
    source: str | None
    with_: tuple[tuple[str, Select | Values], ...] = ()
    joins: tuple[Join, ...] = ()
    where: Expr | None = None
    group_by: tuple[Expr, ...] = ()
    order_by: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """A small constant relation: column ids and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Expr, ...], ...]


def col(id: str, table: str | None = None) -> Col:  # noqa: A002 - the word of the contract
    """Return a column reference."""
    return Col(id, table)


def _type_of(value: Scalar) -> SqlType:
    match value:
        case bool():
            return BOOLEAN
        case int():
            return BIGINT
        case float():
            return DOUBLE
        case Decimal():
            digits, exponent = len(value.as_tuple().digits), value.as_tuple().exponent
            scale = max(-exponent, 0) if isinstance(exponent, int) else 0
            return DECIMAL(max(digits + max(int(exponent), 0), scale, 1), scale)
        case datetime():
            return TIMESTAMP
        case date():
            return DATE
        case time():
            return TIME
        case _:
            return VARCHAR


def lit(value: Scalar, type: SqlType | None = None) -> Lit:  # noqa: A002
    """Return a literal; without a type the narrowest exact one is taken.

    >>> lit(Decimal("0.30")).type.numbers
    (2, 2)
    """
    return Lit(value, type or _type_of(value))


def op(name: str, *args: Expr) -> Expr:
    """Return a primitive over its arguments; see `wutong.sql.primitives.PRIMITIVES` for the names."""
    return Op(name, args)


def case(whens: Iterable[tuple[Expr, Expr]], default: Expr) -> Expr:
    """Return a CASE; with no branch, the default itself."""
    branches = tuple(whens)
    return Case(branches, default) if branches else default


def cast(arg: Expr, type: SqlType, try_: bool = False) -> Expr:  # noqa: A002
    """Return a cast; with `try_` a value that does not fit gives null instead of an error."""
    return Cast(arg, type, try_)


def lam(parameters: Sequence[str], body: Expr) -> Lambda:
    """Return a lambda for the list primitives."""
    return Lambda(tuple(checked_id(p) for p in parameters), body)


def struct(fields: Mapping[str, Expr]) -> Struct:
    """Return a struct literal."""
    return Struct(tuple((checked_id(k), v) for k, v in fields.items()))


def field(base: Expr, name: str) -> Field:
    """Return a field of a struct."""
    return Field(base, checked_id(name))


def join(source: str, on: Expr | None = None, kind: str = "LEFT") -> Join:
    """Return a join of the CTE or table `source`; columns are then read as `col(id, source)`."""
    return Join(checked_id(source), on, kind)


def select(
    columns: Mapping[str, Expr | None],
    source: str | None,
    with_: Iterable[tuple[str, Select | Values]] = (),
    joins: Iterable[Join] = (),
    group_by: Iterable[Expr] = (),
    where: Expr | None = None,
    order_by: Iterable[Expr] = (),
) -> Select:
    """Return SELECT `columns` FROM `source`; the key ``"*"`` (value None) keeps all columns of the source.

    Example: ``select({"*": None, "ratio": op("div", col("a"), col("b"))}, "companies")``.
    """
    for name in columns:
        if name != "*":
            checked_id(name)
    bindings = tuple((checked_id(name), query) for name, query in with_)
    return Select(
        tuple(columns.items()), None if source is None else checked_id(source), bindings,
        tuple(joins), where, tuple(group_by), tuple(order_by),
    )


def values(columns: Sequence[str], rows: Iterable[Sequence[Expr]]) -> Values:
    """Return a constant relation (at least one row)."""
    return Values(tuple(checked_id(c) for c in columns), tuple(tuple(r) for r in rows))
