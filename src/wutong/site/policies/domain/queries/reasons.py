"""Why one company stands to one policy as it does: the clauses of the run folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wutong.site.policies.domain.queries.book import name_of
from wutong.site.runs.models import Match

if TYPE_CHECKING:
    from wutong.packs import Policy


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison of one clause."""

    clause: str
    truth: str  # met, unmet, unknown, manual
    measure: str
    value: str
    threshold: str
    gap: str
    missing: str
    source: str


def policy_of(match: Match) -> Policy:
    """Return the policy as the run used it."""
    from wutong.packs import load_file  # noqa: PLC0415 - the engine loads slowly

    pack, _line, policy = match.policy.partition("/")
    files = sorted((match.run.folder / "packs" / pack).glob(f"{policy}*.yaml"))  # not every version is named by a year
    return next(found for found in map(load_file, files) if found.id == policy)


def reasons_of(match: Match, policy: Policy) -> list[Reason]:
    """Return the clauses of a match in the order of the policy, with the company's values."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - the engine loads slowly

    rows = pq.read_table(
        match.run.folder / "detail.parquet", filters=[("company", "=", match.company.uscc), ("policy", "=", match.policy)])
    clauses = {c.code: c for c in policy.conditions}
    return [_reason(row, clauses[row["condition"]], policy) for row in rows.to_pylist()]


def _reason(row: dict[str, Any], clause: Any, policy: Policy) -> Reason:
    source = policy.sources.get(clause.source or "")
    unit = row["unit"] or ""
    low, high = (number(row[f"value_{end}"], unit) for end in ("lo", "hi"))
    value = row["value_text"] or (low if low == high else f"{low or '…'} – {high or '…'}")
    threshold = row["threshold_text"] or number(row["threshold"], unit)
    return Reason(
        name_of(clause), row["truth"], row["measure"] or "", value, f"{row['operator'] or ''} {threshold}".strip(),
        number(row["gap"], unit), row["missing"] or "",
        f"{source.doc_no} {source.clause}（{source.grade}）" if source else "")


def number(value: Decimal | None, unit: str) -> str:
    """Return a quantity as people read it, money in 万元; "" where unknown.

    >>> number(Decimal("1250000.000000"), "元"), number(Decimal("60.500000"), "%"), number(None, "元")
    ('125 万元', '60.5 %', '')
    """
    if value is None:
        return ""
    if unit == "元" and abs(value) >= 10_000:
        value, unit = value / 10_000, "万元"
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def questions(matches: list[Match]) -> list[tuple[str, int]]:
    """Return the facts to ask a company for, those first that keep most policies open, with their number."""
    asked = Counter(fact for match in matches if match.outcome == "unknown" for fact in match.missing)
    return sorted(asked.items(), key=lambda item: (-item[1], item[0]))
