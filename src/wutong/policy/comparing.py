"""Two versions of a policy side by side: who moves, what it costs, which other policies it meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wutong.ir.policy.compile import Compiled
from wutong.policy.amounts import Combined, amounts_of
from wutong.policy.combine import yuan
from wutong.policy.evaluate import VERDICTS, Results
from wutong.policy.groups import Grouping, size_of
from wutong.policy.reform_model import Change, Cost, Draft, Moved, Overlap, Share

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
INELIGIBLE, ELIGIBLE, UNKNOWN, MANUAL = range(4)


@dataclass(frozen=True, slots=True)
class Pair:
    """A policy of a draft and the one in force it replaces, as compiled."""

    draft: Draft
    old: Compiled | None
    new: Compiled


@dataclass(frozen=True, slots=True)
class Paid:
    """What a policy pays every company, in fen, combined by its own groups and limits; `open` has no known end."""

    low: Ints
    high: Ints
    open: Bools


class Judged:
    """Verdicts and amounts of results that are read block by block and not kept; size classes if a policy has them."""

    def __init__(self, parts: Iterable[Results]) -> None:
        self.policies: list[Compiled] = []
        self.rows = 0
        self.sizes: Any = None
        self._verdicts: dict[str, npt.NDArray[np.uint8]] = {}
        self._money: dict[str, Paid] = {}
        for part in parts:
            self.rows = part.tables[0].num_rows
            self.sizes = self.sizes if self.sizes is not None else size_of(part)
            self.policies += part.policies
            for compiled in part.policies:
                self._verdicts[compiled.prefix] = np.array(part.tables[0].column(f"{compiled.prefix}_verdict"))
                if compiled.benefits:
                    choice = Combined.of(amounts_of(part, [compiled])).choice
                    self._money[compiled.prefix] = Paid(choice.low, choice.high, choice.open)
        zero = np.zeros(self.rows, dtype=np.int64)
        self._nothing = Paid(zero, zero, np.zeros(self.rows, dtype=bool))

    def verdict(self, compiled: Compiled) -> npt.NDArray[np.uint8]:
        """Return the verdict codes of a policy."""
        return self._verdicts[compiled.prefix]

    def money(self, compiled: Compiled) -> Paid:
        """Return the amounts of a policy; nothing for one without benefits."""
        return self._money.get(compiled.prefix, self._nothing)

    def uncertain(self, pairs: Sequence[Pair]) -> Ints:
        """Return the companies for which some amount or verdict of the compared policies is open."""
        open_ = np.zeros(self.rows, dtype=bool)
        for compiled in {c.prefix: c for p in pairs for c in (p.old, p.new) if c is not None and c.benefits}.values():
            choice = self.money(compiled)
            open_ |= (self.verdict(compiled) >= UNKNOWN) | choice.open | (choice.low != choice.high)
        return np.flatnonzero(open_).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Expected:
    """Per draw the total paid to the companies that were completed, in fen, by prefix; scaled up from a sample."""

    totals: Mapping[str, npt.NDArray[np.float64]]
    sampling: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Compare:
    """Everything a comparison of one pair reads."""

    judged: Judged
    in_place: Mapping[str, Compiled]
    companies: pa.Table
    by: Sequence[Grouping]
    expected: Expected | None
    uncertain: Ints

    def change(self, pair: Pair, *, listed: bool) -> Change:
        """Return what a draft changes for one policy."""
        new = self.judged.verdict(pair.new)
        old = np.zeros_like(new) if pair.old is None else self.judged.verdict(pair.old)
        gains, loses = (new == ELIGIBLE) & (old != ELIGIBLE), (old == ELIGIBLE) & (new == INELIGIBLE)
        unknown = (new >= UNKNOWN) & (old < UNKNOWN)
        low = self._low(pair.new) - self._low(pair.old)
        matrix: Ints = np.bincount(old.astype(np.int64) * 4 + new, minlength=16).reshape(4, 4)
        return Change(
            pair.draft.name, pair.new.policy, pair.old is None, _tally(matrix.sum(axis=1)), _tally(matrix.sum(axis=0)),
            {(VERDICTS[a], VERDICTS[b]): int(matrix[a, b]) for a in range(4) for b in range(4) if a != b and matrix[a, b]},
            int(gains.sum()), int(loses.sum()), int(unknown.sum()), int((low > 0).sum()), int((low < 0).sum()),
            self._cost(pair.old), self._cost(pair.new),
            tuple(s for g in self.by for s in _shares(g, gains, loses, unknown, low)),
            self._overlaps(pair, gains), self._moved(pair, old, new) if listed else (),
        )

    def _low(self, compiled: Compiled | None) -> Ints:
        if compiled is None:
            return np.zeros(self.companies.num_rows, dtype=np.int64)
        return self.judged.money(compiled).low

    def _cost(self, compiled: Compiled | None) -> Cost:
        if compiled is None:
            return Cost(Decimal(0), Decimal(0), 0, Decimal(0), Decimal(0))
        choice = self.judged.money(compiled)
        low, no_end = int(choice.low.sum()), int(choice.open.sum())
        high = None if no_end else yuan(int(choice.high.sum()))
        if self.expected is None:
            sure = high == yuan(low)
            return Cost(yuan(low), high, no_end, yuan(low) if sure else None, Decimal(0) if sure else None)
        certain = low - int(choice.low[self.uncertain].sum())
        totals = self.expected.totals.get(compiled.prefix, np.zeros(1))
        variance = float(totals.var()) + self.expected.sampling.get(compiled.prefix, 0.0)
        return Cost(yuan(low), high, no_end, yuan(certain + round(float(totals.mean()))), yuan(round(variance**0.5)))

    def _overlaps(self, pair: Pair, gains: Bools) -> tuple[Overlap, ...]:
        """Return the other policies in force that those who gain have already, the most frequent first."""
        matters = {m for b in pair.new.policy.benefits for m in b.pays_for}
        found, at = [], np.flatnonzero(gains)
        for key, other in self.in_place.items():
            both = at[self.judged.verdict(other)[at] == ELIGIBLE]
            if key == pair.new.policy.key or not len(both):
                continue
            same = sorted(matters & {m for b in other.policy.benefits for m in b.pays_for})
            paid = yuan(int(self._low(other)[both].sum())) if other.benefits else Decimal(0)
            found.append(Overlap(other.policy, len(both), paid, tuple(same)))
        return tuple(sorted(found, key=lambda o: (-o.companies, o.policy.key)))

    def _moved(self, pair: Pair, old: npt.NDArray[np.uint8], new: npt.NDArray[np.uint8]) -> list[Moved]:
        """Return every company whose verdict or amount changes."""
        after = self.judged.money(pair.new)
        before = after if pair.old is None else self.judged.money(pair.old)
        zero = np.zeros_like(after.low)
        ends = ((zero, zero, zero) if pair.old is None else (before.low, before.high, before.open),
                (after.low, after.high, after.open))
        moved = (old != new) | np.logical_or.reduce([a != b for a, b in zip(*ends, strict=True)])
        codes, names = (self.companies.column(n) for n in ("company", "name"))
        return [
            Moved(codes[at].as_py(), names[at].as_py() or "", VERDICTS[old[at]], VERDICTS[new[at]],
                  *_ends(ends[0], at), *_ends(ends[1], at))
            for at in np.flatnonzero(moved).tolist()
        ]


def _ends(ends: tuple[Ints, Ints, Any], at: int) -> tuple[Decimal, Decimal | None]:
    low, high, no_end = ends
    return yuan(int(low[at])), None if no_end[at] else yuan(int(high[at]))


def _tally(counts: Ints) -> dict[str, int]:
    return {name: int(n) for name, n in zip(VERDICTS, counts, strict=True)}


def _shares(by: Grouping, gains: Bools, loses: Bools, unknown: Bools, low: Ints) -> list[Share]:
    """Return the groups of one kind."""
    size = len(by.labels)
    gained, lost, opened = (np.bincount(by.of[np.flatnonzero(x)], minlength=size).tolist() for x in (gains, loses, unknown))
    moved = np.flatnonzero(low)
    paid = np.zeros(size, dtype=np.int64)
    np.add.at(paid, by.of[moved], low[moved])
    return [
        Share(by.code, label, companies, gained[at], lost[at], opened[at], yuan(int(paid[at])))
        for at, (label, companies) in enumerate(zip(by.labels, by.counts, strict=True)) if companies
    ]
