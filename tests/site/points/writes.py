"""One call of every write of points."""

from __future__ import annotations

from wutong.site.points.domain.lists import change_list, create_list, remove_list
from wutong.site.points.domain.weights import adopt_weights


def _officer(world):
    return world.here.people["zone_officer"]


CASES = {
    "toplist.create": lambda w: create_list(
        actor=_officer(w), zone=w.here.zone, name="另一个榜单", model="tsme-points", places=1, stage="", sector="", ties="exclude"),
    "toplist.change": lambda w: change_list(actor=_officer(w), top=w.here.top, places=3),
    "toplist.remove": lambda w: remove_list(actor=_officer(w), top=w.here.top),
    "weights.propose": lambda w: w.here.propose_weights(w.here),
    "weights.adopt": lambda w: adopt_weights(actor=w.here.people["zone_lead"], weights=w.here.propose_weights(w.here)),
}
