"""The portrait of a company from the last runs, made once and kept."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import get_language

from wutong.errors import Lang, WutongError
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.latest import latest_place
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run

if TYPE_CHECKING:
    from wutong.portrait.data import Zone as Opened
    from wutong.portrait.model import Portrait

WHOLE = 2_000
"""Zones of so many companies are opened whole and kept; of larger ones the one company is."""
OTHER_DATA = "D101"
_OPENING = Lock()
"""Opening takes seconds; threads that want the same run at once wait for one of them to do it."""


def language() -> Lang:
    """Return the language of the page as the engine names it."""
    return "en" if get_language() == "en" else "zh"


def runs_now() -> tuple[Run | None, Run | None]:
    """Return the runs of policies and of points that count now."""
    return latest_place(RunKind.POLICIES), latest_place(RunKind.POINTS)


def portrait_of(company: Company, run: Run, points: Run | None) -> Portrait:
    """Return the portrait of a company after a run, in the language of the page; 404 if the run does not have it."""
    whole = run.snapshot is not None and run.snapshot.companies <= WHOLE
    with _OPENING:
        zone = _opened(run.folder, points.folder if points else None, None if whole else company.uscc, language())
    for view in zone.view.companies:
        if view.code == company.uscc:
            return zone.portrait(view)
    raise Http404


@lru_cache(maxsize=4)
def _opened(run: Path, points: Path | None, company: str | None, lang: Lang) -> Opened:
    """Open a run; points that were computed from other data are left out, as the engine refuses to mix them."""
    from wutong.portrait.open import open_zone  # noqa: PLC0415 - the engine loads slowly

    try:
        return open_zone(run, company, points, lang=lang, demo_points=False)
    except WutongError as error:
        if points is None or error.code != OTHER_DATA:
            raise
        return open_zone(run, company, lang=lang, demo_points=False)
