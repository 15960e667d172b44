"""Bounds that come from data, fixed before anything is scored: min–max and z-score for research.

With bounds taken anew at every run one company's extreme value changes the points of all others, so they are taken
once, written into the run, and used as plain goalposts (OECD/JRC Handbook 2008, chapter 5; design/points.md §4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from wutong.backends.at_hand import columns_by_table, default_backend, schema_of, shipped_catalogue
from wutong.backends.protocol import Backend, Tables
from wutong.errors import Diagnostic, Place, WutongError
from wutong.ir.policy.compile import define_items, define_parameters
from wutong.ir.policy.context import Context
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.values import Number
from wutong.points.model import Extra, Indicator, Node, Normaliser, PointModel, Step
from wutong.points.normalise import measured
from wutong.sql.emit import to_sql
from wutong.sql.nodes import lit, op
from wutong.sql.types import DECIMAL

PLACES = 6


def frozen(model: PointModel, tables: Tables, on: date, backend: Backend | None = None) -> PointModel:
    """Return the model with every bound that comes from data replaced by goalposts.

    Raises:
        WutongError: S131 an indicator without a single known value, S134 one that is the same everywhere.
    """
    wanted = [i for i in model.indicators if i.normaliser.from_data]
    if not wanted:
        return model
    plan = Plan(shipped_catalogue(), on, columns_by_table(tables))
    context = Context(model.rules, plan, "s")
    define_parameters(context)
    define_items(context)
    for n, indicator in enumerate(wanted):
        value = context.lowering(indicator.value, indicator.code).number(context.parse(indicator.value, indicator.code))
        _put(context, value, n)
    engine = backend or default_backend()
    needed = {n: t for n, t in tables.items() if n == "companies" or n in plan.aggregate_columns}
    found = engine.query(to_sql(plan.query(), engine.dialect), needed, schema_of(plan.query, needed, engine))
    faults: list[Diagnostic] = []
    bounds = {i.code: _bounds(model, i, found.column(f"x{n}"), faults) for n, i in enumerate(wanted)}
    if faults:
        raise WutongError(*faults)
    return _replaced(model, bounds)


def _put(context: Context, value: Number, number: int) -> None:
    ends, kind = measured(context, value), DECIMAL(38, PLACES)
    lo, hi = ends.lo or lit(None, kind), ends.hi or lit(None, kind)
    context.plan.outputs[f"x{number}"] = op("nullif", lo, op("nullif", lo, hi))


def _bounds(model: PointModel, indicator: Indicator, column: object, faults: list[Diagnostic]) -> Normaliser:
    values = np.array([float(v) for v in column.to_pylist() if v is not None])  # type: ignore[attr-defined]
    place = Place(file=model.file or None, policy=model.key, clause=indicator.code)
    low, high = 0.0, 0.0
    if values.size == 0:
        faults.append(Diagnostic.of("S131", place, name=indicator.zh))
    elif indicator.normaliser.kind == "min_max":
        low, high = float(values.min()), float(values.max())
    else:
        half = float(values.std(ddof=1) if values.size > 1 else 0) * float(indicator.normaliser.spread)
        low, high = float(values.mean()) - half, float(values.mean()) + half
    ends = [round(Decimal(repr(x)), PLACES) for x in (low, high)]
    if values.size and ends[0] >= ends[1]:
        faults.append(Diagnostic.of("S134", place, name=indicator.zh, value=ends[0]))
    points = [Decimal(0), indicator.max]
    if indicator.direction == "lower":
        points.reverse()
    return Normaliser("ramp", tuple(Step(x, p) for x, p in zip(ends, points, strict=True)))


def with_bounds(model: PointModel, bounds: Mapping[str, tuple[Step, ...]]) -> PointModel:
    """Return the model with bounds that an earlier run took from its data."""
    return _replaced(model, {code: Normaliser("ramp", steps) for code, steps in bounds.items()})


def _replaced(model: PointModel, bounds: dict[str, Normaliser]) -> PointModel:
    def leaf(indicator: Indicator) -> Indicator:
        known = bounds.get(indicator.code)
        return indicator if known is None else replace(indicator, normaliser=known)

    def go(node: Node | Indicator) -> Node | Indicator:
        if isinstance(node, Indicator):
            return leaf(node)
        return replace(node, children=tuple(go(c) for c in node.children))

    root = go(model.root)
    assert isinstance(root, Node)  # noqa: S101 - the root of a tree is a node
    extras = [Extra(x.cap, tuple(leaf(i) for i in x.items)) for x in (model.bonus, model.deductions)]
    return replace(model, root=root, bonus=extras[0], deductions=extras[1])
