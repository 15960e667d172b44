"""Snapshots and runs: what was computed from what. Once over they never change."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import User, Zone
from wutong.site.runs.enums import OPEN, RunKind, RunState


class StaffQuerySet(models.QuerySet):
    """Rows for the staff of their zone."""

    def visible_to(self, user) -> StaffQuerySet:
        """Return all rows of the zone for its staff, none for others."""
        from wutong.site.core.rules import is_zone_staff  # noqa: PLC0415 - models come before rules

        return self.filter(zone=user.zone) if is_zone_staff(user) else self.none()


class Snapshot(models.Model):
    """What the registry knew when a run began; `figures` are for the overview of the zone."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    on = models.DateField(_("评估日"))
    known = models.DateTimeField(_("数据截至"))
    hash = models.CharField(_("内容哈希"), max_length=64)
    companies = models.PositiveIntegerField(_("企业数"))
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("数据快照")
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.on} {self.hash[:12]}"


class RunQuerySet(StaffQuerySet):
    """Runs, as far as a person may see them."""

    def done(self) -> RunQuerySet:
        """Return the runs whose results count."""
        return self.filter(state=RunState.DONE)


class Run(models.Model):
    """One computation over the zone: what went in, how far it is, what came out."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    kind = models.CharField(_("类别"), max_length=8, choices=RunKind)
    on = models.DateField(_("评估日"))
    packs = models.JSONField(_("政策包"), default=list)
    model = models.CharField(_("积分模型"), max_length=80, blank=True)  # id@version
    model_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=RunState, default=RunState.QUEUED)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人"))
    created_at = models.DateTimeField(_("发起时间"), default=timezone.now)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    place = models.UUIDField(default=uuid.uuid4, editable=False)  # names the folder: a restored database gives numbers anew
    # Progress of the running task; `beat` tells a task at work from one that was killed.
    stage = models.CharField(max_length=12, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=1)
    beat = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    # What came out
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, verbose_name=_("数据快照"))
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("上一次运行"))
    number = models.CharField(_("运行编号"), max_length=12, blank=True)  # the engine's: hash of all that went in and out
    engine = models.CharField(_("引擎版本"), max_length=32, blank=True)
    inputs = models.JSONField(default=list)  # [{"name": …, "version": …, "sha256": …}] of policies or model
    counts = models.JSONField(default=dict)
    changed = models.PositiveIntegerField(_("变化数"), default=0)
    banner = models.CharField(max_length=200, blank=True)
    faults = models.JSONField(default=list)  # [{"zh": …, "en": …}]

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(RunQuerySet))

    class Meta:
        verbose_name = _("运行")
        ordering = ("-created_at", "-pk")
        # Two runs of one kind at a time would race for being the latest; the database decides who was first.
        constraints = (models.UniqueConstraint(fields=("zone", "kind"), condition=Q(state__in=OPEN), name="runs_one_open"),)
        indexes = (models.Index(fields=("zone", "kind", "state", "ended_at"), name="runs_latest"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}{' ' + self.number if self.number else ''}"

    @property
    def folder(self) -> Path:
        """The run folder, there once the run is done."""
        return Path(settings.DATA) / "runs" / self.zone.code / self.place.hex

    @property
    def is_open(self) -> bool:
        """Whether it is queued or at work."""
        return self.state in OPEN

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at and self.started_at else None
