"""One point model onto a plan: stage and sector, indicators, nodes, gates, the score. Same compiler as policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from wutong.backends.at_hand import shipped_catalogue
from wutong.errors import Place, WutongError
from wutong.ir.policy.compare import TRUE
from wutong.ir.policy.compile import define_items, define_parameters
from wutong.ir.policy.context import Context
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.values import Number, Truth, Value
from wutong.ir.policy.verdict import mask
from wutong.points.aggregate import aggregate, level
from wutong.points.model import WEIGHTED, Group, Indicator, Node, PointModel, Profile
from wutong.points.normalise import Scored, cents, measured, score_indicator
from wutong.points.shares import coverage_shares
from wutong.points.whole import (
    POINTS,
    Whole,
    as_number,
    as_points,
    clipped,
    divided,
    least,
    number,
    published,
    times,
    total,
)
from wutong.sql.emit import to_sql
from wutong.sql.nodes import Expr, Select, case, cast, col, lit, op
from wutong.sql.types import BIGINT, BOOLEAN, DECIMAL, INTEGER, VARCHAR
from wutong.tables import Catalogue

NOT_COVERED = -1
EXACT, RANGE, NONE = range(3)
"""Values of the column ``status``."""
MOST_SUMMED = 6
"""Weight vectors up to which all sums are computed, and one is picked: cheaper than sums inside a CASE."""
Keep = Literal["all", "points", "scores"]
REASONS = ("coverage", "missing", "stage")
"""Reasons for no score beside the gates, in the order of their bits."""


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A model as one statement."""

    model: PointModel
    plan: Plan
    uses: Mapping[str, frozenset[str]]
    """Facts each indicator reads, as snapshot columns; a child table ends in a full stop."""

    def query(self, company: str | None = None) -> Select:
        """Return the statement, for one company or for all."""
        return self.plan.query(None if company is None else op("eq", col("company"), lit(company, VARCHAR)))

    def sql(self, dialect: str = "duckdb", company: str | None = None) -> str:
        """Return the statement as text."""
        return to_sql(self.query(company), dialect)


def compile_model(
    model: PointModel,
    columns: Mapping[str, Mapping[str, str]],
    on: date,
    *,
    keep: Keep = "all",
    catalogue: Catalogue | None = None,
) -> CompiledModel:
    """Compile a model into one statement.

    Args:
        model: complete, and with frozen bounds.
        columns: column names per table at hand.
        on: the day of assessment.
        keep: ``scores`` only, ``points`` of indicators too, or ``all``: values and nodes as well.
        catalogue: the catalogue of facts; the one that ships if None.

    Raises:
        WutongError: S122 a weight is empty; S130 bounds not frozen; F1xx, F5xx faulty rules, with model and code.
    """
    if model.empty:
        raise incomplete(model)
    plan = Plan(catalogue or shipped_catalogue(), on, columns)
    return _Model(model, plan).put(keep)


def compiled_for_needs(model: PointModel, on: date) -> CompiledModel:
    """Compile a model, complete or not, to see what it reads; the child tables count as present."""
    catalogue = shipped_catalogue()
    tables = {c.code: {"company": "string"} for c in catalogue.children}
    return _Model(model, Plan(catalogue, on, {"companies": {"company": "string"}, **tables})).put("scores")


def incomplete(model: PointModel) -> WutongError:
    """Return the error of a model whose weights are empty."""
    place = Place(file=model.file or None, policy=model.key)
    return WutongError.of("S122", place, name=model.zh, count=len(model.empty), id=model.id)


