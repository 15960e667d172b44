"""Static FEEL types of the `dmn` mode, and the SQL type each is carried in.

Numbers are DOUBLE (the TCK compares within 1e-8; exact decimals are the policy profile's business).
Durations are never INTERVAL, where one month equals 30 days: years-months are BIGINT months, days-time are
BIGINT microseconds, and the two are different types.
"""

from __future__ import annotations

from dataclasses import dataclass

from wutong.feel.ast import UnaryTests
from wutong.sql.emit import BIGINT, BOOLEAN, DATE, DOUBLE, LIST, STRUCT, TIME, TIMESTAMP, VARCHAR, SqlType


@dataclass(frozen=True, slots=True)
class FeelType:
    """A FEEL type.

    `of` is the item type of lists and ranges and the result type of functions, `fields` are those of a context, the
    parameters of a function or the members of a ``union``; a time that is `zoned` may have an offset or zone.
    """

    kind: str
    of: FeelType | None = None
    fields: tuple[tuple[str, FeelType], ...] = ()
    allowed: UnaryTests | None = None
    zoned: bool = False

    def __str__(self) -> str:
        if self.of is not None:
            return f"{self.kind}<{self.of}>"
        return self.kind


ANY = FeelType("any")
NULL_TYPE = FeelType("null")
NUMBER = FeelType("number")
STRING = FeelType("string")
BOOL = FeelType("boolean")
DATE_T = FeelType("date")
TIME_T = FeelType("time")
DATETIME = FeelType("date and time")
MONTHS = FeelType("years and months duration")
MICROS = FeelType("days and time duration")

SCALARS: dict[str, SqlType] = {
    "number": DOUBLE, "string": VARCHAR, "boolean": BOOLEAN, "date": DATE, "time": TIME,
    "date and time": TIMESTAMP, "years and months duration": BIGINT, "days and time duration": BIGINT,
    "null": VARCHAR,
}

#: parameters of lambdas start so; an expression that reads one cannot leave its lambda
LAMBDA = "x_"
#: kinds with an order, for `<`, ranges, min, max and sort
ORDERED = frozenset(SCALARS) - {"boolean", "null"}
TEMPORAL = frozenset({"date", "time", "date and time"})
DURATIONS = frozenset({MONTHS.kind, MICROS.kind})

#: names people and models use → kind
ALIASES = {
    "Any": "any", "datetime": "date and time", "dateTime": "date and time", "feel:dateTime": "date and time",
    "yearMonthDuration": MONTHS.kind, "dayTimeDuration": MICROS.kind, "Null": "null", "duration": MICROS.kind,
    "years and months duration": MONTHS.kind, "days and time duration": MICROS.kind,
}


def list_of(item: FeelType) -> FeelType:
    """Return list<item>."""
    return FeelType("list", of=item)


def context_of(fields: dict[str, FeelType]) -> FeelType:
    """Return the context type with these fields."""
    return FeelType("context", fields=tuple(fields.items()))


def sql_type(kind: FeelType) -> SqlType:
    """Return the SQL type that carries `kind` inside a list.

    Contexts become structs with fields f0, f1 and so on, a union one of its members with the number of the member
    as tag t, a time with its zone the local value v, the offset o and the zone z.

    >>> sql_type(list_of(NUMBER)).of.name
    'DOUBLE'

    Raises:
        KeyError: the type has no SQL form (functions, ranges, any).
    """
    if kind.kind == "list":
        return LIST(sql_type(kind.of or NULL_TYPE))
    if kind.kind in ("context", "union"):
        tag = {"t": BIGINT} if kind.kind == "union" else {}
        return STRUCT(tag | {f"f{n}": sql_type(t) for n, (_, t) in enumerate(kind.fields)})
    if kind.zoned:
        return STRUCT({"v": SCALARS[kind.kind], "o": BIGINT, "z": VARCHAR})
    return SCALARS[kind.kind]
