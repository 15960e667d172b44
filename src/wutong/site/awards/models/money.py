"""Budgets and what is taken from them."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.awards.enums import PaymentState
from wutong.site.core.models import Zone
from wutong.site.runs.models.runs import StaffQuerySet


class Budget(models.Model):
    """Money of a year for one purpose; what is reserved, paid and not returned never exceeds it."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("名称"), max_length=80)
    amount = models.DecimalField(_("预算（元）"), max_digits=16, decimal_places=2)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("资金预算")
        ordering = ("-year", "name")
        constraints = (
            models.UniqueConstraint(fields=("zone", "year", "name"), name="awards_one_budget"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="awards_budget_sign"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.name}"

    @property
    def used(self) -> Decimal:
        """What is reserved or paid and not returned, in 元."""
        total = self.payments.aggregate(total=Sum(F("amount") - F("returned")))["total"]
        return total or Decimal(0)

    @property
    def left(self) -> Decimal:
        """What can still be granted, in 元."""
        return self.amount - self.used


class Payment(models.Model):
    """Money for one award. `key` names company, policy, benefit and year: in a zone it exists once, whatever list asks."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    key = models.CharField(_("付款键"), max_length=20)
    award = models.OneToOneField("awards.Award", models.PROTECT, related_name="payment", verbose_name=_("奖补"))
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="payments", verbose_name=_("资金预算"))
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    returned = models.DecimalField(_("追回金额（元）"), max_digits=16, decimal_places=2, default=Decimal(0))
    state = models.CharField(_("状态"), max_length=8, choices=PaymentState, default=PaymentState.RESERVED)
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    reason = models.CharField(_("追回原因"), max_length=200, blank=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("付款")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("zone", "key"), name="awards_paid_once"),
            models.CheckConstraint(condition=Q(returned__gte=0, returned__lte=F("amount")), name="awards_returned_sign"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.amount}"
