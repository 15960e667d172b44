"""Which runs count now."""

from __future__ import annotations

from wutong.site.runs.enums import RunKind, RunState
from wutong.site.runs.models import Run
from wutong.site.runs.models.runs import RunQuerySet


def latest_place(kind: RunKind) -> Run | None:
    """Return `latest` with what names its folder alone; the other fields are read when asked for.

    Most of a run's row is JSON, figures of the whole zone among it, which a page that only opens the folder need not parse.
    """
    return _done(kind).only("place", "kind", "number", "snapshot__companies", "zone__code").first()


def latest(kind: RunKind, model: str = "") -> Run | None:
    """Return the last finished run of a kind in the present zone, for points of one model whatever its version."""
    done = _done(kind)
    if model:
        done = done.filter(model__startswith=f"{model.partition('@')[0]}@")
    return done.first()


def _done(kind: RunKind) -> RunQuerySet:
    """Return the finished runs, the last one first."""
    return Run.objects.filter(kind=kind, state=RunState.DONE).select_related("snapshot", "zone").order_by("-ended_at", "-pk")
