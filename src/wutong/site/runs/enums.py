"""Closed lists of runs."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunKind(TextChoices):
    """What a run computes."""

    POLICIES = "policies", _("政策匹配")
    POINTS = "points", _("创新积分")


class RunState(TextChoices):
    """How far a run is."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("运行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


OPEN = (RunState.QUEUED, RunState.RUNNING)


class Outcome(TextChoices):
    """How a company stands to a policy: the engine's verdict, with the near misses taken out of the refusals."""

    ELIGIBLE = "eligible", _("符合")
    NEAR = "near", _("只差一步")
    UNKNOWN = "unknown", _("待定")
    MANUAL = "manual", _("需人工认定")
    INELIGIBLE = "ineligible", _("不符合")


TONES = {
    Outcome.ELIGIBLE: "good", Outcome.NEAR: "info", Outcome.UNKNOWN: "warn", Outcome.MANUAL: "info",
    Outcome.INELIGIBLE: "bad", RunState.QUEUED: "muted", RunState.RUNNING: "info", RunState.DONE: "good",
    RunState.FAILED: "bad", RunState.CANCELLED: "muted",
}
