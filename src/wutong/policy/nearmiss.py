"""Near miss: what an ineligible company lacks, and the cheapest changes that would make it eligible.

Every change told was decided by the same SQL as the verdict, and is irreducible: one step less of any part of it and
the company is not eligible. Costs are assumptions (:mod:`wutong.policy.levers`) that only put ways in an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from wutong.backends.at_hand import shipped_catalogue
from wutong.backends.protocol import Preparing
from wutong.errors import WutongError
from wutong.ir.policy.verdict import ELIGIBLE, INELIGIBLE, MANUAL, UNKNOWN
from wutong.packs.model import Policy
from wutong.policy.evaluate import VERDICTS, Mode
from wutong.policy.facts import Company, said
from wutong.policy.gaps import Gap, decided, gaps, pending
from wutong.policy.lab import Lab, stated
from wutong.policy.levers import Effort, Lever, changed, levers_for, load_effort
from wutong.policy.search import Point, Search, State
from wutong.tables import Catalogue

Outcome = Literal["found", "open", "none", "fixed", "not_needed"]
"""found: a way to eligible · open: the failure can be taken away, then missing data or a person decide · none: no
set of at most three changes helps · fixed: a failed condition rests on nothing a company can change · not_needed: it
is not ineligible."""


@dataclass(frozen=True, slots=True)
class Change:
    """One action: `amount` in `unit`, and the figures it moves as (name, before, after)."""

    code: str
    zh: str
    en: str
    amount: Decimal
    unit: str
    cost: Decimal
    figures: tuple[tuple[str, Any, Any], ...] = ()
    row: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A set of changes, its assumed cost in 元, and the verdict it leads to."""

    changes: tuple[Change, ...]
    cost: Decimal
    verdict: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The answer for one company and policy; `fixed` are failed conditions no change can mend."""

    company: str
    policy: str
    verdict: str
    outcome: Outcome
    gaps: tuple[Gap, ...] = ()
    ways: tuple[Way, ...] = ()
    fixed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    tried: int = 0
    complete: bool = True
    effort: str = ""

    @property
    def single(self) -> Way | None:
        """The cheapest way of one change."""
        return next((w for w in self.ways if len(w.changes) == 1), None)

    @property
    def best(self) -> Way | None:
        """The cheapest way of at most three changes."""
        return self.ways[0] if self.ways else None


def near_miss(
    company: Company, policy: Policy, on: date, *, mode: Mode = "interval", effort: Effort | None = None,
    catalogue: Catalogue | None = None, backend: Preparing | None = None,
) -> NearMiss:
    """Return what `company` lacks under `policy` and the cheapest ways to mend it.

    Args:
        company: its facts and child rows.
        policy: the version in force on `on`.
        on: date of assessment.
        mode: as in :func:`wutong.policy.evaluate.evaluate`.
        effort: the cost model; the one that ships if None.
        catalogue: the catalogue of facts; the one that ships if None.
        backend: where the SQL runs; DuckDB in process if None.

    Raises:
        WutongError: Q102 the policy is not in force, F5xx for faulty rules.
    """
    if not policy.in_force(on):
        raise WutongError.of("Q102", policy=policy.zh, on=on.isoformat())
    known, costs = catalogue or shipped_catalogue(), effort or load_effort()
    bare = replace(policy, outputs=(), benefits=())
    lab = Lab(company, [bare], on, mode=mode, edges=True, checks=True, catalogue=known, backend=backend)
    row = lab.decide([changed((), (), company)])[0]
    compiled = lab.policies[0]
    verdict = row[f"{compiled.prefix}_verdict"]
    about = NearMiss(company.code, policy.key, VERDICTS[verdict], "not_needed", effort=costs.file)
    if verdict != INELIGIBLE:
        return about
    truths = stated(row, compiled)
    matter = pending(policy.decide, truths)
    about = replace(about, gaps=gaps(row, compiled, matter), fixed=_unmendable(lab, truths, matter, costs))
    if decided(policy.decide, {**dict.fromkeys(truths, True), **dict.fromkeys(about.fixed, False)}) is not True:
        return replace(about, outcome="fixed")
    uses = frozenset[str]().union(*(c.uses for c in compiled.conditions if c.code in matter))
    levers = levers_for(company, policy, uses, on, known, costs)
    # what these move by the way may break a condition that holds; what that one reads can make up for it
    touched = {column for lever in levers for column, _ in lever.moves}
    uses = uses.union(*(c.uses for c in compiled.conditions if c.uses & touched))
    return _searched(lab, about, levers_for(company, policy, uses, on, known, costs))


def _unmendable(lab: Lab, truths: dict[str, bool | None], matter: tuple[str, ...], effort: Effort) -> tuple[str, ...]:
    """Return the failed conditions that read nothing the company can change."""
    compiled = lab.policies[0]
    return tuple(
        c.code for c in compiled.conditions
        if c.code in matter and truths[c.code] is False
        and not levers_for(lab.company, compiled.policy, c.uses, lab.on, lab.catalogue, effort)
    )


def _searched(lab: Lab, about: NearMiss, levers: Sequence[Lever]) -> NearMiss:
    by_hand = any(c.manual for c in lab.policies[0].policy.conditions)
    goal = frozenset({ELIGIBLE, MANUAL} if by_hand else {ELIGIBLE})
    search = Search(lab, levers, goal)
    found = search.run()
    outcome: Outcome = "found"
    if not found:
        rest = [s for s in search.seen.values() if s.verdict == UNKNOWN and not s.broken & ~search.base.broken]
        found = [min(rest, key=lambda s: (s.cost, len(s.point), s.point))] if rest else []
        outcome = "open" if found else "none"
    ways = tuple(_way(lab, levers, s) for s in found)
    left = _left_open(lab, levers, found[0].point) if found and outcome == "open" else ()
    return replace(about, outcome=outcome, ways=ways, open=left, tried=len(search.seen), complete=search.complete)


def _way(lab: Lab, levers: Sequence[Lever], state: State) -> Way:
    return Way(tuple(_change(lab, levers[i], amount) for i, amount in state.point), state.cost, VERDICTS[state.verdict])


def _change(lab: Lab, lever: Lever, amount: Decimal) -> Change:
    own, catalogue = lab.company.facts, lab.catalogue
    figures = tuple((said(catalogue, c), own[c], own[c] + f * amount) for c, f in lever.moves)
    figures += tuple((said(catalogue, c), own.get(c), v) for c, v in lever.sets)
    child = None if lever.row is None else catalogue.child(lever.row.child)
    row: tuple[tuple[str, Any], ...] = ()
    if lever.row is not None and child is not None:
        cells = {**dict(lever.row.cells), **({lever.row.amount: amount} if lever.row.amount else {})}
        row = tuple((c.zh, cells[c.code]) for c in child.columns if cells.get(c.code) is not None)
    return Change(lever.code, lever.zh, lever.en, amount, lever.unit, lever.cost * amount, figures, row)


def _left_open(lab: Lab, levers: Sequence[Lever], point: Point) -> tuple[str, ...]:
    row = lab.decide([changed(levers, point, lab.company)])[0]
    compiled = lab.policies[0]
    return tuple(code for code, truth in stated(row, compiled).items() if truth is None)
