"""Near misses: which companies fail a policy by one condition, from the masks of a whole set of results.

Reading the masks is most of the work, so that it is done as cheaply as can be: two columns a policy, in pieces that stay in
the processor's cache, some policies on each processor. No engine reads them faster, hence Arrow and numpy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import Any
from typing import cast as is_a

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from wutong.packs.model import Policy, Tree

Masks = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
BITS = 64
ALL = (1 << BITS) - 1
TOGETHER = 5
"""How many policies one worker reads at a time."""
ROWS = 65_536


@dataclass(frozen=True, slots=True)
class NearCount:
    """How many companies fail a policy by one condition alone, and by which, in file order."""

    policy: str
    companies: int
    conditions: tuple[tuple[str, int], ...]


def one_step(policy: Policy, failed: int, unknown: int) -> int:
    """Return the failed conditions that would each, met alone, make an ineligible company eligible; as a mask.

    Exact for trees of all and any: a part that does not hold is mended by one bit, all parts of an ``all`` by a bit they
    share, parts of an ``any`` by a bit of either. A ``not`` is never mended: nobody is advised to fail a condition.

    >>> from types import SimpleNamespace as P
    >>> three = P(conditions=[P(code=c) for c in "abc"], decide={"all": ["a", {"any": ["b", "c"]}]})
    >>> [one_step(three, f, 0) for f in (0b110, 0b111, 0b001, 0b010)]
    [6, 0, 1, 0]
    """
    bits = {c.code: 1 << n for n, c in enumerate(policy.conditions)}
    met = ~failed & ~unknown & ALL
    found = _mends(policy.decide, bits, met)
    return 0 if found == ALL else found & failed


def _mends(tree: Tree, bits: Mapping[str, int], met: int) -> int:
    if isinstance(tree, str):
        return ALL if met & bits[tree] else bits[tree]
    key, parts = next(iter(tree.items()))
    if key == "not":
        return 0
    masks = [_mends(p, bits, met) for p in parts]  # type: ignore[attr-defined]
    return reduce(lambda a, b: a & b, masks) if key == "all" else reduce(lambda a, b: a | b, masks)


def near_counts(results: Path | pa.Table, policies: Sequence[tuple[str, Policy]]) -> list[NearCount]:
    """Count the near misses of every policy over a whole set of results.

    Args:
        results: the results of a run, Parquet or Arrow.
        policies: column prefix and policy of each.
    """
    parts = [policies[n : n + TOGETHER] for n in range(0, len(policies), TOGETHER)]
    footer = pq.read_metadata(results) if isinstance(results, Path) else None
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        return list(chain.from_iterable(workers.map(lambda part: _counted(results, footer, part), parts)))


def _counted(results: Path | pa.Table, footer: pq.FileMetaData | None, policies: Sequence[tuple[str, Policy]]) -> list[NearCount]:
    """Count some policies in one pass over their masks."""
    nodes = [Node.of(policy) for _, policy in policies]
    totals = [np.zeros(BITS + 1, np.int64) for _ in policies]
    names = [f"{prefix}_{mask}" for prefix, _ in policies for mask in ("failed", "unknown")]
    for piece in _pieces(results, names, footer):
        masks = [column.to_numpy(zero_copy_only=False) for column in piece.columns]
        for node, total, failed, unknown in zip(nodes, totals, masks[::2], masks[1::2], strict=True):
            _, mends = node.near(failed, unknown)
            total[-1] += len(mends)
            total[:BITS] += bits_set(mends)
    return [_told(policy, total.tolist()) for (_, policy), total in zip(policies, totals, strict=True)]


def _told(policy: Policy, total: Sequence[int]) -> NearCount:
    return NearCount(policy.key, total[-1], tuple((c.code, n) for c, n in zip(policy.conditions, total, strict=False) if n))


def bits_set(masks: Masks) -> Places:
    """Return how many masks have each bit.

    >>> bits_set(np.array([0b101, 0b001], np.uint64))[:4].tolist()
    [2, 0, 1, 0]
    """
    found = np.zeros(BITS, np.int64)
    while len(masks):
        rest = masks & (masks - np.uint64(1))
        # the bits below the lowest one are its number; most masks have one bit, so that this ends soon
        found += np.bincount(np.bitwise_count((masks ^ rest) - np.uint64(1)), minlength=BITS)
        masks = rest[rest != 0]
    return found


def near_rows(results: Path | pa.Table, prefix: str, policy: Policy) -> list[tuple[str, tuple[str, ...]]]:
    """Return the companies one condition away from a policy, with the condition (any one of them, if several)."""
    node, codes = Node.of(policy), [c.code for c in policy.conditions]
    found = []
    for piece in _pieces(results, ["company", f"{prefix}_failed", f"{prefix}_unknown"]):
        rows, mends = node.near(*(column.to_numpy(zero_copy_only=False) for column in piece.columns[1:]))
        for company, mask in zip(piece.column(0).take(pa.array(rows)).to_pylist(), mends.tolist(), strict=True):
            found.append((company, tuple(c for n, c in enumerate(codes) if mask >> n & 1)))
    return sorted(found)


def _pieces(results: Path | pa.Table, names: Sequence[str], footer: pq.FileMetaData | None = None) -> Iterator[pa.RecordBatch]:
    """Read columns piece by piece, in the order of `names`."""
    if isinstance(results, pa.Table):
        yield from results.select(names).to_batches(max_chunksize=ROWS)
        return
    with pq.ParquetFile(results, metadata=footer) as file:
        yield from (piece.select(names) for piece in file.iter_batches(ROWS, columns=names, use_threads=False))


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a decision over whole columns of masks: its own conditions as one mask, and the parts below."""

    key: str
    leaves: np.uint64
    parts: tuple[Node, ...]

    @classmethod
    def of(cls, policy: Policy) -> Node:
        """Return the decision of a policy."""
        return cls._of(policy.decide, {c.code: 1 << n for n, c in enumerate(policy.conditions)})

    @classmethod
    def _of(cls, tree: Tree, bits: Mapping[str, int]) -> Node:
        key, stated = next(iter(tree.items())) if not isinstance(tree, str) else ("all", [tree])
        parts = is_a("list[Any]", [stated] if key == "not" else stated)
        leaves = reduce(lambda a, b: a | b, (bits[p] for p in parts if isinstance(p, str)), 0)
        return cls(key, np.uint64(leaves), tuple(cls._of(p, bits) for p in parts if not isinstance(p, str)))

    def near(self, failed: Masks, unknown: Masks) -> tuple[Places, Masks]:
        """Return the companies near to it by their places, and :func:`one_step` of each.

        The masks alone tell who is ineligible, and is so by them: the verdict need not be read.
        """
        lacking = failed | unknown
        own = self.leaves if self.key == "all" else np.uint64(0)
        count = np.bitwise_count(lacking & own)
        if own and not self.parts:
            # the commonest kind: one condition is lacking, and it is failed
            at = np.flatnonzero(count == 1)
            mends = failed.take(at) & own
            some = np.flatnonzero(mends)
            return at.take(some), mends.take(some)
        # whoever lacks two of the conditions of an `all` is not near: few stay for the rest
        at = np.flatnonzero(count <= 1)
        failed, lacking = failed.take(at), lacking.take(at)
        mends = self.mends(lacking) & failed
        _, not_ = self.settled(failed, lacking)
        some = np.flatnonzero((mends != 0) & not_)
        return at.take(some), mends.take(some)

    def mends(self, lacking: Masks) -> Masks:
        """Return which bits would mend this part; all of them where it holds."""
        if self.key == "not":
            return np.zeros_like(lacking)
        found = [part.mends(lacking) for part in self.parts]
        if self.leaves:
            open_ = lacking & self.leaves
            if self.key == "all":
                count = np.bitwise_count(open_)
                found.append(np.where(count == 1, open_, np.where(count == 0, np.uint64(ALL), np.uint64(0))))
            else:
                found.append(np.where(open_ == self.leaves, self.leaves, np.uint64(ALL)))
        return reduce(np.bitwise_and if self.key == "all" else np.bitwise_or, found)

    def settled(self, failed: Masks, lacking: Masks) -> tuple[Bools, Bools]:
        """Return whether this part surely holds and whether it surely does not."""
        pairs = [part.settled(failed, lacking) for part in self.parts]
        if self.leaves:
            lacks, fails = lacking & self.leaves, failed & self.leaves
            pairs.append((lacks != self.leaves, fails == self.leaves) if self.key == "any" else (lacks == 0, fails != 0))
        holds, not_ = ([pair[n] for pair in pairs] for n in (0, 1))
        if self.key == "not":
            return not_[0], holds[0]
        every, some = np.logical_and.reduce, np.logical_or.reduce
        return (some(holds), every(not_)) if self.key == "any" else (every(holds), some(not_))
