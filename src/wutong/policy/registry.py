"""Questions over a whole registry, from the masks of its results: who is one step away, which question to ask first.

Both work on groups of companies with the same masks; a million companies have few different ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.at_hand import default_backend, shipped_catalogue
from wutong.backends.protocol import Backend
from wutong.ir.policy.verdict import ELIGIBLE, INELIGIBLE
from wutong.packs.model import Policy, Tree
from wutong.policy.evaluate import Mode, compile_block
from wutong.policy.facts import all_columns
from wutong.policy.gaps import decided
from wutong.sql.emit import to_sql
from wutong.sql.nodes import Expr, case, col, join, lit, op, select
from wutong.sql.types import BOOLEAN, UBIGINT

ALL = (1 << 64) - 1


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


def near_counts(results: Path | pa.Table, policies: Sequence[tuple[str, Policy]], backend: Backend | None = None) -> list[NearCount]:
    """Count the near misses of every policy over a whole set of results.

    Args:
        results: the results of a run, Parquet or Arrow.
        policies: column prefix and policy of each.
        backend: where the SQL runs; DuckDB in process if None.

    Raises:
        WutongError: R190 if the engine refuses.
    """
    engine = backend or default_backend()
    return [_near(results, prefix, policy, engine) for prefix, policy in policies]


def _near(results: Path | pa.Table, prefix: str, policy: Policy, engine: Backend) -> NearCount:
    inner = select({"near": near_mask(policy, prefix)}, "results", where=op("eq", col(f"{prefix}_verdict"), lit(INELIGIBLE)))
    query = select({"near": col("near"), "n": op("count_rows")}, "masks", with_=[("masks", inner)],
                   where=op("ne", col("near"), lit(0)), group_by=[col("near")])
    groups = engine.query(to_sql(query, engine.dialect), {"results": results}).to_pydict()
    tally = Counter[int]()
    total = 0
    for mask, count in zip(groups["near"], groups["n"], strict=True):
        total += count
        for n in range(len(policy.conditions)):
            tally[n] += count if mask >> n & 1 else 0
    return NearCount(policy.key, total, tuple((policy.conditions[n].code, c) for n, c in sorted(tally.items()) if c))


def near_mask(policy: Policy, prefix: str) -> Expr:
    """Return :func:`one_step` of an ineligible company as SQL over the masks of a result."""
    bits = {c.code: 1 << n for n, c in enumerate(policy.conditions)}
    failed = col(f"{prefix}_failed")
    return op("bit_and", _mending(policy.decide, bits, op("bit_or", failed, col(f"{prefix}_unknown"))), failed)


def _mending(tree: Tree, bits: Mapping[str, int], lacking: Expr) -> Expr:
    """Return, as SQL, which bits would mend a part; all of them where it holds."""
    key, parts = next(iter(tree.items())) if not isinstance(tree, str) else ("all", [tree])
    if key == "not":
        return lit(0, UBIGINT)
    leaves = [bits[p] for p in parts if isinstance(p, str)]  # type: ignore[attr-defined]
    nodes = [_mending(p, bits, lacking) for p in parts if not isinstance(p, str)]  # type: ignore[attr-defined]
    if leaves:
        group = lit(reduce(lambda a, b: a | b, leaves), UBIGINT)
        open_ = op("bit_and", lacking, group)
        if key == "all":
            count = op("bit_count", open_)
            nodes.append(case([(op("eq", count, lit(0)), lit(ALL, UBIGINT)), (op("eq", count, lit(1)), open_)], lit(0, UBIGINT)))
        else:
            nodes.append(case([(op("ne", open_, group), lit(ALL, UBIGINT))], group))
    return reduce(lambda a, b: op("bit_and" if key == "all" else "bit_or", a, b), nodes)


def near_rows(
    results: Path | pa.Table, prefix: str, policy: Policy, backend: Backend | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the companies one condition away from a policy, with the condition (any one of them, if several).

    Raises:
        WutongError: R190 if the engine refuses.
    """
    engine = backend or default_backend()
    masks = {n: col(f"{prefix}_{n}") for n in ("failed", "unknown")}
    query = select({"company": col("company"), **masks}, "results", where=op("eq", col(f"{prefix}_verdict"), lit(INELIGIBLE)))
    table = engine.query(to_sql(query, engine.dialect), {"results": results}).sort_by("company").to_pydict()
    codes = [c.code for c in policy.conditions]
    found = []
    for company, failed, unknown in zip(table["company"], table["failed"], table["unknown"], strict=True):
        mask = one_step(policy, failed, unknown)
        if mask:
            found.append((company, tuple(c for n, c in enumerate(codes) if mask >> n & 1)))
    return found


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

