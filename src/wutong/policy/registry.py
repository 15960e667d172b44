"""Which question to ask first over a whole registry, from the masks of its results.

It works on groups of companies with the same masks; a million companies have few different ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.at_hand import default_backend, shipped_catalogue
from wutong.backends.protocol import Backend
from wutong.ir.policy.verdict import ELIGIBLE
from wutong.packs.model import Policy
from wutong.policy.evaluate import Mode, compile_block
from wutong.policy.facts import all_columns
from wutong.policy.gaps import decided
from wutong.sql.emit import to_sql
from wutong.sql.nodes import Expr, col, join, lit, op, select
from wutong.sql.types import BOOLEAN


@dataclass(frozen=True, slots=True)
class Pattern:
    """Companies alike under one policy: masks, and what each open condition lacks."""

    policy: Policy
    failed: int
    unknown: int
    lacks: tuple[tuple[int, frozenset[str]], ...]
    companies: int

    def settled_by(self, asked: frozenset[str]) -> bool:
        """Tell whether the answers to `asked` settle the verdict whatever they are, condition by condition."""
        answered = [n for n, items in self.lacks if items <= asked]
        if not answered:
            return False
        return all(v is not None for v in self._outcomes(answered))

    def could_settle(self, asked: frozenset[str]) -> bool:
        """Tell whether some answers to `asked` settle the verdict, condition by condition."""
        answered = [n for n, items in self.lacks if items <= asked]
        return bool(answered) and any(v is not None for v in self._outcomes(answered))

    def _outcomes(self, answered: Sequence[int]) -> Iterable[bool | None]:
        codes = [c.code for c in self.policy.conditions]
        truths: dict[str, bool | None] = {
            c: False if self.failed >> n & 1 else None if self.unknown >> n & 1 else True for n, c in enumerate(codes)
        }
        for values in product((True, False), repeat=min(len(answered), 12)):
            yield decided(self.policy.decide, {**truths, **{codes[n]: v for n, v in zip(answered, values, strict=False)}})


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask for: unknown verdicts it settles by itself, could settle, and settles with all asked before it."""

    item: str
    companies: int
    alone: int
    could: int
    gained: int = 0
    total: int = 0


def patterns(
    results: Path | pa.Table, companies: Path | pa.Table, prefix: str, policy: Policy, uses: Sequence[frozenset[str]],
    completes: Mapping[str, str | None], backend: Backend | None = None,
) -> list[Pattern]:
    """Group the companies whose verdict is open by what they lack.

    Args:
        results: the results of a run.
        companies: the company table of its snapshot.
        prefix: of the policy's columns.
        policy: the version decided.
        uses: what each condition reads, in file order.
        completes: for each child list the fact that says it is whole.
        backend: where the SQL runs; DuckDB in process if None.

    Raises:
        WutongError: R190 if the engine refuses.
    """
    engine = backend or default_backend()
    present = set(_names(companies))
    items = sorted(frozenset[str]().union(*uses))
    flags = {f"i{n}": _lacking(item, present, completes) for n, item in enumerate(items)}
    masks = {n: col(f"{prefix}_{n}", "results") for n in ("verdict", "failed", "unknown")}
    same = op("eq", col("company", "results"), col("company", "companies"))
    with_ = [("pairs", select({"failed": masks["failed"], "unknown": masks["unknown"], **flags}, "results",
                              joins=[join("companies", same, "INNER")], where=op("gt", masks["verdict"], lit(ELIGIBLE))))]
    names = ["failed", "unknown", *flags]
    query = select({**{n: col(n) for n in names}, "n": op("count_rows")}, "pairs", with_=with_, group_by=[col(n) for n in names])
    rows = engine.query(to_sql(query, engine.dialect), {"results": results, "companies": companies}).to_pylist()
    found = []
    for row in rows:
        missing = {item for n, item in enumerate(items) if row[f"i{n}"]}
        lacks = tuple((n, u & missing) for n, u in enumerate(uses) if row["unknown"] >> n & 1)
        found.append(Pattern(policy, row["failed"], row["unknown"], lacks, row["n"]))
    return found


def open_patterns(
    results: Path | pa.Table, companies: Path | pa.Table, policies: Sequence[tuple[str, Policy]], on: date, mode: Mode,
    backend: Backend | None = None,
) -> list[Pattern]:
    """Return the open verdicts of several policies, each by column prefix, in groups of companies alike.

    Raises:
        WutongError: F5xx for faulty rules, R190 if the engine refuses.
    """
    catalogue = shipped_catalogue()
    completes = {c.code: c.complete for c in catalogue.children}
    found: list[Pattern] = []
    for prefix, policy in policies:
        bare = replace(policy, outputs=(), benefits=())
        block = compile_block([bare], all_columns(catalogue, on.year), on, mode=mode, catalogue=catalogue)
        uses = [c.uses for c in block.policies[0].conditions]
        found += patterns(results, companies, prefix, policy, uses, completes, backend)
    return found


def _names(table: Path | pa.Table) -> list[str]:
    return list(pq.read_schema(table).names if isinstance(table, Path) else table.column_names)


def _lacking(item: str, present: set[str], completes: Mapping[str, str | None]) -> Expr:
    true = lit(True, BOOLEAN)
    if item.startswith("manual:"):
        return true
    if item.endswith("."):
        complete = completes.get(item[:-1])
        return op("is_not_true", col(complete, "companies")) if complete in present and complete else true
    return op("is_null", col(item, "companies")) if item in present else true


def questions(found: Sequence[Pattern], most: int = 10) -> tuple[list[Question], list[Question]]:
    """Rank single facts by the unknown verdicts they settle, and give the order in which to ask.

    The order is greedy: next is the fact that settles most together with those asked before; where none settles any by
    itself, the one that brings most verdicts nearest to it. Condition by condition, so a lower bound: a verdict may be
    settled by less.
    """
    items = sorted({i for p in found for _, lacks in p.lacks for i in lacks})
    ranked = [
        Question(
            i, sum(p.companies for p in found if any(i in lacks for _, lacks in p.lacks)),
            sum(p.companies for p in found if p.settled_by(frozenset({i}))),
            sum(p.companies for p in found if p.could_settle(frozenset({i}))),
        )
        for i in items
    ]
    ranked.sort(key=lambda q: (-q.alone, -q.could, -q.companies, q.item))
    return ranked, _in_order(found, {q.item: q for q in ranked}, most)


def _in_order(found: Sequence[Pattern], ranked: Mapping[str, Question], most: int) -> list[Question]:
    asked: frozenset[str] = frozenset()
    order: list[Question] = []
    left, total = list(found), 0
    while left and len(order) < most:
        wanted = {i for p in left for _, lacks in p.lacks for i in lacks} - asked
        scores = {i: _score(left, asked | {i}, i) for i in sorted(wanted)}
        if not scores:
            break
        best = max(scores, key=lambda i: scores[i])
        asked |= {best}
        gained = sum(p.companies for p in left if p.settled_by(asked))
        left = [p for p in left if not p.settled_by(asked)]
        total += gained
        known = ranked[best]
        order.append(Question(best, known.companies, known.alone, known.could, gained, total))
    return order


def _score(left: Sequence[Pattern], asked: frozenset[str], item: str) -> tuple[int, float]:
    gained = sum(p.companies for p in left if p.settled_by(asked))
    nearer = 0.0
    for p in left:
        lacking = frozenset[str]().union(*(lacks for _, lacks in p.lacks)) - asked
        if any(item in lacks for _, lacks in p.lacks):
            nearer += p.companies / (1 + len(lacking))
    return gained, nearer

