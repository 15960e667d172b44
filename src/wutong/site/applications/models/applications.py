"""Applications with what the engine said when they were handed in, and the files beside them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.applications.enums import OPEN, ApplicationState
from wutong.site.core.models import Approval, StoredFile, User, Zone
from wutong.site.registry.models import Company
from wutong.site.runs.models import Run


class ApplicationQuerySet(models.QuerySet):
    """Applications, as far as a person may see them."""

    def visible_to(self, user) -> ApplicationQuerySet:
        """Return those of the companies the person may see; what a company has not handed in is its own affair."""
        from wutong.site.core.rules import is_zone_staff  # noqa: PLC0415 - models come before rules

        rows = self.filter(company__in=Company.objects.all().visible_to(user))
        return rows.exclude(submitted_at=None) if is_zone_staff(user) else rows


class Application(models.Model):
    """One company applies under one policy. `clauses` is what the run found, kept as it was when handed in."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="applications", verbose_name=_("企业"))
    policy = models.CharField(_("政策"), max_length=80)  # pack/id
    policy_name = models.CharField(_("政策"), max_length=120)
    version = models.CharField(_("版本"), max_length=40)
    run = models.ForeignKey(Run, models.PROTECT, verbose_name=_("运行"))
    clauses = models.JSONField(default=list)
    state = models.CharField(_("状态"), max_length=9, choices=ApplicationState, default=ApplicationState.DRAFT)
    statement = models.TextField(_("申报说明"), blank=True)
    note = models.CharField(_("退回或审核说明"), max_length=400, blank=True)
    amount = models.DecimalField(_("拟支持金额（元）"), max_digits=16, decimal_places=2, null=True)
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name=_("审批"))
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申报人"))
    started_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ApplicationQuerySet))

    class Meta:
        verbose_name = _("申报")
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("company", "policy"), condition=Q(state__in=OPEN), name="applications_one_open"),)

    def __str__(self) -> str:
        return f"{self.company} · {self.policy_name}"


class Attachment(models.Model):
    """A file of an application and what it shows."""

    zone = models.ForeignKey(Zone, models.PROTECT)
    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"))
    shows = models.CharField(_("证明什么"), max_length=120)

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("佐证文件")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.shows
