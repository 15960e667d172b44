"""How long one company's explanation takes: the 95th percentile over companies of a run folder."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from measure import report

from wutong.report.run import open_run
from wutong.tables import Snapshot


def main(folder: str, rounds: str = "60") -> None:
    run = Path(folder)
    companies = Snapshot.open(run / "snapshot").read()["company"].to_pylist()
    step = max(1, len(companies) // int(rounds))
    times = []
    for company in companies[:: step]:
        start = time.perf_counter()
        open_run(run, company)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    report("explain", companies=len(times), p50_ms=round(times[len(times) // 2], 1),
           p95_ms=round(times[int(len(times) * 0.95)], 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
