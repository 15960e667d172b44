"""Closed lists of applications."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ApplicationState(TextChoices):
    """Where an application stands."""

    DRAFT = "draft", _("填报中")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("退回补正")
    PROPOSED = "proposed", _("待决定")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.PROPOSED)
TONES = {
    ApplicationState.DRAFT: "muted", ApplicationState.SUBMITTED: "info", ApplicationState.RETURNED: "warn",
    ApplicationState.PROPOSED: "warn", ApplicationState.APPROVED: "good", ApplicationState.REJECTED: "bad", ApplicationState.WITHDRAWN: "muted",
}
