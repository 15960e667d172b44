"""Questions to the company whose user signs in to the demo: one open, one answered; and a consent for the bank."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from wutong.site.core.demo import Place
from wutong.site.portal.domain.consents import grant_consent
from wutong.site.portal.domain.queries.facts import asked_of, entry_of
from wutong.site.portal.domain.questions import answer_question, ask_company
from wutong.site.registry.domain.queries.questions import open_questions
from wutong.site.registry.models import Company

ORDER = 30


def seed(place: Place) -> None:
    """Ask what the open verdicts wait for, answer the first yes-or-no question, allow the bank to look for a month."""
    officer, user = place.people["zone_officer"], place.people["company_user"]
    company = Company.objects.all().visible_to(user).get()
    waiting = [(asked, q.policies) for q in open_questions(company, officer) if (asked := asked_of(q.fact)) is not None]
    made = [ask_company(actor=officer, company=company, asked=asked, why="、".join(policies)) for asked, policies in waiting[:4]]
    for question in made:
        if entry_of(question.code).type == "boolean":
            answer_question(actor=user, question=question, value=True, source="企业知识产权台账（演示）", evidence=None)
            break
    grant_consent(
        actor=user, company=company, organisation=place.people["bank"].organisation, purpose="流动资金贷款授信（演示）",
        until=timezone.localdate() + timedelta(days=30))
