"""Point models that ship without weights, completed by a zone from an official document."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Approval, StoredFile, User, Zone
from wutong.site.runs.models.runs import StaffQuerySet


class ZoneModel(models.Model):
    """One completed version of a model: proposed from a weights sheet, counting once another person agreed."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    model = models.CharField(_("积分模型"), max_length=80)
    version = models.CharField(_("版本"), max_length=40)
    text = models.TextField(_("模型文件"))
    sha256 = models.CharField(_("哈希"), max_length=64)
    document = models.CharField(_("文号"), max_length=120)
    clause = models.CharField(_("条款"), max_length=120)
    url = models.CharField(_("网址"), max_length=400)
    entered_by = models.CharField(_("录入人"), max_length=40)
    entered_on = models.DateField(_("录入日期"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("权重表"))
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name=_("审批"))
    proposed_at = models.DateTimeField(_("提交时间"), default=timezone.now)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("批准人"))
    adopted_at = models.DateTimeField(_("采用时间"), null=True)
    replaced_at = models.DateTimeField(_("被替换时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("官方权重")
        ordering = ("-proposed_at", "-pk")
        constraints = (models.UniqueConstraint(
            fields=("zone", "model", "version"), condition=Q(adopted_at__isnull=False, replaced_at=None), name="runs_one_zone_model"),)

    def __str__(self) -> str:
        return f"{self.model}@{self.version} {self.document}"
