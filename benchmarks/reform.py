"""Back-test of a whole pack: 100 policies, each changed, over the registry, beside a plain run of the same policies.

Arguments: SNAPSHOT_FOLDER [ROWS] [COUNT] [ROUNDS] [EXPECTED]. Every policy has a draft with other figures, so that each is
decided twice; plain run and back-test take turns. Processor seconds are told beside seconds: on a busy machine their ratio
counts. The expectation is drawn on request only and timed apart, for the first EXPECTED policies (0: not at all).
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import data
from measure import interleaved, peak_mb, report
from policies import hundred, other_figures

from wutong.policy import evaluate
from wutong.policy.evaluate import snapshot_tables
from wutong.policy.reform import Options, reform
from wutong.policy.reform_model import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wutong.backends.protocol import Tables
    from wutong.packs import Policy


def main(folder: str, rows: str = "1000000", count: str = "100", rounds: str = "1", expected: str = "10") -> None:
    snapshot = data.snapshot(int(rows), Path(folder))
    tables, policies = snapshot_tables(snapshot), hundred("mixed", int(count))
    # another id would be another policy
    touched = {p.key: replace(other_figures(p, 7), id=p.id) for p in policies}
    drafts = [Draft("draft", touched)]
    plain = Options(draws=0, listed=False)
    cpu: dict[str, list[float]] = {"plain": [], "reform": []}

    def counted(name: str, run: Callable[[], object]) -> None:
        start = time.process_time()
        run()
        cpu[name].append(time.process_time() - start)

    times = interleaved({
        "plain": lambda: counted("plain", lambda: evaluate(snapshot, policies, data.ON)),
        "reform": lambda: counted("reform", lambda: reform(tables, policies, drafts, data.ON, plain)),
    }, int(rounds))
    spent = {name: statistics.median(found) for name, found in cpu.items()}
    peak = peak_mb()
    report("reform", companies=snapshot.rows(), policies=len(policies),
           seconds={name: round(value, 2) for name, value in times.items()},
           cpu={name: round(value, 2) for name, value in spent.items()},
           to_plain=round(times["reform"] / times["plain"], 2), cpu_to_plain=round(spent["reform"] / spent["plain"], 2),
           policies_with_expectation=int(expected), their_seconds=_expectation(tables, policies[:int(expected)], touched),
           peak_mb=round(peak))


def _expectation(tables: Tables, policies: Sequence[Policy], touched: Mapping[str, Policy]) -> float:
    """Return how long a back-test of some policies takes with the expectation drawn."""
    start = time.perf_counter()
    if policies:
        reform(tables, policies, [Draft("draft", {p.key: touched[p.key] for p in policies})], data.ON, Options(listed=False))
    return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
