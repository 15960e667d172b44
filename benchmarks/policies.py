"""100 policies × 1,000,000 companies: seconds and peak memory.

The policies in force on the date are repeated until there are a hundred. Every copy has other figures, in parameters
and tables, so that nothing can be computed once for two of them.

    python benchmarks/policies.py SNAPSHOT [COUNT]
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from decimal import Decimal
from itertools import cycle, islice
from typing import TYPE_CHECKING

from data import ON
from measure import peak_mb, report
from wutong.packs import choose, load_packs
from wutong.policy import evaluate
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


def hundred(count: int = 100) -> list[Policy]:
    """Return `count` policies."""
    in_force = choose(load_packs(), ON)
    turns = islice(enumerate(cycle(in_force)), count)
    return [other_figures(policy, index // len(in_force)) for index, policy in turns]


def main(folder: str, count: str = "100") -> None:
    snapshot = Snapshot.open(folder)
    policies = hundred(int(count))
    start = time.perf_counter()
    evaluate(snapshot, policies, ON)
    seconds = time.perf_counter() - start
    report("policies", policies=len(policies), companies=snapshot.rows(), seconds=round(seconds, 2),
           peak_mb=round(peak_mb()))


if __name__ == "__main__":
    main(*sys.argv[1:])
