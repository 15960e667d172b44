"""Facts and lists: what is known, with source, evidence and two clocks. Rows are added and superseded, never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import StoredFile, User, Zone
from wutong.site.registry.enums import SourceRank
from wutong.site.registry.models.companies import Company


class KnownQuerySet(models.QuerySet):
    """What is known, by person and by the two clocks."""

    def visible_to(self, user) -> KnownQuerySet:
        """Return what is known of the companies the person may see."""
        return self.filter(company__in=Company.objects.all().visible_to(user))

    def known_at(self, moment) -> KnownQuerySet:
        """Return what was known at `moment`: recorded by then and not yet superseded."""
        return self.filter(known_from__lte=moment).filter(Q(known_until=None) | Q(known_until__gt=moment))

    def valid_on(self, day) -> KnownQuerySet:
        """Return what was true on `day`: without a first day, or with one not after it."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day))

    def current(self) -> KnownQuerySet:
        """Return what is known now."""
        return self.filter(known_until=None)


class Known(models.Model):
    """What every statement about a company carries: who says so, since when it is true, since when it is known."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    source = models.CharField(_("来源"), max_length=200)
    rank = models.PositiveSmallIntegerField(_("来源级别"), choices=SourceRank, default=SourceRank.DECLARED)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("佐证文件"))
    origin = models.CharField(max_length=40, blank=True)  # what wrote it in bulk, such as an import's batch
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    known_from = models.DateTimeField(_("获知时间"), default=timezone.now)
    known_until = models.DateTimeField(_("被替代时间"), null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)  # the origin that superseded it, as long as that stands
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("录入人"))

    class Meta:
        abstract = True


class Fact(Known):
    """One thing known of one company: `code` and `period` as in the catalogue of ``wutong.tables``."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="facts", verbose_name=_("企业"))
    code = models.CharField(_("事实"), max_length=48)
    period = models.CharField(_("期间"), max_length=10, blank=True)  # accounting year, or "" for one value per company
    value = models.TextField(_("值"))  # as the catalogue stores it: ISO date, plain decimal, text
    number = models.DecimalField(_("数值"), max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(KnownQuerySet))

    class Meta:
        verbose_name = _("事实")
        ordering = ("code", "-period")
        # One source says one thing at a time; databases take two unknown days for different ones, hence two of them.
        constraints = (
            models.UniqueConstraint(
                fields=("company", "code", "period", "source"), condition=Q(known_until=None, valid_from=None),
                name="registry_one_current_fact"),
            models.UniqueConstraint(
                fields=("company", "code", "period", "source", "valid_from"),
                condition=Q(known_until=None, valid_from__isnull=False), name="registry_one_dated_fact"),
        )
        indexes = (
            models.Index(fields=("zone", "code", "period"), name="registry_fact_code"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.value}{self.unit}".replace("  ", " ")


class ListRow(Known):
    """One row of a company's list (patents, certificates, awards, financing …), `table` as in the catalogue."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="list_rows", verbose_name=_("企业"))
    table = models.CharField(_("清单"), max_length=32)
    content = models.TextField()  # JSON object of column → stored text, keys sorted: equal rows have equal text

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(KnownQuerySet))

    class Meta:
        verbose_name = _("清单记录")
        ordering = ("table", "id")
        indexes = (
            models.Index(fields=("zone", "table"), name="registry_row_table"),
            models.Index(fields=("company", "table"), name="registry_row_company"),
        )

    def __str__(self) -> str:
        return f"{self.table} {self.content[:80]}"
