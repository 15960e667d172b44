"""Closed lists of portraits."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceKind(TextChoices):
    """What the zone did for a company."""

    CONTACT = "contact", _("首次接触")
    VISIT = "visit", _("走访")
    TUTORING = "tutoring", _("辅导")
    SPACE = "space", _("载体与场地")
    MATCHMAKING = "match", _("对接撮合")
    POLICY = "policy", _("政策服务")
    EVENT = "event", _("活动")
    MILESTONE = "milestone", _("里程碑")
