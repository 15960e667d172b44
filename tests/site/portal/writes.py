"""One call of every write of the portals."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from wutong.site.portal.domain.consents import end_consent, grant_consent
from wutong.site.portal.domain.queries.facts import asked_of
from wutong.site.portal.domain.questions import (
    accept_answer,
    answer_question,
    ask_company,
    cancel_question,
    return_answer,
)


def _officer(w):
    return w.here.people["zone_officer"]


def _user(w):
    return w.here.people["company_user"]


CASES = {
    "question.ask": lambda w: ask_company(actor=_officer(w), company=w.here.company, asked=asked_of("注册日期"), why=""),
    "question.answer": lambda w: answer_question(
        actor=_user(w), question=w.here.question, value=Decimal("1.5"), source="年报", evidence=None),
    "question.accept": lambda w: accept_answer(actor=_officer(w), question=w.here.answered),
    "question.return": lambda w: return_answer(actor=_officer(w), question=w.here.answered, note="请附文件"),
    "question.cancel": lambda w: cancel_question(actor=_officer(w), question=w.here.question),
    "consent.grant": lambda w: grant_consent(
        actor=_user(w), company=w.here.company, organisation=w.here.people["bank"].organisation, purpose="贷款", until=timezone.localdate()),
    "consent.end": lambda w: end_consent(actor=_user(w), consent=w.here.consent),
}
