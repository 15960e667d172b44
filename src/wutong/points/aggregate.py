"""From the points of children to the points of their node, in SQL.

Sum, weighted mean, minimum, maximum and the Mazziotta–Pareto index are exact in whole numbers; the other means are
computed in doubles over published points and rounded to hundredths. All but one grow with every child, so the ends
give the ends; the index does not, and gets sound bounds instead (it is concave: 2T/n − Q/T with Q/T convex).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wutong.points.model import WHOLE, Node
from wutong.points.normalise import cents
from wutong.points.whole import (
    MOST_LEVELS,
    Whole,
    divided,
    greatest,
    least,
    lifted,
    number,
    published,
    times,
    total,
    whole,
)
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, DOUBLE, INTEGER

MOST_NARROW = 2**31
Weights = Sequence[int]
Bind = Callable[[Expr], Expr]


def aggregate(node: Node, children: Sequence[Whole], weights: Weights, bind: Bind) -> Whole:
    """Return what a node may have.

    Args:
        node: says how to aggregate.
        children: points of its children, in order.
        weights: basis points of the children; empty where the aggregation has none.
        bind: gives a value a column of its own.
    """
    if node.aggregate == "arithmetic":
        return _mean(node, children, weights, bind)
    if node.aggregate in ("sum", "minimum", "maximum"):
        return _simple(node, children)
    flat = [Whole.of(bind(published(e, c.levels)) for e in c.both()) for c in children]
    if node.aggregate == "mpi":
        return _mpi(flat, bind)
    if node.aggregate == "copeland":
        return Whole(number(0), number(cents(node.max)))
    return Whole.of(_real(node, [c.both()[end] for c in flat], weights) for end in (0, 1))


def level(children: Sequence[Whole], bind: Bind, most: int = MOST_LEVELS) -> tuple[list[Whole], int]:
    """Bring children to one number of levels; those too deep for 64 bits are published first."""
    flat = [
        c if c.levels <= most else Whole.of(bind(published(e, c.levels)) for e in c.both()) for c in children
    ]
    top = max(c.levels for c in flat)
    return [
        Whole(lifted(c.lo, c.levels, top), lifted(c.hi, c.levels, top), top) for c in flat
    ], top


def _mean(node: Node, children: Sequence[Whole], weights: Weights, bind: Bind) -> Whole:
    same, levels = level(children, bind, MOST_LEVELS - 1)
    narrow = levels == 0 and max(cents(c.max) for c in node.children) * WHOLE < MOST_NARROW

    def mean(parts: Iterable[Expr]) -> Expr:
        pairs = [(e, w) for e, w in zip(parts, weights, strict=True) if w]
        if narrow:
            # weights sum to one, so products of 32-bit points stay in 32 bits, which engines add twice as fast
            return cast(total(op("mul", e, lit(w, INTEGER)) for e, w in pairs), BIGINT)
        return total(times(e, w) for e, w in pairs)

    return Whole(mean(c.lo for c in same), mean(c.hi for c in same), levels + 1)


def _simple(node: Node, children: Sequence[Whole]) -> Whole:
    same, levels = level(children, lambda e: e)
    columns = [[c.both()[end] for c in same] for end in (0, 1)]
    if node.aggregate == "sum":
        ends = [total(c) for c in columns]
        if node.cap is not None and node.cap < sum(c.max for c in node.children):
            cap = number(cents(node.cap) * WHOLE**levels)
            ends = [least(e, cap) for e in ends]
    else:
        pick = least if node.aggregate == "minimum" else greatest
        ends = [pick(*c) for c in columns]
    return Whole(ends[0], ends[1], levels)


def _mpi(children: Sequence[Whole], bind: Bind) -> Whole:
    """Mean less variance over mean (Mazziotta and Pareto 2016), never below zero: (2T² − nQ) / nT."""
    n = number(len(children))
    sums = [bind(total(c.both()[end] for c in children)) for end in (0, 1)]
    squares = [bind(total(op("mul", c.both()[end], c.both()[end]) for c in children)) for end in (0, 1)]

    def index(t: Expr, q: Expr) -> Expr:
        above = bind(op("sub", times(op("mul", t, t), 2), op("mul", n, q)))
        return case([(op("gt", above, number(0)), divided(above, op("mul", n, t)))], number(0))

    if all(c.exact for c in children):
        one = bind(index(sums[0], squares[0]))
        return Whole(one, one)
    top = bind(greatest(*(c.hi for c in children)))
    lowest = op("sub", times(sums[0], 2), op("mul", n, top))
    loose = case([(op("gt", lowest, number(0)), divided(lowest, n))], number(0))
    return Whole(
        greatest(bind(index(sums[0], squares[1])), bind(loose)),
        least(bind(index(sums[1], squares[0])), bind(divided(sums[1], n))),
    )


def _real(node: Node, ends: Sequence[Expr], weights: Weights) -> Expr:
    """Geometric, harmonic and power mean in doubles; points below the floor count as the floor."""
    floor = lit(float(cents(node.floor)))
    reals: list[Expr] = [cast(e, DOUBLE) for e in ends]
    lifted_: list[Expr] = [case([(op("lt", r, floor), floor)], r) for r in reals]
    shares = [lit(w / WHOLE) for w in weights]
    pairs = list(zip(shares, lifted_, strict=True))
    if node.aggregate == "geometric":
        mean = op("exp_raw", total(op("mul", s, op("ln", z)) for s, z in pairs))
    elif node.aggregate == "harmonic":
        mean = op("div", lit(1.0), total(op("div", s, z) for s, z in pairs))
    else:
        p = float(node.power)
        inner = total(op("mul", s, op("pow_raw", z, lit(p))) for s, z in pairs)
        mean = op("pow_raw", inner, lit(1 / p))
    return whole(mean)

