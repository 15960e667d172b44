"""The best legal combination of benefits: of an exclusive group one counts (就高不重复), ceilings hold together.

Benefits that share a group or a ceiling hang together; each such part is settled on its own. A part with few legal
choices is settled by comparing all of them for all companies at once, in whole fen; a larger one by integer
programming (HiGHS through ``scipy.optimize.milp``). Quotas are not money in hand and are never summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wutong.packs.model import Benefit
from wutong.policy.packing import packed

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FEW = 4096
"""Up to so many legal choices a part is settled by comparing them all."""
CELLS = 4_000_000
"""How many figures are compared at once."""


class Item(NamedTuple):
    """A benefit of a policy, by the policy's key."""

    policy: str
    benefit: Benefit


class Ceiling(NamedTuple):
    """What some benefits (by policy and code) may reach together, in fen."""

    zh: str
    members: frozenset[tuple[str, str]]
    amount: int


class Line(NamedTuple):
    """One benefit for one company, in 元; None as an end is unbounded."""

    policy: str
    benefit: Benefit
    low: Decimal | None
    high: Decimal | None


class Counted(NamedTuple):
    """A line, whether it counts, and why not (or not in full)."""

    line: Line
    counted: bool
    why: str = ""
    """``quota``, ``group``, ``ceiling`` (not or not in full), ``nothing`` (worth nothing), or empty."""
    against: tuple[str, ...] = ()
    """Names of the benefits chosen instead, or of the ceiling."""
    paid: Decimal | None = None
    """The sure amount that counts."""

    @property
    def why_not(self) -> str:
        """The reason in Chinese."""
        named = "、".join(self.against)
        return {
            "quota": "额度不是到手资金，不计入合计", "group": f"同组就高不重复：已选{named}",
            "ceiling": f"受合计上限限制：{named}", "nothing": "金额为零",
        }.get(self.why, "")


class Combination(NamedTuple):
    """The best combination and its total, in 元; an open upper end is None."""

    lines: tuple[Counted, ...]
    low: Decimal
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """Benefits that hang together: positions, legal choices (None: too many to list), groups, ceilings."""

    at: Ints
    choices: Bools | None
    groups: tuple[tuple[int, ...], ...]
    ceilings: tuple[tuple[tuple[int, ...], int], ...]
    """Positions inside the part and fen, inner ceilings first."""


class Choice(NamedTuple):
    """What was chosen for n companies and m benefits; amounts in fen."""

    chosen: Bools
    paid: Ints
    low: Ints
    high: Ints
    open: Bools
    """Companies whose upper end is unbounded; `high` then holds what is bounded."""


