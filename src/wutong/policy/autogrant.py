"""Grants without application (免申即享): the list for publicity, objections, the decision, the payment, each replayable.

Only policies that data decide alone take part: official, in force and inside their window, no clause for a person.
Every payment has a key made of company, policy, benefit and year, so that no run, list or clock can pay it twice; a
ledger of keys that were paid is honoured, and the same list gives the same files again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wutong.errors import Place, WutongError
from wutong.packs.model import Policy
from wutong.policy.amounts import Combined, amounts_of
from wutong.policy.combine import yuan
from wutong.policy.evaluate import Results

ELIGIBLE, UNDECIDED = 1, (2, 3)
ONCE = "once"


def hindrances(policy: Policy, on: date) -> tuple[str, ...]:
    """Return why a policy cannot be granted automatically: ``manual``, ``draft``, ``window``, ``no_grant``; empty if it can.

    A clause outside the decision tree does not matter.
    """
    decisive = _codes(policy.decide)
    found = []
    if not any(b.kind == "grant" for b in policy.benefits):
        found.append("no_grant")
    if policy.status != "official":
        found.append("draft")
    if any(c.manual for c in policy.conditions if c.code in decisive):
        found.append("manual")
    start, end = policy.window or (None, None)
    if (start is not None and on < start) or (end is not None and on > end):
        found.append("window")
    return tuple(found)


def _codes(tree: object) -> set[str]:
    if isinstance(tree, str):
        return {tree}
    parts = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list) else ()
    return set().union(*(_codes(p) for p in parts))


def payment_key(company: str, policy: str, benefit: str, year: str) -> str:
    """Return the key of a payment: 20 hex digits of SHA-256; `year` is ``once`` for a benefit paid once only.

    >>> payment_key("91370200MA3DEMO01X", "p.a", "b1", "2026") == payment_key("91370200MA3DEMO01X", "p.a", "b1", "2026")
    True
    """
    return hashlib.sha256(f"{company}\n{policy}\n{benefit}\n{year}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Grant:
    """One benefit for one company; `state`: ``listed``, ``confirmed``, ``changed``, ``withdrawn``, ``held``, ``paid_before``."""

    key: str
    company: str
    name: str
    policy: str
    benefit: str
    zh: str
    year: str
    amount: Decimal
    state: str = "listed"
    note: str = ""

    @property
    def payable(self) -> bool:
        """Whether the decision pays it."""
        return self.state in {"confirmed", "changed"} and self.amount > 0


@dataclass(frozen=True, slots=True)
class GrantList:
    """A list for publicity; `id` is the hash of everything in it."""

    on: date
    run: str
    rehearsal: bool
    grants: tuple[Grant, ...]
    policies: Mapping[str, str]
    """Names of the policies that take part, by key."""
    refused: Mapping[str, tuple[str, ...]]
    """Policies with grants that do not take part, and why."""
    open: int
    """Companies × policies not decided yet: their data are missing."""

    @property
    def id(self) -> str:
        """The id of the list: the same companies, benefits and amounts give the same id."""
        text = "\n".join(f"{g.key} {g.amount}" for g in self.grants)
        return hashlib.sha256(f"{self.on}\n{self.rehearsal}\n{text}".encode()).hexdigest()[:12]

    @property
    def batch(self) -> str:
        """The id of the payment that the decision asks for: another decision is another batch."""
        text = "\n".join(f"{g.key} {g.amount}" for g in self.grants if g.payable)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def total(self) -> Decimal:
        """Sum of all grants, 元."""
        return sum((g.amount for g in self.grants), Decimal(0))


def grant_list(
    results: Results, names: Mapping[str, str], run: str, *, policies: Sequence[str] = (), rehearsal: bool = False
) -> GrantList:
    """Return what companies get without applying.

    Args:
        results: verdicts of all policies.
        names: company names by code.
        run: id of the run.
        policies: ids of the policies to grant; all that can be if empty.
        rehearsal: let drafts and policies outside their window take part; the list is marked and cannot be paid.

    Raises:
        WutongError: R330 when a policy asked for cannot be granted automatically, R331 for an unknown one.
    """
    excused = {"draft", "window"} if rehearsal else set()
    why = {c.policy.key: tuple(h for h in hindrances(c.policy, results.on) if h not in excused) for c in results.policies}
    for name in policies:
        found = next((c.policy for c in results.policies if name in (c.policy.id, c.policy.key, c.policy.zh)), None)
        if found is None:
            raise WutongError.of("R331", name=name, known="、".join(c.policy.id for c in results.policies if c.policy.benefits))
        if why[found.key]:
            raise WutongError.of("R330", Place(policy=found.key), why="、".join(_WHY[h] for h in why[found.key]))
    chosen = [c for c in results.policies if not why[c.policy.key]
              and (not policies or any(n in (c.policy.id, c.policy.key, c.policy.zh) for n in policies))]
    combined = Combined.of(amounts_of(results, chosen, kind="grant"))
    verdicts = {c.policy.key: next(t for t in results.tables if f"{c.prefix}_verdict" in t.column_names)
                .column(f"{c.prefix}_verdict").to_numpy() for c in chosen}
    codes = results.tables[0].column("company").to_pylist() if results.tables else []
    grants = []
    for n, item in enumerate(combined.amounts.items):
        year = ONCE if item.benefit.once else str(results.on.year)
        sure = combined.choice.chosen[:, n] & (verdicts[item.policy] == ELIGIBLE) & (combined.choice.paid[:, n] > 0)
        sure &= (combined.amounts.low[:, n] == combined.amounts.high[:, n]) & ~combined.amounts.open[:, n]
        for at in sure.nonzero()[0].tolist():
            key = payment_key(codes[at], item.policy, item.benefit.code, year)
            grants.append(Grant(key, codes[at], names.get(codes[at], ""), item.policy, item.benefit.code, item.benefit.zh,
                                year, yuan(int(combined.choice.paid[at, n]))))
    undecided = sum(int((v >= min(UNDECIDED)).sum()) for v in verdicts.values())
    return GrantList(
        results.on, run, rehearsal, tuple(sorted(grants, key=lambda g: (g.policy, g.company, g.benefit))),
        {c.policy.key: c.policy.zh for c in chosen},
        {k: w for k, w in why.items() if w and "no_grant" not in w}, undecided)


_WHY = {"draft": "草案", "manual": "有需人工认定的条款", "window": "不在申报期内", "no_grant": "没有资金奖补"}


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection and what became of it: upheld (None: still open), perhaps with another amount."""

    company: str
    policy: str
    text: str
    upheld: bool | None
    amount: Decimal | None
    place: Place


