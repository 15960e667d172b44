"""The DuckDB backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wutong.backends.duckdb import DuckDBBackend
from wutong.errors import WutongError

if TYPE_CHECKING:
    from pathlib import Path


def test_arrow_and_parquet_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "it's.parquet"
    pq.write_table(pa.table({"b": [1, 2]}), file)
    tables = {"t": pa.table({"a": [1, 2]}), "u": file}
    found = DuckDBBackend(threads=1, memory="200MB").query(
        'SELECT a + b AS "c" FROM "t" JOIN "u" ON a = b ORDER BY 1', tables)
    assert found.to_pylist() == [{"c": 2}, {"c": 4}]


def test_settings_are_fixed() -> None:
    backend = DuckDBBackend(threads=1, memory="100MB")
    names = ("autoinstall_known_extensions", "autoload_known_extensions", "TimeZone", "threads", "memory_limit")
    columns = ", ".join(f"current_setting('{n}') AS \"s{i}\"" for i, n in enumerate(names))
    assert list(backend.query(f"SELECT {columns}", {}).to_pylist()[0].values())[:4] == [False, False, "UTC", 1]


def test_a_refused_statement_is_an_error_with_a_code() -> None:
    with pytest.raises(WutongError) as caught:
        DuckDBBackend().query("SELECT nonsense", {})
    assert caught.value.code == "R190"


def test_tables_of_an_earlier_statement_are_replaced() -> None:
    backend = DuckDBBackend()
    for n in (1, 2):
        assert backend.query('SELECT * FROM "t"', {"t": pa.table({"a": [n]})}).to_pylist() == [{"a": n}]


def test_written_parquet(tmp_path: Path) -> None:
    assert DuckDBBackend().write('SELECT 1 AS "a"', {}, tmp_path / "x.parquet") == 1
    assert pq.read_table(tmp_path / "x.parquet").to_pylist() == [{"a": 1}]
