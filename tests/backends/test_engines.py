"""PostgreSQL decides as DuckDB does: the same rows for all packs, golden cases and conformance cases, and traps."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.backends.made import tables
from tests.policy.made import ON, policy

from wutong.backends.choose import open_backend
from wutong.backends.postgres import PostgresBackend
from wutong.cli.app import main
from wutong.cli.library import case_files
from wutong.demo import build
from wutong.dmn.tck import run_dir
from wutong.errors import WutongError
from wutong.ir.dmn.engine import SqlEngine
from wutong.packs import choose, load_packs
from wutong.packs.loader import known_packs
from wutong.policy import evaluate
from wutong.policy.golden import run_files
from wutong.policy.parts import evaluate_parts
from wutong.report.run import evaluate_file
from wutong.tables.snapshot import write_tables

ROWS = 3000
TRAPS = """
let:
  - {code: months, zh: 月数, expr: "months between(注册日期, date(\\"2026-02-28\\"))"}
  - {code: years, zh: 年数, expr: "years between(注册日期, date(\\"2026-02-28\\"))"}
  - {code: days, zh: 天数, expr: "date(\\"2026-02-28\\") - 注册日期"}
outputs: [months, years, days]
conditions:
  - {code: after, zh: 一个月后, when: "注册日期 + 1个月 > date(\\"2024-02-29\\")", source: s}
  - {code: has, zh: 含, when: "contains(企业名称, \\"岛\\")", source: s}
  - {code: starts, zh: 始, when: "starts with(企业名称, \\"青岛\\")", source: s}
  - {code: ends, zh: 终, when: "ends with(企业名称, \\"公司\\")", source: s}
