"""States of drafts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftState(models.TextChoices):
    """From the first change to the zone's policy."""

    EDITING = "editing", _("起草中")
    PROPOSED = "proposed", _("待批准")
    ADOPTED = "adopted", _("已采用")
    DISCARDED = "discarded", _("已作废")


TONES = {DraftState.EDITING: "info", DraftState.PROPOSED: "warn", DraftState.ADOPTED: "good", DraftState.DISCARDED: "muted"}
