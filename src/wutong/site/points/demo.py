"""A top list of the demo zone."""

from __future__ import annotations

from wutong.site.core.demo import Place
from wutong.site.points.domain.lists import create_list
from wutong.site.points.enums import Ties
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import RunKind

ORDER = 45
PLACES = 50


def seed(place: Place) -> None:
    """Set up a list that follows the demo's run of points."""
    run = latest(RunKind.POINTS)
    if run is not None:
        create_list(
            actor=place.people["zone_officer"], zone=place.zone, name=f"创新积分{PLACES}强（演示数据）",
            model=run.model.partition("@")[0], places=PLACES, stage="", sector="", ties=Ties.INCLUDE)
