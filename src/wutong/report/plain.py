"""A run as plain data for scripts: JSON of one company, of the summary. Amounts stay exact, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wutong.report import summary
from wutong.report.model import CompanyView, PolicyView, RunView
from wutong.report.texts import Words


def plain(value: Any) -> Any:
    """Return `value` as dicts, lists and scalars; decimals as text, so that no digit is lost.

    >>> from wutong.report.model import Range
    >>> plain(Range(Decimal("0.10"), None))
    {'low': '0.10', 'high': None}
    """
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if hasattr(value, "_asdict"):
        return {k: plain(v) for k, v in value._asdict().items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def run_summary(view: RunView) -> dict[str, Any]:
    """Return what one screen says about a run: counts per policy and standing, money, findings."""
    return {
        "run": view.run_id, "on": str(view.on), "mode": view.mode, "demo": view.demo,
        "engine_version": view.engine_version, "snapshot": view.snapshot_hash, "packs": plain(view.packs),
        "companies": len(view.companies), "benefit": plain(summary.run_total(view)),
        "policies": [
            {"policy": t.policy.key, "version": t.policy.version, "name": t.policy.name_zh,
             "status": t.policy.status, **t.counts, "benefit": plain(t.money) if t.pays else None}
            for t in summary.policy_totals(view)
        ],
        "findings": [d.as_dict() for d in view.diagnostics],
    }


def company(view: RunView, found: CompanyView, policy: PolicyView | None, words: Words) -> dict[str, Any]:
    """Return everything decided about one company, or about it and one policy."""
    chosen = [p for p in view.policies if p.key in found.verdicts and (policy is None or p.key == policy.key)]
    return {
        "run": view.run_id, "on": str(view.on), "demo": view.demo,
        "company": found.code, "name": found.name, "nature": found.nature, "facts": plain(found.facts),
        "policies": [_verdict(p, found, words) for p in chosen],
        "combination": plain(found.combination), "benefit": plain(found.total),
    }


def _verdict(policy: PolicyView, found: CompanyView, words: Words) -> dict[str, Any]:
    verdict = found.verdicts[policy.key]
    stated = {c.code: c for c in policy.conditions}
    return {
        "policy": policy.key, "version": policy.version, "name": policy.name_zh, "status": policy.status,
        "standing": summary.standing(verdict), "reason": summary.reason(policy, verdict, words),
        **plain(verdict._replace(conditions=())),
        "conditions": [
            {**plain(r), "zh": c.zh, "en": c.en, "source": plain(policy.sources.get(c.source))}
            if (c := stated.get(r.code)) else plain(r)
            for r in verdict.conditions
        ],
    }
