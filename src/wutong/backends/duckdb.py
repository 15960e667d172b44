"""DuckDB: the default backend. In process, no extension is ever downloaded, dates in UTC."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from wutong.backends.protocol import Tables
from wutong.errors import WutongError

ROW_GROUP = 20_480
"""Rows per row group of a written file: a wide block is held in memory until its group is full."""

T = TypeVar("T")


class DuckDBBackend:
    """Runs statements in a private in-memory database.

    Args:
        threads: worker threads; None leaves the choice to DuckDB.
        memory: memory limit as DuckDB writes it, for example ``"400MB"``; None is DuckDB's own.
    """

    dialect = "duckdb"

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        if memory is not None:
            config["memory_limit"] = memory
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET TimeZone = 'UTC'")
        # the footer of a wide file costs more to read than one company's row; a changed file is read anew
        self._connection.execute("SET parquet_metadata_cache = true")

    def query(self, sql: str, tables: Tables, schema: pa.Schema | None = None) -> pa.Table:
        """Run one statement and return its rows.

        >>> DuckDBBackend().query('SELECT 1 AS "a"', {}).to_pylist()
        [{'a': 1}]

        Raises:
            WutongError: R190 if the engine refuses the statement.
        """
        self._register(tables)
        found = self._refused(lambda: self._connection.sql(sql).to_arrow_table())
        return found if schema is None else found.cast(schema)

    def schema(self, sql: str, tables: Tables) -> pa.Schema:
        """Return the columns a statement would give, without planning or running it."""
        self._register(tables)
        bound = self._connection.sql(sql)
        nulls = (f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in zip(bound.columns, bound.types, strict=True))
        return self.query(f"SELECT {', '.join(nulls)}", {}).schema

    def write(self, sql: str, tables: Tables, path: Path, schema: pa.Schema | None = None) -> int:  # noqa: ARG002 - its types are the schema
        """Run one statement into a Parquet file (zstd); returns the number of rows."""
        target = str(path).replace("'", "''")
        self._register(tables)
        copying = f"COPY ({sql}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        copied = self._refused(lambda: self._connection.execute(copying).fetchone())
        return int(copied[0]) if copied else 0

    def prepare(self, sql: str, schemas: Mapping[str, pa.Schema]) -> Callable[[Mapping[str, pa.Table]], pa.Table]:
        """Plan a statement once; return what runs it over tables of these schemas, one after the other.

        A plan holds for tables of its own only: rows are copied into them. Planning a policy takes ten times as
        long as running it over a few rows.

        >>> import pyarrow as pa
        >>> run = DuckDBBackend().prepare('SELECT 2 * "a" AS "b" FROM "t"', {"t": pa.schema([("a", pa.int32())])})
        >>> run({"t": pa.table({"a": pa.array([3], pa.int32())})}).to_pylist()
        [{'b': 6}]

        Raises:
            WutongError: R190 if the engine refuses the statement, then or later.
        """
        for name, schema in schemas.items():
            self._connection.register("incoming", schema.empty_table())
            self._connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS FROM "incoming"')
        self._refused(lambda: self._connection.execute(f"PREPARE question AS {sql}"))

        def run(tables: Mapping[str, pa.Table]) -> pa.Table:
            for name, table in tables.items():
                self._connection.register("incoming", table)
                self._connection.execute(f'TRUNCATE "{name}"')
                self._connection.execute(f'INSERT INTO "{name}" BY NAME FROM "incoming"')
            with warnings.catch_warnings():
                # the warned-of copy is of a few rows; a relation would be planned again
                warnings.simplefilter("ignore", UserWarning)
                return self._refused(lambda: self._connection.execute("EXECUTE question").to_arrow_table())

        return run

    @staticmethod
    def _refused(work: Callable[[], T]) -> T:
        try:
            return work()
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except duckdb.Error as error:
            raise WutongError.of("R190", reason=str(error).splitlines()[0]) from error

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def _register(self, tables: Tables) -> None:
        for name, table in tables.items():
            if isinstance(table, Path):
                file = str(table).replace("'", "''")
                self._connection.execute(f"CREATE OR REPLACE TEMP VIEW \"{name}\" AS FROM read_parquet('{file}')")
            else:
                self._connection.register(name, table)
