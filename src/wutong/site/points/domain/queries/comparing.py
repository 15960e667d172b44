"""Two runs of points side by side: ranks of everybody both have scored, and why one company's score is another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from wutong.site.core.interfaces.rows import Rows
from wutong.site.registry.models import Company
from wutong.site.runs.models import Run

if TYPE_CHECKING:
    from wutong.points.change import Change, Comparison
    from wutong.points.model import PointModel

KEPT = 8  # pairs of runs; a run never changes, so what was compared once stays true


@dataclass(frozen=True, slots=True)
class Shift:
    """Where one company stands in both runs; `moved` is positive for one that rose."""

    code: str
    name: str
    left_rank: int
    right_rank: int
    moved: int
    left_score: Decimal
    right_score: Decimal
    gained: Decimal


def compared(left: Run, right: Run) -> Comparison:
    """Return the engine's comparison of two finished runs, with everybody both have scored."""
    return _compared(left.folder, right.folder)


@lru_cache(KEPT)
def _compared(left: Path, right: Path) -> Comparison:
    from wutong.points.change import compare  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.run import open_points  # noqa: PLC0415 - the engine loads slowly

    return compare(open_points(left), open_points(right), None)


def shifts(left: Run, right: Run) -> Rows:
    """Return one row per company that both runs have scored, the largest shift first, under its present name."""
    names: Mapping[str, str] = dict(Company.objects.values_list("uscc", "name"))
    return Rows(
        Shift(code, names.get(code, name), was, now, was - now, before, after, after - before)
        for code, name, was, now, before, after in compared(left, right).movers)


def change_of(left: Run, right: Run, company: Company) -> tuple[Change, PointModel]:
    """Return the engine's split of a company's change, and the model that names its indicators.

    Raises:
        WutongError: S301, S303 for a company that only one run has scored.
    """
    from wutong.points.change import since  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.run import open_points  # noqa: PLC0415 - the engine loads slowly

    then = open_points(left.folder)
    return since(then, open_points(right.folder), company.uscc), then.model
