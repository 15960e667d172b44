"""Companies that stand exactly on a threshold: how many does the engine judge wrongly? The answer must be 0.

A million companies per set, a third on the line, a third 0.01 yuan below, a third 0.01 yuan above, for ten
thresholds at once. The truth comes from Python integers. Doubles are counted beside it.

* `half`: amounts in whole half yuan, as in accounts rounded to 角 and 分;
* `wan`: amounts written as text in 万元 with four to six decimals and read by `wutong.values`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from data import ON, codes, decimals
from measure import report

from wutong.packs import load_file
from wutong.policy import evaluate
from wutong.tables import write_tables
from wutong.values import parse_number

if TYPE_CHECKING:
    from wutong.packs import Policy

PERCENT = (2, 3, 4, 5, 6, 10, 15, 20, 25, 30)
HEAD = """
policy: thresholds
pack: bench
version: "1"
name: {zh: 临界测试, en: Thresholds}
kind: qualification
status: draft
in_force: {from: 2000-01-01, to: null}
issuer: benchmark
sources: {s: {doc_no: none, clause: none, grade: C}}
conditions:
"""


def policy(folder: Path) -> Policy:
    """Return a policy of one condition for each threshold, loaded like any other."""
    rows = [
        f"  - {{code: t{t}, zh: 不低于{t}%, en: at least {t} %, when: percent(上年研发费用 / 上年营业收入) >= {t}%, source: s}}"
        for t in PERCENT
    ]
    file = folder / "thresholds-1.yaml"
    file.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    return load_file(file)


def cents(rows: int, step: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return research and revenue in cents: on, just below and just above a threshold, in turn."""
    rng = np.random.default_rng(seed)
    threshold = np.array(PERCENT)[rng.integers(0, len(PERCENT), rows)]
    whole = 100 // np.gcd(threshold, 100)  # the least multiple of `step` of which the threshold is a multiple too
    revenue = rng.integers(10**5, 10**8, rows) * whole * step
    research = revenue * threshold // 100 + np.array([0, -1, 1])[np.arange(rows) % 3]
    return research, revenue


def truth(research: np.ndarray, revenue: np.ndarray) -> np.ndarray:
    """Return the mask of failed conditions in integers (every product fits 63 bits)."""
    return sum(((research * 100 < revenue * t).astype(np.uint64) << np.uint64(i)) for i, t in enumerate(PERCENT))


def by_doubles(research: np.ndarray, revenue: np.ndarray) -> np.ndarray:
    """Return the same mask as a program with floating point finds it: R&D below t % of sales."""
    return sum((((research / 100) / (revenue / 100) * 100 < t).astype(np.uint64) << np.uint64(i)) for i, t in enumerate(PERCENT))


def from_wan_text(amounts: np.ndarray) -> pa.Array:
    """Return amounts read from texts in 万元, as a workbook gives them."""
    texts = [f"{cent // 10**6}.{cent % 10**6:06d}".rstrip("0").rstrip(".") for cent in amounts.tolist()]
    return pa.array([parse_number(text, "元", "万元") for text in texts]).cast(pa.decimal128(18, 2))


def wrong(name: str, rows: int, folder: Path) -> tuple[int, int]:
    """Return how many companies the engine, and doubles, judge wrongly."""
    research, revenue = cents(rows, 50 if name == "half" else 1, seed=len(name))
    read = from_wan_text if name == "wan" else (lambda amounts: decimals(amounts, 2))
    table = pa.table({
        "company": codes(rows), "name": codes(rows), "rd_cost_2025": read(research), "revenue_2025": read(revenue),
    })
    snapshot = write_tables({"companies": table}, folder / name, demo=True)
    failed = evaluate(snapshot, [policy(folder)], ON).wide["p00_failed"].to_numpy()
    expected = truth(research, revenue)
    return int((failed != expected).sum()), int((by_doubles(research, revenue) != expected).sum())


def main(rows: str = "1000000") -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("half", "wan"):
            engine, doubles = wrong(name, int(rows), Path(folder))
            report("thresholds", amounts=name, companies=int(rows), wrong=engine, wrong_with_doubles=doubles)


if __name__ == "__main__":
    main(*sys.argv[1:])
