"""Spark decides as DuckDB does. All tests of Spark are in this file: one worker starts the one session."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.backends.made import tables
from tests.backends.test_engines import BIG, TRAPS
from tests.policy.made import ON, policy

from wutong.backends.duckdb import DuckDBBackend
from wutong.backends.spark import SparkBackend
from wutong.cli.library import case_files
from wutong.dmn.tck import run_dir
from wutong.errors import WutongError
from wutong.ir.dmn.engine import SqlEngine
from wutong.packs import choose, load_packs
from wutong.packs.loader import known_packs
from wutong.points.loader import load_model, model_files
from wutong.points.score import score
from wutong.policy import evaluate
from wutong.policy.golden import run_files
from wutong.policy.parts import evaluate_parts
from wutong.tables.snapshot import write_tables

ROWS = 300
MODELS = {p.stem: p for p in model_files() if "cxjf" not in p.name}
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")


@pytest.fixture(scope="module")
def spark(spark_session):
    backend = SparkBackend(spark_session)
    yield backend
    backend.close()


def test_all_packs_give_equal_rows(spark):
    hard, policies = tables(ROWS, seed=2), choose(load_packs(None), ON)
    mine, theirs = (evaluate(hard, policies, ON, backend=backend).wide for backend in (None, spark))
    assert mine.schema == theirs.schema
    assert [n for n in mine.column_names if mine.column(n) != theirs.column(n)] == []
    assert mine.num_rows == ROWS


@pytest.mark.parametrize("name", MODELS)
def test_points_are_those_of_duckdb(spark, name):
    model, hard = load_model(MODELS[name]), tables(ROWS, seed=2)
    day = model.end or ON
    mine, theirs = (score(hard, model, day, b).table for b in (None, spark))
    assert mine.schema == theirs.schema
    assert [n for n in mine.column_names if mine.column(n) != theirs.column(n)] == []
    assert mine.num_rows == ROWS


@pytest.mark.parametrize("pack", known_packs())
def test_golden_cases_pass(spark, pack):
    # each date is a plan of its own, 8 s on Spark: the dates of most cases here, all 27 with WUTONG_ALL_CASES=1
    busiest = None if os.environ.get("WUTONG_ALL_CASES") else 3
    outcomes = run_files(case_files([pack]), backend=spark, busiest=busiest)
    assert [o for o in outcomes if not o.ok] == []
    assert len(outcomes) > 50
    assert busiest or {o.file for o in outcomes} == {f.name for f in case_files([pack])}


def test_month_ends_leap_days_and_overflow(spark):
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 1, 30), date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 31),
            date(2028, 2, 29), None]
    sums = [Decimal("99999999999999.99"), Decimal("1000.01"), None, *[Decimal(1)] * 5]
    companies = pa.table({"company": [str(i) for i in range(len(days))], "registered_on": pa.array(days, pa.date32()),
                          "name": ["青岛公司", "公司青岛", "岛", "", "青島公司", None, "公司", "青岛"],
                          "revenue_2025": pa.array(sums, pa.decimal128(18, 2))})
    found = [evaluate({"companies": companies}, [policy(TRAPS), policy(BIG)], ON, backend=b).wide for b in (None, spark)]
    assert found[0].equals(found[1])
    assert found[1].column("p00_o0_lo").to_pylist() == [25, 24, 25, 0, 0, -1, -24, None]
    assert found[1].column("p01_o0_lo").to_pylist()[:3] == [None, Decimal("1000030000.300001"), Decimal(0)]


@pytest.mark.parametrize("lift", [False, True], ids=["plain", "lifted"])
def test_conformance_level_2_is_complete_and_pushed_down(shared, spark, lift):
    engine = SqlEngine(lift=lift, fold=False, backend=spark)
    total = run_dir(shared / "data" / "dmn-tck" / "compliance-level-2", engine).total
    assert (total.passed, total.cases) == (116, 116)
    assert (engine.tally.pushed, engine.tally.folded, engine.tally.refused) == (126, 0, [])


def test_whole_division_of_38_digits_is_exact_for_quotients_of_28(spark):
    pairs = [(10**28 + 1, 3), (10**37 + 1, 10**9 + 1), (10**38 - 1, 10**19 - 1), (10**37 - 1, 10**18), (99999999999999999999999999999999999999, 10**19 + 7), (-7, 2), (7, 0),
             (10**28 - 1, 10**9), (5, 7)]
    relation = {"t": pa.table({c: pa.array([Decimal(p[i]) for p in pairs], pa.decimal128(38, 0))
                               for i, c in enumerate("nd")})}
    from wutong.sql.emit import col, op, select, to_sql

    sql = to_sql(select({"n": col("n"), "d": col("d"), "q": op("divide_down", col("n"), col("d"))}, "t"), "spark")
    for row in spark.query(sql, relation).to_pylist():
        n, d = int(row["n"]), int(row["d"])
        assert row["q"] == (None if d == 0 else Decimal(abs(n) // d * (1 if n >= 0 else -1)))


def test_a_snapshot_becomes_partitions_of_parquet(spark, tmp_path):
    snapshot = write_tables(tables(200), tmp_path / "snapshot")
    found = []
    for backend in (DuckDBBackend(1), spark):
        out = tmp_path / backend.dialect
        out.mkdir()
        manifest = evaluate_parts(snapshot, [policy(TRAPS)], ON, out=out, backend=backend)
        rows = pq.read_table(out / "results" / "block=00").sort_by("company").to_pylist()
        found.append((manifest["blocks"], rows))
    assert found[0] == found[1]
    assert list((tmp_path / "spark" / "results" / "block=00").glob("*.zstd.parquet"))


def test_a_refused_statement_is_an_error_and_the_session_lives_on(spark):
    with pytest.raises(WutongError) as caught:
        spark.query("SELECT nonsense", {})
    assert caught.value.code == "R190"
    assert spark.query("SELECT 1 AS a", {}).to_pylist() == [{"a": 1}]


def test_the_session_answers_on_the_loopback_address_only(spark):
    conf = spark.session.sparkContext.getConf()
    assert (conf.get("spark.driver.bindAddress"), conf.get("spark.driver.host")) == ("127.0.0.1", "127.0.0.1")
    assert spark.session.sparkContext.uiWebUrl is None
