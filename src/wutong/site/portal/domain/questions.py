"""Asking a company for facts, its answers, and what becomes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import StoredFile, User
from wutong.site.portal.domain.queries.facts import Asked, entry_of
from wutong.site.portal.enums import QuestionState
from wutong.site.portal.models import Question
from wutong.site.registry.domain.facts import record_fact, stored
from wutong.site.registry.domain.queries.known import typed
from wutong.site.registry.enums import SourceRank
from wutong.site.registry.models import Company


@writes("question.ask")
def ask_company(*, actor: User, company: Company, asked: Asked, why: str) -> Question:
    """Ask a company for a fact. Raises WutongError W741 if that is asked already."""
    try:
        with transaction.atomic():
            question = Question.objects.create(
                zone=company.zone, company=company, code=asked.code, period=asked.period, fact=asked.fact, why=why[:400], asked_by=actor)
    except IntegrityError:
        raise WutongError.of("W741", fact=asked.fact) from None
    record(actor, question, company=company.uscc, code=asked.code, period=asked.period)
    return question


@writes("question.answer")
def answer_question(
    *, actor: User, question: Question, value: str | date | Decimal | bool, source: str, evidence: StoredFile | None,
) -> Question:
    """Answer with a value, what it rests on, and perhaps a file. Raises WutongError W742 once it is no longer open."""
    fresh = _in(question, QuestionState.OPEN)
    fresh.value, fresh.source, fresh.evidence = stored(value), source.strip(), evidence
    fresh.answered_by, fresh.answered_at, fresh.note = actor, timezone.now(), ""
    fresh.state = QuestionState.ANSWERED
    fresh.save()
    record(actor, fresh, company=fresh.company.uscc, code=fresh.code, evidence=evidence.sha256 if evidence else None)
    return fresh


@writes("question.accept")
def accept_answer(*, actor: User, question: Question) -> Question:
    """Take the answer over as a fact of the company, dated now, with its source. Raises WutongError W742."""
    fresh = _in(question, QuestionState.ANSWERED)
    entry = entry_of(fresh.code)
    fresh.recorded = record_fact(
        actor=actor, company=fresh.company, code=fresh.code, period=fresh.period, value=typed(entry, fresh.value),
        unit=entry.unit.text if entry.unit else "", source=f"企业填报：{fresh.source}"[:200], evidence=fresh.evidence,
        rank=SourceRank.DECLARED)
    fresh.state = QuestionState.ACCEPTED
    fresh.save()
    record(actor, fresh, company=fresh.company.uscc, code=fresh.code, fact=fresh.recorded.pk)
    return fresh


@writes("question.return")
def return_answer(*, actor: User, question: Question, note: str) -> Question:
    """Send the answer back with the reason. Raises WutongError W742."""
    fresh = _in(question, QuestionState.ANSWERED)
    fresh.state, fresh.note = QuestionState.OPEN, note.strip()
    fresh.save()
    record(actor, fresh, company=fresh.company.uscc, note=fresh.note)
    return fresh


@writes("question.cancel")
def cancel_question(*, actor: User, question: Question) -> Question:
    """Ask no longer. Raises WutongError W742."""
    fresh = _in(question, QuestionState.OPEN)
    fresh.state = QuestionState.CANCELLED
    fresh.save()
    record(actor, fresh, company=fresh.company.uscc)
    return fresh


def _in(question: Question, state: QuestionState) -> Question:
    fresh = Question.objects.select_for_update().get(pk=question.pk)
    if fresh.state != state:
        raise WutongError.of("W742", state=fresh.get_state_display())
    return fresh
