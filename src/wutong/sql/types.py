"""SQL types as plain values, printed per dialect by `wutong.sql.emit`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SqlType:
    """A SQL type; `numbers` are precision and scale, `of` the element type, `fields` those of a struct.

    >>> DECIMAL(18, 2)
    SqlType(name='DECIMAL', numbers=(18, 2), of=None, fields=())
    """

    name: str
    numbers: tuple[int, ...] = ()
    of: SqlType | None = None
    fields: tuple[tuple[str, SqlType], ...] = ()


BOOLEAN = SqlType("BOOLEAN")
UTINYINT = SqlType("UTINYINT")
INTEGER = SqlType("INT")
BIGINT = SqlType("BIGINT")
UBIGINT = SqlType("UBIGINT")
HUGEINT = SqlType("INT128")
DOUBLE = SqlType("DOUBLE")
VARCHAR = SqlType("VARCHAR")
DATE = SqlType("DATE")
TIME = SqlType("TIME")
TIMESTAMP = SqlType("TIMESTAMP")


def DECIMAL(precision: int, scale: int) -> SqlType:  # noqa: N802 - reads as the SQL type it is
    """Return an exact number type; 38 digits are the most every engine has."""
    if not 0 < precision <= 38 or not 0 <= scale <= precision:
        raise ValueError(f"DECIMAL({precision}, {scale}) does not exist")
    return SqlType("DECIMAL", (precision, scale))


def LIST(of: SqlType) -> SqlType:  # noqa: N802
    """Return the type of lists of `of`."""
    return SqlType("LIST", of=of)


def STRUCT(fields: dict[str, SqlType]) -> SqlType:  # noqa: N802
    """Return the struct type of the given fields, in order."""
    return SqlType("STRUCT", fields=tuple(fields.items()))
