"""Open questions: which missing facts would settle the most unknown verdicts of a company."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from wutong.site.core.models import User
from wutong.site.registry.models import Company


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact, and the policies whose verdict waits for it."""

    fact: str
    policies: tuple[str, ...]


def open_questions(company: Company, user: User) -> list[Question]:
    """Return what the zone's last policy run lacked of the company, the fact most verdicts wait for first."""
    from wutong.site.runs.domain.queries.latest import latest  # noqa: PLC0415 - runs build on the registry
    from wutong.site.runs.enums import Outcome, RunKind  # noqa: PLC0415 - the same
    from wutong.site.runs.models import Match  # noqa: PLC0415 - the same

    found = Match.objects.visible_to(user).of(latest(RunKind.POLICIES)).filter(company=company, outcome=Outcome.UNKNOWN)
    waiting: dict[str, list[str]] = defaultdict(list)
    for policy, missing in found.order_by("policy").values_list("policy_name", "missing"):
        for fact in missing:
            waiting[fact].append(policy)
    questions = [Question(fact, tuple(policies)) for fact, policies in waiting.items()]
    return sorted(questions, key=lambda q: (-len(q.policies), q.fact))
