"""Closed lists of imports."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchState(TextChoices):
    """How far a batch has come."""

    READING = "reading", _("读取中")
    REFUSED = "refused", _("不能读取")
    READY = "ready", _("待提交")
    PENDING = "pending", _("待审批")
    APPLYING = "applying", _("写入中")
    APPLIED = "applied", _("已写入")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    DROPPED = "dropped", _("已放弃")


class LineKind(TextChoices):
    """What a line of a file means for the registry."""

    NEW = "new", _("新企业")
    CHANGED = "changed", _("有更新")
    CONFLICTING = "conflict", _("与其他来源不一致")
    SAME = "same", _("无变化")
    REJECTED = "rejected", _("不能写入")


AT_WORK = frozenset({BatchState.READING, BatchState.APPLYING, BatchState.UNDOING})
END = frozenset({BatchState.UNDONE, BatchState.DROPPED})
