"""What is at hand where a statement runs: the default engine, the tables of a snapshot, the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.protocol import Backend, Tables
from wutong.sql.emit import to_sql
from wutong.sql.nodes import Select
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


def schema_of(query: Callable[[], Select], tables: Tables, engine: Backend) -> pa.Schema | None:
    """Return the columns of a result as DuckDB types them, which every other engine's rows take.

    None for DuckDB, which has them already; it does not ask for the query a second time.
    """
    if engine.dialect == "duckdb":
        return None
    from wutong.backends.duckdb import DuckDBBackend  # noqa: PLC0415 - as above

    return DuckDBBackend(1).schema(to_sql(query()), tables)


@cache
def shipped_catalogue() -> Catalogue:
    """Return the catalogue that ships with Wutong, read once."""
    return Catalogue.load()
