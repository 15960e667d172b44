"""Uncertainty and sensitivity: which engine fits the source, and the tables it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wutong.cli.research_reports import NAME, RANK, SCORE, UNIT, heads, text
from wutong.cli.screen import screen
from wutong.composite.aggregate import Way, aggregate
from wutong.composite.bands import Bands, Noise, Scores, rank_bands
from wutong.composite.choices import Robustness
from wutong.composite.choices import sensitivity as run_sensitivity
from wutong.composite.choices import uncertainty as run_uncertainty
from wutong.composite.sheets import Sheet
from wutong.errors import WutongError
from wutong.points.research import band_table, bands, result_of
from wutong.tables.snapshot import write_parquet

if TYPE_CHECKING:
    from wutong.cli.research_output import Output
    from wutong.cli.research_source import Source
    from wutong.composite.recipe import Recipe

_MOST_REPLICATES = 2_000


def tops(given: str) -> tuple[int, ...]:
    """Return the k of a comma list. Raises WutongError S298.

    >>> tops("10, 100")
    (10, 100)
    """
    parts = [part.strip() for part in given.split(",") if part.strip()]
    if not parts or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise WutongError.of("S298", name="top", value=given)
    return tuple(map(int, parts))


def write(output: Output, source: Source, recipe: Recipe, noise: Noise, ks: Sequence[int]) -> None:
    """Write bands: by fast sampling where the index is a weighted sum of known points, else by running the recipe.

    A recipe that says what to vary is always run over those choices.
    """
    with screen().progress() as progress:
        if source.run is not None:
            found, made = bands(result_of(source.run), noise, ks, progress=progress)
            write_parquet(band_table(found, made), output.folder / "bands.parquet")
            output.add(_sheet(found.companies, found.names, made), "bands")
            return
        scores, units = (None, ()) if recipe.vary else _linear(source, recipe)
        names = source.study.table.names
        if scores is not None:
            made = rank_bands(scores, noise, ks, progress=progress)
            output.add(_sheet(units, [names.get(u, u) for u in units], made), "bands")
            return
        vary = recipe.vary or {"weights": noise.spread}
        robust = run_uncertainty(source.study, recipe, vary, min(noise.samples, _MOST_REPLICATES), noise.seed, progress)
    output.add(_robust_sheet(robust, names, ks), "bands")


def _linear(source: Source, recipe: Recipe) -> tuple[Scores | None, tuple[str, ...]]:
    table, tree, ways = source.normalised(recipe)
    plain = [Way(availability=w.availability) for w in ([ways] if isinstance(ways, Way) else ())]
    if [ways] != plain or np.isnan(table.values).any():
        return None, ()
    share = tree.effective_weights()
    total = aggregate(table, tree, ways).column(tree.index)
    made = Scores(table.values, table.values, np.array([[share[c] for c in table.codes]]),
                  np.zeros(len(table.units), dtype=np.intp), total)
    return made.checked(), table.units


def _sheet(units: Sequence[str], names: Sequence[str], made: Bands) -> Sheet:
    order = np.lexsort((np.array(units), made.rank))
    rows = [(units[i], names[i], int(made.rank[i]), float(made.score[i]), int(made.low[i]), int(made.median[i]),
             int(made.high[i]), int(made.best[i]), int(made.worst[i]), *(float(p[i]) for p in made.top.values()))
            for i in order]
    typical = int(np.median(made.width))
    note = text(f"{made.samples} 次抽样；一半单位的 90% 名次区间宽于 {typical} 位，相差几位的名次没有意义",
                f"{made.samples} samples; half of the units have a 90 % band wider than {typical} places: "
                "differences of a few places mean nothing")
    return Sheet(text("名次区间", "Rank bands"), [*heads(
        UNIT, NAME, RANK, SCORE, ("5%", "5 %"), ("中位", "Median"), ("95%", "95 %"), ("最好", "Best"), ("最差", "Worst")),
        *(text(f"前{k}概率", f"P(top {k})") for k in made.top)], rows, note)


def _robust_sheet(found: Robustness, names: Mapping[str, str], ks: Sequence[int]) -> Sheet:
    low, middle, high = found.quantiles()
    mean, inside = found.mean(), {k: found.top(k) for k in ks if k < len(found.units)}
    order = np.lexsort((np.array(found.units), np.nan_to_num(found.nominal, nan=np.inf)))
    rows = [(found.units[i], names.get(found.units[i], found.units[i]), float(found.nominal[i]), float(found.score[i]),
             float(low[i]), float(middle[i]), float(high[i]), float(mean[i]), *(float(p[i]) for p in inside.values()))
            for i in order]
    note = text(f"{len(found.ranks)} 次组合，变动：{'、'.join(found.factors)}",
                f"{len(found.ranks)} combinations of {', '.join(found.factors)}")
    return Sheet(text("名次区间", "Rank bands"), [*heads(
        UNIT, NAME, RANK, SCORE, ("5%", "5 %"), ("中位", "Median"), ("95%", "95 %"), ("平均", "Mean")),
        *(text(f"前{k}概率", f"P(top {k})") for k in inside)], rows, note)


def default_choices(source: Source, recipe: Recipe, spread: float) -> dict[str, Any]:
    """Return what is varied where the recipe does not say: normalisation, aggregation, gaps, outliers, weights.

    Points of a run are on their scale already, so their aggregation and weights are varied.
    """
    positive = {"method": "min_max", "parameters": {"low": 1, "high": 100}}
    if source.run is not None:
        own = recipe.options("aggregate")["method"]
        return {"aggregate.method": [own, "mpi", "minimum"], "weights": spread}
    chosen: dict[str, Any] = {
        "normalise": [positive, {"method": "z_score", "parameters": {"mean": 100, "sd": 10}}, {"method": "percentile"}],
        "aggregate.method": ["arithmetic", "minimum"], "weights": spread,
    }
    if "treat" in recipe.names:
        chosen["treat.winmax"] = [0, 3, 5]
    if "impute" in recipe.names:
        chosen["impute.method"] = ["mean", "median", "none"]
    return chosen


def write_sensitivity(output: Output, source: Source, recipe: Recipe, numbers: tuple[int, int, float]) -> None:
    """Write Sobol indices of the mean rank shift and of every unit's rank, and the bands."""
    n, seed, spread = numbers
    vary = recipe.vary or default_choices(source, recipe, spread)
    with screen().progress() as progress:
        found = run_sensitivity(source.study, recipe, vary, n, seed, progress=progress)
    made, names = found.indices, source.study.table.names
    if made is None:
        raise AssertionError("a sensitivity run has indices")
    rows = [(f, float(made.first[i, 0]), float(made.first_low[i, 0]), float(made.first_high[i, 0]), float(made.total[i, 0]),
             float(made.total_low[i, 0]), float(made.total_high[i, 0])) for i, f in enumerate(found.factors)]
    note = text(f"产出：相对现行排名的平均名次变动；{n * (len(rows) + 2)} 次计算", f"output: mean rank shift; {n * (len(rows) + 2)} runs")
    output.add(Sheet(text("敏感性", "Sensitivity"), heads(
        ("选择", "Choice"), ("一阶 Si", "First order Si"), ("5%", "5 %"), ("95%", "95 %"), ("总效应 STi", "Total STi"),
        ("5%", "5 %"), ("95%", "95 %")), rows, note), "sensitivity")
    output.add(_robust_sheet(found, names, (10,)), "bands")
    output.add(_by_unit(found, names), "by_unit")


def _by_unit(found: Robustness, names: Mapping[str, str]) -> Sheet:
    made = found.indices
    if made is None:
        raise AssertionError("a sensitivity run has indices")
    rows = [(u, names.get(u, u), *(float(v) for v in made.total[:, i + 1])) for i, u in enumerate(found.units)]
    return Sheet(text("各单位总效应", "Total by unit"), [*heads(UNIT, NAME), *found.factors], rows)
