"""Reading arguments: dates, lists, paths, each with its coded error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.backends.protocol import Backend


class Engine(StrEnum):
    """Where SQL runs."""

    duckdb = "duckdb"
    postgres = "postgres"
    spark = "spark"


EngineOption = Annotated[Engine, typer.Option("--engine", help="计算引擎，结果相同 · engine; all give the same results")]
DsnOption = Annotated[str | None, typer.Option(
    "--dsn", metavar="DSN", envvar="WUTONG_POSTGRES", help="PostgreSQL 连接串 · connection string", show_envvar=True)]


@contextmanager
def backend(engine: str, dsn: str | None) -> Iterator[Backend]:
    """Give the backend of an engine, closed at the end. Raises WutongError R191–R196."""
    from wutong.backends.choose import open_backend  # noqa: PLC0415 - help must come at once

    with closing(open_backend(engine, dsn=dsn)) as opened:
        yield opened


def day(text: str) -> date:
    """Return an ISO date. Raises WutongError C102.

    >>> day("2026-11-01")
    datetime.date(2026, 11, 1)
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WutongError.of("C102", date=text) from None


def names(text: str | None) -> list[str] | None:
    """Return the parts of a comma list, None for none.

    >>> names("national, qingdao，"), names(None)
    (['national', 'qingdao'], None)
    """
    if text is None:
        return None
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()] or None


def existing_file(path: Path) -> Path:
    """Return `path` if it is a file. Raises WutongError C101 or C112."""
    if path.is_dir():
        raise WutongError.of("C112", Place(file=str(path)))
    if not path.is_file():
        raise WutongError.of("C101", Place(file=str(path)))
    return path


def existing_folder(path: Path) -> Path:
    """Return `path` if it is a folder. Raises WutongError C113."""
    if not path.is_dir():
        raise WutongError.of("C113", Place(file=str(path)))
    return path


def new_file(path: Path, *, force: bool) -> Path:
    """Return `path` if nothing is lost by writing it. Raises WutongError C112 or C115."""
    if path.is_dir():
        raise WutongError.of("C112", Place(file=str(path)))
    if path.exists() and not force:
        raise WutongError.of("C115", Place(file=str(path)))
    return path
