"""科技型中小企业 on a million companies: the generated SQL beside hand-written SQL, numpy and zen-engine.

Before anything is timed, the verdicts, masks and score ranges of engine and hand-written interval SQL are compared
for every company: two programs written apart must agree on all of them.
"""

from __future__ import annotations

import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import data
import duckdb
import peers
from measure import interleaved, report

from wutong.packs import choose, load_packs
from wutong.policy import evaluate

if TYPE_CHECKING:
    import pyarrow as pa

    from wutong.packs import Policy
    from wutong.tables import Snapshot

COLUMNS = ("verdict", "failed", "unknown", "score_lo", "score_hi")


def policy() -> Policy:
    """Return the policy with the total score as only output, the columns that the hand-written SQL gives."""
    found = next(p for p in choose(load_packs(["national"]), data.ON) if p.id == "tsme")
    return replace(found, outputs=("total_score",))


def differences(engine: pa.Table, hand: pa.Table) -> int:
    """Return how many companies differ in any column."""
    names = ("p00_verdict", "p00_failed", "p00_unknown", "p00_o0_lo", "p00_o0_hi")
    unequal = " OR ".join(f"h.{a} IS DISTINCT FROM e.{b}" for a, b in zip(COLUMNS, names, strict=True))
    with duckdb.connect() as connection:
        connection.register("e", engine)
        connection.register("h", hand)
        row = connection.execute(f"SELECT count(*) FROM h FULL JOIN e USING (company) WHERE {unequal}").fetchone()
    return int(row[0])


def zen_seconds(snapshot: Snapshot, flat: pa.Table, sample: int) -> float:
    """Return the seconds zen-engine would take for all companies, scaled from a sample."""
    rows, decide = peers.zen_rows(flat, sample), peers.zen_decider()
    start = time.perf_counter()
    for row in rows:
        decide(row)
    return (time.perf_counter() - start) / len(rows) * snapshot.rows()


def main(folder: str, rows: str = "1000000", rounds: str = "5") -> None:
    snapshot = data.snapshot(int(rows), Path(folder))
    tsme, flat = policy(), peers.flat(snapshot)
    interval, three = (peers.hand_sql(name, snapshot) for name in ("interval", "three_valued"))
    unequal = differences(evaluate(snapshot, [tsme], data.ON).wide, peers.run_sql(interval))
    times = interleaved({
        "engine": lambda: evaluate(snapshot, [tsme], data.ON),
        "hand_interval": lambda: peers.run_sql(interval),
        "hand_three_valued": lambda: peers.run_sql(three),
        "numpy": lambda: peers.numpy_version(flat),
        "counting_for_numpy_and_zen": lambda: peers.flat(snapshot),
    }, int(rounds))
    times["zen_engine_scaled"] = zen_seconds(snapshot, flat, 5_000)
    report("evaluate", companies=snapshot.rows(), differences=unequal,
           seconds={name: round(value, 3) for name, value in times.items()},
           engine_to={name: round(times["engine"] / value, 2) for name, value in times.items() if name != "engine"})


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # duckdb advises another call for Arrow; both sides use the same one
    main(*sys.argv[1:])
