"""In each zone a budget, a list in publicity with an award to the company user's own company, and one decided and paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from wutong.policy.autogrant import Grant, GrantList
from wutong.site.awards.domain.budgets import create_budget, mark_paid
from wutong.site.awards.domain.decisions import propose_decision
from wutong.site.awards.domain.lists import Claim, create_list, file_objection, list_from_claims, publish_list
from wutong.site.awards.models import AwardList, Payment
from wutong.site.core.domain.approvals import decide_approval


def claim(company, benefit="b1", amount=50_000, origin="") -> Claim:
    """Return a claim of a company."""
    return Claim(company, "qingdao.htz-qualified", "科技企业培育奖励", benefit, "入库奖励", "2026", Decimal(amount), origin)


def build(place) -> None:
    """Add ``place.budget``, ``place.award_list`` (public), ``place.award``, ``place.objection``, ``place.draft``, ``place.payment``."""
    officer, lead = place.people["zone_officer"], place.people["zone_lead"]
    officer.enter(place.zone)
    lead.enter(place.zone)
    place.budget = create_budget(actor=lead, zone=place.zone, year=2026, name="培育资金", amount=Decimal(200_000))
    make = {"actor": officer, "zone": place.zone, "budget": place.budget}
    paid = list_from_claims(**make, title=f"{place.zone.name}首批", claims=[claim(place.company, "b0", 30_000)])
    publish_list(actor=officer, award_list=paid, on=timezone.localdate() - timedelta(days=8))
    paid = propose_decision(actor=officer, award_list=AwardList.objects.get(pk=paid.pk), reason="公示期满")
    decide_approval(actor=lead, approval=paid.approval, approve=True)
    mark_paid(actor=lead, award_list=AwardList.objects.get(pk=paid.pk))
    place.payment = Payment.objects.get(award__award_list=paid)
    place.award_list = publish_list(actor=officer, award_list=list_from_claims(
        **make, title=f"{place.zone.name}第二批", claims=[claim(place.company), claim(place.foreign)]))
    place.award = place.award_list.awards.get(company=place.company)
    place.objection = file_objection(actor=officer, award=place.award_list.awards.get(company=place.foreign), text="不在区内经营")
    grant = Grant("a" * 20, place.company.uscc, place.company.name, "qingdao.htz-qualified", "b1_tsme", "入库奖励", "2026", Decimal(10_000))
    place.letter = publish_list(actor=officer, award_list=create_list(
        actor=officer, zone=place.zone, title=f"{place.zone.name}演练", run=place.run, budget=None,
        found=GrantList(place.run.on, place.run.number, True, (grant,), {grant.policy: "科技企业培育奖励"}, {}, 0))).awards.get()
    place.draft = list_from_claims(**make, title=f"{place.zone.name}草稿", claims=[claim(place.company, "b2")])


def build_installation(world) -> None:
    """Add ``world.award_kinds``: kinds of files as addresses name them, and the zones' codes."""
    world.award_kind, world.here_code = "docx", world.here.zone.code
