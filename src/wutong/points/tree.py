"""The tree of one company in exact decimals: its total, and whom every point is owed to.

A weighted mean is split by its weights, which is the Shapley value of a linear game. A geometric mean is split by
the logarithmic mean (LMDI-I; Ang, Energy Policy 33, 2005): ``L(S, S₀) · w · ln(z / z₀)`` with
``L(a, b) = (a − b) / ln(a / b)`` sums to ``S − S₀`` without residual. All other nodes get the Shapley value
(Shapley 1953) by enumeration, over their children only. A node hands its share down in proportion to what its
children changed, so the parts of all indicators sum to the difference of the totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext
from functools import lru_cache
from itertools import combinations
from math import factorial

from wutong.points.compile import most
from wutong.points.model import WEIGHTED, WHOLE, Extra, Indicator, Node, PointModel, Profile

Points = Mapping[str, Decimal]
ZERO, ONE = Decimal(0), Decimal(1)
DIGITS = 50
FEW = 10
"""Up to so many children every order is counted; beyond, they count in the order of the model."""


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round as the plan does.

    >>> half_up(Decimal("0.125")), half_up(Decimal("12.5"), 0)
    (Decimal('0.13'), Decimal('13'))
    """
    return value.quantize(ONE.scaleb(-places), ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def _ln(value: Decimal, digits: int) -> Decimal:  # noqa: ARG001 - the digits are those of the context it is taken in
    """Return a logarithm; a zone has few different points, and each is asked for many thousand times."""
    return value.ln()


def node_value(node: Node, values: Sequence[Decimal], weights: Sequence[Decimal]) -> Decimal:
    """Return the points of a node from those of its children; `weights` are shares of one, empty if there are none."""
    match node.aggregate:
        case "sum":
            total = sum(values, ZERO)
            return total if node.cap is None else min(total, node.cap)
        case "minimum":
            return min(values)
        case "maximum":
            return max(values)
        case "mpi":
            total, squares = sum(values, ZERO), sum((v * v for v in values), ZERO)
            return max(ZERO, 2 * total / len(values) - squares / total) if total else ZERO
        case "geometric":
            lifted = [max(v, node.floor) for v in values]
            digits = getcontext().prec
            return sum((w * _ln(z, digits) for w, z in zip(weights, lifted, strict=True)), ZERO).exp()
        case "harmonic":
            return 1 / sum((w / max(v, node.floor) for w, v in zip(weights, values, strict=True)), ZERO)
        case "power":
            inner = sum((w * v**node.power for w, v in zip(weights, values, strict=True)), ZERO)
            return inner ** (1 / node.power) if inner else ZERO
        case _:
            return sum((w * v for w, v in zip(weights, values, strict=True)), ZERO)


def shares(model: PointModel, node: Node, profile: Profile) -> list[Decimal]:
    """Return the weights of the children of a node as shares of one; empty where it has none."""
    if node.aggregate not in WEIGHTED:
        return []
    return [Decimal(model.weight(c, profile) or 0) / WHOLE for c in node.children]


def value_of(model: PointModel, profile: Profile, node: Node | Indicator, points: Points) -> Decimal:
    """Return the unrounded points of a node."""
    if isinstance(node, Indicator):
        return points[node.code]
    values = [value_of(model, profile, c, points) for c in node.children]
    return node_value(node, values, shares(model, node, profile))


def extra_value(extra: Extra, points: Points) -> Decimal:
    """Return the points of bonus or deduction items, under their cap."""
    total = sum((points[i.code] for i in extra.items), ZERO)
    return total if extra.cap is None else min(total, extra.cap)


def total_of(model: PointModel, profile: Profile, points: Points) -> Decimal:
    """Return the unrounded total of a company: the tree, bonus and deductions, within [0, most]."""
    with localcontext(prec=DIGITS):
        root = value_of(model, profile, model.root, points)
        total = root + extra_value(model.bonus, points) - extra_value(model.deductions, points)
        return max(ZERO, min(most(model), total))


def decompose(model: PointModel, profile: Profile, points: Points, reference: Points) -> dict[str, Decimal]:
    """Return what every indicator adds to ``total(points) − total(reference)``; the parts sum to it.

    Args:
        model: any model; a Copeland root is taken as the weighted mean of its children.
        profile: whose weights count.
        points: of every indicator by code.
        reference: likewise, of the company compared with.
    """
    with localcontext(prec=DIGITS):
        parts: dict[str, Decimal] = {}
        now, then = ([value_of(model, profile, model.root, p), extra_value(model.bonus, p), -extra_value(model.deductions, p)]
                     for p in (points, reference))

        def whole(values: Sequence[Decimal]) -> Decimal:
            return max(ZERO, min(most(model), sum(values, ZERO)))

        slopes = _slopes(shapley(whole, now, then), now, then)
        _hand_down(model, profile, model.root, points, reference, slopes[0], parts)
        for extra, slope, sign in ((model.bonus, slopes[1], 1), (model.deductions, slopes[2], -1)):
            _hand_extra(extra, points, reference, slope * sign, parts)
        return parts


def _hand_extra(extra: Extra, points: Points, reference: Points, slope: Decimal, parts: dict[str, Decimal]) -> None:
    now, then = ([p[i.code] for i in extra.items] for p in (points, reference))
    cap = extra.cap

    def capped(values: Sequence[Decimal]) -> Decimal:
        total = sum(values, ZERO)
        return total if cap is None else min(total, cap)

    for item, part in zip(extra.items, shapley(capped, now, then), strict=True):
        parts[item.code] = slope * part


def _hand_down(
    model: PointModel, profile: Profile, node: Node | Indicator, points: Points, reference: Points, slope: Decimal,
    parts: dict[str, Decimal],
) -> None:
    """Give every leaf below `node` its part: the change of the leaf times the slopes along the path."""
    if isinstance(node, Indicator):
        parts[node.code] = slope * (points[node.code] - reference[node.code])
        return
    weights = shares(model, node, profile)
    now, then = ([value_of(model, profile, c, p) for c in node.children] for p in (points, reference))
    for child, own in zip(node.children, _node_slopes(node, now, then, weights), strict=True):
        _hand_down(model, profile, child, points, reference, slope * own, parts)


def _node_slopes(node: Node, now: list[Decimal], then: list[Decimal], weights: list[Decimal]) -> list[Decimal]:
    if node.aggregate in ("arithmetic", "copeland"):
        return weights
    if node.aggregate == "geometric":
        return _lmdi(node, now, then, weights)
    return _slopes(shapley(lambda values: node_value(node, values, weights), now, then), now, then)


def log_mean(a: Decimal, b: Decimal) -> Decimal:
    """Return the logarithmic mean (a − b) / ln(a / b); a where both are equal.

    >>> round(log_mean(Decimal(4), Decimal(2)), 6)
    Decimal('2.885390')
    """
    return a if a == b else (a - b) / (a.ln() - b.ln())


def _lmdi(node: Node, now: list[Decimal], then: list[Decimal], weights: list[Decimal]) -> list[Decimal]:
    lifted, base = ([max(v, node.floor) for v in values] for values in (now, then))
    scale = log_mean(node_value(node, now, weights), node_value(node, then, weights))
    parts = [
        scale * w * (z.ln() - z0.ln()) for w, z, z0 in zip(weights, lifted, base, strict=True)
    ]
    return _slopes(parts, now, then)


def _slopes(parts: Sequence[Decimal], now: Sequence[Decimal], then: Sequence[Decimal]) -> list[Decimal]:
    """Return what one point of each child is worth; a child that has not changed hands nothing down."""
    return [p / (a - b) if a != b else ZERO for p, a, b in zip(parts, now, then, strict=True)]


def shapley(
    worth: Callable[[Sequence[Decimal]], Decimal], now: Sequence[Decimal], then: Sequence[Decimal]
) -> list[Decimal]:
    """Return the mean of what each change adds, over every order in which the changes may happen.

    >>> shapley(max, [Decimal(4), Decimal(6)], [Decimal(0), Decimal(0)])
    [Decimal('2'), Decimal('4')]
    """
    moved = [i for i, (a, b) in enumerate(zip(now, then, strict=True)) if a != b]
    parts, n = [ZERO] * len(now), len(moved)

    def at(changed: Sequence[int]) -> Decimal:
        return worth([now[i] if i in changed else then[i] for i in range(len(now))])

    if n > FEW:
        for k, i in enumerate(moved):
            parts[i] = at(moved[: k + 1]) - at(moved[:k])
        return parts
    known = {frozenset(s): at(s) for k in range(n + 1) for s in combinations(moved, k)}
    for i in moved:
        for before in (s for s in known if i not in s):
            orders = factorial(len(before)) * factorial(n - len(before) - 1)
            parts[i] += orders * (known[before | {i}] - known[before])
        parts[i] /= factorial(n)
    return parts
