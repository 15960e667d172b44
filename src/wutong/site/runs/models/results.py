"""What runs found, one row per company and policy or model: written with the run, never changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Zone
from wutong.site.registry.models import Company
from wutong.site.runs.enums import Outcome, RunKind, RunState
from wutong.site.runs.models.runs import Run


class ResultQuerySet(models.QuerySet):
    """Results, as far as a person may see them."""

    def visible_to(self, user) -> ResultQuerySet:
        """Return the results of finished runs about the companies the person may see."""
        return self.filter(run__state=RunState.DONE, company__in=Company.objects.all().visible_to(user))

    def of(self, run: Run | None) -> ResultQuerySet:
        """Return the results of one run, none without one."""
        return self.none() if run is None else self.filter(run=run)


class Match(models.Model):
    """How one company stands to one policy. Amounts in 元; an open end is unknown."""

    kind = RunKind.POLICIES
    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="matches", verbose_name=_("运行"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="matches", verbose_name=_("企业"))
    policy = models.CharField(_("政策"), max_length=80)  # pack/id
    policy_name = models.CharField(_("政策"), max_length=120)
    outcome = models.CharField(_("结论"), max_length=10, choices=Outcome)
    before = models.CharField(_("上次结论"), max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(_("原因"), max_length=400, blank=True)
    missing = models.JSONField(default=list)  # Chinese names of the facts that could still change the verdict
    benefit_low = models.DecimalField(_("可得金额"), max_digits=18, decimal_places=2, null=True)
    benefit_high = models.DecimalField(_("最高可得"), max_digits=18, decimal_places=2, null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ResultQuerySet))

    class Meta:
        verbose_name = _("政策匹配")
        ordering = ("policy", "pk")
        constraints = (models.UniqueConstraint(fields=("run", "company", "policy"), name="runs_one_match"),)
        indexes = (models.Index(fields=("run", "policy", "outcome"), name="runs_match_policy"),)

    def __str__(self) -> str:
        return f"{self.company} {self.policy_name}"


class Score(models.Model):
    """The points of one company by one model; two ends where data are missing."""

    kind = RunKind.POINTS
    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="scores", verbose_name=_("运行"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="scores", verbose_name=_("企业"))
    low = models.DecimalField(_("得分"), max_digits=9, decimal_places=2, null=True)
    high = models.DecimalField(_("最高可能"), max_digits=9, decimal_places=2, null=True)
    before = models.DecimalField(_("上次得分"), max_digits=9, decimal_places=2, null=True)
    rank = models.PositiveIntegerField(_("名次"), null=True)
    best = models.PositiveIntegerField(null=True)
    worst = models.PositiveIntegerField(null=True)
    grade = models.CharField(_("等级"), max_length=40, blank=True)
    group = models.CharField(_("同行组"), max_length=80, blank=True)
    coverage = models.DecimalField(_("数据完整度"), max_digits=7, decimal_places=2, null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ResultQuerySet))

    class Meta:
        verbose_name = _("创新积分")
        ordering = ("rank", "pk")
        constraints = (models.UniqueConstraint(fields=("run", "company"), name="runs_one_score"),)

    def __str__(self) -> str:
        return f"{self.company} {self.low}"
