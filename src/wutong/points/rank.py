"""Ranks from a histogram of published scores: two decimals leave few distinct scores, so nothing is sorted.

Measured on 50 million companies: counting 6,088 distinct scores takes a fifth of a window sort
(design/points.md §3.1). Batches are added first and ranked afterwards, so that a whole country fits in memory.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wutong.points.model import PointModel

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
NONE = -1
BELOW = pa.scalar(Decimal("-0.01"), pa.decimal128(9, 2))


def hundredths(column: pa.ChunkedArray) -> Ints:
    """Return points of a column in hundredths; −1 where there are none.

    >>> hundredths(pa.chunked_array([pa.array([Decimal("1.50"), None], pa.decimal128(9, 2))])).tolist()
    [150, -1]
    """
    points = pc.fill_null(column.cast(pa.decimal128(9, 2)), BELOW).combine_chunks()
    # a decimal is stored as its hundredths, in two words of which the lower one holds all of them
    words = np.frombuffer(points.buffers()[1], dtype=np.int64) if len(points) else np.empty(0, np.int64)
    return np.ascontiguousarray(words[2 * points.offset:2 * (points.offset + len(points)):2])


def profile_of(table: pa.Table, model: PointModel) -> Ints:
    """Return the number of every company's profile, −1 where it is not decided or not covered."""
    stage, sector = (np.asarray(pc.fill_null(table.column(n), NONE).combine_chunks(), dtype=np.int64) for n in ("stage", "sector"))
    return np.where((stage < 0) | (sector < 0), NONE, stage * max(len(model.sectors), 1) + sector)


class Histogram:
    """Counts of scores, of all companies and of every profile.

    Competition rank: one more than the companies that are surely better; a tie shares its place.
    """

    def __init__(self, model: PointModel, top: Decimal) -> None:
        self.model = model
        self.size = int(top * 100) + 1
        shape = (len(model.profiles) + 1, self.size)
        self.low, self.high = np.zeros(shape, np.int64), np.zeros(shape, np.int64)

    def add(self, table: pa.Table) -> None:
        """Count the scores of a batch."""
        peers = profile_of(table, self.model)
        for name, counts in (("score_lo", self.low), ("score_hi", self.high)):
            score = hundredths(table.column(name))
            # the first row gathers those whose profile is not decided
            cells = ((peers + 1) * self.size + score)[score >= 0]
            found = np.bincount(cells, minlength=counts.size).reshape(counts.shape)
            counts[:-1] += found[1:]
            counts[-1] += found.sum(axis=0)

    @staticmethod
    def _above(counts: Ints) -> Ints:
        """Return how many have more than each score, along the rows."""
        return np.asarray(counts.sum(axis=-1, keepdims=True) - np.cumsum(counts, axis=-1), dtype=np.int64)

    def ranked(self, table: pa.Table) -> pa.Table:
        """Return a batch with its ranks: ``rank``, ``rank_best``, ``rank_worst``, ``peer_rank``, ``peers``."""
        lo, hi = hundredths(table.column("score_lo")), hundredths(table.column("score_hi"))
        none, peers = lo < 0, profile_of(table, self.model)
        low, above_high = self._above(self.low), self._above(self.high[-1])
        above_low = low[-1]
        columns = {
            "rank": 1 + above_low[lo],
            "rank_best": 1 + above_low[hi],
            "rank_worst": 1 + above_high[lo] - (hi > lo),
        }
        # −1 reads the last row or score; the mask takes it out again
        peer_rank, count = 1 + low[peers, lo], self.low.sum(axis=1)[peers]
        for name, values in columns.items():
            table = table.append_column(name, pa.array(values, pa.int64(), mask=none))
        for name, values in (("peer_rank", peer_rank), ("peers", count)):
            table = table.append_column(name, pa.array(values, pa.int64(), mask=none | (peers < 0)))
        return table


def at_line(table: pa.Table, places: int, cut: str) -> tuple[list[str], list[str]]:
    """Return who takes the first `places` places, and who is tied across the line.

    Args:
        table: a ranked result.
        places: how many places there are.
        cut: ``include`` takes all tied companies in, ``exclude`` none of them.

    >>> t = pa.table({"company": ["a", "b", "c"], "rank": [1, 2, 2]})
    >>> at_line(t, 2, "include"), at_line(t, 2, "exclude")
    ((['a', 'b', 'c'], ['b', 'c']), (['a'], ['b', 'c']))
    """
    ranked = table.filter(pc.is_valid(table.column("rank"))).sort_by([("rank", "ascending"), ("company", "ascending")])
    ranks, companies = ranked.column("rank").to_pylist(), ranked.column("company").to_pylist()
    if len(ranks) <= places or places < 1 or ranks[places] != ranks[places - 1]:
        return companies[:places], []
    tied = [c for c, r in zip(companies, ranks, strict=True) if r == ranks[places - 1]]
    first = [c for c, r in zip(companies, ranks, strict=True) if r < ranks[places - 1]]
    return (first + tied if cut == "include" else first), tied
