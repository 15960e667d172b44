"""Budgets, and the money that leaves them: reserved, paid, returned."""

from __future__ import annotations

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.awards.enums import ListState, PaymentState
from wutong.site.awards.models import Award, AwardList, Budget, Payment
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone


@writes("budget.create")
def create_budget(*, actor: User, zone: Zone, year: int, name: str, amount: Decimal) -> Budget:
    """Create a budget. Raises WutongError W721 if the year has one of that name."""
    try:
        with transaction.atomic():
            budget = Budget.objects.create(zone=zone, year=year, name=name.strip(), amount=amount)
    except IntegrityError:
        raise WutongError.of("W721", name=f"{year} {name}") from None
    record(actor, budget, year=year, amount=str(amount))
    return budget


@writes("budget.change")
def change_budget(*, actor: User, budget: Budget, amount: Decimal) -> Budget:
    """Raise or lower a budget. Raises WutongError W722 below what is granted already."""
    fresh = locked(budget)
    if amount < fresh.used:
        raise WutongError.of("W722", used=fresh.used)
    before, fresh.amount = fresh.amount, amount
    fresh.save(update_fields=["amount"])
    record(actor, fresh, before=str(before), after=str(amount))
    return fresh


def locked(budget: Budget) -> Budget:
    """Return a budget that nobody else can take from until the transaction ends."""
    return Budget.objects.select_for_update().get(pk=budget.pk)


@writes("budget.reserve")
def reserve(*, actor: User, budget: Budget, awards: list[Award]) -> None:
    """Take the money of awards from a budget.

    Raises WutongError W723 if it does not suffice, W726 if another list took the same payment key since this one looked.
    """
    fresh, wanted = locked(budget), sum((a.amount for a in awards), Decimal(0))
    if wanted > fresh.left:
        raise WutongError.of("W723", wanted=wanted, left=fresh.left, name=str(fresh))
    try:
        with transaction.atomic():  # the key is unique in the zone: of two decisions at once the later one gives way
            Payment.objects.bulk_create(
                Payment(zone=a.zone, key=a.key, award=a, budget=fresh, amount=a.amount) for a in awards)
    except IntegrityError:
        raise WutongError.of("W726") from None
    record(actor, fresh, awards=len(awards), amount=str(wanted))


@writes("awards.pay")
def mark_paid(*, actor: User, award_list: AwardList) -> AwardList:
    """Note that the payment file was paid out; all of it, or nothing if it is cut short. Raises WutongError W724."""
    fresh = AwardList.objects.select_for_update().get(pk=award_list.pk)
    if fresh.state != ListState.DECIDED or fresh.rehearsal:
        raise WutongError.of("W724", state=fresh.get_state_display())
    paid = Payment.objects.filter(award__award_list=fresh, state=PaymentState.RESERVED).update(
        state=PaymentState.PAID, paid_at=timezone.now())
    fresh.state, fresh.paid_at = ListState.PAID, timezone.now()
    fresh.save(update_fields=["state", "paid_at"])
    record(actor, fresh, batch=fresh.batch, payments=paid)
    return fresh


@writes("awards.claw_back")
def claw_back(*, actor: User, payment: Payment, amount: Decimal, reason: str) -> Payment:
    """Note that a company returned money; the budget has it again. Raises WutongError W725 for more than it got."""
    fresh = Payment.objects.select_for_update().get(pk=payment.pk)
    if fresh.state == PaymentState.RESERVED or not 0 < amount <= fresh.amount - fresh.returned:
        raise WutongError.of("W725", left=fresh.amount - fresh.returned)
    fresh.returned += amount
    fresh.state, fresh.reason = PaymentState.RETURNED, reason.strip()
    fresh.save(update_fields=["returned", "state", "reason"])
    record(actor, fresh, key=fresh.key, amount=str(amount), reason=fresh.reason)
    return fresh