"""
BIG = """
let: [{code: big, zh: 大数, expr: "(上年营业收入 / 1元) * (上年营业收入 / 1元) * (上年营业收入 / 1元)"}]
outputs: [big]
"""


@pytest.fixture(scope="module")
def postgres(postgres_dsn):
    backend = PostgresBackend(postgres_dsn)
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def hard():
    return tables(ROWS)


@pytest.mark.parametrize("mode", ["interval", "three_valued"])
def test_all_packs_give_equal_rows_with_every_figure(postgres, hard, mode):
    policies = choose(load_packs(None), ON)
    mine, theirs = (evaluate(hard, policies, ON, mode, backend, explain=True).wide for backend in (None, postgres))
    assert mine.schema == theirs.schema
    assert [n for n in mine.column_names if mine.column(n) != theirs.column(n)] == []
    assert mine.num_rows == ROWS
    verdicts = {v for n in mine.column_names if n.endswith("_verdict") for v in mine.column(n).unique().to_pylist()}
    assert verdicts == {0, 1, 2, 3} if mode == "interval" else verdicts >= {0, 1, 2}


@pytest.mark.parametrize("pack", known_packs())
def test_golden_cases_pass(postgres, pack):
    outcomes = run_files(case_files([pack]), backend=postgres)
    assert [o for o in outcomes if not o.ok] == []
    assert {o.file for o in outcomes} == {f.name for f in case_files([pack])}


@pytest.mark.parametrize("lift", [False, True], ids=["plain", "lifted"])
def test_conformance_level_2_is_complete_and_pushed_down(shared, postgres, lift):
    engine = SqlEngine(lift=lift, fold=False, backend=postgres)
    total = run_dir(shared / "data" / "dmn-tck" / "compliance-level-2", engine).total
    assert (total.passed, total.cases) == (116, 116)
    assert (engine.tally.pushed, engine.tally.folded, engine.tally.refused) == (126, 0, [])


def test_month_ends_leap_days_and_parts_of_texts(postgres):
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 1, 30), date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 31),
            date(2028, 2, 29), None]
    names = ["青岛公司", "公司青岛", "岛", "", "青島公司", None, "公司", "青岛"]
    companies = pa.table({"company": [str(i) for i in range(len(days))], "registered_on": pa.array(days, pa.date32()), "name": names})
    found = [evaluate({"companies": companies}, [policy(TRAPS)], ON, backend=b).wide for b in (None, postgres)]
    assert found[0].equals(found[1])
    assert found[1].column("p00_o0_lo").to_pylist() == [25, 24, 25, 0, 0, -1, -24, None]
    assert [f"{m:04b}" for m in found[1].column("p00_failed").to_pylist()] == [
        "0001", "1100", "1101", "1110", "0110", "0000", "0110", "1000"]  # 31 January and a month is 29 February


def test_sums_beyond_38_digits_are_unknown_not_an_error(postgres):
    companies = pa.table({"company": ["a", "b", "c"], "revenue_2025": pa.array(
        [Decimal("99999999999999.99"), Decimal("1000.01"), None], pa.decimal128(18, 2))})
    found = [evaluate({"companies": companies}, [policy(BIG)], ON, backend=b).wide for b in (None, postgres)]
    assert found[0].equals(found[1])
    assert found[1].column("p00_o0_lo").to_pylist() == [None, Decimal("1000030000.300001"), Decimal(0)]


def test_texts_are_ordered_by_code_point_whatever_the_database_says(postgres):
    texts = ["b", "B", "a", "é", "一", "丁", "😀", "", None]
    relation = {"t": pa.table({"x": texts})}
    found = postgres.query('SELECT "x" FROM "t" ORDER BY "x" NULLS FIRST', relation).column("x").to_pylist()
    assert found == [None, *sorted(t for t in texts if t is not None)]
    assert postgres.query("SELECT 'b' < 'B' AS \"bare\"", {}).to_pylist() == [{"bare": True}]


def test_every_type_makes_the_way_there_and_back(postgres, tmp_path):
    table = pa.table({
        "i": pa.array([2**63 - 1, -(2**63), None]), "d": pa.array([Decimal("0.01"), Decimal("-9999999999999999.99"), None],
                                                                 pa.decimal128(18, 2)),
        "f": pa.array([0.1, 5e-324, None]), "b": [True, False, None], "t": ["", 'a"b,\nc\\N', None],
        "day": pa.array([date(1, 1, 1), date(9999, 12, 31), None]), "l": [["x", None], [], None],
    })
    assert postgres.query('SELECT * FROM "t"', {"t": table}, table.schema).equals(table)
    file = tmp_path / "t.parquet"
    pq.write_table(table, file)
    assert postgres.write('SELECT * FROM "u"', {"u": file}, tmp_path / "u.parquet", table.schema) == 3
    assert pq.read_table(tmp_path / "u.parquet").equals(table)


def test_a_refused_statement_is_an_error_and_the_session_lives_on(postgres):
    with pytest.raises(WutongError) as caught:
        postgres.query("SELECT nonsense", {})
    assert caught.value.code == "R190"
    assert postgres.query('SELECT 1 AS "a"', {}).to_pylist() == [{"a": 1}]


def test_nothing_stays_in_the_database(postgres_dsn):
    backend = PostgresBackend(postgres_dsn)
    backend.query('SELECT * FROM "left"', {"left": pa.table({"a": [1]})})
    backend.close()
    other = PostgresBackend(postgres_dsn)
    kept = other.query("SELECT count(*) AS \"n\" FROM pg_class WHERE relname = 'left'", {}).to_pylist()
    other.close()
    assert kept == [{"n": 0}]


@pytest.mark.parametrize(("engine", "dsn", "code"), [
    ("oracle", None, "R192"), ("postgres", None, "R195"), ("postgres", "host=/nowhere", "R191"),
])
def test_a_missing_engine_is_told_with_its_remedy(monkeypatch, engine, dsn, code):
    monkeypatch.delenv("WUTONG_POSTGRES", raising=False)
    with pytest.raises(WutongError) as caught:
        open_backend(engine, dsn=dsn)
    assert caught.value.code == code


@pytest.mark.parametrize(("engine", "package"), [("postgres", "psycopg"), ("spark", "pyspark")])
def test_a_missing_extra_is_told(monkeypatch, engine, package):
    monkeypatch.setattr("wutong.backends.choose.find_spec", lambda _: None)
    with pytest.raises(WutongError) as caught:
        open_backend(engine, dsn="host=/nowhere")
    assert (caught.value.code, dict(caught.value.diagnostics[0].values)["package"]) == ("R194", package)


def test_missing_java_is_told(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(WutongError) as caught:
        open_backend("spark")
    assert caught.value.code == "R196"


def test_a_run_on_postgres_has_the_same_id_and_bytes(postgres, tmp_path):
    build(tmp_path / "zone.xlsx")
    runs = []
    for name, backend in (("duckdb", None), ("postgres", postgres)):
        (tmp_path / name).mkdir()
        runs.append(evaluate_file(tmp_path / "zone.xlsx", ON, ["qingdao"], tmp_path / name, backend=backend))
    assert runs[0] == runs[1]
    mine, theirs = (json.loads((tmp_path / e / "manifest.json").read_text("utf-8")) for e in ("duckdb", "postgres"))
    assert (mine.pop("backend"), theirs.pop("backend")) == ("duckdb", "postgres")
    assert mine == theirs
    for file in ("results.parquet", "detail.parquet"):
        assert (tmp_path / "duckdb" / file).read_bytes() == (tmp_path / "postgres" / file).read_bytes()


def test_a_snapshot_is_evaluated_in_parts(postgres, hard, tmp_path):
    snapshot = write_tables(hard, tmp_path / "snapshot")
    policies = choose(load_packs(["qingdao"]), ON)
    found = []
    for backend in (open_backend("duckdb"), postgres):
        out = tmp_path / backend.dialect
        out.mkdir()
        manifest = evaluate_parts(snapshot, policies, ON, out=out, backend=backend)
        assert manifest.pop("backend") == backend.dialect
        parts = [pq.read_table(out / b["folder"]).sort_by("company").to_pydict() for b in manifest["blocks"]]
        found.append((manifest, parts))
    assert found[0] == found[1]
    whole = evaluate(snapshot, policies, ON).counts()
    assert {k: p["counts"] for b in found[0][0]["blocks"] for k, p in b["policies"].items()} == whole


def test_the_command_line_evaluates_a_snapshot_folder(postgres_dsn, hard, tmp_path, capsys):
    write_tables({n: t.slice(0, 50) for n, t in hard.items()}, tmp_path / "snapshot")
    out = tmp_path / "out"
    assert main(["evaluate", str(tmp_path / "snapshot"), "--on", "2026-11-01", "--out", str(out), "--packs", "qingdao",
                 "--json", "--engine", "postgres", "--dsn", postgres_dsn]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["companies"], said["backend"]) == (50, "postgres")
    assert [p.name for p in Path(out / "results").iterdir()] == ["block=00"]
