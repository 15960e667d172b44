"""Near misses of a whole registry from the masks of its results, and one company's answers.

Measure of the issue: 1,000,000 companies × 100 policies ≤ 2 s from results.parquet. The results are the ones of
benchmarks/evaluate.py's kind, made here: verdicts and masks with the frequencies a zone has.
Run: ``python benchmarks/nearmiss.py [companies] [policies]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import report

from wutong.policy.near import near_counts
from wutong.tables.snapshot import write_parquet

CONDITIONS = 14


def results(companies: int, policies: int, path: Path) -> list[tuple[str, SimpleNamespace]]:
    """Write masks of companies × policies; return prefix and policy of each."""
    dice = np.random.default_rng(7)
    columns: dict[str, pa.Array] = {"company": pa.array([f"{n:018d}" for n in range(companies)])}
    found = []
    for number in range(policies):
        prefix = f"p{number:02d}"
        failed = np.zeros(companies, np.uint64)
        unknown = np.zeros(companies, np.uint64)
        for bit in range(CONDITIONS):
            draw = dice.random(companies)
            failed |= np.where(draw < 0.12, np.uint64(1 << bit), np.uint64(0))
            unknown |= np.where((draw >= 0.12) & (draw < 0.15), np.uint64(1 << bit), np.uint64(0))
        verdict = np.where(failed > 0, 0, np.where(unknown > 0, 2, 1)).astype(np.uint8)
        columns |= {f"{prefix}_verdict": pa.array(verdict), f"{prefix}_failed": pa.array(failed), f"{prefix}_unknown": pa.array(unknown)}
        codes = [f"c{n}" for n in range(CONDITIONS)]
        found.append((prefix, SimpleNamespace(key=f"made.{prefix}", decide={"all": codes}, conditions=[SimpleNamespace(code=c) for c in codes])))
    # the layout of a run's results
    write_parquet(pa.table(columns), path)
    return found


def main() -> None:
    """Print the time of the near misses and of merely reading the masks, and their ratio."""
    companies, policies = (int(a) for a in (sys.argv[1:] + ["1000000", "100"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.parquet"
        pairs = results(companies, policies, path)
        start, cpu = time.perf_counter(), time.process_time()
        names = [f"{p}_{n}" for p, _ in pairs for n in ("failed", "unknown")]
        pq.read_table(path, columns=names)
        read, read_cpu = time.perf_counter() - start, time.process_time() - cpu
        start, cpu = time.perf_counter(), time.process_time()
        found = near_counts(path, pairs)  # type: ignore[arg-type]
        took, took_cpu = time.perf_counter() - start, time.process_time() - cpu
        near = sum(f.companies for f in found)
    print(f"{companies:,} companies × {policies} policies: {near:,} near misses in {took:.2f} s ({took_cpu:.2f} s of CPU)")
    print(f"reading the masks alone: {read:.2f} s ({read_cpu:.2f} s of CPU); ratio {took_cpu / read_cpu:.2f} of CPU")
    report("nearmiss", companies=companies, policies=policies, seconds=round(took, 2), cpu=round(took_cpu, 2),
           cpu_to_reading=round(took_cpu / read_cpu, 2))


if __name__ == "__main__":
    main()
