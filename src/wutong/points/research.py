"""A points run as the composite methods see it: rank bands, the tree with its points, signs of gaming."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from wutong.backends.at_hand import columns_by_table, snapshot_tables
from wutong.composite.aggregate import Way, aggregate
from wutong.composite.bands import USUAL, Bands, Noise, Scores, rank_bands
from wutong.composite.branches import Branch
from wutong.composite.effects import Effect, main_effects
from wutong.composite.framework import Framework, Node
from wutong.composite.gaming import Bunching, Jump, at_floor, bunching, holm, jumps
from wutong.composite.table import Floats, Table
from wutong.errors import Place, WutongError
from wutong.points.compile import compile_model
from wutong.points.model import WHOLE, Indicator, PointModel
from wutong.points.model import Node as ModelNode
from wutong.points.run import PointRun
from wutong.points.score import Result, as_floats
from wutong.tables import Catalogue, Snapshot
from wutong.tables.snapshot import write_parquet

Progress = Callable[[str, int, int], None]
LINEAR: Final = frozenset({"arithmetic", "sum"})
BENT: Final = frozenset({"geometric", "harmonic", "power", "minimum", "maximum", "mpi"})
_FLOOR = re.compile(r"best of\(\s*([^\s(),]+)\s*,\s*([^\s(),]+)\s*\)")
_AMOUNT = re.compile(r"([\d.]+)(万元|亿元|元|人|项|件)?")
_SCALE: Final = {"万元": 10_000.0, "亿元": 100_000_000.0}


@dataclass(frozen=True)
class Ranked:
    """The companies of a run that have a score, in the order of the run."""

    companies: tuple[str, ...]
    names: tuple[str, ...]
    rows: np.ndarray[Any, np.dtype[np.intp]]
    scores: Scores


def result_of(run: PointRun) -> Result:
    """Return the stored result of a run."""
    return Result(run.model, run.on, run.table(), {})


def ranked(result: Result) -> Ranked:
    """Return points, weights and published scores of the companies that have one.

    Weights are the shares of the indicators in the total, per profile, where the tree is made of weighted means and
    sums; else every node has its own. Bonus items less deductions are fixed points.

    Raises:
        WutongError: S284 a Copeland root, S285 fewer than two scored companies.
    """
    model = result.model
    odd = [n.code for n in model.nodes if n.aggregate not in LINEAR | BENT]
    if odd:
        raise WutongError.of("S284", Place(policy=model.id), nodes="、".join(odd))
    total = result.scores()
    rows = _scored(result)
    k = len(model.leaves)
    low, high = (np.nan_to_num(result.points(end)[rows]) for end in ("lo", "hi"))
    weights = np.array([[float(model.effective(p)[leaf.code]) for leaf in model.leaves] for p in model.profiles])
    # Whose stage is not decided gets the mean of the stages' weights; the published score stays as it is.
    weights = np.vstack([weights, weights.mean(axis=0)])
    stage = np.where(result.profile[rows] < 0, len(model.profiles), result.profile[rows]).astype(np.intp)
    branch = None if all(n.aggregate in LINEAR for n in model.nodes) else branch_of(model, model.root)
    own = (low[:, :k] * weights[stage]).sum(axis=1) if branch is None else _nominal(branch, low, stage)
    scores = Scores(low[:, :k], np.maximum(high, low)[:, :k], weights, stage, total[rows], total[rows] - own, branch).checked()
    companies, names = result.companies, _names(result)
    return Ranked(tuple(companies[i] for i in rows), tuple(names[i] for i in rows), rows, scores)


def branch_of(model: PointModel, node: ModelNode) -> Branch:
    """Return a node with its children, leaves by their number."""
    children = tuple(model.leaves.index(c) if isinstance(c, Indicator) else branch_of(model, c) for c in node.children)
    weights = np.array([[float(model.weight(c, p) or 0) for c in node.children] for p in model.profiles])
    return Branch(way_of(node), children, np.vstack([weights, weights.mean(axis=0)]))


def way_of(node: ModelNode) -> Way:
    """Return how a node aggregates."""
    floor = float(node.floor) if node.floor > 0 else None
    return Way(node.aggregate, float(node.power), ddof=0, floor=floor)


def _nominal(branch: Branch, low: Floats, stage: np.ndarray[Any, np.dtype[np.intp]]) -> Floats:
    return np.asarray(branch.scores(lambda column: low[None, :, column], lambda weights: weights[None], stage)[0])


def _scored(result: Result) -> np.ndarray[Any, np.dtype[np.intp]]:
    rows = np.flatnonzero(~np.isnan(result.scores()))
    if len(rows) < 2:
        raise WutongError.of("S285", Place(policy=result.model.id), count=len(rows))
    return rows


def _names(result: Result) -> list[str]:
    if "name" not in result.table.column_names:
        return result.companies
    return [name or code for name, code in zip(result.table.column("name").to_pylist(), result.companies, strict=True)]


def bands(result: Result, noise: Noise = USUAL, tops: Sequence[int] = (10, 100), level: float = 0.9,
          progress: Progress = lambda *_: None) -> tuple[Ranked, Bands]:
    """Return the rank band of every scored company under noisy weights and completed gaps. Raises S284, S285, S298."""
    found = ranked(result)
    return found, rank_bands(found.scores, noise, tops, level, progress=progress)


def band_table(found: Ranked, made: Bands) -> pa.Table:
    """Return bands as an Arrow table keyed by ``company``, to stand beside every printed rank."""
    columns: dict[str, Any] = {
        "company": found.companies, "name": found.names, "score": made.score, "rank": made.rank.astype(np.int64),
        "rank_low": made.low, "rank_median": made.median, "rank_high": made.high, "rank_best": made.best,
        "rank_worst": made.worst, "rank_mean": made.mean.round(6), "rank_sd": made.sd.round(6),
        **{f"p_top_{k}": share for k, share in made.top.items()},
    }
    return pa.table(columns)


def sure_bands(result: Result, samples: int) -> pa.Table | None:
    """Return the band table for a printed ranking; None for no samples, one company, or a Copeland root."""
    if samples == 0:
        return None
    try:
        return band_table(*bands(result, Noise(samples), tops=()))
    except WutongError as error:
        if error.code in ("S284", "S285"):
            return None
        raise


def write_bands(table: pa.Table, path: Path) -> None:
    """Write a band table; the same table gives the same bytes."""
    write_parquet(table, path)


def tree_of(model: PointModel, weights: Callable[[ModelNode | Indicator], float]) -> tuple[Framework, dict[str, Way]]:
    """Return a model's tree as a framework whose indicators are all at level 1, and how its nodes are aggregated.

    A leaf that hangs higher gets placeholders ``code·2`` … with one child in between, which change nothing.
    """
    depth = _depth(model.root)
    nodes: list[Node] = []
    ways: dict[str, Way] = {}

    def add(item: ModelNode | Indicator, level: int, parent: str | None, weight: float) -> None:
        if isinstance(item, Indicator):
            for at in range(level, 1, -1):
                code = f"{item.code}·{at}"
                nodes.append(Node(code, at, parent, weight, item.zh))
                parent, weight = code, 1.0
            nodes.append(Node(item.code, 1, parent, weight, item.zh, unit=item.unit or ""))
            return
        nodes.append(Node(item.code, level, parent, weight, item.zh))
        ways[item.code] = way_of(item)
        for child in item.children:
            add(child, level - 1, item.code, weights(child) if item.aggregate != "sum" else 1.0)

    add(model.root, depth, None, 1.0)
    return Framework.of(nodes, model.file), ways


def _depth(item: ModelNode | Indicator) -> int:
    return 1 if isinstance(item, Indicator) else 1 + max(_depth(child) for child in item.children)


def study_of(result: Result) -> tuple[Table, Framework, dict[str, Way]]:
    """Return the proven points of the scored companies with the model's tree.

    Where weights differ between profiles, a node has the mean over the companies, each with the weights of its own.

    Raises:
        WutongError: S285 fewer than two scored companies.
    """
    model = result.model
    rows = _scored(result)
    decided = result.profile[rows]
    counts = np.bincount(decided[decided >= 0], minlength=len(model.profiles)) + 1e-9

    def mean(child: ModelNode | Indicator) -> float:
        own = [(model.weight(child, p) or 0) / WHOLE for p in model.profiles]
        return float(np.dot(counts, own) / counts.sum())

    tree, ways = tree_of(model, mean)
    names, codes = _names(result), result.companies
    points = np.nan_to_num(result.points("lo")[rows][:, :len(model.leaves)])
    stages = [s.code for s in model.stages]
    where = [None if i < 0 or not stages else stages[model.profiles[i].stage] for i in result.profile[rows]]
    units = tuple(codes[i] for i in rows)
    table = Table(units, tuple(leaf.code for leaf in model.leaves), points, {"stage": tuple(where)} if stages else {},
                  names={codes[i]: names[i] for i in rows})
    return table.pick(tree.indicators), tree, ways


@dataclass(frozen=True)
class Audit:
    """Signs of gaming and of weak data in a run; company lists hold codes."""

    bunching: tuple[Bunching, ...]
    adjusted: tuple[float, ...]
    just_above: dict[str, tuple[str, ...]]
    floors: dict[str, tuple[str, ...]]
    jumps: tuple[tuple[str, Jump], ...]
    unverified: dict[str, tuple[str, ...]]
    checked_cells: int
    constant: tuple[str, ...]
    effects: tuple[Effect, ...]


def audit(run: PointRun, catalogue: Catalogue, width: float = 0.05) -> Audit:
    """Look for what an auditor asks first.

    Cut-points of tiers and the lines of the total (grades, minima) are tested for bunching; denominators with a
    floor (``best of(fact, amount)``) are listed where they hit it; yearly figures for jumps; facts without a row in
    the child table ``sources`` are unverified; indicators for having one value; weights against main effects.

    Args:
        run: the run.
        catalogue: facts by name.
        width: of the windows, see :func:`wutong.composite.gaming.bunching`.

    Raises:
        WutongError: S285 fewer than two scored companies, T30x a damaged snapshot.
    """
    result = result_of(run)
    snapshot = run.snapshot()
    tests = _bunching(result, width)
    names = result.companies
    data = _used(run, snapshot)
    missing, checked = _unverified(snapshot, data, catalogue)
    table, tree, ways = study_of(result)
    constant = tuple(c for c, column in zip(table.codes, table.values.T, strict=True) if column.min() == column.max())
    return Audit(
        tests, tuple(holm([t.p for t in tests]).tolist()),
        {f"{t.code}@{t.cut:g}": tuple(names[i] for i in t.rows) for t in tests},
        _floors(run, data, catalogue), _jumps(data, catalogue), missing, checked, constant,
        main_effects(aggregate(table, tree, ways), tree),
    )


def _bunching(result: Result, width: float) -> tuple[Bunching, ...]:
    model = result.model
    values = result.values()
    found: list[Bunching] = []
    for k, indicator in enumerate(model.indicators):
        if indicator.normaliser.kind == "tiers":
            cuts = [float(s.cut) for s in indicator.normaliser.steps]
            found += bunching(values[:, k], cuts, indicator.code, width=width, upward=indicator.direction == "higher")
    lines = {float(g.start) for g in model.grades if g.start > 0}
    lines |= {float(m.points) for m in model.minima if m.node == model.root.code}
    if lines:
        found += bunching(result.scores(), sorted(lines), model.root.code, width=width)
    return tuple(found)


def _used(run: PointRun, snapshot: Snapshot) -> pa.Table:
    """Return the companies with the columns that the model reads."""
    tables = snapshot_tables(snapshot)
    compiled = compile_model(run.model, columns_by_table(tables), run.on)
    read = set().union(*compiled.uses.values())
    data = snapshot.read("companies").sort_by("company")
    # A yearly fact is read for some years; for jumps its neighbours count too.
    codes = {re.sub(r"_\d{4}$", "", column) for column in read}
    return data.select([c for c in data.column_names if c == "company" or re.sub(r"_\d{4}$", "", c) in codes])


def _amount(text: str, run: PointRun) -> float | None:
    """Return the figure of a literal or of a parameter of the model, in the stored unit."""
    parameter = next((p for p in run.model.rules.parameters if p.zh == text), None)
    dated = parameter.at(run.on) if parameter is not None else None
    if parameter is not None and dated is not None and isinstance(dated.value, Decimal | int):
        return float(dated.value) * _SCALE.get(parameter.unit or "", 1.0)
    literal = _AMOUNT.fullmatch(text)
    return float(literal[1]) * _SCALE.get(literal[2] or "", 1.0) if literal else None


def _floors(run: PointRun, data: pa.Table, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return, per indicator and denominator, the companies at or below the floor."""
    found = {}
    companies = data.column("company").to_pylist()
    rules = {**{i.code: i.value for i in run.model.indicators}, **{x.code: x.expr for x in run.model.rules.lets}}
    for code, rule in rules.items():
        for name, bound in _FLOOR.findall(rule):
            resolved, amount = catalogue.resolve(name, run.on.year), _amount(bound, run)
            if resolved is not None and amount is not None and resolved[1] in data.column_names:
                rows = at_floor(as_floats(data.column(resolved[1])), amount)
                found[f"{code}: {name} ≤ {bound}"] = tuple(companies[i] for i in rows)
    return found