class Problem:
    """The structure all companies share.

    Args:
        items: the benefits, in the order that breaks ties.
        ceilings: what several of them may reach together; any two apart or one inside the other.
        one_per_matter: benefits that pay for the same matter exclude each other, too.
    """

    def __init__(self, items: Sequence[Item], ceilings: Sequence[Ceiling] = (), *, one_per_matter: bool = False) -> None:
        self.items = tuple(items)
        self.ceilings = tuple(ceilings)
        position = {(item.policy, item.benefit.code): n for n, item in enumerate(items)}
        members: dict[str, list[int]] = {}
        for n, (_, benefit) in enumerate(items):
            matters = [f"pays_for\0{m}" for m in benefit.pays_for] if one_per_matter else []
            for name in (*benefit.groups, *matters):
                members.setdefault(name, []).append(n)
        quotas = {n for n, item in enumerate(items) if item.benefit.kind == "quota"}
        self.money = np.array([n not in quotas for n in range(len(items))], dtype=bool)
        groups = [[n for n in group if n not in quotas] for group in members.values()]
        self.groups = [tuple(g) for g in groups if len(g) > 1]
        caps = [
            (tuple(sorted(position[m] for m in c.members if m in position)), c.amount)
            for c in sorted(ceilings, key=lambda c: len(c.members))
        ]
        self.caps = [c for c in caps if c[0]]
        self.single, self.parts = self._parts()

    def _parts(self) -> tuple[Ints, list[Part]]:
        """Cut the benefits into single ones and parts that hang together."""
        lead = list(range(len(self.items)))

        def root(n: int) -> int:
            while lead[n] != n:
                n = lead[n]
            return n

        for tied in (*self.groups, *(members for members, _ in self.caps)):
            for n in tied[1:]:
                lead[root(n)] = root(tied[0])
        capped = {n for members, _ in self.caps for n in members}
        found: dict[int, list[int]] = {}
        for n in np.flatnonzero(self.money).tolist():
            found.setdefault(root(n), []).append(n)
        single = [p[0] for p in found.values() if len(p) == 1 and p[0] not in capped]
        parts = [self._part(p) for p in found.values() if len(p) > 1 or p[0] in capped]
        return np.array(single, dtype=np.int64), parts

    def _part(self, at: list[int]) -> Part:
        place = {n: k for k, n in enumerate(at)}
        groups = tuple(tuple(place[n] for n in g) for g in self.groups if g[0] in place)
        caps = tuple((tuple(place[n] for n in m if n in place), fen) for m, fen in self.caps if m[0] in place)
        return Part(np.array(at, dtype=np.int64), legal_choices(len(at), groups), groups, caps)

    def solve(self, low: Ints, high: Ints, unbounded: Bools) -> Choice:
        """Return the best combination of every company (row); amounts in fen, benefits in the order of `items`.

        The choice has the greatest sure total, then the greatest possible total, then the earliest benefits.
        """
        low, high = np.maximum(low, 0), np.maximum(high, low)
        chosen, paid = np.zeros(low.shape, dtype=bool), np.zeros_like(low)
        at = self.single
        chosen[:, at] = (high[:, at] > 0) | unbounded[:, at]
        paid[:, at] = low[:, at]
        total_low, total_high = low[:, at].sum(axis=1), high[:, at].sum(axis=1)
        no_end: Bools = np.any(unbounded[:, at], axis=1)
        for part in self.parts:
            settled = settle(part, low[:, part.at], high[:, part.at], unbounded[:, part.at])
            chosen[:, part.at], paid[:, part.at] = settled.chosen, settled.paid
            total_low, total_high = total_low + settled.low, total_high + settled.high
            no_end = np.logical_or(no_end, settled.open)
        return Choice(chosen, paid, total_low, total_high, no_end)

    def explained(self, low: Ints, high: Ints, unbounded: Bools, choice: Choice, row: int) -> tuple[Counted, ...]:
        """Return every benefit of one company worth something, with the reason why it counts or not."""
        lines = []
        for n, item in enumerate(self.items):
            if not (low[row, n] or high[row, n] or unbounded[row, n]):
                continue
            line = Line(*item, yuan(int(low[row, n])), None if unbounded[row, n] else yuan(int(high[row, n])))
            why, against = self._reason(n, line, choice, row)
            paid = yuan(int(choice.paid[row, n]))
            counted = bool(choice.chosen[row, n]) and not (why == "ceiling" and not paid)
            lines.append(Counted(line, counted, why, against, paid))
        return tuple(lines)

    def combination(self, low: Ints, high: Ints, unbounded: Bools, choice: Choice, row: int) -> Combination:
        """Return what one company gets, explained."""
        lines = self.explained(low, high, unbounded, choice, row)
        top = None if choice.open[row] else yuan(int(choice.high[row]))
        return Combination(lines, yuan(int(choice.low[row])), top)

    def _reason(self, n: int, line: Line, choice: Choice, row: int) -> tuple[str, tuple[str, ...]]:
        if not self.money[n]:
            return "quota", ()
        if choice.chosen[row, n]:
            if yuan(int(choice.paid[row, n])) == max(line.low or Decimal(0), Decimal(0)):
                return "", ()
            key = (line.policy, line.benefit.code)
            return "ceiling", tuple(c.zh for c in self.ceilings if key in c.members)
        rivals = {m for g in self.groups if n in g for m in g if choice.chosen[row, m]}
        return ("group", tuple(self.items[m].benefit.zh for m in sorted(rivals))) if rivals else ("nothing", ())


