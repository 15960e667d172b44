"""A zone's own policy files: what it adopted instead of, or besides, what ships with the engine."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import User, Zone
from wutong.site.runs.models.runs import StaffQuerySet


class ZonePolicy(models.Model):
    """One version of one policy as the zone adopted it; it stands in place of the shipped file of that version."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    pack = models.CharField(_("政策包"), max_length=40)
    policy = models.CharField(_("政策"), max_length=80)
    version = models.CharField(_("版本"), max_length=40)
    text = models.TextField(_("政策文件"))
    cases = models.TextField(_("核对案例"), blank=True)
    sha256 = models.CharField(max_length=64)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("批准人"))
    adopted_at = models.DateTimeField(_("采用时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("园区政策")
        ordering = ("pack", "policy", "version")
        constraints = (models.UniqueConstraint(fields=("zone", "pack", "policy", "version"), name="runs_one_zone_policy"),)

    def __str__(self) -> str:
        return f"{self.pack}/{self.policy} {self.version}"