def _jumps(data: pa.Table, catalogue: Catalogue) -> tuple[tuple[str, Jump], ...]:
    companies = data.column("company").to_pylist()
    found: list[tuple[str, Jump]] = []
    for fact in catalogue.yearly:
        years = sorted(int(c.rpartition("_")[2]) for c in data.column_names if re.fullmatch(rf"{fact.code}_\d{{4}}", c))
        for before, after in pairwise(years):
            if after == before + 1 and pa.types.is_decimal(data.schema.field(f"{fact.code}_{after}").type):
                old, new = (as_floats(data.column(f"{fact.code}_{y}")) for y in (before, after))
                found += [(companies[j.row], j) for j in jumps(old, new, f"{fact.code}_{after}")]
    return tuple(found)


def _unverified(snapshot: Snapshot, data: pa.Table, catalogue: Catalogue) -> tuple[dict[str, tuple[str, ...]], int]:
    """Return per column the companies that state it without a source, and how many cells were looked at."""
    rows = snapshot.read("sources").to_pylist() if "sources" in snapshot.tables else []
    known = {(r["company"], str(r["fact"]), re.sub(r"\D", "", str(r["period"] or ""))) for r in rows}
    companies = data.column("company").to_pylist()
    found, checked = {}, 0
    for column in data.column_names:
        code, _, year = column.rpartition("_")
        fact = catalogue.fact(column) or (catalogue.fact(code) if year.isdigit() and len(year) == 4 else None)
        if fact is None or column in ("uscc", "name"):
            continue
        period = year if catalogue.fact(column) is None else ""
        stated = [c for c, v in zip(companies, data.column(column).to_pylist(), strict=True) if v is not None]
        checked += len(stated)
        bare = tuple(c for c in stated if (c, fact.zh, period) not in known)
        if bare:
            found[column] = bare
    return found, checked

