"""An application of the demo's company, handed in and waiting for an officer."""

from __future__ import annotations

from wutong.site.applications.domain.applications import start_application, submit
from wutong.site.core.demo import Place
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match

ORDER = 40


def seed(place: Place) -> None:
    """Apply under a policy that a person decides, else under one the company nearly meets."""
    user = place.people["company_user"]
    rows = Match.objects.of(latest(RunKind.POLICIES)).visible_to(user).select_related("company", "run__zone", "zone")
    match = rows.filter(outcome=Outcome.MANUAL).first() or rows.filter(outcome=Outcome.NEAR).first()
    if match is not None:
        submit(actor=user, application=start_application(actor=user, match=match), statement="演示申报：材料为虚构。")