def legal_choices(size: int, groups: Sequence[Sequence[int]]) -> Bools | None:
    """Return every largest legal choice as a row of truth values, or None where there are more than `FEW`.

    >>> legal_choices(3, [(0, 1), (1, 2)]).astype(int).tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    rivals = [0] * size
    for group in groups:
        for a, b in combinations(group, 2):
            rivals[a] |= 1 << b
            rivals[b] |= 1 << a
    whole = (1 << size) - 1
    found: list[int] = []

    def extend(taken: int, free: int, refused: int) -> bool:
        """Take or leave the free ones; stop when there are too many (Bron–Kerbosch on the complement)."""
        if not free:
            if not refused:
                found.append(taken)
            return len(found) <= FEW
        n = (free & -free).bit_length() - 1
        # some member of n and its rivals is in every largest choice
        for m in bits(free & (rivals[n] | 1 << n)):
            apart = whole & ~rivals[m] & ~(1 << m)
            if not extend(taken | 1 << m, free & apart, refused & apart):
                return False
            free, refused = free & ~(1 << m), refused | 1 << m
        return True

    if not extend(0, whole, 0):
        return None
    found.sort(key=bits)
    return np.array([[taken >> n & 1 for n in range(size)] for taken in found], dtype=bool)


def bits(number: int) -> list[int]:
    """Return the positions of the ones of a number, lowest first.

    >>> bits(0b1010)
    [1, 3]
    """
    return [n for n in range(number.bit_length()) if number >> n & 1]


def capped(values: Floats, ceilings: Sequence[tuple[Sequence[int], int]]) -> Floats:
    """Return what counts of `values` (benefits on the last axis), earlier benefits first, inner ceilings first.

    >>> capped(np.array([300.0, 300.0, 50.0]), [((0, 1), 500)]).tolist()
    [300.0, 200.0, 50.0]
    """
    for members, amount in ceilings:
        at = list(members)
        reached = np.minimum(np.cumsum(values[..., at], axis=-1), amount)
        values = values.copy()
        values[..., at] = np.diff(reached, axis=-1, prepend=0)
    return values


def settle(part: Part, sure: Ints, may: Ints, unbounded: Bools) -> Choice:
    """Settle one part for all companies; equal rows go to the integer program only once."""
    where: Ints | None = None
    if part.choices is None:
        rows, back = np.unique(np.hstack([sure, may, unbounded]), axis=0, return_inverse=True)
        where = back.reshape(-1)
        sure, may, unbounded = (rows[:, k * len(part.at) : (k + 1) * len(part.at)] for k in range(3))
    low, high, no_end = sure.astype(float), may.astype(float), unbounded.astype(bool)
    for members, amount in part.ceilings:  # a ceiling bounds what had no bound
        at = list(members)
        high[:, at] = np.where(no_end[:, at], float(amount), high[:, at])
        no_end[:, at] = False
    step = max(1, CELLS // len(part.at if part.choices is None else part.choices))
    compare = _packed if part.choices is None else _listed
    pieces = [compare(part, low[s : s + step], high[s : s + step], no_end[s : s + step]) for s in range(0, len(low), step)]
    if not pieces:
        pieces = [compare(part, low, high, no_end)]
    columns: list[npt.NDArray[Any]] = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    return Choice(*(columns if where is None else (column[where] for column in columns)))


def _listed(part: Part, low: Floats, high: Floats, unbounded: Bools) -> Choice:
    """Compare every legal choice; sums of whole fen below 2^53 are exact in floating point."""
    choices = part.choices
    if choices is None:
        raise TypeError(part)
    weights = choices.astype(float)
    sure = worth(part, low, weights)
    may = sure if np.array_equal(low, high) else worth(part, high, weights)
    no_end: Bools = np.greater(unbounded.astype(float) @ weights.T, 0)
    rank = np.where(sure == sure.max(axis=1, keepdims=True), np.where(no_end, np.inf, may), -1.0)
    best = choices[rank.argmax(axis=1)]
    return _chosen(part, best, low, high, unbounded, may.max(axis=1), np.any(no_end, axis=1))


def worth(part: Part, values: Floats, weights: Floats) -> Floats:
    """Return what each choice (row of `weights`) is worth to each company: the sum less what ceilings cut off."""
    total: Floats = values @ weights.T
    lost: list[tuple[set[int], Floats]] = []
    for members, amount in part.ceilings:
        at = list(members)
        over = values[:, at] @ weights[:, at].T - amount
        for inner, cut in lost:
            if inner <= set(members):
                over -= cut
        lost.append((set(members), np.maximum(over, 0)))
        total -= lost[-1][1]
    return total


def _packed(part: Part, low: Floats, high: Floats, unbounded: Bools) -> Choice:
    """Settle by integer programming: first the sure amounts, where none is sure the possible ones."""
    nothing: Bools = ~np.any(low, axis=1)
    best = packed(np.where(nothing[:, None], high, low), part.groups, part.ceilings)
    unequal: Bools = np.any(low != high, axis=1) & ~nothing
    top = best.copy()
    if unequal.any():
        top[unequal] = packed(high[unequal], part.groups, part.ceilings)
    may = capped(high * top, part.ceilings).sum(axis=1)
    return _chosen(part, best, low, high, unbounded, may, np.any(unbounded, axis=1))


def _chosen(part: Part, best: Bools, low: Floats, high: Floats, unbounded: Bools, may: Floats, no_end: Bools) -> Choice:
    paid = capped(low * best, part.ceilings)
    worth = best & ((high > 0) | unbounded)
    return Choice(worth, paid.astype(np.int64), paid.sum(axis=1).astype(np.int64), may.astype(np.int64), no_end)


def fen(amount: Decimal) -> int:
    """Return an amount of 元 in whole fen."""
    return int(amount.scaleb(2).to_integral_value())


def yuan(amount: int) -> Decimal:
    """Return fen as 元.

    >>> yuan(12345), fen(Decimal("123.45"))
    (Decimal('123.45'), 12345)
    """
    return Decimal(amount).scaleb(-2)


def combine(lines: Sequence[Line], ceilings: Sequence[Ceiling] = (), *, one_per_matter: bool = False) -> Combination:
    """Return the best combination of one company's lines and its range.

    The lower end is the best sure total, the upper end the best possible one, whichever lines win.

    >>> b = Benefit("b", "奖励", "1万元", None, None, groups=("g",))
    >>> combine([Line("p", b, Decimal(5), Decimal(5)), Line("q", b, Decimal(3), Decimal(9))])[1:]
    (Decimal('5.00'), Decimal('9.00'))
    """
    problem = Problem([Item(x.policy, x.benefit) for x in lines], ceilings, one_per_matter=one_per_matter)
    low = np.array([[fen(x.low or Decimal(0)) for x in lines]], dtype=np.int64).reshape(1, -1)
    high = np.array([[fen(x.high or Decimal(0)) for x in lines]], dtype=np.int64).reshape(1, -1)
    unbounded = np.array([[x.high is None for x in lines]], dtype=bool).reshape(1, -1)
    return problem.combination(low, high, unbounded, problem.solve(low, high, unbounded), 0)
