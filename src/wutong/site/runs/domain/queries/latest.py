"""Which runs count now."""

from __future__ import annotations

from wutong.site.runs.enums import RunKind, RunState
from wutong.site.runs.models import Run


def latest(kind: RunKind, model: str = "") -> Run | None:
    """Return the last finished run of a kind in the present zone, for points of one model whatever its version."""
    done = Run.objects.filter(kind=kind, state=RunState.DONE).select_related("snapshot", "zone")
    if model:
        done = done.filter(model__startswith=f"{model.partition('@')[0]}@")
    return done.order_by("-ended_at", "-pk").first()
