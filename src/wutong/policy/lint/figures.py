"""Findings about figures, sources and names: from memory, expired, expiring, changed, never used, without limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from wutong.errors import Diagnostic, WutongError
from wutong.feel import ast
from wutong.ir.policy.check import Checked
from wutong.ir.policy.context import named
from wutong.ir.policy.order import mentions
from wutong.ir.policy.syntax import names_of
from wutong.ir.policy.values import Number
from wutong.packs.model import Benefit, Condition, Dated, Let, Parameter, Policy, Table
from wutong.policy.figures import figures
from wutong.policy.lint.finding import Scribe

_UNLIMITED = "不设上限"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The day of the check, how far to look ahead, and the other versions of the policy."""

    on: date
    until: date
    versions: Sequence[Policy]

    def follower(self, policy: Policy) -> Policy | None:
        """Return the version that takes over when `policy` ends, or that would, where it is open."""
        later = [p for p in self.versions if p.start and policy.start and p.start > policy.start]
        return min(later, key=lambda p: p.start or date.max, default=None)

    def former(self, policy: Policy) -> Policy | None:
        """Return the version before."""
        earlier = [p for p in self.versions if p.start and policy.start and p.start < policy.start]
        return max(earlier, key=lambda p: p.start or date.min, default=None)


def figure_findings(policy: Policy, outlook: Outlook, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield what is wrong with dates, sources and figures of a policy."""
    yield from _sources(policy, scribe)
    yield from _named(policy, outlook)
    yield from _ends(policy, outlook, scribe)
    for parameter in policy.parameters:
        yield from _history(policy, parameter, outlook, scribe)
    former = outlook.former(policy)
    if former is not None:
        yield from _changes(former, policy, scribe)


def _named(policy: Policy, outlook: Outlook) -> Iterator[Diagnostic]:
    try:
        figures(policy, outlook.on)
    except WutongError as error:
        yield from error.diagnostics


def _sources(policy: Policy, scribe: Scribe) -> Iterator[Diagnostic]:
    cited = {d.source for p in policy.parameters for d in p.values}
    clauses: list[Let | Table | Condition | Benefit] = [
        *policy.lets, *policy.tables, *policy.conditions, *policy.benefits]
    cited |= {x.source or "" for x in clauses}
    for key, source in policy.sources.items():
        clause, name = f"sources.{key}", f"{source.doc_no} {source.clause}".strip()
        if source.grade == "M":
            yield scribe.find("L301", "note", clause, source=name)
        elif source.grade in "VS" and not (source.url and source.checked_on):
            yield scribe.find("L302", "note", clause, source=name)
        if key not in cited:
            yield scribe.find("L402", "note", clause, source=name)


def _ends(policy: Policy, outlook: Outlook, scribe: Scribe) -> Iterator[Diagnostic]:
    last = not any(p.start and policy.start and p.start > policy.start for p in outlook.versions)
    if policy.end is not None and last and policy.end <= outlook.until:
        over = policy.end < outlook.on
        yield scribe.find("L307", "note" if over else "warning", "in_force", until=policy.end)
    closes = policy.window[1] if policy.window else None
    if closes is not None and closes < outlook.on and policy.in_force(outlook.on):
        yield scribe.find("L308", "note", "window", until=closes)


def _history(policy: Policy, parameter: Parameter, outlook: Outlook, scribe: Scribe) -> Iterator[Diagnostic]:
    """Holes and doubles in the dated values, and an end that nothing follows."""
    values = sorted(parameter.values, key=lambda d: d.start or date.min)
    for left, right in pairwise(values):
        if left.end is None or (right.start is not None and right.start <= left.end):
            yield scribe.find("L305", "error", parameter.code, parameter=parameter.zh, day=right.start or policy.start)
        elif right.start is not None and right.start > left.end + timedelta(days=1):
            yield scribe.find("L303", "warning", parameter.code, parameter=parameter.zh, since=left.end + timedelta(days=1))
    end = values[-1].end if values else None
    if end is None or (policy.end is not None and policy.end <= end):
        return
    if end < outlook.on:
        yield scribe.find("L303", "error", parameter.code, parameter=parameter.zh, since=end + timedelta(days=1))
    elif end <= outlook.until:
        yield scribe.find("L304", "warning", parameter.code, parameter=parameter.zh, until=end)


def _changes(former: Policy, policy: Policy, scribe: Scribe) -> Iterator[Diagnostic]:
    """Figures of the same code that differ between this version and the one before."""
    before = {p.code: p for p in former.parameters}
    for parameter in policy.parameters:
        old = before[parameter.code].values[-1] if parameter.code in before else None
        new = parameter.values[0]
        if old is not None and (old.value, before[parameter.code].unit) != (new.value, parameter.unit):
            yield scribe.find(
                "L306", "note", parameter.code, parameter=parameter.zh, old=_shown(old, before[parameter.code].unit),
                new=_shown(new, parameter.unit), old_source=_cited(former, old), new_source=_cited(policy, new),
            )


def _shown(dated: Dated, unit: str | None) -> str:
    return "—" if dated.value is None else f"{dated.value}{unit or ''}"


def _cited(policy: Policy, dated: Dated) -> str:
    source = policy.sources.get(dated.source)
    return policy.version if source is None else f"{source.doc_no} {source.clause}".strip()


def name_findings(checked: Checked, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield parameters, lets and tables that nothing mentions."""
    policy, context = checked.policy, checked.context
    used: set[str] = set(policy.outputs)
    trees: list[ast.Node] = list(checked.whens.values())
    trees += [context.parse(t, b.code) for b in policy.benefits for t in (b.amount, b.when, b.cap) if t is not None]
    for tree in trees:
        used |= names_of(tree)
    for item in checked.items:
        used |= mentions(item)
    for x in named(policy):
        if not {x.code, x.zh} & used:
            yield scribe.find("L401", "warning", x.code, name=x.zh)


def benefit_findings(checked: Checked, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield grants that grow with the company's figures and have no limit."""
    context = checked.context
    for benefit in checked.policy.benefits:
        if benefit.cap is not None or benefit.kind != "grant" or _UNLIMITED in benefit.note:
            continue
        amount = context.lowering(benefit.amount, benefit.code).lower(context.parse(benefit.amount, benefit.code))
        if isinstance(amount, Number) and amount.const is None and amount.num.high is None:
            yield scribe.find("L403", "warning", benefit.code, benefit=benefit.zh)
