"""What the verdicts add up to: where each company stands, counts per policy, money totals, reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wutong.report.format import gap, points
from wutong.report.model import (
    CompanyView,
    ConditionResult,
    ConditionView,
    Decide,
    PolicyView,
    Range,
    RunView,
    VerdictView,
)
from wutong.report.texts import STANDINGS, Words

_ZERO = Decimal(0)


def standing(verdict: VerdictView | None) -> str:
    """Return where the company stands: one of `STANDINGS`, or "none" when the policy was not decided."""
    if verdict is None:
        return "none"
    return "near" if verdict.verdict == "ineligible" and verdict.near_miss else verdict.verdict


def add(ranges: Iterable[Range | None]) -> Range:
    """Return the sum of ranges; one open end leaves that end of the sum open.

    >>> add([Range(Decimal(1), Decimal(2)), None, Range(Decimal(3), None)])
    Range(low=Decimal('4'), high=None)
    """
    low: Decimal = _ZERO
    high: Decimal | None = _ZERO
    for item in ranges:
        if item is None:
            continue
        # An unknown floor cannot lower the sum below what is sure: benefits are never negative.
        low += item.low or _ZERO
        high = None if high is None or item.high is None else high + item.high
    return Range(low, high)


@dataclass(frozen=True, slots=True)
class PolicyTotals:
    """One policy over all companies."""

    policy: PolicyView
    counts: dict[str, int]
    """Companies per standing, every standing present."""
    money: Range
    """Sum of benefits counted for eligible companies' verdicts, 元."""
    pays: bool

    @property
    def companies(self) -> int:
        """Companies for which the policy was decided."""
        return sum(self.counts.values())


def policy_totals(view: RunView) -> list[PolicyTotals]:
    """Return the totals of every policy, in the order of the run."""
    return [_totals(policy, view.companies) for policy in view.policies]


def _totals(policy: PolicyView, companies: tuple[CompanyView, ...]) -> PolicyTotals:
    verdicts = [v for c in companies if (v := c.verdicts.get(policy.key)) is not None]
    tally = Counter(standing(v) for v in verdicts)
    pays = bool(policy.benefits) or any(v.benefit is not None for v in verdicts)
    return PolicyTotals(policy, {s: tally[s] for s in STANDINGS}, add(v.benefit for v in verdicts), pays)


def run_total(view: RunView) -> Range:
    """Return the money of every company's best combination, summed."""
    return add(company.total for company in view.companies)


def failed(verdict: VerdictView) -> list[ConditionResult]:
    """Return the conditions known not to be met."""
    return [c for c in verdict.conditions if c.truth is False]


def reason(policy: PolicyView, verdict: VerdictView, words: Words) -> str:
    """Return the conclusion's reason as one line, the number behind it included."""
    titles = {c.code: words.name(c.zh, c.en) for c in policy.conditions}
    where = standing(verdict)
    if where == "near" and verdict.near_miss:
        return words.fill("reason_near", _with_gap(_result(verdict, verdict.near_miss.condition), titles, words))
    if where == "ineligible":
        lines = _blame(policy, verdict, titles, words)
        return words.fill("reason_failed", len(lines), words["sep"].join(lines)) if lines else ""
    if where == "unknown":
        names = verdict.missing or _names(c for c in verdict.conditions if c.truth is None)
        open_ones = names or tuple(titles.get(c.code, c.code) for c in verdict.conditions if c.truth is None)
        return words.fill("reason_unknown", words["comma"].join(open_ones)) if open_ones else ""
    if where == "manual":
        return words.fill("reason_manual", words["sep"].join(
            titles.get(c.code, c.code) for c in verdict.conditions if c.truth == "manual"))
    return words["reason_eligible"]


def _blame(policy: PolicyView, verdict: VerdictView, titles: dict[str, str], words: Words) -> list[str]:
    """Return what keeps the decide tree false, one text per cause; failed ways that another way made up for are not in it."""
    results = {c.code: c for c in verdict.conditions}
    tree = policy.decide if not isinstance(policy.decide, tuple) or policy.decide[1] else ("all", tuple(results))

    def causes(node: Decide) -> list[str]:
        if isinstance(node, str):
            return [_with_gap(results.get(node, ConditionResult(node, False)), titles, words)]
        op, items = node
        if op == "not":
            return [f"{words['not']} {titles.get(x, x)}" for x in items if isinstance(x, str)]
        false = [causes(x) for x in items if _truth(x, results) is False]
        if op == "all":
            return [text for texts in false for text in texts]
        ways = [words["and"].join(texts) for texts in false]
        return ways if len(ways) == 1 else [words.fill("either", words["sep"].join(ways))]

    return causes(tree)


