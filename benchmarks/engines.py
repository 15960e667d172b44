"""DuckDB, PostgreSQL and Spark on the same companies: equal rows, times side by side, and how Spark's time grows.

    python benchmarks/engines.py proof FOLDER [ROWS]     all shipped packs; are all rows of the three engines equal?
    python benchmarks/engines.py tsme FOLDER [ROWS]      科技型中小企业 alone, row-by-row engines beside it
    python benchmarks/engines.py scale FOLDER [SIZES] [POLICIES]   Parquet to Parquet on Spark, with a linear fit

PostgreSQL is a private server started here, or the one `WUTONG_POSTGRES` names. bkflow-feel and OpenFisca-core are
measured where they are installed; the latter is AGPL and never a dependency.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import data
import numpy as np
import peers
from measure import report

from wutong.backends.choose import open_backend
from wutong.packs import choose, load_packs
from wutong.policy import evaluate
from wutong.policy.parts import evaluate_parts

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.servers import postgres_programs, private_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

    from wutong.backends.protocol import Backend

CLUSTER_CORES = 64
COUNTRY = 50_000_000


def engines(stack: ExitStack, names: list[str]) -> dict[str, Backend]:
    """Return the backends, each on two cores, closed with `stack`."""
    found: dict[str, Backend] = {}
    for name in names:
        dsn = os.environ.get("WUTONG_POSTGRES")
        programs = postgres_programs()
        if name == "postgres" and not dsn and programs:
            dsn = stack.enter_context(private_postgres(programs))
        found[name] = open_backend(name, dsn=dsn, threads=2)
        stack.callback(found[name].close)
    return found


def timed(run: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    made = run(*arguments, **named)
    return made, round(time.perf_counter() - start, 2)


def proof(folder: str, rows: str = "300000", names: str = "duckdb,postgres,spark") -> None:
    snapshot, policies = data.snapshot(int(rows), Path(folder)), choose(load_packs(None), data.ON)
    seconds, differ, wide = {}, {}, None
    with ExitStack() as stack:
        for name, backend in engines(stack, names.split(",")).items():
            results, seconds[name] = timed(evaluate, snapshot, policies, data.ON, backend=backend)
            if wide is None:
                wide = results.wide
            differ[name] = [c for c in wide.column_names if wide.column(c) != results.wide.column(c)]
            report("engine", engine=name, seconds=seconds[name], columns=wide.num_columns, differing_columns=differ[name])
    report("engines", companies=int(rows), policies=len(policies), seconds=seconds,
           ratio={n: round(s / seconds["duckdb"], 1) for n, s in seconds.items()}, differing_columns=differ)


def tsme(folder: str, rows: str = "300000", names: str = "duckdb,postgres,spark") -> None:
    snapshot = data.snapshot(int(rows), Path(folder))
    policy = replace(next(p for p in choose(load_packs(["national"]), data.ON) if p.id == "tsme"), outputs=("total_score",))
    seconds: dict[str, float] = {}
    with ExitStack() as stack:
        for name, backend in engines(stack, names.split(",")).items():
            times = [timed(evaluate, snapshot, [policy], data.ON, backend=backend)[1] for _ in range(3)]
            seconds[name], seconds[f"{name}_first"] = min(times), times[0]
    flat = peers.flat(snapshot)
    for name, decider in (("zen_engine", peers.zen_decider), ("bkflow_feel", peers.bkflow_decider)):
        try:
            decide = decider()
        except ImportError:
            continue
        companies = peers.zen_rows(flat, 2_000)
        spent = timed(list, map(decide, companies))[1]
        seconds[f"{name}_scaled"] = round(spent / len(companies) * snapshot.rows(), 1)
    try:
        simulate = peers.openfisca_simulation()
    except ImportError:
        pass
    else:
        seconds["openfisca_core"] = min(timed(simulate, flat)[1] for _ in range(3))
    report("tsme", companies=int(rows), seconds=seconds,
           ratio={n: round(s / seconds["duckdb"], 1) for n, s in seconds.items()})


def scale(folder: str, sizes: str = "250000,500000,1000000", policies: str = "4,16") -> None:
    """Time Parquet to Parquet; fit seconds = start + cost × companies × policies."""
    every = choose(load_packs(None), data.ON)
    points: list[tuple[int, int, float]] = []
    with ExitStack() as stack:
        backend = engines(stack, ["spark"])["spark"]
        for rows in map(int, sizes.split(",")):
            snapshot = data.snapshot(rows, Path(folder))
            for count in map(int, policies.split(",")):
                out = stack.enter_context(tempfile.TemporaryDirectory())
                spent = timed(evaluate_parts, snapshot, every[:count], data.ON, out=Path(out), backend=backend)[1]
                points.append((rows, count, spent))
                report("point", companies=rows, policies=count, seconds=spent)
    x = np.array([[1.0, c, r * c] for r, c, _ in points])
    y = np.array([s for _, _, s in points])
    fit, *_ = np.linalg.lstsq(x, y, rcond=None)
    left = 1 - ((y - x @ fit) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    hours = fit[2] * COUNTRY * 100 / 3600
    report("fit", seconds_fixed=round(float(fit[0]), 1), seconds_per_policy=round(float(fit[1]), 2),
           nanoseconds_per_decision=round(float(fit[2]) * 1e9), r_squared=round(float(left), 4),
           hours_country_2_cores=round(float(hours), 2),
           minutes_country_cluster=round(float(hours) * 60 * 2 / CLUSTER_CORES, 1))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"proof": proof, "tsme": tsme, "scale": scale}[sys.argv[1]](*sys.argv[2:])
