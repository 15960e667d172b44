"""Closed lists of the registry."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CompanyState(TextChoices):
    """Whether a company is in the zone's care."""

    ACTIVE = "active", _("在册")
    LEFT = "left", _("迁出")
    CLOSED = "closed", _("注销")
    MERGED = "merged", _("已并入")
