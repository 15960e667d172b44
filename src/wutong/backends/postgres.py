"""PostgreSQL: tables go in by COPY into temporary tables with exact types, rows come out by COPY.

Nothing stays in the database: all tables and helper functions are temporary. Rows travel as CSV, which Arrow
writes and reads column by column; a null is an empty field, an empty text a quoted one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from psycopg import sql as compose

from wutong.backends.protocol import Tables
from wutong.errors import WutongError

_TEXT = 'text COLLATE "C"'
_TYPES = {pa.bool_(): "boolean", pa.int64(): "bigint", pa.int32(): "integer", pa.float64(): "double precision",
          pa.date32(): "date", pa.string(): _TEXT, pa.null(): _TEXT}
_ARROW = {"bool": pa.bool_(), "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float8": pa.float64(),
          "date": pa.date32()}
_SETTINGS = ("SET jit = off", "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, YMD'", "SET extra_float_digits = 1",
             "SET client_min_messages = warning", "SET work_mem = '64MB'")
ROWS = 65_536
"""Rows sent at a time."""


class PostgresBackend:
    """Runs statements in one session of a server.

    Args:
        dsn: connection string, as ``postgresql://user@host/database``.

    Raises:
        WutongError: R191 if the server cannot be reached or refuses the session.
    """

    dialect = "postgres"

    def __init__(self, dsn: str) -> None:
        try:
            self._connection = psycopg.connect(dsn, autocommit=True, connect_timeout=10)
            for setting in _SETTINGS:
                self._connection.execute(setting)
            self._connection.execute(resources.files("wutong.sql").joinpath("postgres.sql").read_text("utf-8"))
        except psycopg.Error as error:
            raise WutongError.of("R191", reason=_reason(error)) from error
        self._loaded: dict[str, object] = {}

    def query(self, sql: str, tables: Tables, schema: pa.Schema | None = None) -> pa.Table:
        """Run one statement and return its rows.

        Raises:
            WutongError: R190 if the engine refuses the statement.
        """
        try:
            self._load(tables)
            return self._read(sql, schema)
        except psycopg.Error as error:
            raise WutongError.of("R190", reason=_reason(error)) from error

    def write(self, sql: str, tables: Tables, path: Path, schema: pa.Schema | None = None) -> int:
        """Run one statement into a Parquet file (zstd); returns the number of rows."""
        found = self.query(sql, tables, schema)
        pq.write_table(found, path, compression="zstd")
        return int(found.num_rows)

    def close(self) -> None:
        """End the session; the server drops what it held."""
        self._connection.close()

    # -- out --------------------------------------------------------------------------------------------

    def _read(self, sql: str, schema: pa.Schema | None) -> pa.Table:
        types = {f.name: f.type for f in schema} if schema is not None else {}
        with self._connection.cursor() as cursor:
            shape = self._shape(cursor, sql)
            text = BytesIO()
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
                for piece in copy:
                    text.write(piece)
        kinds = {name: kind if json_ else types.get(name, kind) for name, kind, json_ in shape}
        if text.tell() == 0:
            return pa.table({n: pa.array([], k) for n, k in kinds.items()})
        text.seek(0)
        # Arrow reads no fractional digits into an integer and no text into a decimal without loss: it refuses
        found = arrow_csv.read_csv(
            text,
            read_options=arrow_csv.ReadOptions(column_names=list(kinds), block_size=1 << 26),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds, null_values=[""], true_values=["t"], false_values=["f"], strings_can_be_null=True,
                quoted_strings_can_be_null=False),
        )
        return _unfolded(found, {name: types.get(name) for name, _, json_ in shape if json_})

    def _shape(self, cursor: psycopg.Cursor[Any], sql: str) -> list[tuple[str, pa.DataType, bool]]:
        """Return name, Arrow type and "is JSON" of every column of a statement, without running it."""
        cursor.execute(f"SELECT * FROM ({sql}) AS shape LIMIT 0")  # noqa: S608 - the compiler's own statement
        described: Sequence[psycopg.Column] = cursor.description or ()
        names = psycopg.adapters.types
        found = []
        for column in described:
            kind = names.get(column.type_code)
            name = kind.name if kind is not None else "text"
            numeric = name == "numeric" and column.precision
            arrow = pa.decimal128(column.precision, column.scale) if numeric else _ARROW.get(name, pa.string())
            found.append((column.name, arrow, name == "jsonb"))
        return found

    # -- in ---------------------------------------------------------------------------------------------

    def _load(self, tables: Tables) -> None:
        for name, table in tables.items():
            if self._loaded.get(name) is not table:
                self._copy(name, pq.ParquetFile(table) if isinstance(table, Path) else table)
                self._loaded[name] = table

    def _copy(self, name: str, table: pa.Table | pq.ParquetFile) -> None:
        schema = table.schema_arrow if isinstance(table, pq.ParquetFile) else table.schema
        batches = table.iter_batches(ROWS) if isinstance(table, pq.ParquetFile) else table.to_batches(ROWS)
        target = compose.Identifier("pg_temp", name)
        columns = compose.SQL(", ").join(
            compose.Identifier(f.name) + compose.SQL(" " + _sql_type(f.type)) for f in schema)
        with self._connection.cursor() as cursor:
            cursor.execute(compose.SQL("DROP TABLE IF EXISTS {}").format(target))
            cursor.execute(compose.SQL("CREATE TEMP TABLE {} ({})").format(compose.Identifier(name), columns))
            with cursor.copy(compose.SQL("COPY {} FROM STDIN (FORMAT csv)").format(target)) as copy:
                for batch in batches:
                    copy.write(_csv(batch))
            cursor.execute(compose.SQL("ANALYZE {}").format(target))


def _sql_type(kind: pa.DataType) -> str:
    """Return the column type that holds `kind` exactly."""
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if pa.types.is_nested(kind):
        return "jsonb"
    return _TYPES[kind]


def _csv(batch: pa.RecordBatch) -> bytes:
    """Return rows as CSV; lists and structs as JSON text."""
    for at, column in enumerate(batch.columns):
        if pa.types.is_nested(column.type):
            texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_pylist()]
            batch = batch.set_column(at, batch.schema.names[at], pa.array(texts, pa.string()))
    sink = BytesIO()
    arrow_csv.write_csv(batch, sink, arrow_csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _unfolded(table: pa.Table, kinds: Mapping[str, pa.DataType | None]) -> pa.Table:
    """Return JSON columns as lists and structs."""
    for name, kind in kinds.items():
        values = [None if v is None else json.loads(v) for v in table.column(name).to_pylist()]
        table = table.set_column(table.column_names.index(name), name, pa.array(values, kind))
    return table


def _reason(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