def _truth(node: Decide, results: dict[str, ConditionResult]) -> bool | None:
    """Evaluate a decide tree in three-valued logic; what a person must find is open."""
    if isinstance(node, str):
        truth = results[node].truth if node in results else None
        return None if truth == "manual" else truth
    op, items = node
    values = [_truth(item, results) for item in items]
    if op == "not":
        return None if values[0] is None else not values[0]
    stop = op == "any"
    return stop if stop in values else None if None in values else not stop


def _result(verdict: VerdictView, code: str) -> ConditionResult:
    return next((c for c in verdict.conditions if c.code == code), ConditionResult(code, False))


def _names(results: Iterable[ConditionResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for c in results for name in c.missing))


def _with_gap(result: ConditionResult, titles: dict[str, str], words: Words) -> str:
    title = titles.get(result.code, result.code)
    gaps = [text for m in result.measures if (text := gap(m.gap, m.unit, m.op, words))]
    if not gaps:
        return title
    inner = words["comma"].join(gaps)
    return f"{title}（{inner}）" if words.lang == "zh" else f"{title} ({inner})"


def would_decide(verdict: VerdictView) -> list[tuple[str, list[str]]]:
    """Return each missing fact with the codes of the open conditions it would help decide."""
    table: dict[str, list[str]] = {name: [] for name in verdict.missing}
    for result in verdict.conditions:
        if result.truth is None:
            for name in result.missing:
                table.setdefault(name, []).append(result.code)
    return list(table.items())


def logic(policy: PolicyView, words: Words) -> str:
    """Return the decide tree over the numbers of the conditions, empty when it is simply all of them."""
    numbers = {c.code: str(i) for i, c in enumerate(policy.conditions, 1)}
    if _is_all(policy.decide, policy.conditions):
        return ""
    return _tree(policy.decide, numbers, words, top=True)


def _is_all(tree: Decide, conditions: tuple[ConditionView, ...]) -> bool:
    if isinstance(tree, str):
        return False
    op, items = tree
    return op == "all" and (not items or list(items) == [c.code for c in conditions])


def _tree(tree: Decide, numbers: dict[str, str], words: Words, *, top: bool = False) -> str:
    if isinstance(tree, str):
        return numbers.get(tree, tree)
    op, items = tree
    parts = _runs([_tree(item, numbers, words) for item in items]) if op == "all" else [
        _tree(item, numbers, words) for item in items]
    if op == "not":
        return f"{words['not']} " + (parts[0] if len(parts) == 1 else f"({', '.join(parts)})")
    text = f" {words['and' if op == 'all' else 'or']} ".join(parts)
    if top or len(parts) == 1:
        return text
    return f"（{text}）" if words.lang == "zh" else f"({text})"


def _runs(parts: list[str]) -> list[str]:
    """Return the parts with three or more numbers in a row drawn together.

    >>> _runs(["1", "2", "3", "(4 or 5)", "6", "7"])
    ['1–3', '(4 or 5)', '6', '7']
    """
    drawn: list[str] = []
    start = 0
    while start < len(parts):
        end = start
        while end + 1 < len(parts) and parts[end].isdigit() and parts[end + 1] == str(int(parts[end]) + 1):
            end += 1
        drawn += [f"{parts[start]}–{parts[end]}"] if end - start >= 2 else parts[start:end + 1]
        start = end + 1
    return drawn


def headline(verdict: VerdictView, words: Words) -> str:
    """Return the score or class a policy gives beside its verdict; other figures need their name to be read.

    >>> headline(VerdictView("eligible", (), outcome="小型"), Words("zh"))
    '小型'
    """
    if verdict.outcome:
        return verdict.outcome
    total = next((x for x in verdict.scores if x.total), None)
    if total is None:
        return points(verdict.score, words)
    return points(Range(total.low, total.high), words) if total.unit == "分" else ""


def unit_text(unit: str, words: Words) -> str:
    """Return a unit for a figure in a score table; 分 has no short English word."""
    return "" if unit == "分" and words.lang == "en" else unit
