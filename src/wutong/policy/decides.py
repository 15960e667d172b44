"""What decides: which missing facts would settle an unknown verdict, and which question to ask first.

A set of missing items *will settle* the verdict if, whatever its values turn out to be, the verdict is decided without
any other item. It *could settle* it if some values do. Both are found by re-evaluation: items are given representative
values one after the other (every amount at which a comparison turns, what lies between two of them and at both sides,
every code, every truth value), and a branch ends where the engine decides it: interval evaluation never takes a
decision back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from wutong.backends.at_hand import shipped_catalogue
from wutong.backends.protocol import Preparing
from wutong.errors import WutongError
from wutong.ir.policy.verdict import ELIGIBLE, INELIGIBLE
from wutong.packs.model import Policy
from wutong.policy.evaluate import VERDICTS, Mode
from wutong.policy.facts import Company, Variant, fact_of, missing
from wutong.policy.gaps import pending
from wutong.policy.lab import Decided, Lab, stated
from wutong.policy.templates import literals, templates
from wutong.tables import Catalogue, Fact

SIZE = 3
"""Sets up to this size are searched completely; one larger set is found by leaving out what is not needed."""
BRANCHES = 3_000
"""Open branches followed at once; beyond, the answer is not claimed."""
SPENT = 20_000
"""Rows decided for one answer; beyond, larger sets are left alone."""
_OTHER = "（其他）"
_FIRST, _LAST = date(1950, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Settling:
    """The answer for one company and policy: items as :func:`wutong.policy.facts.missing` names them."""

    company: str
    policy: str
    verdict: str
    missing: tuple[str, ...] = ()
    will: tuple[tuple[str, ...], ...] = ()
    """The inclusion-smallest sets that will settle it, smallest first."""
    could: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each single item that could settle it, with the verdicts it could lead to."""
    complete: bool = True
    tried: int = 0


def what_decides(
    company: Company, policy: Policy, on: date, *, mode: Mode = "interval", size: int = SIZE,
    catalogue: Catalogue | None = None, backend: Preparing | None = None,
) -> Settling:
    """Return which missing items will, and which could, settle the verdict of `policy` for `company`.

    Args:
        company: its facts and child rows.
        policy: the version in force on `on`.
        on: date of assessment.
        mode: as in :func:`wutong.policy.evaluate.evaluate`.
        size: sets up to this size are searched completely.
        catalogue: the catalogue of facts; the one that ships if None.
        backend: where the SQL runs; DuckDB in process if None.

    Raises:
        WutongError: Q102 the policy is not in force, F5xx for faulty rules.
    """
    if not policy.in_force(on):
        raise WutongError.of("Q102", policy=policy.zh, on=on.isoformat())
    known = catalogue or shipped_catalogue()
    lab = Lab(company, [replace(policy, outputs=(), benefits=())], on, mode=mode, edges=True, catalogue=known, backend=backend)
    row = lab.decide([Variant()])[0]
    compiled = lab.policies[0]
    verdict = row[f"{compiled.prefix}_verdict"]
    about = Settling(company.code, policy.key, VERDICTS[verdict])
    if verdict in (ELIGIBLE, INELIGIBLE):
        return about
    truths = stated(row, compiled)
    matter = [c for c in pending(policy.decide, truths) if truths[c] is None]
    uses = {item for c in compiled.conditions if c.code in matter for item in c.uses}
    return _settled(_Tree(lab), replace(about, missing=tuple(missing(known, company, uses))), size)


def _settled(tree: _Tree, about: Settling, size: int) -> Settling:
    items, will, complete = about.missing, list[tuple[str, ...]](), True
    could: list[tuple[str, tuple[str, ...]]] = []
    left_open: dict[str, Variant] = {}
    for item in items:
        found = tree.follow((item,))
        complete = complete and found.complete
        if found.verdicts:
            could.append((item, tuple(sorted(found.verdicts))))
        if found.sure:
            will.append((item,))
        elif found.witness is not None:
            left_open[item] = found.witness
    for count in range(2, min(size, len(items)) + 1):
        sets = [s for s in combinations(items, count) if not any(set(w) <= set(s) for w in will)]
        for chosen in tree.promising(sets, left_open):
            if tree.lab.count > SPENT:
                complete = False
                break
            found = tree.follow(chosen)
            complete = complete and found.complete
            will += [chosen] if found.sure else []
    if not will and items:
        will = _by_leaving_out(tree, items, left_open)
        complete = complete and bool(will)
    return replace(about, could=tuple(could), will=tuple(will), complete=complete, tried=tree.lab.count)


