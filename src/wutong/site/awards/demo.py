"""A budget and a list in publicity for the demo zone. Its policies are drafts, so the list is a rehearsal."""

from __future__ import annotations

from decimal import Decimal

from wutong.site.awards.domain.budgets import create_budget
from wutong.site.awards.domain.lists import create_list, found_in, publish_list
from wutong.site.core.demo import Place
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import RunKind

ORDER = 20


def seed(place: Place) -> None:
    """Publish what the zone's draft policies would give without application."""
    officer, run = place.people["zone_officer"], latest(RunKind.POLICIES)
    budget = create_budget(
        actor=place.people["zone_lead"], zone=place.zone, year=place.today.year, name="科技企业培育资金", amount=Decimal(10_000_000))
    if run is None:
        return
    found = found_in(run, ["htz-qualified"], rehearsal=True)
    if found.grants:
        made = create_list(
            actor=officer, zone=place.zone, title=f"{place.today.year}年科技企业培育奖励拟支持名单", run=run, found=found, budget=budget)
        publish_list(actor=officer, award_list=made)
