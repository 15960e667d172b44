"""Best legal combination of 10,000 companies × 30 policies: exclusive groups, overlapping groups, a common ceiling.

Each structure is solved as it comes (listing legal choices where there are few) and, for a tenth of the companies,
by integer programming alone; both must agree to the fen.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from measure import report

from wutong.packs.model import Benefit
from wutong.policy import combine
from wutong.policy.combine import Ceiling, Item, Problem

STRUCTURES = {"six groups": (6, 1, False), "six groups, ceiling": (6, 1, True), "overlapping": (15, 2, False),
              "overlapping, ceiling": (15, 2, True)}


def problem(rng: np.random.Generator, groups: int, each: int, policies: int, *, ceiling: bool) -> Problem:
    """Return `policies` benefits, each in `each` of `groups` exclusive groups."""
    items = [
        Item(f"p{n}", Benefit("b", f"奖{n}", "", None, None, groups=tuple(f"g{g}" for g in sorted(set(rng.choice(groups, each))))))
        for n in range(policies)
    ]
    caps = [Ceiling("c", frozenset((f"p{n}", "b") for n in range(8)), 30_000_00)] if ceiling else []
    return Problem(items, caps)


def main(companies: str = "10000", policies: str = "30") -> None:
    rows, many = int(companies), int(policies)
    for name, (groups, each, ceiling) in STRUCTURES.items():
        rng = np.random.default_rng(20261101)
        made = problem(rng, groups, each, many, ceiling=ceiling)
        amounts = np.where(rng.random((rows, many)) < 0.5, 0, rng.integers(0, 5_000_000_00, (rows, many)))
        nothing = np.zeros(amounts.shape, dtype=bool)
        start = time.perf_counter()
        listed = made.solve(amounts, amounts, nothing)
        seconds = time.perf_counter() - start
        few, combine.FEW = combine.FEW, 0
        program, tenth = problem(np.random.default_rng(20261101), groups, each, many, ceiling=ceiling), rows // 10
        start = time.perf_counter()
        solved = program.solve(amounts[:tenth], amounts[:tenth], nothing[:tenth])
        took, combine.FEW = time.perf_counter() - start, few
        assert (solved.low == listed.low[:tenth]).all(), name
        choices = max((len(p.choices) for p in made.parts if p.choices is not None), default=0)
        report("combine", structure=name, companies=rows, policies=many, most_choices=choices,
               seconds=round(seconds, 2), highs_seconds_per_10000=round(took * rows / tenth, 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
