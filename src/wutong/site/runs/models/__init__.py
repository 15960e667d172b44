"""Tables of runs."""

from wutong.site.runs.models.policies import ZonePolicy
from wutong.site.runs.models.results import Match, Score
from wutong.site.runs.models.runs import Run, Snapshot
from wutong.site.runs.models.weights import ZoneModel

__all__ = ["Match", "Run", "Score", "Snapshot", "ZoneModel", "ZonePolicy"]
