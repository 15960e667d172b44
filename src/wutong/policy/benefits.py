"""Adding up benefits by their real rules: once only and caps are in the amounts, groups are settled here.

In a group only the best counts (就高不重复); quotas are not money in hand and are never summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from wutong.packs.model import Benefit

ZERO = Decimal(0)


class Line(NamedTuple):
    """One benefit for one company; None as an end is unbounded."""

    policy: str
    benefit: Benefit
    low: Decimal | None
    high: Decimal | None


class Counted(NamedTuple):
    """A line, whether it counts, and why not."""

    line: Line
    counted: bool
    why_not: str


class Combination(NamedTuple):
    """The best combination and its total."""

    lines: tuple[Counted, ...]
    low: Decimal | None
    high: Decimal | None


def _rank(line: Line) -> tuple[Decimal, Decimal]:
    infinity = Decimal("Infinity")
    return (-infinity if line.low is None else line.low, infinity if line.high is None else line.high)


def _sum(ends: Sequence[Decimal | None]) -> Decimal | None:
    return None if None in ends else sum((e for e in ends if e is not None), ZERO)


def _best(ends: Sequence[Decimal | None], *, low: bool) -> Decimal | None:
    known = [e for e in ends if e is not None]
    if len(known) < len(ends) and not low:
        return None
    return max(known) if known else None


def combine(lines: Sequence[Line]) -> Combination:
    """Return the best combination of `lines` and its range.

    A group is worth at least its best lower end and at most its best upper end, whichever line wins.

    >>> b = Benefit("b", "奖励", "1万元", None, None, group="g")
    >>> combine([Line("p", b, Decimal(5), Decimal(5)), Line("q", b, Decimal(3), Decimal(9))])[1:]
    (Decimal('5'), Decimal('9'))
    """
    groups: dict[str, list[Line]] = {}
    for number, line in enumerate(lines):
        if line.benefit.kind != "quota":
            groups.setdefault(line.benefit.group or f"\0{number}", []).append(line)
    winners = {id(max(group, key=_rank)) for group in groups.values()}
    settled = []
    for line in lines:
        if line.benefit.kind == "quota":
            settled.append(Counted(line, False, "额度不是到手资金，不计入合计"))
        elif id(line) in winners:
            settled.append(Counted(line, True, ""))
        else:
            settled.append(Counted(line, False, "同组就高不重复"))
    low = _sum([_best([x.low for x in g], low=True) for g in groups.values()])
    high = _sum([_best([x.high for x in g], low=False) for g in groups.values()])
    return Combination(tuple(settled), low, high)
