"""The cheapest set of at most three changes, exactly: an arrangement of comparisons searched at its corners.

A verdict can change only where a comparison of company figures does. Each comparison is piecewise linear in the
amounts of the levers, so the cheapest set lies at a corner: an amount at which a comparison turns, given the other
amounts. Slopes are measured through the engine, never derived a second time; every corner is decided by the engine.
One and two changes are searched completely (up to :data:`LIMIT` corners), three by adding to pairs in which each
change helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import combinations

from wutong.ir.policy.compile import Compiled
from wutong.policy.facts import Company
from wutong.policy.lab import Decided, Lab
from wutong.policy.levers import Lever, changed

LIMIT = 20_000
"""Corners decided per size of set; beyond, the cheapest are taken and the answer says so."""
_PAIRS = 200
_FAN = 64
Point = tuple[tuple[int, Decimal], ...]
"""Lever numbers, rising, with their amounts."""
Vector = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What the engine says of a point."""

    point: Point
    cost: Decimal
    verdict: int
    broken: int
    failed: int
    short: Vector
    edges: Vector = ()

    def better(self, other: State, of: int) -> bool:
        """Tell whether something failed in `of` holds here and not in `other`, or is less short here."""
        if other.failed & of & ~self.failed:
            return True
        return any(a is not None and b is not None and a < b for a, b in zip(self.short, other.short, strict=True))


