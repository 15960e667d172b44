"""The policies as the centre shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import get_language

from wutong.site.core.interfaces.rows import Rows
from wutong.site.core.models import User, Zone
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.queries.packs import level_of, policies
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match

if TYPE_CHECKING:
    from wutong.packs import Policy  # noqa: TC004 - a dataclass keeps its annotations as text


def name_of(thing: Any) -> str:
    """Return the name of a policy, clause or model in the language of the page, Chinese where it has no English."""
    return str(thing.en) if get_language() == "en" and thing.en else str(thing.zh)


@dataclass(frozen=True)
class Entry:
    """One policy in the list: its present version, and how many companies meet it."""

    policy: Policy
    name: str
    key: str
    kind: str
    status: str
    issuer: str
    level: str
    window_from: date | None
    window_to: date | None
    window: str
    eligible: int | None
    near: int | None


def window_state(policy: Policy, today: date) -> str:
    """Return whether companies may apply today: open, later, closed, or "" where no window is stated."""
    if policy.window is None:
        return ""
    start, end = policy.window
    if start and today < start:
        return "later"
    return "closed" if end and today > end else "open"


def versions(zone: Zone | None, pack: str, policy: str) -> list[Policy]:
    """Return every version of a policy as the zone has it, the newest first."""
    return _newest_first(p for p in policies(zone) if (p.pack, p.id) == (pack, policy))


def _newest_first(found: Iterable[Policy]) -> list[Policy]:
    return sorted(found, key=lambda p: (p.start or date.min, p.version), reverse=True)


def present(found: list[Policy], today: date) -> Policy:
    """Return the version in force today, else the newest."""
    return next((p for p in found if p.in_force(today)), found[0])


def entries(user: User, today: date) -> Rows:
    """Return one entry per policy; the counts are those of the last run the person may see."""
    counts = counts_of(user)
    made = Rows()
    grouped: dict[str, list[Policy]] = {}
    for policy in policies(user.zone):
        grouped.setdefault(f"{policy.pack}/{policy.id}", []).append(policy)
    for key, found in grouped.items():
        made.append(_entry(present(_newest_first(found), today), today, counts.get(key, {})))
    return made


def _entry(policy: Policy, today: date, counts: Mapping[str, int]) -> Entry:
    start, end = policy.window or (None, None)
    return Entry(
        policy, name_of(policy), f"{policy.pack}/{policy.id}", policy.kind, policy.status, policy.issuer,
        str(level_of(policy.pack)), start, end, window_state(policy, today),
        *((counts.get(o.value, 0) if counts else None) for o in (Outcome.ELIGIBLE, Outcome.NEAR)))


def counts_of(user: User) -> dict[str, dict[str, int]]:
    """Return companies by policy and outcome in the last run; nothing for those who see no matches."""
    if not user.has_perm("policies.view_matches"):
        return {}
    found: dict[str, dict[str, int]] = {}
    rows = Match.objects.of(latest(RunKind.POLICIES)).visible_to(user).order_by()
    for policy, outcome, n in rows.values_list("policy", "outcome").annotate(n=Count("pk")):
        found.setdefault(policy, {})[outcome] = n
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions of a policy say differently; "" where one says nothing."""

    part: str
    name: str
    old: str
    new: str


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Return what two versions say differently, clause by clause, in the order of the newer one."""
    left, right = _said(old), _said(new)
    return [
        Difference(part, name, left.get((part, name), ""), right.get((part, name), ""))
        for part, name in dict.fromkeys([*right, *left]) if left.get((part, name)) != right.get((part, name))
    ]


def _said(policy: Policy) -> dict[tuple[str, str], str]:
    """Return what a version says by part and name, as text."""
    said = {("condition", c.zh): c.when or "manual" for c in policy.conditions}
    for parameter in policy.parameters:
        values = (f"{v.value}{parameter.unit or ''}" for v in parameter.values)
        said["parameter", parameter.zh] = "；".join(values)
    said |= {("let", x.zh): x.expr for x in policy.lets}
    said |= {("table", t.zh): "\n".join(" | ".join(rule) for rule in t.rules) for t in policy.tables}
    return said | {("benefit", b.zh): " ".join(filter(None, (b.amount, b.when and f"({b.when})"))) for b in policy.benefits}