def decided(found: GrantList, objections: Sequence[Objection]) -> GrantList:
    """Return the list after objections: withdrawn or changed where upheld, held where open, else confirmed.

    Raises:
        WutongError: R332 when an objection is about no grant of the list, R333 for two about the same, R334 for an
            amount above the listed one.
    """
    by: dict[tuple[str, str], Objection] = {}
    policies = {name: key for key, zh in found.policies.items() for name in (key, key.rsplit(".", maxsplit=1)[-1], zh)}
    listed = {(g.company, g.policy) for g in found.grants}
    for objection in objections:
        about = objection.company, policies.get(objection.policy, objection.policy)
        if about not in listed:
            raise WutongError.of("R332", objection.place, company=objection.company, name=objection.policy)
        if about in by:
            raise WutongError.of("R333", objection.place, company=objection.company)
        by[about] = objection
    return replace(found, grants=tuple(judged(g, by.get((g.company, g.policy))) for g in found.grants))


def judged(grant: Grant, objection: Objection | None) -> Grant:
    """Return a grant after the objection that counts for it. Raises WutongError R334 for more than was listed."""
    if objection is None or objection.upheld is False:
        return replace(grant, state="confirmed", note="" if objection is None else objection.text)
    if objection.upheld is None:
        return replace(grant, state="held", note=objection.text)
    if objection.amount is None:
        return replace(grant, state="withdrawn", amount=Decimal(0), note=objection.text)
    if objection.amount > grant.amount:
        raise WutongError.of("R334", objection.place, amount=objection.amount, listed=grant.amount)
    return replace(grant, state="changed", amount=objection.amount, note=objection.text)


def due(found: GrantList, ledger: Mapping[str, str]) -> GrantList:
    """Return the decided list with what the ledger (payment key → batch) says another batch has paid marked so.

    The same decision gives the same batch, whose payment file comes out again unchanged.

    Raises:
        WutongError: R335 for a rehearsal.
    """
    if found.rehearsal:
        raise WutongError.of("R335")
    batch = found.batch
    return replace(found, grants=tuple(
        replace(g, state="paid_before", note=ledger[g.key]) if ledger.get(g.key, batch) != batch else g
        for g in found.grants))