class Search:
    """Searches the changes of one company under one policy; `goal` are the verdict codes that will do."""

    def __init__(self, lab: Lab, levers: Sequence[Lever], goal: frozenset[int]) -> None:
        self.lab = lab
        self.levers = tuple(levers)
        self.goal = goal
        self.complete = True
        compiled = lab.policies[0]
        self._marks = _measures(compiled)
        self._names = [n for e in lab.edges for n in dict.fromkeys((e.low, e.high)) if n is not None]
        self._plain = [f"{compiled.prefix}_{n}" for n in ("verdict", "failed", "unknown")]
        self._plain += [n for value, _, wanted in self._marks for n in (value, wanted)]
        self._prefix = compiled.prefix
        self._checks = None if lab.checks is None else f"{lab.checks.prefix}_failed"
        self.seen: dict[Point, State] = {}
        self.base = self.states([()], edges=True)[0]

    def states(self, points: Sequence[Point], *, edges: bool = False) -> list[State]:
        """Decide points; `edges` also gives the comparisons."""
        wanted = [p for p in dict.fromkeys(points) if p not in self.seen or (edges and not self.seen[p].edges)]
        columns = list(dict.fromkeys([*self._plain, *([self._checks] if self._checks else []), *(self._names if edges else [])]))
        company: Company = self.lab.company
        rows = self.lab.decide([changed(self.levers, p, company) for p in wanted], columns)
        for point, row in zip(wanted, rows, strict=True):
            self.seen[point] = self._state(point, row, edges=edges)
        return [self.seen[p] for p in points]

    def _state(self, point: Point, row: Decided, *, edges: bool) -> State:
        short: list[Decimal | None] = []
        for value, sign, wanted in self._marks:
            a, b = row[value], row[wanted]
            short.append(None if a is None or b is None else (b - a) * sign)
        return State(
            point, self.cost(point), row[f"{self._prefix}_verdict"], 0 if self._checks is None else row[self._checks],
            row[f"{self._prefix}_failed"], tuple(short), tuple(row[n] for n in self._names) if edges else (),
        )

    def cost(self, point: Point) -> Decimal:
        """Return the assumed cost of a point, 元."""
        return sum((self.levers[i].cost * amount for i, amount in point), Decimal(0))

    def reached(self, state: State) -> bool:
        """Tell whether a point will do: the verdict, and no check of the data broken that held before."""
        return self._sound(state) and state.verdict in self.goal

    def _sound(self, state: State) -> bool:
        return not state.broken & ~self.base.broken

    def run(self) -> list[State]:
        """Return the cheapest point of each lever alone, and the cheapest of all, each irreducible; cheapest first."""
        if not self.levers:
            return []
        self._measure_slopes()
        singles = self._singles()
        best = {s.point[0][0]: s for s in sorted(singles, key=_order, reverse=True) if self.reached(s)}
        found = [self._reduced(s) for s in best.values()]
        bound = min((s.cost for s in found), default=None)
        pairs = self._pairs(singles, bound)
        good = [s for s in pairs if self.reached(s)]
        if good:
            found.append(self._reduced(min(good, key=_order)))
            bound = min(s.cost for s in found)
        triples = self._triples(pairs, bound)
        good = [s for s in triples if self.reached(s)]
        if good:
            found.append(self._reduced(min(good, key=_order)))
        return sorted(dict.fromkeys(found), key=_order)

    def _measure_slopes(self) -> None:
        """Measure what each lever does to each comparison: a jump when it is first used, then a slope."""
        probes = [[((i, lever.probe),), ((i, min(2 * lever.probe, lever.top)),)] for i, lever in enumerate(self.levers)]
        states = iter(self.states([p for pair in probes for p in pair], edges=True))
        self.slopes: list[list[tuple[Fraction, Fraction] | None]] = []
        for pair in probes:
            one, two = next(states), next(states)
            step = Fraction(pair[1][0][1] - pair[0][0][1])
            self.slopes.append([
                _line(b, x, y, Fraction(pair[0][0][1]), step) for b, x, y in zip(self.base.edges, one.edges, two.edges, strict=True)
            ])
        self._collapse()

    def _collapse(self) -> None:
        """Drop levers that do exactly what an earlier one does at no less cost: one of many equal titles."""
        kept: dict[object, int] = {}
        self.useful: list[int] = []
        for i, lever in enumerate(self.levers):
            probed = [self.seen[(i, a),] for a in (lever.probe, min(2 * lever.probe, lever.top))]
            sign = (lever.cost, tuple((s.failed, s.verdict, s.short, s.edges) for s in probed))
            idle = all((s.failed, s.verdict, s.edges) == (self.base.failed, self.base.verdict, self.base.edges) for s in probed)
            if not idle and kept.setdefault(sign, i) == i:
                self.useful.append(i)

    def _grid(self, i: int, root: Fraction) -> Iterable[Decimal]:
        """Return the amounts of lever `i` around a root that may lie just behind it."""
        lever = self.levers[i]
        cells = (Decimal(root.numerator) / Decimal(root.denominator) / lever.step).to_integral_value(ROUND_FLOOR)
        for n in (cells, cells + 1, cells + 2):
            amount = n * lever.step
            if 0 < amount <= lever.top:
                yield amount

    def _roots(self, i: int, edges: Vector) -> list[Decimal]:
        """Return the amounts of lever `i` at which a comparison turns, from a state where it is unused."""
        found: dict[Decimal, None] = {self.levers[i].probe: None}
        for value, line in zip(edges, self.slopes[i], strict=True):
            if value is not None and line is not None and line[1]:
                found.update(dict.fromkeys(self._grid(i, -(Fraction(value) + line[0]) / line[1])))
        return list(found)

    def _singles(self) -> list[State]:
        points: list[Point] = [((i, a),) for i in self.useful for a in self._roots(i, self.base.edges)]
        points += [((i, a),) for i, k in combinations(self.useful, 2) for a in self._crossings(i, k)]
        points += [((k, a),) for i, k in combinations(self.useful, 2) for a in self._crossings(k, i)]
        states = self.states(points, edges=True)
        again = self.states(self._bent(states), edges=True)
        return list(dict.fromkeys([*states, *again]))

    def _crossings(self, i: int, k: int) -> list[Decimal]:
        """Return the amounts of `i` at which two comparisons that both levers move turn together."""
        both = [
            (Fraction(v) + a[0] + b[0], a[1], b[1])
            for v, a, b in zip(self.base.edges, self.slopes[i], self.slopes[k], strict=True)
            if v is not None and a is not None and b is not None and a[1] and b[1]
        ]
        found: dict[Decimal, None] = {}
        for (c, p, q), (d, r, s) in combinations(both, 2):
            if p * s != q * r:
                found.update(dict.fromkeys(self._grid(i, (q * d - s * c) / (p * s - q * r))))
        return list(found)

    def _bent(self, states: Sequence[State]) -> list[Point]:
        """Return new roots where a comparison is not on its line: best of, if, rounding. One step of Newton's method."""
        off: dict[Point, tuple[State, list[int]]] = {}
        for state in states:
            ((i, amount),) = state.point
            further = amount + self.levers[i].probe
            bent = [n for n in range(len(state.edges)) if self._off_line(state, n)]
            if bent and further <= self.levers[i].top:
                off[((i, further),)] = state, bent
        found: dict[Point, None] = {}
        for after in self.states(list(off), edges=True):
            state, bent = off[after.point]
            ((i, amount),) = state.point
            for n in bent:
                here, there = state.edges[n], after.edges[n]
                if here is not None and there is not None and here != there:
                    slope = Fraction(there - here) / Fraction(self.levers[i].probe)
                    found.update((((i, a),), None) for a in self._grid(i, Fraction(amount) - Fraction(here) / slope))
        return list(found)

    def _off_line(self, state: State, n: int) -> bool:
        ((i, amount),) = state.point
        base, now, line = self.base.edges[n], state.edges[n], self.slopes[i][n]
        if base is None or now is None or line is None:
            return False
        return Fraction(now) != Fraction(base) + line[0] + line[1] * Fraction(amount)

    def _pairs(self, singles: Sequence[State], bound: Decimal | None) -> list[State]:
        points: dict[Point, bool] = {}
        for state in singles:
            helps = state.better(self.base, self.base.failed)
            ((i, _),) = state.point
            for k in self.useful:
                if k != i and (helps or self._sound(state)):
                    for amount in self._roots(k, state.edges):
                        point = tuple(sorted((*state.point, (k, amount))))
                        points[point] = points.get(point, False) or helps
        return self.states(self._limited(points, bound))

    def _triples(self, pairs: Sequence[State], bound: Decimal | None) -> list[State]:
        useful = [s for s in pairs if all(s.better(self.seen[(m,)], self.base.failed) for m in s.point if (m,) in self.seen)
                  and s.better(self.base, self.base.failed) and (bound is None or s.cost < bound)]
        useful.sort(key=_order)
        self.complete = self.complete and len(useful) <= _PAIRS
        points: dict[Point, bool] = {}
        for state in self.states([s.point for s in useful[:_PAIRS]], edges=True):
            for k in self.useful:
                if k not in dict(state.point):
                    points |= {tuple(sorted((*state.point, (k, a)))): True for a in self._roots(k, state.edges)}
        return self.states(self._limited(points, bound))

    def _limited(self, points: Mapping[Point, bool], bound: Decimal | None) -> list[Point]:
        """Return the points cheaper than `bound`, those that help first, then by cost, up to the limit."""
        cheap = [p for p in points if bound is None or self.cost(p) < bound]
        if len(cheap) > LIMIT:
            self.complete = False
        return sorted(cheap, key=lambda p: (not points[p], self.cost(p), p))[:LIMIT]

    def _reduced(self, state: State) -> State:
        """Return the point with every amount as small as it can be while the others stay."""
        for index in [i for i, _ in state.point]:
            state = self._least(state, index)
        return state

    def _least(self, state: State, index: int) -> State:
        """Narrow one amount between what will not do and what will, 64 amounts at a time."""
        step = self.levers[index].step
        low, high = 0, int(dict(state.point)[index] / step)
        one_less = self._moved(state, index, high - 1, step)
        if not self.reached(one_less):
            return state
        high -= 1
        while high - low > 1:
            tried = sorted({low + max(1, (high - low) * n // _FAN) for n in range(1, _FAN)} - {low, high})
            states = self.states([self._at(state.point, index, n * step) for n in tried])
            fine = [n for n, s in zip(tried, states, strict=True) if self.reached(s)]
            high = fine[0] if fine else high
            below = [n for n in tried if n < high]
            low = below[-1] if below else low
        return self._moved(state, index, high, step)

    def _moved(self, state: State, index: int, count: int, step: Decimal) -> State:
        return self.states([self._at(state.point, index, count * step)])[0]

    @staticmethod
    def _at(point: Point, index: int, amount: Decimal) -> Point:
        return tuple((i, amount if i == index else a) for i, a in point if i != index or amount > 0)


def _order(state: State) -> tuple[Decimal, int, Point]:
    return state.cost, len(state.point), state.point


def _measures(compiled: Compiled) -> list[tuple[str, int, str]]:
    """Return column of the figure, sign of what is wanted, column of the threshold, of every ordered comparison."""
    signs = {">": 1, ">=": 1, "<": -1, "<=": -1}
    measured = [m for c in compiled.conditions for m in c.measures]
    return [(m.value.low, signs[m.operator], m.threshold.low) for m in measured
            if m.operator in signs and m.value.kind == "number" == m.threshold.kind]


def _line(
    base: Decimal | None, one: Decimal | None, two: Decimal | None, at: Fraction, step: Fraction
) -> tuple[Fraction, Fraction] | None:
    """Return jump and slope of a comparison through two probes; None where it is unbounded."""
    if base is None or one is None or two is None:
        return None
    slope = Fraction(two - one) / step if step else Fraction(0)
    return Fraction(one - base) - slope * at, slope
