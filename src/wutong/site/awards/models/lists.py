"""Lists of awards and the objections to them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.awards.enums import SHOWN, AwardState, ListState
from wutong.site.awards.models.money import Budget
from wutong.site.core.models import Approval, User, Zone
from wutong.site.registry.models import Company
from wutong.site.runs.models import Run
from wutong.site.runs.models.runs import StaffQuerySet


class ListQuerySet(StaffQuerySet):
    """Lists, as far as a person may see them."""

    def shown(self) -> ListQuerySet:
        """Return those the public may see."""
        return self.filter(state__in=SHOWN)


class AwardList(models.Model):
    """Awards decided together. A rehearsal goes the same way and is never paid."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    title = models.CharField(_("标题"), max_length=120)
    run = models.ForeignKey(Run, models.PROTECT, null=True, verbose_name=_("运行"))
    on = models.DateField(_("评估日"))
    rehearsal = models.BooleanField(_("演练"), default=False)
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, related_name="lists", verbose_name=_("资金预算"))
    state = models.CharField(_("状态"), max_length=9, choices=ListState, default=ListState.DRAFT)
    digest = models.CharField(_("名单编号"), max_length=12)  # the engine's: hash of companies, benefits and amounts
    undecided = models.PositiveIntegerField(_("未定项次"), default=0)
    refused = models.JSONField(default=dict)  # policies with grants that do not take part, and why
    published_on = models.DateField(_("公示开始"), null=True)
    until = models.DateField(_("公示截止"), null=True)
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name=_("审批"))
    batch = models.CharField(_("付款批次"), max_length=12, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    created_at = models.DateTimeField(_("生成时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ListQuerySet))

    class Meta:
        verbose_name = _("兑现名单")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether objections may be filed today; the last day counts."""
        return self.state == ListState.PUBLIC and self.until is not None and timezone.localdate() <= self.until

    @property
    def is_over(self) -> bool:
        """Whether publicity is over, so that it may be decided."""
        return self.state == ListState.PUBLIC and self.until is not None and timezone.localdate() > self.until


class AwardQuerySet(models.QuerySet):
    """Awards, as far as a person may see them."""

    def visible_to(self, user) -> AwardQuerySet:
        """Return all for the staff of the zone; for a company its own, once they are published."""
        from wutong.site.core.rules import is_zone_staff  # noqa: PLC0415 - models come before rules

        if is_zone_staff(user):
            return self.filter(zone=user.zone)
        return self.filter(award_list__state__in=SHOWN, company__in=Company.objects.all().visible_to(user))


class Award(models.Model):
    """One benefit for one company; `amount` is what is granted now, `listed` what was published. In 元."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    award_list = models.ForeignKey(AwardList, models.PROTECT, related_name="awards", verbose_name=_("兑现名单"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="awards", verbose_name=_("企业"))
    key = models.CharField(_("付款键"), max_length=20)
    policy = models.CharField(_("政策"), max_length=80)
    policy_name = models.CharField(_("政策"), max_length=120)
    benefit = models.CharField(max_length=48)
    benefit_name = models.CharField(_("奖补"), max_length=120)
    year = models.CharField(_("年度"), max_length=4)  # "once" for what is paid once only
    listed = models.DecimalField(_("公示金额（元）"), max_digits=16, decimal_places=2)
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    state = models.CharField(_("状态"), max_length=11, choices=AwardState, default=AwardState.LISTED)
    note = models.CharField(_("说明"), max_length=400, blank=True)
    origin = models.CharField(max_length=40, blank=True)  # what asked for it, such as an application

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(AwardQuerySet))

    class Meta:
        verbose_name = _("奖补")
        ordering = ("policy", "company__uscc", "benefit")
        constraints = (models.UniqueConstraint(fields=("award_list", "key"), name="awards_once_in_list"),)

    def __str__(self) -> str:
        return f"{self.company} · {self.benefit_name}"


class ObjectionQuerySet(models.QuerySet):
    """Objections, as far as a person may see them."""

    def visible_to(self, user) -> ObjectionQuerySet:
        """Return those to the awards the person may see; a company sees only those it filed itself."""
        from wutong.site.core.rules import is_zone_staff  # noqa: PLC0415 - models come before rules

        return self.filter(zone=user.zone) if is_zone_staff(user) else self.filter(filed_by=user)


class Objection(models.Model):
    """What somebody has against an award, and what became of it; `upheld` is None while it is open."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    award = models.ForeignKey(Award, models.PROTECT, related_name="objections", verbose_name=_("奖补"))
    text = models.CharField(_("异议内容"), max_length=400)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    filed_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    upheld = models.BooleanField(_("是否成立"), null=True)
    amount = models.DecimalField(_("改为金额（元）"), max_digits=16, decimal_places=2, null=True)
    answer = models.CharField(_("答复"), max_length=400, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("答复人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ObjectionQuerySet))

    class Meta:
        verbose_name = _("异议")
        ordering = ("filed_at", "pk")

    def __str__(self) -> str:
        return self.text[:40]
