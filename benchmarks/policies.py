"""100 policies × 1,000,000 companies: seconds and peak memory, results streamed to Parquet block by block.

Arguments: SNAPSHOT [scoring|mixed] [COUNT]. `scoring` is a hundred variants of the 100-point table of 科技型中小企业; `mixed` repeats the policies in force on the
date. Every copy has other figures, in parameters and tables, so that nothing can be computed once for two of them.
Each policy gives verdict, both masks, its first output and its benefit as ranges.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from data import ON
from measure import peak_mb, report

from wutong.backends.duckdb import DuckDBBackend
from wutong.packs import choose, load_packs
from wutong.policy.evaluate import block_tables, blocks, columns_by_table, snapshot_tables
from wutong.tables import Snapshot

if TYPE_CHECKING:
    from wutong.packs import Policy

PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


def other_figures(policy: Policy, turn: int) -> Policy:
    """Return a copy of `policy` whose figures are a little higher for each turn."""
    def shift(match: re.Match[str]) -> str:
        return f"{Decimal(match[1]) + Decimal(turn) / 1000}%"

    def raised(value: object) -> object:
        return value + Decimal(turn) if isinstance(value, Decimal) else value

    parameters = tuple(
        replace(p, values=tuple(replace(v, value=raised(v.value)) for v in p.values)) for p in policy.parameters)
    tables = tuple(
        replace(t, rules=tuple(tuple(PERCENT.sub(shift, cell) for cell in rule) for rule in t.rules))
        for t in policy.tables)
    return replace(policy, id=f"{policy.id}_{turn}", parameters=parameters, tables=tables)


def hundred(kind: str, count: int) -> list[Policy]:
    """Return `count` policies, the first output of each kept."""
    in_force = [replace(p, outputs=p.outputs[:1]) for p in choose(load_packs(), ON)]
    chosen = [p for p in in_force if kind == "mixed" or p.id == "tsme"]
    return [other_figures(policy, index // len(chosen)) for index, policy in islice(enumerate(cycle(chosen)), count)]


def main(folder: str, kind: str = "scoring", count: str = "100") -> None:
    snapshot = Snapshot.open(folder)
    tables = snapshot_tables(snapshot)
    engine = DuckDBBackend(threads=2, memory="300MB")
    policies = hundred(kind, int(count))
    start, cpu = time.perf_counter(), time.process_time()
    # the next block is compiled while one runs, as in `evaluate`
    with tempfile.TemporaryDirectory() as results, ThreadPoolExecutor(max_workers=1) as runner:
        for written in [
            runner.submit(engine.write, block.sql, {n: t for n, t in tables.items() if n in block_tables(block)},
                          Path(results) / f"{number}.parquet")
            for number, block in enumerate(blocks(policies, columns_by_table(tables), ON))
        ]:
            written.result()
    seconds, spent = time.perf_counter() - start, time.process_time() - cpu
    report("policies", kind=kind, policies=len(policies), companies=snapshot.rows(), seconds=round(seconds, 2),
           cpu=round(spent, 1), peak_mb=round(peak_mb()))


if __name__ == "__main__":
    main(*sys.argv[1:])
