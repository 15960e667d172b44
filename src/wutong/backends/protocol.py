"""What every backend offers: SQL text in, an Arrow table or a Parquet file out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pyarrow as pa

Tables = Mapping[str, pa.Table | Path]
"""Relations a statement reads, by the name it reads them under; a Path is a Parquet file."""


class Backend(Protocol):
    """An engine that runs statements printed by :mod:`wutong.sql.emit` in its dialect."""

    dialect: str

    def query(self, sql: str, tables: Tables, schema: pa.Schema | None = None) -> pa.Table:
        """Run one statement and return its rows, with the types of `schema` if given."""

    def write(self, sql: str, tables: Tables, path: Path, schema: pa.Schema | None = None) -> int:
        """Run one statement, write its rows as Parquet and return their number.

        `path` becomes one file, or with an engine that computes in parts a folder of such files.
        """

    def close(self) -> None:
        """Let go of connections and temporary tables."""


class Preparing(Backend, Protocol):
    """A backend that plans a statement once and runs it over many small tables."""

    def prepare(self, sql: str, schemas: Mapping[str, pa.Schema]) -> Callable[[Mapping[str, pa.Table]], pa.Table]:
        """Return what runs `sql` over tables of `schemas`."""
