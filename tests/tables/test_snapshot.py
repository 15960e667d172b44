from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.tables.made import code, companies

from wutong.errors import WutongError
from wutong.tables import Reading, Snapshot, write_snapshot, write_tables

TABLE = pa.table({"company": ["b", "a"], "name": ["乙", "甲"], "x": pa.array([Decimal("1.00"), None], pa.decimal128(18, 2))})


def test_rows_are_sorted_and_the_order_leaves_no_trace(tmp_path: Path) -> None:
    one = write_tables({"companies": TABLE}, tmp_path / "a")
    other = write_tables({"companies": TABLE.take([1, 0])}, tmp_path / "b")
    assert one.read().column("company").to_pylist() == ["a", "b"]
    assert (tmp_path / "a" / "companies.parquet").read_bytes() == (tmp_path / "b" / "companies.parquet").read_bytes()
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()
    assert one.hash == other.hash


def test_open_gives_what_was_written(tmp_path: Path) -> None:
    written = write_tables({"companies": TABLE, "ip": TABLE.slice(0, 0)}, tmp_path / "a", source={"kind": "csv"}, demo=True)
    opened = Snapshot.open(tmp_path / "a")
    assert opened == written
    assert (opened.tables, opened.rows(), opened.rows("ip"), opened.demo) == (("companies", "ip"), 2, 0, True)
    assert opened.columns() == {"company": "VARCHAR", "name": "VARCHAR", "x": "DECIMAL(18,2)"}
    assert opened.path("ip") == tmp_path / "a" / "ip.parquet"


def test_a_changed_figure_or_flag_changes_the_hash(tmp_path: Path) -> None:
    hashes = {
        write_tables({"companies": TABLE}, tmp_path / "a").hash,
        write_tables({"companies": TABLE}, tmp_path / "b", demo=True).hash,
        write_tables({"companies": TABLE.slice(0, 1)}, tmp_path / "c").hash,
        write_tables({"companies": TABLE}, tmp_path / "d", source={"sha256": "x"}).hash,
    }
    assert len(hashes) == 4


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    snapshot = write_tables({"companies": TABLE}, tmp_path / "a")
    with pytest.raises(WutongError) as error:
        snapshot.path("ip")
    assert error.value.code == "T303"


def test_what_was_changed_afterwards_is_refused(tmp_path: Path) -> None:
    write_tables({"companies": TABLE}, tmp_path / "a")
    manifest = tmp_path / "a" / "manifest.json"
    text = manifest.read_text("utf-8")
    manifest.write_text(json.dumps({**json.loads(text), "demo": True}), "utf-8")
    with pytest.raises(WutongError) as error:
        Snapshot.open(tmp_path / "a")
    assert error.value.code == "T302"
    manifest.write_text(text, "utf-8")
    pq.write_table(TABLE.slice(0, 1), tmp_path / "a" / "companies.parquet")
    with pytest.raises(WutongError) as error:
        Snapshot.open(tmp_path / "a")
    assert error.value.code == "T302"


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"format": 2}', '{"format": 1, "tables": {}, "hash": "x"}'])
def test_what_is_no_snapshot(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(WutongError) as error:
        Snapshot.open(tmp_path)
    assert error.value.code == "T301"


def test_a_snapshot_is_replaced_and_other_folders_are_left_alone(tmp_path: Path) -> None:
    write_tables({"companies": TABLE, "ip": TABLE}, tmp_path / "a")
    assert write_tables({"companies": TABLE}, tmp_path / "a").tables == ("companies",)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")
    with pytest.raises(WutongError) as error:
        write_tables({"companies": TABLE}, tmp_path / "b")
    assert error.value.code == "T304"
    assert [p.name for p in (tmp_path / "b").iterdir()] == ["mine.txt"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(KeyboardInterrupt):
        write_tables({"companies": TABLE}, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_reading_becomes_a_snapshot_only_without_header_faults(tmp_path: Path, read: Callable[..., Reading]) -> None:
    snapshot = write_snapshot(read(companies(("2025年营业收入(万元)", 1))), tmp_path / "s")
    assert snapshot.columns() == {"company": "VARCHAR", "name": "VARCHAR", "revenue_2025": "DECIMAL(18,2)"}
    assert snapshot.read().column("company").to_pylist() == [code(1)]
    assert sorted(snapshot.manifest["source"]) == ["catalogue", "kind", "sha256"]
    with pytest.raises(WutongError) as error:
        write_snapshot(read(companies(("2025年营业收入", 1))), tmp_path / "t")
    assert error.value.code == "T126"
    assert not (tmp_path / "t").exists()
