"""Closed lists of awards."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ListState(TextChoices):
    """Where a list stands."""

    DRAFT = "draft", _("草稿")
    PUBLIC = "public", _("公示中")
    PENDING = "pending", _("待决定")
    DECIDED = "decided", _("已决定，待付款")
    PAID = "paid", _("已付款")
    CANCELLED = "cancelled", _("已取消")


SHOWN = (ListState.PUBLIC, ListState.PENDING, ListState.DECIDED, ListState.PAID)
"""States in which the public and the companies see a list."""


class AwardState(TextChoices):
    """What becomes of one award; the engine's words (`wutong.policy.autogrant`)."""

    LISTED = "listed", _("公示")
    CONFIRMED = "confirmed", _("拟付")
    CHANGED = "changed", _("调整后拟付")
    WITHDRAWN = "withdrawn", _("不付")
    HELD = "held", _("暂缓")
    PAID_BEFORE = "paid_before", _("此前已付")


class PaymentState(TextChoices):
    """Where the money is."""

    RESERVED = "reserved", _("已锁定预算")
    PAID = "paid", _("已付")
    RETURNED = "returned", _("已追回")


TONES = {
    ListState.DRAFT: "muted", ListState.PUBLIC: "info", ListState.PENDING: "warn", ListState.DECIDED: "warn", ListState.PAID: "good",
    ListState.CANCELLED: "muted", AwardState.LISTED: "info", AwardState.CONFIRMED: "good", AwardState.CHANGED: "good",
    AwardState.WITHDRAWN: "muted", AwardState.HELD: "warn", AwardState.PAID_BEFORE: "muted",
    PaymentState.RESERVED: "warn", PaymentState.RETURNED: "bad",
}
