"""The decision on a list: asked for by one person, taken by another, the budget locked with it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.awards.domain.budgets import reserve
from wutong.site.awards.domain.lists import judge, locked
from wutong.site.awards.domain.queries.grants import as_grants
from wutong.site.awards.domain.queries.paid import paid_before
from wutong.site.awards.enums import AwardState, ListState
from wutong.site.awards.models import Award, AwardList, Objection
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, User, Zone

PAYABLE = (AwardState.CONFIRMED, AwardState.CHANGED)
RANK = {False: 0, True: 1, None: 2}
"""Which of several objections to an award counts: the highest."""


@writes("awards.propose")
def propose_decision(*, actor: User, award_list: AwardList, reason: str) -> AwardList:
    """Ask for the decision once publicity is over. Raises WutongError W732, W736 before that, W737 without a budget."""
    fresh = locked(award_list, ListState.PUBLIC)
    if not fresh.is_over:
        raise WutongError.of("W736", until=fresh.until)
    if fresh.budget is None and not fresh.rehearsal:
        raise WutongError.of("W737")
    fresh.approval = request_approval(
        actor=actor, kind="awards.decide", title=_t("兑现决定：%(title)s（%(digest)s）") % {"title": fresh.title, "digest": fresh.digest},
        reason=reason, payload={"list": fresh.pk}, zone=fresh.zone)
    fresh.state = ListState.PENDING
    fresh.save(update_fields=["approval", "state"])
    record(actor, fresh, approval=fresh.approval.pk)
    return fresh


@writes("awards.return")
def return_list(*, actor: User, award_list: AwardList) -> AwardList:
    """Take a list back to publicity after its request was refused or withdrawn. Raises WutongError W732."""
    fresh = locked(award_list, ListState.PENDING)
    if fresh.approval is None or fresh.approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED):
        raise WutongError.of("W732", state=fresh.get_state_display())
    fresh.state = ListState.PUBLIC
    fresh.save(update_fields=["state"])
    record(actor, fresh, approval=fresh.approval.pk)
    return fresh


@writes("awards.decide")
def decide_list(*, actor: User, award_list: AwardList) -> AwardList:
    """Decide a list: objections count, what was paid before is not paid again, the rest is taken from the budget.

    A rehearsal is decided the same way and takes nothing. Raises WutongError W732, W723 if the budget does not suffice.
    """
    fresh = locked(award_list, ListState.PENDING)
    awards = list(fresh.awards.select_related("zone", "company"))
    # of several objections to one award an open one counts first, then the last upheld: a rejected one undoes nothing
    found = sorted(Objection.objects.filter(award__award_list=fresh), key=lambda o: (RANK[o.upheld], o.pk))
    objections = {o.award_id: o for o in found}
    # decisions of a zone wait for one another: two routes to one grant have different keys, which no constraint compares
    Zone.objects.select_for_update().get(pk=fresh.zone_id)
    before = paid_before(fresh.zone, awards)
    judge(awards, objections)
    for award in awards:
        if award.pk in before and award.state in PAYABLE:
            award.state, award.note = AwardState.PAID_BEFORE, before[award.pk]
    Award.objects.bulk_update(awards, ["state", "amount", "note"], batch_size=500)
    payable = [a for a in awards if a.state in PAYABLE and a.amount > 0]
    if payable and not fresh.rehearsal:
        reserve(actor=actor, budget=fresh.budget, awards=payable)
    fresh.state, fresh.decided_at, fresh.batch = ListState.DECIDED, timezone.now(), as_grants(fresh).batch
    fresh.save(update_fields=["state", "decided_at", "batch"])
    record(actor, fresh, batch=fresh.batch, payable=len(payable), awards=len(awards))
    return fresh


def _agreed(approval: Approval) -> None:
    decide_list(actor=approval.decided_by, award_list=AwardList.objects.get(pk=approval.payload["list"]))


register(ApprovalKind("awards.decide", _("兑现决定"), "awards.decide", _agreed, ("awards:list", "list")))
