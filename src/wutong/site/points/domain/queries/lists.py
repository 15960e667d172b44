"""Who is on a top list, who is on its edge, who is new and who left since the run before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from wutong.site.core.interfaces.rows import Rows
from wutong.site.core.models import User
from wutong.site.points.enums import IN, Since, Standing, Ties
from wutong.site.points.models import TopList
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run, Score


@dataclass(frozen=True, slots=True)
class Place:
    """One company on a list or near it; ranks are among those the list is of."""

    pk: int
    name: str
    code: str
    low: Decimal
    high: Decimal
    rank: int
    best: int
    worst: int
    grade: str
    group: str
    standing: str = ""
    since: str = ""
    before: int | None = None


def cut(rows: Iterable[dict[str, Any]], places: int, ties: str) -> list[Place]:
    """Return the rows with ranks among themselves and their standing to a line after `places`, the first place first.

    ``best`` and ``worst`` are what missing data leave open: all unknown turning out best for this company and worst
    for the others, and the other way round. Where ties at the line stay out, the tied count as ahead of each other.
    """
    rows = [row for row in rows if row["low"] is not None]
    lows, highs = (sorted(row[end] for row in rows) for end in ("low", "high"))
    tied_out = ties == Ties.EXCLUDE.value

    def above(scores: list[Decimal], score: Decimal, *, ties_too: bool = False) -> int:
        return len(scores) - (bisect_left if ties_too else bisect_right)(scores, score)

    made = []
    for row in rows:
        low, high = row["low"], row["high"]
        open_ = high > low  # then its own best is among the scores above its low end, and no rival
        rank, best, worst = 1 + above(lows, low), 1 + above(lows, high), 1 + above(highs, low) - open_
        held, hoped, feared = rank, best, worst
        if tied_out:
            held, feared = above(lows, low, ties_too=True), above(highs, low, ties_too=True)
            hoped = above(lows, high, ties_too=True) + open_
        made.append(Place(**row, rank=rank, best=best, worst=worst, standing=_standing(places, rank, held, hoped, feared)))
    return sorted(made, key=lambda p: (p.rank, p.name, p.code))


def _standing(places: int, rank: int, held: int, hoped: int, feared: int) -> str:
    if held <= places:
        return Standing.SURE.value if feared <= places else Standing.SHAKY.value
    if rank <= places:
        return Standing.TIED.value
    return Standing.CLOSE.value if hoped <= places else Standing.OUT.value


def listed(top: TopList, user: User) -> tuple[Run | None, Rows]:
    """Return the run a list follows, and its companies: on it, on its edge, or left since the run before."""
    run = latest(RunKind.POINTS, top.model)
    if run is None:
        return None, Rows()
    now = _standings(top, run, user)
    if run.previous_id is None:
        return run, Rows(p for p in now if p.standing != Standing.OUT.value)
    then = {p.code: p for p in _standings(top, run.previous, user)}
    marked = (_since(p, then.get(p.code)) for p in now)
    return run, Rows(p for p in marked if p.standing != Standing.OUT.value or p.since == Since.LEFT.value)


def _since(now: Place, then: Place | None) -> Place:
    was, is_in = then is not None and then.standing in IN, now.standing in IN
    since = {(True, True): Since.STAYED.value, (False, True): Since.NEW.value, (True, False): Since.LEFT.value}.get((was, is_in), "")
    return replace(now, since=since, before=then.rank if then else None)


def _standings(top: TopList, run: Run, user: User) -> list[Place]:
    rows = Score.objects.of(run).visible_to(user).exclude(low=None)
    if top.sector:
        rows = rows.filter(company__sector=top.sector)
    found = rows.values_list("pk", "company__name", "company__uscc", "low", "high", "grade", "group")
    named = (dict(zip(("pk", "name", "code", "low", "high", "grade", "group"), row, strict=True)) for row in found)
    # the group of a score is 阶段 · 行业组 as the model names them
    mine = (row for row in named if not top.stage or top.stage in row["group"].split(" · "))
    return cut(mine, top.places, top.ties)
