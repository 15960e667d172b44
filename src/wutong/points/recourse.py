"""The cheapest set of changes that raises a score by so much (algorithmic recourse; Ustun, Spangher and Liu 2019).

Every indicator a company can act on offers its next cut-points; reaching the k-th costs k times its effort. The
choice of at most one offer per indicator is a multiple-choice knapsack. It is solved exactly by dynamic programming
along the tree: efforts are small whole numbers, and every aggregation but one grows with each child, so a node only
needs the best value for every effort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from wutong.points.compile import most
from wutong.points.model import Extra, Indicator, Node, PointModel, Profile, Step
from wutong.points.tree import DIGITS, ZERO, node_value, shares, value_of

Worth = Callable[[Sequence[Decimal]], Decimal]
Frontier = dict[int, "Plan"]
"""The best plan for every effort."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change: bring `indicator` to `step`."""

    indicator: Indicator
    step: Step
    effort: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Some changes, what they make of a node, and what they cost together."""

    value: Decimal
    moves: tuple[Move, ...] = ()

    @property
    def effort(self) -> int:
        """The efforts of all changes."""
        return sum(m.effort for m in self.moves)


def next_steps(indicator: Indicator, points: Decimal) -> list[Step]:
    """Return the cut-points that give more than `points`, the nearest first.

    >>> from wutong.points.model import Normaliser
    >>> tiers = Normaliser("tiers", (Step(Decimal(6), Decimal(50)), Step(Decimal(3), Decimal(20))))
    >>> [str(s.cut) for s in next_steps(Indicator("i", "i", "x", tiers, Decimal(50)), Decimal(20))]
    ['6']
    """
    return sorted((s for s in indicator.normaliser.steps if s.points > points), key=lambda s: s.points)


def offers(indicator: Indicator, points: Decimal) -> list[Move]:
    """Return what a company can do about an indicator; nothing where it cannot act."""
    if indicator.actionable == "no":
        return []
    return [Move(indicator, s, indicator.effort * k) for k, s in enumerate(next_steps(indicator, points), 1)]


def raise_by(
    model: PointModel, profile: Profile, points: Mapping[str, Decimal], gain: Decimal
) -> Plan | None:
    """Return the cheapest plan that raises the unrounded total by at least `gain`, or None.

    Ties go to the plan that gains most.
    """
    with localcontext(prec=DIGITS):
        best = _total(model, profile, points)
        now = best[0].value
        enough = [p for p in best.values() if p.value >= now + gain]
        return min(enough, key=lambda p: (p.effort, -p.value), default=None)


def _total(model: PointModel, profile: Profile, points: Mapping[str, Decimal]) -> Frontier:
    root = _node(model, profile, model.root, points)
    bonus = _extra(model.bonus, points, removing=False)
    less = _extra(model.deductions, points, removing=True)
    top = most(model)
    return _folded(
        [root, bonus, {e: Plan(-p.value, p.moves) for e, p in less.items()}],
        lambda values: max(ZERO, min(top, sum(values, ZERO))),
    )


def _leaf(indicator: Indicator, points: Mapping[str, Decimal]) -> Frontier:
    own = points[indicator.code]
    moves = offers(indicator, own)
    return _best([Plan(own), *(Plan(m.step.points, (m,)) for m in moves)])


def _extra(extra: Extra, points: Mapping[str, Decimal], *, removing: bool) -> Frontier:
    """Bonus items are gained, deductions are got rid of."""
    items: list[Frontier] = []
    for item in extra.items:
        own = points[item.code]
        if removing and own > 0 and item.actionable != "no":
            gone = Move(item, Step(ZERO, ZERO), item.effort)
            items.append({0: Plan(own), item.effort: Plan(ZERO, (gone,))})
        else:
            items.append({0: Plan(own)} if removing else _leaf(item, points))
    cap = extra.cap

    def capped(values: Sequence[Decimal]) -> Decimal:
        total = sum(values, ZERO)
        return total if cap is None else min(cap, total)

    return _folded(items, capped, least=removing)


def _node(
    model: PointModel, profile: Profile, node: Node | Indicator, points: Mapping[str, Decimal]
) -> Frontier:
    if isinstance(node, Indicator):
        return _leaf(node, points)
    weights = shares(model, node, profile)
    if node.aggregate == "mpi":
        # it may fall when one child rises alone: its children are left as they are
        return {0: Plan(value_of(model, profile, node, points))}
    children = [_node(model, profile, c, points) for c in node.children]
    alone = node.aggregate in ("minimum", "maximum")
    return _folded(children, lambda values: node_value(node, values, weights), alone=alone)


def _folded(children: Sequence[Frontier], worth: Worth, *, least: bool = False, alone: bool = False) -> Frontier:
    """Combine children one by one; between two of them only the best of every effort is kept.

    While some children are still to come they count as they are, which orders partial plans rightly because the
    aggregations are monotone and separable; in a minimum they would hide the order, so there the part stands `alone`.
    """
    now = [c[0].value for c in children]
    partial: dict[int, tuple[tuple[Decimal, ...], tuple[Move, ...]]] = {0: ((), ())}
    for number, child in enumerate(children):
        rest = now[number + 1 :]
        found: dict[int, tuple[Decimal, tuple[Decimal, ...], tuple[Move, ...]]] = {}
        for effort, (values, moves) in partial.items():
            for more, plan in child.items():
                combined = (*values, plan.value)
                value = worth(combined if alone else [*combined, *rest])
                old = found.get(effort + more)
                if old is None or (value < old[0] if least else value > old[0]):
                    found[effort + more] = value, combined, (*moves, *plan.moves)
        partial = {e: (v, m) for e, (_, v, m) in found.items()}
    return {e: Plan(worth(values), moves) for e, (values, moves) in partial.items()}


def _best(plans: Iterable[Plan]) -> Frontier:
    found: Frontier = {}
    for plan in plans:
        old = found.get(plan.effort)
        if old is None or plan.value > old.value:
            found[plan.effort] = plan
    return found
