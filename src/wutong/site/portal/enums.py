"""Closed lists of the portals."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuestionState(TextChoices):
    """Where a question to a company stands."""

    OPEN = "open", _("待企业回答")
    ANSWERED = "answered", _("待审核")
    ACCEPTED = "accepted", _("已采纳")
    CANCELLED = "cancelled", _("已取消")


TONES = {
    QuestionState.OPEN: "warn", QuestionState.ANSWERED: "info", QuestionState.ACCEPTED: "good", QuestionState.CANCELLED: "muted",
}
