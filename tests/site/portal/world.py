"""In each zone a question that is open and one answered, and a consent of the company for the zone's bank."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from wutong.site.portal.domain.consents import grant_consent
from wutong.site.portal.domain.queries.facts import asked_of
from wutong.site.portal.domain.questions import answer_question, ask_company


def build(place) -> None:
    """Add ``place.question`` (open), ``place.answered`` and ``place.consent``."""
    officer, user = place.people["zone_officer"], place.people["company_user"]
    user.enter(place.zone)
    ask = {"actor": officer, "company": place.company, "why": "科技型中小企业"}
    place.question = ask_company(**ask, asked=asked_of("2025年研发费用"))
    place.answered = answer_question(
        actor=user, question=ask_company(**ask, asked=asked_of("知识产权清单（是否填全）")), value=True, source="台账", evidence=None)
    place.consent = grant_consent(
        actor=user, company=place.company, organisation=place.people["bank"].organisation, purpose=f"{place.zone.name}贷款",
        until=timezone.localdate() + timedelta(days=30))
