"""Facts: one value with period, unit, source, evidence, and two clocks. Rows are added and superseded, never edited."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import StoredFile, User, Zone
from wutong.site.registry.models.companies import Company


class FactQuerySet(models.QuerySet):
    """Facts, by person and by the two clocks."""

    def visible_to(self, user) -> FactQuerySet:
        """Return the facts of the companies the person may see."""
        return self.filter(company__in=Company.objects.all().visible_to(user))

    def known_at(self, moment) -> FactQuerySet:
        """Return what was known at `moment`: recorded by then and not yet superseded."""
        return self.filter(known_from__lte=moment).filter(models.Q(known_until=None) | models.Q(known_until__gt=moment))

    def current(self) -> FactQuerySet:
        """Return what is known now."""
        return self.filter(known_until=None)


class Fact(models.Model):
    """One thing known of one company: `code` and `period` as in the catalogue of ``wutong.tables``."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="facts", verbose_name=_("企业"))
    code = models.CharField(_("事实"), max_length=48)
    period = models.CharField(_("期间"), max_length=10, blank=True)  # accounting year, or "" for one value per company
    value = models.CharField(_("值"), max_length=1000)  # as the catalogue stores it: ISO date, plain decimal, text
    number = models.DecimalField(_("数值"), max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("佐证文件"))
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    known_from = models.DateTimeField(_("获知时间"), default=timezone.now)
    known_until = models.DateTimeField(_("被替代时间"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("录入人"))

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(FactQuerySet))

    class Meta:
        verbose_name = _("事实")
        ordering = ("code", "-period")
        constraints = (
            models.UniqueConstraint(
                fields=("company", "code", "period", "source"), condition=models.Q(known_until=None),
                name="registry_one_current_fact"),
        )
        indexes = (models.Index(fields=("zone", "code", "period"), name="registry_fact_code"),)

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.value}{self.unit}".replace("  ", " ")
