"""Batches (one file each), their lines, and what a zone has learned about headers."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Approval, StoredFile, User, Zone
from wutong.site.imports.enums import AT_WORK, BatchState, LineKind
from wutong.site.registry.enums import SourceRank

SILENT = timedelta(seconds=60)
"""A batch at work that says nothing for so long has lost its worker."""


class ImportQuerySet(models.QuerySet):
    """Batches and lines, as far as a person may see them."""

    def visible_to(self, user) -> ImportQuerySet:
        """Return those of the zone for its staff, none for others."""
        return self.filter(zone=user.zone) if user.has_perm("imports.view_imports") else self.none()


class ImportBatch(models.Model):
    """One file on its way into the registry."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    marked = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("标注后的副本"))
    source = models.CharField(_("来源"), max_length=200)
    rank = models.PositiveSmallIntegerField(_("来源级别"), choices=SourceRank, default=SourceRank.DECLARED)
    on = models.DateField(_("评估日"))
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=BatchState, default=BatchState.READING)
    headers = models.JSONField(default=dict)  # corrections: header as written → as meant
    report = models.JSONField(default=dict)  # sheets, findings, counts of the dry run
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(default=timezone.now)  # last sign of life of the work on it
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    created_at = models.DateTimeField(_("提交时间"), default=timezone.now)
    applied_at = models.DateTimeField(_("写入时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ImportQuerySet))

    class Meta:
        verbose_name = _("导入批次")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.file.name} · {self.source}"

    @property
    def origin(self) -> str:
        """What the registry remembers as the origin of the batch's statements."""
        return f"import:{self.pk}"

    @property
    def at_work(self) -> bool:
        """Return whether a background task works on it."""
        return self.state in AT_WORK

    @property
    def interrupted(self) -> bool:
        """Return whether its work has fallen silent: the worker was killed or is not running."""
        return self.at_work and timezone.now() - self.beat_at > SILENT


class ImportLine(models.Model):
    """All that a batch says of one company, or one row of a sheet that cannot be taken."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="lines")
    key = models.CharField(_("企业代码"), max_length=40, blank=True)
    name = models.CharField(_("企业名称"), max_length=200, blank=True)
    kind = models.CharField(_("结果"), max_length=8, choices=LineKind)
    sheet = models.CharField(_("工作表"), max_length=64, blank=True)
    row = models.PositiveIntegerField(_("行"), null=True)
    content = models.TextField(blank=True)  # JSON: facts by column, lists by table
    notes = models.JSONField(default=list)  # differences, or reasons and remedies
    is_applied = models.BooleanField(default=False)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ImportQuerySet))

    class Meta:
        verbose_name = _("导入明细")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "key"), condition=~Q(kind=LineKind.REJECTED), name="imports_one_line_a_company"),
        )
        indexes = (models.Index(fields=("batch", "is_applied", "id"), name="imports_line_open"),)

    def __str__(self) -> str:
        return self.name or self.key


class HeaderMemory(models.Model):
    """How a zone's people want a header read, whenever it comes again."""

    zone = models.ForeignKey(Zone, models.PROTECT)
    header = models.CharField(max_length=200)
    meant = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("表头对应")
        constraints = (models.UniqueConstraint(fields=("zone", "header"), name="imports_header"),)

    def __str__(self) -> str:
        return f"{self.header} → {self.meant}"


class ImportPolicy(models.Model):
    """Whether a second person must agree before a file is written; without a row, one must."""

    zone = models.OneToOneField(Zone, models.PROTECT)
    needs_approval = models.BooleanField(_("写入前须另一人审批"), default=True)

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("导入规则")

    def __str__(self) -> str:
        return f"{self.zone}"
