"""What is at hand where a statement runs: the default engine, the tables of a snapshot, the catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.protocol import Backend, Tables
from wutong.tables import Catalogue, Snapshot


def default_backend(threads: int | None = None) -> Backend:
    """Return DuckDB in process, with so many threads."""
    from wutong.backends.duckdb import DuckDBBackend  # noqa: PLC0415 - another backend must not load DuckDB

    return DuckDBBackend(threads)


def columns_by_table(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the columns of every table, from Arrow or from a Parquet footer."""
    found = {}
    for name, table in tables.items():
        schema = pq.read_schema(table) if isinstance(table, Path) else table.schema
        found[name] = {f.name: str(f.type) for f in schema}
    return found


def snapshot_tables(snapshot: Snapshot) -> dict[str, pa.Table | Path]:
    """Return the Parquet files of a snapshot by table name."""
    return {name: snapshot.path(name) for name in snapshot.tables}


@cache
def shipped_catalogue() -> Catalogue:
    """Return the catalogue that ships with Wutong, read once."""
    return Catalogue.load()
