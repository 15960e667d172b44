"""The audit chain: append-only rows, each carrying the hash of the one before.

Rows are refused UPDATE and DELETE here and by triggers in the database (``migrations``), so that neither the ORM nor
a console can rewrite history unseen. ``domain.audit`` writes, ``domain.queries.audit`` verifies.
"""

from __future__ import annotations

from typing import NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or remove an audit row."""


def _refuse(*_args, **_kwargs) -> NoReturn:
    raise AppendOnlyError("audit rows are append-only")


class AppendOnlyQuerySet(models.QuerySet):
    """Reads and inserts, nothing else."""

    update = bulk_update = delete = update_or_create = _refuse


class AuditEvent(models.Model):
    """One thing somebody did. Names are copied, so that the row reads the same when the person is gone."""

    id = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("操作人"), max_length=140, blank=True)
    address = models.CharField(_("地址"), max_length=45, blank=True)
    zone = models.CharField(_("园区"), max_length=32, blank=True, db_index=True)
    action = models.CharField(_("操作"), max_length=48, db_index=True)
    object_type = models.CharField(_("对象类型"), max_length=48, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    object_text = models.CharField(_("对象"), max_length=200, blank=True)
    detail = models.JSONField(_("细节"), default=dict)
    algorithm = models.CharField(max_length=10)
    previous = models.CharField(max_length=64)
    hash = models.CharField(_("哈希"), max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计记录")
        ordering = ("-id",)
        indexes = (models.Index(fields=("object_type", "object_id"), name="core_audit_object"),)

    def __str__(self) -> str:
        return f"{self.id} {self.action}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    delete = _refuse


class AuditHead(models.Model):
    """The last link of the chain: one row, locked while the next is written."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return str(self.sequence)


class AuditSeal(models.Model):
    """The state of the chain at the end of a day, also written to a file to be kept elsewhere."""

    day = models.DateField(_("日期"), primary_key=True)
    last = models.BigIntegerField(_("末条序号"))
    hash = models.CharField(_("哈希"), max_length=64)
    algorithm = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("日封存")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.last}"
