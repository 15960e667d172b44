"""Closed lists of points."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Ties(TextChoices):
    """What happens to companies with equal points across the last place: said before anybody knows whom it hits."""

    INCLUDE = "include", _("并列者全部入榜")
    EXCLUDE = "exclude", _("并列者全部不入榜")


class Standing(TextChoices):
    """Where a company stands to a list."""

    SURE = "sure", _("入榜")
    SHAKY = "shaky", _("入榜，可能落榜")
    TIED = "tied", _("并列末位，未入榜")
    CLOSE = "close", _("榜外，可能入榜")
    OUT = "out", _("未入榜")


class Since(TextChoices):
    """What became of a company since the run before."""

    NEW = "new", _("新入榜")
    STAYED = "stayed", _("仍在榜")
    LEFT = "left", _("已退出")


IN = (Standing.SURE.value, Standing.SHAKY.value)
TONES = {
    Standing.SURE: "good", Standing.SHAKY: "warn", Standing.TIED: "warn", Standing.CLOSE: "info", Standing.OUT: "muted",
    Since.NEW: "info", Since.STAYED: "muted", Since.LEFT: "bad", "": "",
}