class _Model:
    """One model while it is put on its plan."""

    def __init__(self, model: PointModel, plan: Plan) -> None:
        self.model = model
        self.plan = plan
        self.context = Context(model.rules, plan, "s")
        self.nodes: dict[str, Whole] = {}
        self.found: dict[str, Scored] = {}
        self.uses: dict[str, frozenset[str]] = {}

    def put(self, keep: Keep) -> CompiledModel:
        define_parameters(self.context)
        define_items(self.context)
        self.stage, self.stages = self._groups(self.model.stages)
        self.sector, self.sectors = self._groups(self.model.sectors)
        self.profile = self._profile()
        for indicator in self.model.indicators:
            self.context.scope.used = set()
            self.found[indicator.code] = score_indicator(self.context, indicator)
            self.uses[indicator.code] = frozenset(self.context.scope.used)
        self._node(self.model.root)
        ends = self._total()
        blocked = self._gates(keep)
        self._score(ends, blocked, exact=keep == "all")
        self._outputs(keep)
        return CompiledModel(self.model, self.plan, self.uses)

    # ---- stage and sector ----

    def _groups(self, groups: Sequence[Group]) -> tuple[Expr, list[Expr]]:
        """Return the number of the first group whose rule holds, and for each whether it may be that one."""
        if not groups:
            return number(0), [TRUE]
        truths = [self._truth(g.when, g.code) for g in groups]
        branches: list[tuple[Expr, Expr]] = []
        for n, truth in enumerate(truths):
            branches += [(truth, number(n)), (op("is_null", truth), lit(None, BIGINT))]
        position = self.plan.bind(case(branches, number(NOT_COVERED)))
        may = []
        for n, truth in enumerate(truths):
            before = [op("is_not_true", t) for t in truths[:n]]
            may.append(self.plan.bind(op("and", *before, op("is_not_false", truth))))
        return position, may

    def _truth(self, text: str, clause: str) -> Expr:
        node = self.context.parse(text, clause)
        return self.plan.bind(self.context.lowering(text, clause).truth(node).expr)

    def _profile(self) -> Expr:
        sectors = max(len(self.model.sectors), 1)
        uncovered = op(
            "or", op("eq", self.stage, number(NOT_COVERED)), op("eq", self.sector, number(NOT_COVERED))
        )
        if not (self.model.stages or self.model.sectors):
            return number(0)
        found = op("add", times(self.stage, sectors), self.sector)
        return self.plan.bind(case([(uncovered, number(NOT_COVERED))], found))

    def by_profile(self, weights: Callable[[Profile], Sequence[int]], make: Callable[[Sequence[int]], Whole]) -> Whole:
        """Return what `make` gives for the weights of a company's profile; the hull where that is not decided."""
        groups: dict[tuple[int, ...], list[Profile]] = {}
        for profile in self.model.profiles:
            groups.setdefault(tuple(weights(profile)), []).append(profile)
        made = [(make(vector), profiles) for vector, profiles in groups.items()]
        if len(made) == 1:
            return made[0][0]
        if len(made) <= MOST_SUMMED:
            made = [(self._held(whole), profiles) for whole, profiles in made]
        ends: list[Expr] = []
        for end, pick in ((0, "least"), (1, "greatest")):
            known = [(self._is(profiles), whole.both()[end]) for whole, profiles in made]
            open_ = [case([(self._may(profiles), whole.both()[end])], lit(None, BIGINT)) for whole, profiles in made]
            ends.append(case(known, op("coalesce", op(pick, *open_), number(0))))
        return Whole(ends[0], ends[1], made[0][0].levels)

    def _is(self, profiles: Sequence[Profile]) -> Expr:
        tests = [op("eq", self.profile, number(p.number)) for p in profiles]
        return tests[0] if len(tests) == 1 else op("or", *tests)

    def _may(self, profiles: Sequence[Profile]) -> Expr:
        tests = [op("and", self.stages[p.stage], self.sectors[p.sector]) for p in profiles]
        return tests[0] if len(tests) == 1 else op("or", *tests)

    # ---- the tree ----

    def _node(self, node: Node | Indicator) -> Whole:
        if isinstance(node, Indicator):
            return self.found[node.code].points
        children = [self._node(c) for c in node.children]
        weighted = node.aggregate in WEIGHTED

        def weights(profile: Profile) -> list[int]:
            return [self.model.weight(c, profile) or 0 for c in node.children] if weighted else []

        made = self.by_profile(weights, lambda vector: aggregate(node, children, vector, self.plan.bind))
        whole = self._held(made)
        self.nodes[node.code] = whole
        return whole

    def _held(self, made: Whole) -> Whole:
        return Whole(self.plan.bind(made.lo), self.plan.bind(made.hi), made.levels)

    def _total(self) -> Whole:
        """The root with bonus and deductions, within [0, most]."""
        root = self.nodes[self.model.root.code]
        bonus, minus = (self._extra(x.items, x.cap) for x in (self.model.bonus, self.model.deductions))
        if bonus is None and minus is None:
            return root
        (same, plus, less), levels = level([root, bonus or _nothing(), minus or _nothing()], self.plan.bind)
        lo, hi = op("add", same.lo, plus.lo), op("add", same.hi, plus.hi)
        top = cents(most(self.model)) * 10_000**levels
        ends = [self.plan.bind(op("sub", lo, less.hi)), self.plan.bind(op("sub", hi, less.lo))]
        return Whole.of((self.plan.bind(clipped(e, 0, top)) for e in ends), levels)

    def _extra(self, items: Sequence[Indicator], cap: Decimal | None) -> Whole | None:
        if not items:
            return None
        found = [self.found[i.code].points for i in items]
        ends: Iterable[Expr] = (total(f.both()[end] for f in found) for end in (0, 1))
        if cap is not None:
            ends = (least(e, number(cents(cap))) for e in ends)
        return Whole.of(self.plan.bind(e) for e in ends)

    # ---- gates, score, outputs ----

    def _gates(self, keep: Keep) -> Expr:
        """Put the masks on the plan; return whether there is no score."""
        gates = self.model.gates
        truths = [self._truth(g.when, g.code) for g in gates]
        short: Expr = lit(False, BOOLEAN)
        if self.model.coverage or keep != "scores":
            short = op("lt", self._coverage(), number(self.model.coverage))
        must = [self.found[i.code].raw for i in self.model.indicators if i.missing == "gate"]
        holes = op("or", *(op("not", w.known) for w in must)) if must else lit(False, BOOLEAN)
        outside = op("eq", self.profile, number(NOT_COVERED))
        failed = [op("is_false", t) for t in truths] + [short, holes, outside]
        open_ = [op("is_null", t) for t in truths]
        self._out("gates_failed", cast(mask(failed), BIGINT))
        self._out("gates_unknown", cast(mask(open_), BIGINT))
        blocking = [o for o, g in zip(open_, gates, strict=True) if g.unknown == "block"]
        # a profile that is not decided does not block
        return self.plan.bind(op("coalesce", op("or", *failed, *blocking), lit(False, BOOLEAN)))

    def _coverage(self) -> Expr:
        known = [self.found[i.code].raw for i in self.model.leaves]
        bound = [self.plan.bind(lit(1, INTEGER) if w.exact else as_number(w.known)) for w in known]
        shares = {p: coverage_shares(self.model, p) for p in self.model.profiles}

        def known_share(vector: Sequence[int]) -> Whole:
            share = cast(total(op("mul", o, lit(w, INTEGER)) for o, w in zip(bound, vector, strict=True) if w), BIGINT)
            return Whole(share, share)

        low = self.plan.bind(self.by_profile(lambda p: shares[p], known_share).lo)
        self._out("coverage", as_points(low))
        return low

    def _score(self, ends: Whole, blocked: Expr, *, exact: bool) -> None:
        places, null = self.model.places, lit(None, POINTS)
        step = 10 ** (2 - places)
        for end, name in zip(ends.both() if exact else (), ("lo", "hi"), strict=exact):
            whole = op("mul", cast(end, DECIMAL(18, 0)), lit(Decimal(10) ** -(2 + 4 * ends.levels)))
            self._out(f"exact_{name}", case([(blocked, lit(None, DECIMAL(38, 14)))], cast(whole, DECIMAL(38, 14))))
        rounded = [self.plan.bind(times(self._rounded(e, ends.levels, step), step)) for e in ends.both()]
        for end, name in zip(rounded, ("lo", "hi"), strict=True):
            self._out(f"score_{name}", case([(blocked, null)], as_points(end)))
            self._out(f"grade_{name}", case([(blocked, lit(None, INTEGER))], cast(self._grade(end), INTEGER)))
        same = op("eq", *rounded) if rounded[0] != rounded[1] else TRUE
        status = case([(blocked, number(NONE)), (same, number(EXACT))], number(RANGE))
        self._out("status", cast(status, INTEGER))
        self._out("pass", case([(blocked, lit(None, BOOLEAN))], self._pass(rounded)))

    def _rounded(self, node: Expr, levels: int, step: int) -> Expr:
        by = 10_000**levels * step
        return node if by == 1 else divided(node, number(by))

    def _grade(self, end: Expr) -> Expr:
        branches = [(op("ge", end, number(cents(g.start))), number(n)) for n, g in enumerate(self.model.grades)]
        return case(branches, lit(None, BIGINT))

    def _pass(self, rounded: Sequence[Expr]) -> Expr:
        """Every minimum met: of the published total, of the published points of other nodes."""
        truths: list[Expr] = []
        for minimum in self.model.minima:
            whole = self.nodes[minimum.node]
            ends = rounded if minimum.node == self.model.root.code else [published(e, whole.levels) for e in whole.both()]
            need = number(cents(minimum.points))
            branches = [(op("ge", ends[0], need), TRUE), (op("lt", ends[1], need), lit(False, BOOLEAN))]
            truths.append(case(branches, lit(None, BOOLEAN)))
        if not truths:
            return lit(None, BOOLEAN)
        return truths[0] if len(truths) == 1 else op("and", *truths)

    def _out(self, name: str, node: Expr) -> None:
        self.plan.outputs[name] = node

    def _outputs(self, keep: Keep) -> None:
        self._out("stage", cast(self.stage, INTEGER))
        self._out("sector", cast(self.sector, INTEGER))
        for number_, indicator in enumerate(self.model.indicators if keep != "scores" else ()):
            scored = self.found[indicator.code]
            for end, name in zip(scored.points.both(), ("lo", "hi"), strict=True):
                self._out(f"i{number_}_{name}", as_points(end))
            if keep == "all":
                for end, name in zip(_shown(self.context, scored.value), ("lo", "hi"), strict=True):
                    self._out(f"v{number_}_{name}", end)
        for number_, node in enumerate(self.model.nodes if keep == "all" else ()):
            whole = self.nodes[node.code]
            for end, name in zip(whole.both(), ("lo", "hi"), strict=True):
                self._out(f"n{number_}_{name}", as_points(published(end, whole.levels)))


def _nothing() -> Whole:
    return Whole(number(0), number(0))


def most(model: PointModel) -> Decimal:
    """Return the most points a company can have: the root's and the bonus's."""
    items = model.bonus.items
    bonus = model.bonus.cap if model.bonus.cap is not None else sum((i.max for i in items), Decimal(0))
    return model.root.max + (bonus if items else Decimal(0))


def _shown(context: Context, value: Value) -> tuple[Expr, Expr]:
    """Return the ends of a value as decimals; a truth value as 0 or 1."""
    kind = DECIMAL(38, 6)
    if isinstance(value, Truth):
        one, zero = lit(Decimal(1), kind), lit(Decimal(0), kind)
        node = case([(value.expr, one), (op("not", value.expr), zero)], lit(None, kind))
        return node, node
    if not isinstance(value, Number):
        return lit(None, kind), lit(None, kind)
    found = measured(context, value)
    lo, hi = (lit(None, kind) if e is None else cast(e, kind) for e in (found.lo, found.hi))
    return lo, hi


__all__ = ["EXACT", "NONE", "NOT_COVERED", "RANGE", "REASONS", "CompiledModel", "compile_model", "incomplete", "most"]
