"""One call of every write of awards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from wutong.policy.autogrant import Grant, GrantList
from wutong.site.awards.domain.budgets import change_budget, claw_back, create_budget, mark_paid, reserve
from wutong.site.awards.domain.decisions import decide_list, propose_decision, return_list
from wutong.site.awards.domain.lists import (
    Claim,
    answer_objection,
    cancel_list,
    create_list,
    file_objection,
    list_from_claims,
    publish_list,
)
from wutong.site.awards.models import AwardList
from wutong.site.core.domain.approvals import decide_approval


def _officer(w):
    return w.here.people["zone_officer"]


def _lead(w):
    return w.here.people["zone_lead"]


def _over(w) -> AwardList:
    """Return a list whose publicity is over."""
    return publish_list(actor=_officer(w), award_list=w.here.draft, on=timezone.localdate() - timedelta(days=8))


def _pending(w) -> AwardList:
    return propose_decision(actor=_officer(w), award_list=_over(w), reason="期满")


def _refused(w) -> AwardList:
    found = _pending(w)
    decide_approval(actor=_lead(w), approval=found.approval, approve=False)
    return AwardList.objects.get(pk=found.pk)


def _found(w) -> GrantList:
    grant = Grant("k" * 20, w.here.company.uscc, w.here.company.name, "p.a", "b", "奖", "2026", Decimal(1))
    return GrantList(w.here.run.on, w.here.run.number, True, (grant,), {"p.a": "政策"}, {}, 0)


CASES = {
    "budget.create": lambda w: create_budget(actor=_lead(w), zone=w.here.zone, year=2026, name="新", amount=Decimal(1)),
    "budget.change": lambda w: change_budget(actor=_lead(w), budget=w.here.budget, amount=Decimal(300_000)),
    "budget.reserve": lambda w: reserve(actor=_lead(w), budget=w.here.budget, awards=list(w.here.draft.awards.all())),
    "awards.list": lambda w: create_list(
        actor=_officer(w), zone=w.here.zone, title="名单", run=w.here.run, found=_found(w), budget=None),
    "awards.list_of_claims": lambda w: list_from_claims(actor=_officer(w), zone=w.here.zone, title="名单", budget=None, claims=[
        Claim(w.here.company, "p.a", "政策", "b", "奖", "2026", Decimal(1), "application:1")]),
    "awards.publish": lambda w: publish_list(actor=_officer(w), award_list=w.here.draft),
    "awards.cancel": lambda w: cancel_list(actor=_officer(w), award_list=w.here.draft, reason="重做"),
    "awards.object": lambda w: file_objection(actor=w.here.people["company_user"], award=w.here.award, text="金额不对"),
    "awards.answer": lambda w: answer_objection(
        actor=_officer(w), objection=w.here.objection, upheld=True, amount=None, answer="属实"),
    "awards.propose": _pending,
    "awards.return": lambda w: return_list(actor=_officer(w), award_list=_refused(w)),
    "awards.decide": lambda w: decide_list(actor=_lead(w), award_list=_pending(w)),
    "awards.pay": lambda w: mark_paid(actor=_lead(w), award_list=decide_list(actor=_lead(w), award_list=_pending(w))),
    "awards.claw_back": lambda w: claw_back(actor=_lead(w), payment=w.here.payment, amount=Decimal(10_000), reason="迁出"),
}
