"""Back-test of a whole pack: 100 policies, each changed, over the registry, beside a plain run of the same policies.

Arguments: SNAPSHOT_FOLDER [ROWS] [COUNT] [ROUNDS]. Every policy has a draft with other figures, so that each is decided
twice; plain run and back-test take turns. The expectation is drawn on request only and timed apart.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import data
from measure import interleaved, peak_mb, report
from policies import hundred, other_figures

from wutong.policy import evaluate
from wutong.policy.evaluate import snapshot_tables
from wutong.policy.reform import Options, reform
from wutong.policy.reform_model import Draft


def main(folder: str, rows: str = "1000000", count: str = "100", rounds: str = "1") -> None:
    snapshot = data.snapshot(int(rows), Path(folder))
    tables, policies = snapshot_tables(snapshot), hundred("mixed", int(count))
    # another id would be another policy
    touched = {p.key: replace(other_figures(p, 7), id=p.id) for p in policies}
    drafts = [Draft("draft", touched)]
    plain = Options(draws=0, listed=False)
    times = interleaved({
        "plain": lambda: evaluate(snapshot, policies, data.ON),
        "reform": lambda: reform(tables, policies, drafts, data.ON, plain),
    }, int(rounds))
    start = time.perf_counter()
    reform(tables, policies[:10], [Draft("draft", dict(list(touched.items())[:10]))], data.ON, Options(listed=False))
    report("reform", companies=snapshot.rows(), policies=len(policies),
           seconds={name: round(value, 2) for name, value in times.items()},
           to_plain=round(times["reform"] / times["plain"], 2),
           ten_policies_with_expectation=round(time.perf_counter() - start, 2), peak_mb=round(peak_mb()))


if __name__ == "__main__":
    main(*sys.argv[1:])
