"""What changed between two runs: of one company's score, and of everybody's rank.

A score moves because the company's data moved, because the model did, or because the others did (bounds taken from
data). The three parts are taken in that order and sum to the change exactly:
``data = S(old model, new data) − S(old, old)``, ``cohort = S(old model with new bounds, new data) − …``,
``model = S(new model, new data) − …``. With frozen cut-points the cohort part is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from wutong.backends.at_hand import snapshot_tables
from wutong.errors import Place, WutongError
from wutong.points.compile import NONE
from wutong.points.explain import profile_at, proven
from wutong.points.freeze import frozen
from wutong.points.loader import load_model
from wutong.points.run import PointRun
from wutong.points.score import Result, score
from wutong.points.tree import ZERO, decompose


@dataclass(frozen=True, slots=True)
class Change:
    """Why the proven score of one company is not what it was; ``data + cohort + model = now − then``."""

    company: str
    then: Decimal
    now: Decimal
    data: Decimal
    cohort: Decimal
    model: Decimal
    by_indicator: tuple[tuple[str, Decimal], ...]
    """What each indicator's new data did under the old model, largest first."""
    ranks: tuple[int, int]


def since(then: PointRun, now: PointRun, company: str) -> Change:
    """Split the change of one company's score since an earlier run.

    Raises:
        WutongError: S301 the company is in only one run, S303 it has no score in one of them.
    """
    rows = [run.row(company) for run in (then, now)]
    for run, row in zip((then, now), rows, strict=True):
        if row["status"] == NONE:
            raise WutongError.of("S303", Place(file=run.folder.name), company=company)
    first, last = rows[0]["score_lo"], rows[1]["score_lo"]
    same_model = then.manifest["model"]["sha256"] == now.manifest["model"]["sha256"]
    if same_model and then.model == now.model:
        middle: dict[str, Any] = rows[1]
        refrozen = last
    else:
        middle = _scored(then, now, company, refreeze=False)
        refrozen = last if same_model else _scored(then, now, company, refreeze=True)["score_lo"]
    data = (middle["score_lo"] or ZERO) - first
    cohort = (refrozen or ZERO) - first - data
    return Change(company, first, last, data, cohort, last - first - data - cohort, _parts(then, rows[0], middle),
                  (rows[0]["rank"], rows[1]["rank"]))


def _scored(then: PointRun, now: PointRun, company: str, *, refreeze: bool) -> dict[str, Any]:
    """Return what the old model says of the new data."""
    tables = snapshot_tables(now.snapshot())
    model = frozen(load_model(then.folder / "model.yaml"), tables, now.on) if refreeze else then.model
    return dict(score(tables, model, now.on, company=company).table.to_pylist()[0])


def _parts(run: PointRun, old: dict[str, Any], new: dict[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    profile = profile_at(run.model, new) or run.model.profiles[0]
    parts = decompose(run.model, profile, proven(run.model, new), proven(run.model, old))
    changed = [(code, part) for code, part in parts.items() if part]
    return tuple(sorted(changed, key=lambda p: (-abs(p[1]), p[0])))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rankings of the companies both have scored."""

    companies: int
    only_left: int
    only_right: int
    kendall: float | None
    spearman: float | None
    """None where one side gives everybody the same score."""
    mean_shift: float
    largest_shift: int
    movers: tuple[tuple[str, str, int, int, Decimal, Decimal], ...]
    """Company, name, rank and score on the left and on the right; largest shift first."""


def compare(left: Result | PointRun, right: Result | PointRun, movers: int | None = 10) -> Comparison:
    """Compare two runs, or two models over one snapshot, over the companies that both have scored.

    Ranks are taken anew among the common companies. Kendall's tau-b and Spearman's rho as in scipy. `movers` is how
    many of those that moved most are named; None names everybody, also who stayed.
    """
    from scipy import stats  # noqa: PLC0415 - loading it takes longer than most commands

    tables = [_read(side) for side in (left, right)]
    common = sorted(tables[0].keys() & tables[1].keys())
    scores = [np.array([float(t[c][1]) for c in common]) for t in tables]
    ranks = [stats.rankdata(-s, method="min").astype(int) for s in scores]
    shift = np.abs(ranks[0] - ranks[1])
    order = sorted(range(len(common)), key=lambda i: (-shift[i], common[i]))[:movers]
    rows = tuple(
        (common[i], tables[0][common[i]][0], int(ranks[0][i]), int(ranks[1][i]), tables[0][common[i]][1],
         tables[1][common[i]][1])
        for i in order if shift[i] or movers is None
    )
    told_apart = all(len(set(s.tolist())) > 1 for s in scores)
    return Comparison(
        len(common), len(tables[0]) - len(common), len(tables[1]) - len(common),
        float(stats.kendalltau(*scores).statistic) if told_apart else None,
        float(stats.spearmanr(scores[0].tolist(), scores[1].tolist()).statistic) if told_apart else None,
        float(shift.mean()) if common else 0.0, int(shift.max(initial=0)), rows,
    )


def _read(side: Result | PointRun) -> dict[str, tuple[str, Decimal]]:
    table = side.table if isinstance(side, Result) else side.table(["company", "name", "score_lo"])
    names = table.column("name") if "name" in table.column_names else table.column("company")
    columns = (table.column("company"), names, table.column("score_lo"))
    return {
        c: (n or "", s) for c, n, s in zip(*(x.to_pylist() for x in columns), strict=True) if s is not None
    }