def _by_leaving_out(tree: _Tree, items: tuple[str, ...], left_open: Mapping[str, Variant]) -> list[tuple[str, ...]]:
    """Return one inclusion-smallest settling set among all of `items`, if all of them settle it."""
    if not tree.follow(items).sure:
        return []
    kept = items
    for item in items:
        fewer = tuple(i for i in kept if i != item)
        if fewer and tree.promising([fewer], left_open) and tree.follow(fewer).sure:
            kept = fewer
    return [kept]


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a set: whether every branch is decided, the verdicts met, an undecided branch."""

    sure: bool
    verdicts: frozenset[str]
    complete: bool
    witness: Variant | None


class _Tree:
    """Follows what the verdict becomes as items get values one after the other."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        compiled = lab.policies[0]
        self._prefix = compiled.prefix
        self._uses = [c.uses for c in compiled.conditions]
        self._names = [n for e in lab.edges for n in dict.fromkeys((e.low, e.high)) if n is not None]
        self._truths = [e.truth for e in lab.edges]
        self._literals = tuple(literals(compiled.policy, lab.catalogue))
        self._verdict, *self._masks = (f"{self._prefix}_{n}" for n in ("verdict", "failed", "unknown"))

    def _decided(self, row: Decided) -> bool:
        return row[self._verdict] in (ELIGIBLE, INELIGIBLE)

    def promising(self, sets: Sequence[tuple[str, ...]], left_open: Mapping[str, Variant]) -> list[tuple[str, ...]]:
        """Return the sets that values which left the verdict open one by one do not leave open together."""
        tried = [_joined([left_open[i] for i in s if i in left_open]) for s in sets]
        rows = self.lab.decide(tried, [self._verdict])
        return [s for s, row in zip(sets, rows, strict=True) if self._decided(row)]

    def follow(self, chosen: Sequence[str]) -> Followed:
        """Give the items of `chosen` all their representative values."""
        branches, verdicts, whole = [Variant()], frozenset[str](), True
        done: list[str] = []
        for item in sorted(chosen, key=self._breadth):
            done.append(item)
            if self.lab.count > SPENT:
                return Followed(False, verdicts, False, None)
            tried = self._expanded(branches, item)
            if len(tried) > BRANCHES:
                tried, whole = tried[:BRANCHES], False
            rows = self.lab.decide(tried, [self._verdict, *self._masks])
            verdicts |= {VERDICTS[r[self._verdict]] for r in rows if self._decided(r)}
            left = {self._key(v, r, done): v for v, r in zip(tried, rows, strict=True) if not self._decided(r)}
            branches = list(left.values())
        return Followed(whole and not branches, verdicts, whole, branches[0] if branches else None)

    def _key(self, branch: Variant, row: Decided, done: Sequence[str]) -> object:
        """Return what the future of a branch rests on: decided conditions, and values that open ones still read."""
        unknown = row[self._masks[1]]
        live = {i for n, uses in enumerate(self._uses) if unknown >> n & 1 for i in uses}
        cells = tuple((k, v) for k, v in branch.cells if k in live)
        lists = {i[:-1] for i in live if i.endswith(".")}
        rows = tuple(r for r in (*branch.rows, *branch.fill) if r[0] in lists)
        found = tuple(r for r in branch.rows if r[0] == "manual_findings" and f"manual:{dict(r[1])['clause']}" in live)
        return row[self._masks[0]], unknown, cells, rows, found, tuple(i for i in done if i in live)

    def _breadth(self, item: str) -> tuple[int, str]:
        """Put items with few values first: most branches end there."""
        known = None if item.endswith(".") or item.startswith("manual:") else fact_of(self.lab.catalogue, item)
        if known is None:
            return (1 if item.startswith("manual:") else 3), item
        return {"boolean": 0, "code": 2, "text": 2}.get(known[0].type, 4), item

    def _expanded(self, branches: Sequence[Variant], item: str) -> list[Variant]:
        if item.startswith("manual:"):
            key = self.lab.policies[0].policy.key
            rows = [("manual_findings", (("clause", item[7:]), ("policy", key), ("result", r))) for r in (True, False)]
            return [replace(b, rows=(*b.rows, r)) for b in branches for r in rows]
        if item.endswith("."):
            return [self._listed(b, item[:-1], fill, rows) for b in branches for fill, rows in self._lists(item[:-1])]
        known = fact_of(self.lab.catalogue, item)
        assert known is not None  # noqa: S101 - items are columns of the catalogue
        fact = known[0]
        if fact.type == "boolean":
            return [_with(b, item, v) for b in branches for v in (True, False)]
        if fact.type in ("text", "code"):
            values = fact.values or (*self._literals, _OTHER)
            return [_with(b, item, v) for b in branches for v in values]
        if fact.type == "date":
            return [_with(b, item, v) for b in branches for v in self._days(b, item)]
        return [_with(b, item, v) for b, values in zip(branches, self._numbers(branches, item, fact), strict=True) for v in values]

    def _listed(self, branch: Variant, child: str, fill: tuple[tuple[str, Any], ...], rows: Sequence[Any]) -> Variant:
        found = self.lab.catalogue.child(child)
        whole = [] if found is None or found.complete is None else [(found.complete, True)]
        return replace(
            branch, cells=tuple({**dict(branch.cells), **dict(whole)}.items()),
            rows=(*branch.rows, *((child, r) for r in rows)), fill=(*branch.fill, (child, fill)),
        )

    def _lists(self, child: str) -> Iterable[tuple[tuple[tuple[str, Any], ...], list[Any]]]:
        """Yield what a list may turn out to be: its holes filled to count or not, and further rows that count."""
        made = [t for t in templates(self.lab.policies[0].policy, self.lab.on, self.lab.catalogue) if t.child == child]
        found = self.lab.catalogue.child(child)
        dull = tuple((c.code, _dull(c)) for c in (() if found is None else found.columns))
        yield dull, []
        for template in made:
            filled = template.cells
            if template.amount:
                for amount in (Decimal(0), Decimal(10) ** 12):
                    row = tuple(sorted({**dict(filled), template.amount: amount}.items()))
                    yield row, [row]
                continue
            yield (*filled, *((k, v) for k, v in dull if k not in dict(filled))), []
            for count in range(1, 7):
                yield dull, [filled] * count

    def _numbers(self, branches: Sequence[Variant], item: str, fact: Fact) -> list[list[Decimal]]:
        """Return per branch every amount at which a comparison turns, and amounts between and beyond."""
        low = fact.min if isinstance(fact.min, Decimal) else -(Decimal(10) ** 9)
        high = fact.max if isinstance(fact.max, Decimal) else Decimal(10) ** 9
        step = Decimal(1) if fact.type == "integer" else Decimal(1).scaleb(-fact.scale)
        probes = (low + step, min(low + 2 * step, high))
        rows = self.lab.decide([_with(b, item, p) for b in branches for p in probes], self._names)
        return [
            _between(self._turns(rows[2 * n], rows[2 * n + 1], probes, step), low, high, step) for n in range(len(branches))
        ]

    def _turns(self, one: dict[str, Any], two: dict[str, Any], at: tuple[Decimal, Decimal], step: Decimal) -> list[Decimal]:
        turns = []
        for name in self._names:
            a, b = one[name], two[name]
            if a is not None and b is not None and a != b:
                root = Fraction(at[0]) - Fraction(a) * Fraction(at[1] - at[0]) / (Fraction(b) - Fraction(a))
                turns.append(math.floor(root / Fraction(step)) * step)
        return turns

    def _days(self, branch: Variant, item: str) -> list[date]:
        """Return a day of every stretch on which no comparison of dates turns: years first, then days within."""
        years = [date(y, 1, 1) for y in range(_FIRST.year, _LAST.year + 1)]
        seen = self._signs(branch, item, years)
        days = [years[0]]
        for (a, left), (b, right) in zip(zip(years, seen, strict=True), zip(years[1:], seen[1:], strict=True), strict=False):
            if left != right:
                within = [a + timedelta(days=n) for n in range((b - a).days + 1)]
                signs = self._signs(branch, item, within)
                days += [d for n, d in enumerate(within[1:], 1) if signs[n] != signs[n - 1]]
        return days

    def _signs(self, branch: Variant, item: str, days: Sequence[date]) -> list[tuple[Any, ...]]:
        names = [*self._masks, *self._truths]
        return [tuple(r.values()) for r in self.lab.decide([_with(branch, item, d) for d in days], names)]


def _with(branch: Variant, item: str, value: Any) -> Variant:
    return replace(branch, cells=(*branch.cells, (item, value)))


def _joined(branches: Sequence[Variant]) -> Variant:
    """Return several branches as one."""
    return Variant(
        tuple(c for b in branches for c in b.cells), tuple(r for b in branches for r in b.rows),
        tuple(f for b in branches for f in b.fill),
    )


def _dull(fact: Fact) -> Any:
    """Return a value that no rule would count: not true, long past, the last code, nothing."""
    if fact.type == "date":
        return _FIRST
    if fact.type in ("number", "integer"):
        return Decimal(0) if fact.type == "number" else 999
    return False if fact.type == "boolean" else _OTHER


def _between(turns: Iterable[Decimal], low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    """Return representative amounts: around every turn, between two turns, at both ends.

    >>> _between([Decimal(5)], Decimal(0), Decimal(9), Decimal(1))
    [Decimal('0'), Decimal('1'), Decimal('4'), Decimal('5'), Decimal('6'), Decimal('9')]
    """
    found = {low, min(low + step, high), high}
    for turn in turns:
        found.update(t for t in (turn - step, turn, turn + step) if low <= t <= high)
    return sorted(found)
