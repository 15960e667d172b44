"""Definitions of top lists: which model, how many places, among whom, what of ties. Who is on one follows from a run."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import User, Zone
from wutong.site.points.enums import Ties
from wutong.site.runs.models.runs import StaffQuerySet


class TopList(models.Model):
    """A named list of the first companies by points, such as 创新积分500."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    name = models.CharField(_("榜单名称"), max_length=60)
    model = models.CharField(_("积分模型"), max_length=80)  # id: the list follows the model's versions
    places = models.PositiveIntegerField(_("名额"))
    stage = models.CharField(_("阶段"), max_length=40, blank=True)  # as the model names it
    sector = models.CharField(_("行业"), max_length=80, blank=True)  # as the registry names it
    ties = models.CharField(_("末位并列"), max_length=8, choices=Ties, default=Ties.INCLUDE)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("设立人"))
    made_at = models.DateTimeField(_("设立时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("榜单")
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("zone", "name"), name="points_one_list_name"),)

    def __str__(self) -> str:
        return self.name
