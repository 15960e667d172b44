"""Point models at size: 18 indicators in tiers, three stages, from Parquet, against the bare scan of the same columns.

Arguments: [ROWS] [tiers|explain|rank|big …], default 10,000,000 rows and the first three. `big` is 50 million rows
under a limit of 3 GB. Seconds are the least of two rounds, wall and processor time: the machine may be shared, so read
the ratios.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import peak_mb, report

from wutong.backends.at_hand import columns_by_table
from wutong.backends.duckdb import DuckDBBackend
from wutong.points.compile import compile_model, most
from wutong.points.explain import explain
from wutong.points.loader import parse_model
from wutong.points.model import PointModel
from wutong.points.rank import Histogram
from wutong.points.reference import references
from wutong.points.score import add_ranks, score_to

ON = date(2026, 11, 1)
FACTS = (
    ("职工总数", "staff", "人"), ("科技人员数", "st_staff", "人"), ("研发人员数", "rd_staff", "人"), ("营业收入", "revenue", "元"),
    ("主营业务收入", "main_revenue", "元"), ("高新技术产品收入", "hnt_revenue", "元"), ("收入总额", "total_income", "元"),
    ("研发费用", "rd_cost", "元"), ("境内研发费用", "rd_cost_domestic", "元"), ("成本费用支出", "total_cost", "元"),
    ("资产总额", "assets", "元"), ("负债总额", "liabilities", "元"), ("净资产", "net_assets", "元"), ("净利润", "net_profit", "元"),
    ("纳税额", "tax_paid", "元"), ("应纳税所得额", "taxable_income", "元"), ("不征税收入", "nontaxable_income", "元"),
    ("研究生以上人员数", "graduate_staff", "人"),
)
WEIGHTS = (600, 500, 500, 600, 600, 500, 600, 500, 500, 600, 600, 500, 600, 500, 500, 600, 600, 600)


def model() -> PointModel:
    """Five tiers each, other weights in every stage."""
    lines = []
    for n, (zh, _, unit) in enumerate(FACTS):
        cuts = [c * (10_000 if unit == "元" else 1) for c in (1000, 300, 100, 30, 10)]
        tiers = ", ".join(f"[{c}, {p}]" for c, p in zip(cuts, (100, 80, 60, 40, 20), strict=True))
        weights = ", ".join(f"{s}: {WEIGHTS[(n + turn) % 18]}" for turn, s in enumerate("abc"))
        lines.append(f"    - {{code: i{n:02d}, zh: 指标{n}, weight: {{{weights}}}, value: 上年{zh}, unit: {unit}, tiers: [{tiers}]}}")
    return parse_model(
        "model: bench\npack: bench\nversion: '1'\nname: {zh: 测速}\nstatus: draft\nin_force: {from: 2020-01-01, to: null}\n"
        "stages:\n  - {code: a, zh: 初, when: 上年营业收入 < 100万元}\n  - {code: b, zh: 中, when: 上年营业收入 < 1000万元}\n"
        "  - {code: c, zh: 后, when: true}\nroot:\n  code: total\n  zh: 总\n  aggregate: arithmetic\n  children:\n" + "\n".join(lines),
        "bench.yaml",
    )


def write_data(path: Path, rows: int, block: int = 1_000_000) -> None:
    """Skewed figures, three in a hundred missing; DECIMAL(18,2) as snapshots store them."""
    schema = pa.schema([("company", pa.string()), *((f"{code}_2025", pa.decimal128(18, 2)) for _, code, _ in FACTS)])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, block):
            rng, n = np.random.default_rng(start), min(block, rows - start)
            columns = [pa.array(np.char.zfill(np.arange(start, start + n).astype(str), 18))]
            for _, _, unit in FACTS:
                whole = np.round(rng.lognormal(4.4, 1.6, n) * (10_000 if unit == "元" else 1)).astype(np.int64)
                column = pa.array(whole, mask=rng.random(n) < 0.03).cast(pa.decimal128(19, 0))
                columns.append(column.cast(pa.decimal128(18, 2)))
            writer.write_table(pa.table(columns, schema=schema))


def timed(name: str, work: Callable[[], object], rounds: int = 2) -> tuple[float, float]:
    """Return the least wall and processor seconds of some rounds."""
    best = (float("inf"), float("inf"))
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        best = min(best[0], time.perf_counter() - wall), min(best[1], time.process_time() - cpu)
    report(name, seconds=round(best[0], 2), cpu=round(best[1], 2))
    return best


def tiers(data: Path, folder: Path, rows: int) -> None:
    """Scan, score into memory as numbers, score into Parquet."""
    made = model()
    compiled = compile_model(made, columns_by_table({"companies": data}), ON, keep="scores")
    sql, connection = compiled.sql(), duckdb.connect()
    connection.execute(f"CREATE VIEW companies AS FROM read_parquet('{data}')")
    # "+ 0": else the footer's statistics answer and nothing is read
    scan = ", ".join(f"max({code}_2025 + 0)" for _, code, _ in FACTS)
    bare = timed("parquet scan", lambda: connection.sql(f"SELECT {scan} FROM companies").fetchall())
    scored = timed("score", lambda: connection.sql(
        f"SELECT sum(score_lo), sum(score_hi), sum(status) FROM ({sql})").fetchall())
    stored = timed("score to parquet", lambda: DuckDBBackend().write(sql, {"companies": data}, folder / "t.parquet"), 1)
    report("tiers over bare scan", rows=rows, wall=round(scored[0] / bare[0], 2), cpu=round(scored[1] / bare[1], 2),
           stored_wall=round(stored[0] / bare[0], 2), stored_cpu=round(stored[1] / bare[1], 2), aim=2.5)


def explained(data: Path, folder: Path) -> None:
    """One explanation out of a stored result: read one row, explain it."""
    made, target = model(), folder / "scores.parquet"
    score_to({"companies": data}, made, ON, target, keep="points")
    columns = ["score_lo", "stage", "sector", *(f"i{k}_lo" for k in range(18))]
    known = references(made, pq.ParquetFile(target).read_row_group(0, columns))
    engine, rows = DuckDBBackend(1), pq.read_metadata(target).num_rows
    times, spent = [], []
    for n in range(0, rows, max(rows // 9, 1)):
        start, cpu = time.perf_counter(), time.process_time()
        row = engine.query(f"SELECT * FROM scores WHERE company = '{n:018d}'", {"scores": target}).to_pylist()[0]
        assert explain(made, row, known).score[0] == row["score_lo"]
        times.append(time.perf_counter() - start)
        spent.append(time.process_time() - cpu)
    report("one explanation", rows=rows, least_ms=round(min(times) * 1000, 1), median_ms=round(sorted(times)[len(times) // 2] * 1000, 1),
           median_cpu_ms=round(sorted(spent)[len(spent) // 2] * 1000, 1), aim=50)


def ranked(rows: int = 50_000_000) -> None:
    """Ranks of 50 million scores by histogram, all four kinds."""
    made, counts = model(), Histogram(model(), most(model()))
    rng = np.random.default_rng(1)

    def batch(n: int) -> pa.Table:
        scores = pa.array(rng.integers(0, 10_000, n)).cast(pa.decimal128(19, 0))
        points = pa.compute.multiply(scores, pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))).cast(pa.decimal128(9, 2), safe=False)
        stage = pa.array(rng.integers(0, 3, n, dtype=np.int32))
        return pa.table({"score_lo": points, "score_hi": points, "stage": stage, "sector": pa.array(np.zeros(n, np.int32))})

    parts, spent = [batch(2_000_000) for _ in range(2)], [0.0, 0.0]
    for n in range(rows // 2_000_000):
        wall, cpu = time.perf_counter(), time.process_time()
        counts.add(parts[n % 2])
        spent = [spent[0] + time.perf_counter() - wall, spent[1] + time.process_time() - cpu]
    for n in range(rows // 2_000_000):
        wall, cpu = time.perf_counter(), time.process_time()
        counts.ranked(parts[n % 2])
        spent = [spent[0] + time.perf_counter() - wall, spent[1] + time.process_time() - cpu]
    report("rank by histogram", rows=rows, seconds=round(spent[0], 1), cpu=round(spent[1], 1), aim=10, profiles=len(made.profiles))


def big(folder: Path, rows: int = 50_000_000) -> None:
    """A whole country, streamed, under a limit."""
    data, draft = folder / "big.parquet", folder / "big.draft"
    write_data(data, rows)
    compiled = compile_model(model(), columns_by_table({"companies": data}), ON, keep="scores")
    engine = DuckDBBackend(2, memory="2500MB")
    start, cpu = time.perf_counter(), time.process_time()
    engine.write(compiled.sql(), {"companies": data}, draft)
    middle = time.perf_counter()
    add_ranks(model(), draft, folder / "big.scores.parquet")
    report("fifty million", rows=rows, score_seconds=round(middle - start, 1), rank_seconds=round(time.perf_counter() - middle, 1),
           cpu=round(time.process_time() - cpu, 1), peak_mb=round(peak_mb()), aim_mb=4096)


def main(rows: str = "10000000", *wanted: str) -> None:
    with tempfile.TemporaryDirectory(prefix="wutong-points-") as temp:
        folder, chosen = Path(temp), wanted or ("tiers", "explain", "rank")
        data = folder / "companies.parquet"
        if {"tiers", "explain"} & set(chosen):
            write_data(data, int(rows))
        if "tiers" in chosen:
            tiers(data, folder, int(rows))
        if "explain" in chosen:
            explained(data, folder)
        if "rank" in chosen:
            ranked()
        if "big" in chosen:
            big(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
