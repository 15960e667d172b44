"""Spending a fixed budget over those who are eligible: limits hold, priorities come one after the other, ties are drawn.

Method: lexicographic integer programming. The first priority is maximised, held at its optimum, then the next, and so
on. Claims that differ in nothing the plan asks about form a class; the program chooses how many of a class are
funded, and the draw who: tickets are SHA-256 of the published seed and the credit code, the smallest are served first.
Classes that remain interchangeable are served in the order of their best ticket.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import pyarrow as pa

from wutong.errors import Place, WutongError
from wutong.packs.cases import figure
from wutong.policy.amounts import Combined, amounts_of
from wutong.policy.evaluate import Results, shipped_catalogue
from wutong.policy.plan import BudgetPlan, Priority, Quota, Where
from wutong.policy.program import Row, conflict, maximise

DRAWN = 200
"""So many classes may be settled by the draw one after the other."""
WHOLE = "预算总额"
"""The name of the row that holds the budget itself."""
ELIGIBLE = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What one company may get under one policy, in fen; after the cap of the company."""

    company: str
    name: str
    policy: str
    amount: int
    first_time: bool
    facts: Mapping[str, Any]

    def ticket(self, seed: str) -> str:
        """Return the ticket of the draw: hex SHA-256 of ``seed:credit code``."""
        return hashlib.sha256(f"{seed}:{self.company}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Claims that differ in nothing the plan asks about, those served first in front."""

    claims: tuple[Claim, ...]

    @property
    def first(self) -> Claim:
        """One of them, for all."""
        return self.claims[0]


@dataclass(frozen=True, slots=True)
class Funded:
    """One claim, and whether it is funded: ``funded``, ``drawn`` (its class was drawn), ``lost`` (drawn, not served), ``out``."""

    claim: Claim
    state: str
    ticket: str

    @property
    def paid(self) -> bool:
        """Whether money is paid."""
        return self.state in {"funded", "drawn"}


@dataclass(frozen=True, slots=True)
class Used:
    """A limit and what came of it; amounts in fen where `money`."""

    name: str
    value: int
    low: int | None
    high: int | None
    money: bool

    @property
    def binding(self) -> bool:
        """Whether it stands at its bound."""
        return self.value in (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Step:
    """What a budget of this size buys; `values` one per priority, points in hundredths, amounts in fen."""

    budget: int
    spent: int
    awards: int
    values: tuple[int, ...]
    feasible: bool = True


@dataclass(frozen=True, slots=True)
class Allocation:
    """The allocation of one budget."""

    plan: BudgetPlan
    on: date
    budget: int
    claims: tuple[Funded, ...]
    limits: tuple[Used, ...]
    values: tuple[int, ...]
    curve: tuple[Step, ...]
    unknown: Mapping[str, int]
    """Per fact the plan reads: claims for which it is not known (counted as not fitting, or 0)."""

    @property
    def spent(self) -> int:
        """Fen paid."""
        return sum(f.claim.amount for f in self.claims if f.paid)


def claims_of(results: Results, companies: pa.Table, paid: pa.Table | None, plan: BudgetPlan) -> list[Claim]:
    """Return what companies may surely get, in the order of code and policy.

    Only eligible companies and sure amounts count, in each company's best legal combination of grants, cut at the cap
    of the plan.

    Raises:
        WutongError: R323 for a policy or fact that is not there.
    """
    chosen = [c for c in results.policies if not plan.policies or _meant(c.policy, plan.policies)]
    for name in plan.policies:
        if not any(_meant(c.policy, (name,)) for c in chosen):
            raise WutongError.of("R323", name=name, known="、".join(c.policy.id for c in results.policies if c.policy.benefits))
    grants = [c for c in chosen if any(b.kind == "grant" for b in c.policy.benefits)]
    combined = Combined.of(amounts_of(results, grants, kind="grant"))
    reader = _Facts(companies, results.on, plan)
    had = set(paid.column("company").to_pylist()) if paid is not None else set()
    wide = {c.policy.key: next(t for t in results.tables if f"{c.prefix}_verdict" in t.column_names)
            .column(f"{c.prefix}_verdict").to_numpy() for c in grants}
    codes = results.tables[0].column("company").to_pylist() if results.tables else []
    found = []
    for at, code in enumerate(codes):
        left = plan.company_cap
        for compiled in grants:
            key = compiled.policy.key
            amount = sum(int(combined.choice.paid[at, n]) for n, i in enumerate(combined.amounts.items) if i.policy == key)
            amount = amount if left is None else min(amount, left)
            if amount and wide[key][at] == ELIGIBLE:
                left = None if left is None else left - amount
                found.append(Claim(code, reader.name(at), key, amount, code not in had, reader.facts(at)))
    return found


def _meant(policy: Any, names: Sequence[str]) -> bool:
    return any(name in (policy.id, policy.key, policy.zh) for name in names)


class _Facts:
    """The facts a plan names, by company."""

    def __init__(self, companies: pa.Table, on: date, plan: BudgetPlan) -> None:
        wanted = {plan.points} - {""}
        wanted |= {name for q in plan.limits for name, _ in q.where}
        wanted |= {name for p in plan.priorities for name in (*(n for n, _ in p.where), p.by) if name}
        self.names = companies.column("name").to_pylist()
        self.columns: dict[str, list[Any]] = {}
        for name in sorted(wanted):
            found = shipped_catalogue().resolve(name, on.year)
            if found is None:
                raise WutongError.of("R323", name=name, known="、".join(f.zh for f in shipped_catalogue().facts[:12]))
            column = found[1]
            have = column in companies.column_names
            self.columns[name] = companies.column(column).to_pylist() if have else [None] * companies.num_rows

    def name(self, at: int) -> str:
        """Return a company's name."""
        return self.names[at] or ""

    def facts(self, at: int) -> dict[str, Any]:
        """Return the facts of one company."""
        return {name: values[at] for name, values in self.columns.items()}


def fits(claim: Claim, where: Where) -> bool:
    """Tell whether a company has one of the values for every fact."""
    return all(claim.facts[name] is not None and str(claim.facts[name]) in values for name, values in where)


def value_of(priority: Priority, plan: BudgetPlan) -> Callable[[Claim], int]:
    """Return what a claim adds to a priority: whole numbers, points in hundredths.

    Raises:
        WutongError: R322 for a bound that is no number.
    """
    if priority.kind in ("by", "points"):
        name = priority.by or plan.points
        if not name:
            raise WutongError.of("R322", key="points", value="")
        below, at_least = (_bound(text, name) for text in (priority.below, priority.at_least))

        def by(claim: Claim) -> int:
            raw = claim.facts[name]
            if raw is None or isinstance(raw, str):
                return 0
            number = Decimal(raw)
            if below is None and at_least is None:
                return int((number * 100).to_integral_value(ROUND_FLOOR))
            return int((below is None or number < below) and (at_least is None or number >= at_least))

        return by
    return {"first_time": lambda c: int(c.first_time), "awards": lambda _: 1, "amount": lambda c: c.amount,
            "where": lambda c: int(fits(c, priority.where))}[priority.kind]


def _bound(text: str, name: str) -> Decimal | None:
    if not text:
        return None
    found = shipped_catalogue().resolve(name, 2000)
    try:
        return figure(text, found[0].unit if found else None)
    except (ValueError, WutongError):
        raise WutongError.of("R322", key=name, value=text) from None


def allocate(claims: Sequence[Claim], plan: BudgetPlan, on: date, *, curve: bool = True) -> Allocation:
    """Return who is funded.

    Args:
        claims: from :func:`claims_of`.
        plan: limits and priorities.
        on: the date of assessment.
        curve: also compute what less and more money would buy.

    Raises:
        WutongError: R320 limits that cannot hold together, named; R321 no claim; R322, R323 a faulty plan; R310.
    """
    if not claims:
        raise WutongError.of("R321", Place(file=plan.name))
    budget = plan.budget
    worth = [value_of(p, plan) for p in plan.priorities]
    buckets = _buckets(claims, plan, worth)
    rows = _rows(buckets, plan, budget)
    most = [len(b.claims) for b in buckets]
    solved = _best(buckets, worth, rows)
    if solved is None:
        raise WutongError.of("R320", Place(file=plan.name), names="、".join(conflict(most, rows)))
    x, held = solved
    x = _drawn(x, most, [*rows, *held])
    return Allocation(
        plan, on, budget, tuple(sorted(_states(buckets, x, plan.seed), key=lambda f: (f.claim.company, f.claim.policy))),
        tuple(Used(r.name, r.value(x), r.low, r.high, money=not r.name.endswith("#")) for r in rows),
        tuple(h.value(x) for h in held), _curve(buckets, worth, plan, budget) if curve else (), _unknown(claims))


def _buckets(claims: Sequence[Claim], plan: BudgetPlan, worth: Sequence[Callable[[Claim], int]]) -> list[Bucket]:
    found: dict[tuple[Any, ...], list[Claim]] = {}
    for claim in claims:
        inside = tuple(_inside(claim, q) for q in plan.limits)
        found.setdefault((claim.policy, claim.amount, inside, *(w(claim) for w in worth)), []).append(claim)
    drawn = [Bucket(tuple(sorted(c, key=lambda c: (c.ticket(plan.seed), c.company)))) for c in found.values()]
    return sorted(drawn, key=lambda b: (b.first.ticket(plan.seed), b.first.company, b.first.policy))


def _inside(claim: Claim, quota: Quota) -> bool:
    named = not quota.policy or quota.policy in (claim.policy, claim.policy.rsplit(".", maxsplit=1)[-1])
    return named and fits(claim, quota.where)


def _rows(buckets: Sequence[Bucket], plan: BudgetPlan, budget: int) -> list[Row]:
    """Return the budget and the limits as rows; a name with # at its end counts awards."""
    rows = [Row(WHOLE, tuple(b.first.amount for b in buckets), high=budget)]
    for quota in plan.limits:
        inside = [_inside(b.first, quota) for b in buckets]
        if quota.least is not None or quota.most is not None:
            low = None if quota.least is None else int(quota.least.of(budget).to_integral_value(ROUND_CEILING))
            high = None if quota.most is None else int(quota.most.of(budget).to_integral_value(ROUND_FLOOR))
            rows.append(Row(quota.name, tuple(b.first.amount * i for b, i in zip(buckets, inside, strict=True)), low, high))
        if quota.least_awards is not None or quota.most_awards is not None:
            rows.append(Row(f"{quota.name} #", tuple(map(int, inside)), quota.least_awards, quota.most_awards))
    return rows


def _best(
    buckets: Sequence[Bucket], worth: Sequence[Callable[[Claim], int]], rows: Sequence[Row]
) -> tuple[list[int], list[Row]] | None:
    """Maximise one priority after the other; return the numbers funded and the rows that hold the optima."""
    most = [len(b.claims) for b in buckets]
    held: list[Row] = []
    x = maximise([0] * len(most), most, rows)
    for number, value in enumerate(worth, 1):
        if x is None:
            return None
        objective = tuple(value(b.first) for b in buckets)
        x = maximise(objective, most, [*rows, *held])
        if x is not None:
            goal = Row(f"priority {number}", objective)
            held.append(Row(goal.name, objective, low=goal.value(x)))
    return None if x is None else (x, held)


def _drawn(x: list[int], most: Sequence[int], rows: Sequence[Row]) -> list[int]:
    """Serve classes in the order of their best ticket, each as far as the optima allow."""
    least, top, asked = [0] * len(most), list(most), 0
    for at in range(len(most)):
        if x[at] < most[at] and asked < DRAWN:
            asked += 1
            better = maximise([int(n == at) for n in range(len(most))], top, rows, least)
            x = x if better is None else better
        least[at] = top[at] = x[at]
    return x


def _states(buckets: Sequence[Bucket], x: Sequence[int], seed: str) -> list[Funded]:
    found = []
    for bucket, funded in zip(buckets, x, strict=True):
        split = 0 < funded < len(bucket.claims)
        for place, claim in enumerate(bucket.claims):
            state = ("drawn" if split else "funded") if place < funded else "lost" if split else "out"
            found.append(Funded(claim, state, claim.ticket(seed)))
    return found


def _curve(
    buckets: Sequence[Bucket], worth: Sequence[Callable[[Claim], int]], plan: BudgetPlan, budget: int
) -> tuple[Step, ...]:
    """Return what budgets from three steps below to `plan.steps` above would buy, up to the whole demand."""
    demand = sum(b.first.amount * len(b.claims) for b in buckets)
    found: list[Step] = []
    for size in range(-3, plan.steps + 1):
        money = budget + size * plan.step
        if money < 0 or (found and found[-1].budget >= demand):
            continue
        solved = _best(buckets, worth, _rows(buckets, plan, money))
        if solved is None:
            found.append(Step(money, 0, 0, (), feasible=False))
            continue
        x, held = solved
        spent = sum(b.first.amount * n for b, n in zip(buckets, x, strict=True))
        found.append(Step(money, spent, sum(x), tuple(h.value(x) for h in held)))
    return tuple(found)


def _unknown(claims: Sequence[Claim]) -> dict[str, int]:
    names = claims[0].facts if claims else {}
    counts = {name: sum(c.facts[name] is None for c in claims) for name in names}
    return {name: n for name, n in counts.items() if n}
