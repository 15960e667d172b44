"""Tiles of the home page: what the last runs found, with the age of their data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.queries.home import Panel, panel
from wutong.site.core.models import User
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind, RunState
from wutong.site.runs.models import Run, Score, Snapshot

FRESH = timedelta(days=7)


def dated(moment: datetime) -> dict[str, Any]:
    """Return the age of a tile: when, how many days ago, and whether that is too long."""
    age = timezone.now() - moment
    day = timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    return {"as_of": day if age.days < 1 else _t("%(day)s（%(n)s 天前）") % {"day": day, "n": age.days}, "stale": age > FRESH}


@panel(order=30)
def companies(user: User) -> Panel | None:
    """Companies in care and the largest sectors, as of the last snapshot."""
    snapshot = _snapshot(user)
    if snapshot is None:
        return None
    sectors = "、".join(f"{name} {n}" for name, n in snapshot.figures.get("sectors", [])[:3])
    return Panel(_("在册企业"), f"{snapshot.companies:,}", _("家"), sectors, reverse("registry:companies"), **dated(snapshot.known))


@panel(order=31)
def matches(user: User) -> Panel | None:
    """Policies: how many matches of which outcome."""
    run = latest(RunKind.POLICIES) if user.has_perm("runs.view_runs") else None
    if run is None:
        return None
    text = "、".join(f"{o.label} {run.counts[o]}" for o in Outcome if run.counts.get(o) and o != Outcome.ELIGIBLE)
    return Panel(
        _("符合的政策"), f"{run.counts.get(Outcome.ELIGIBLE, 0):,}", _("项次"), text, reverse("policies:matches"),
        **dated(run.snapshot.known))


@panel(order=32)
def points(user: User) -> Panel | None:
    """Points: the median and the quartiles of the last run of any model."""
    run = latest(RunKind.POINTS) if user.has_perm("runs.view_runs") else None
    if run is None:
        return None
    found = sorted(Score.objects.of(run).visible_to(user).exclude(low=None).values_list("low", flat=True))
    at = [found[(len(found) - 1) * part // 4] for part in (1, 2, 3)] if found else []
    text = _t("%(model)s，中间一半 %(low)s–%(high)s") % {"model": run.model_name, "low": at[0], "high": at[2]} if at else run.model_name
    return Panel(
        _("积分中位数"), str(at[1]) if at else "—", _("分"), text, reverse("points:ranking", args=[run.model.partition("@")[0]]),
        **dated(run.snapshot.known))


@panel(order=33)
def expiring(user: User) -> Panel | None:
    """Patents and certificates that expire within 90 days of the last snapshot's date."""
    snapshot = _snapshot(user)
    if snapshot is None:
        return None
    text = _t("自 %(day)s 起90天内") % {"day": snapshot.on}
    return Panel(_("即将到期的资质和专利"), f"{snapshot.figures.get('expiring', 0):,}", _("件"), text, tone="warn", **dated(snapshot.known))


def _snapshot(user: User) -> Snapshot | None:
    if not user.has_perm("runs.view_runs"):
        return None
    last = Run.objects.filter(state=RunState.DONE).select_related("snapshot").order_by("-ended_at", "-pk").first()
    return last.snapshot if last else None
