"""Results of the engine as rows of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.site.runs.enums import Outcome
from wutong.site.runs.models import Match, Run, Score

if TYPE_CHECKING:
    from wutong.points.score import Result
    from wutong.report.model import PolicyView, RunView, VerdictView

AT_MOST = 400


def outcome_of(verdict: VerdictView) -> str:
    """Return how a company stands: a refusal one changeable condition away is a near miss."""
    if verdict.verdict == "ineligible" and verdict.near_miss is not None:
        return Outcome.NEAR.value
    return verdict.verdict


def reason_of(verdict: VerdictView, policy: PolicyView) -> str:
    """Return the clauses that decided, in Chinese: those failed, else those open."""
    names = {c.code: c.zh for c in policy.conditions}
    if verdict.near_miss is not None:
        return f"只差：{names[verdict.near_miss.condition]}"[:AT_MOST]
    wanted = {"ineligible": False, "unknown": None, "manual": "manual"}
    if verdict.verdict not in wanted:
        return verdict.outcome[:AT_MOST]
    return "；".join(names[c.code] for c in verdict.conditions if c.truth == wanted[verdict.verdict])[:AT_MOST]


def matches_of(
    run: Run, view: RunView, companies: Mapping[str, int], before: Mapping[tuple[str, str], str],
) -> Iterator[Match]:
    """Yield one row per company and policy; `before` has the outcomes of the run before by company and policy."""
    policies = {p.key: p for p in view.policies}
    for company in view.companies:
        for key, verdict in company.verdicts.items():
            low, high = verdict.benefit or (None, None)
            yield Match(
                zone_id=run.zone_id, run=run, company_id=companies[company.code], policy=key,
                policy_name=policies[key].name_zh, outcome=outcome_of(verdict), before=before.get((company.code, key), ""),
                reason=reason_of(verdict, policies[key]), missing=list(verdict.missing), benefit_low=low, benefit_high=high)


def scores_of(run: Run, result: Result, companies: Mapping[str, int], before: Mapping[str, Decimal | None]) -> Iterator[Score]:
    """Yield one row per company; `before` has the scores of the run before."""
    model = result.model
    wanted = (
        "company", "stage", "sector", "score_lo", "score_hi", "rank", "rank_best", "rank_worst", "grade_lo", "grade_hi", "coverage")
    for row in result.table.select(wanted).to_pylist():
        grades = [model.grades[row[g]].zh for g in ("grade_lo", "grade_hi") if row[g] is not None]
        parts = ((model.stages, row["stage"]), (model.sectors, row["sector"]))
        yield Score(
            zone_id=run.zone_id, run=run, company_id=companies[row["company"]], low=row["score_lo"], high=row["score_hi"],
            before=before.get(row["company"]), rank=row["rank"], best=row["rank_best"], worst=row["rank_worst"],
            grade="–".join(dict.fromkeys(grades)), coverage=row["coverage"],
            group=" · ".join(groups[at].zh for groups, at in parts if groups and at is not None and at >= 0))
