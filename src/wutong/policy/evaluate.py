"""Deciding policies for a whole snapshot: blocks of policies, one SQL statement each.

Blocks of about 25 policies are the measured optimum of speed and memory on DuckDB (design/rules.md §3.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.at_hand import (
    columns_by_table,
    default_backend,
    schema_of,
    shipped_catalogue,
    snapshot_tables,
)
from wutong.backends.protocol import Backend, Tables
from wutong.errors import Diagnostic, Place, WutongError
from wutong.ir.policy.compile import Compiled, compile_policy
from wutong.ir.policy.plan import Plan
from wutong.packs.model import Policy
from wutong.sql.emit import to_sql
from wutong.sql.nodes import col, lit, op
from wutong.sql.types import VARCHAR
from wutong.tables import Catalogue, Snapshot

__all__ = [
    "VERDICTS", "Block", "Mode", "Results", "as_range", "block_size", "block_tables", "blocks", "columns_by_table",
    "compile_block", "default_backend", "evaluate", "evaluated", "shipped_catalogue", "snapshot_tables",
]

Mode = Literal["interval", "three_valued"]
VERDICTS = ("ineligible", "eligible", "unknown", "manual")
"""The verdict of a code 0–3."""
BLOCK = 25
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some policies compiled into one statement."""

    policies: tuple[Compiled, ...]
    plan: Plan
    sql: str


def compile_block(  # noqa: PLR0913 - keyword-only beyond the third
    policies: Sequence[Policy],
    columns: Mapping[str, Mapping[str, str]],
    on: date,
    *,
    mode: Mode = "interval",
    explain: bool = False,
    company: str | None = None,
    first: int = 0,
    catalogue: Catalogue | None = None,
    dialect: str = "duckdb",
    moving: bool = False,
    edges: bool = False,
    lean: bool = False,
) -> Block:
    """Compile policies into one statement.

    Args:
        policies: versions in force on `on`.
        columns: column names per table at hand.
        on: the date of assessment.
        mode: interval (sound and tight) or three_valued.
        explain: add the figures behind every condition.
        company: restrict to one company.
        first: number of the first policy, for its column prefix.
        catalogue: the catalogue of facts; the one that ships if None.
        dialect: of the printed SQL.
        moving: the date of assessment is a column ``as_of``, in the year of `on`, of every table.
        edges: add every comparison of company figures.
        lean: verdicts, amounts and the outputs of classes only, no masks.

    Raises:
        WutongError: F5xx, all faults of all policies together.
    """
    plan = Plan(catalogue or shipped_catalogue(), on, columns, mode == "three_valued", moving=moving,
                edges={} if edges else None)
    compiled: list[Compiled] = []
    faults: list[Diagnostic] = []
    for number, policy in enumerate(policies, start=first):
        try:
            compiled.append(_compiled(policy, plan, f"p{number:02d}", explain=explain))
        except WutongError as error:
            known: dict[str, Any] = {"file": policy.file or None, "policy": policy.key}
            faults += [replace(d, place=d.place.merged(**known)) for d in error.diagnostics]
    if faults:
        raise WutongError(*faults)
    if lean:
        needed = {name for policy in compiled for name in _decided(policy)}
        plan.outputs = {name: node for name, node in plan.outputs.items() if name in needed}
    where = None if company is None else op("eq", col("company"), lit(company, VARCHAR))
    try:
        return Block(tuple(compiled), plan, to_sql(plan.query(where), dialect))
    except RecursionError:
        raise WutongError.of("F544", Place(policy="、".join(p.key for p in policies))) from None


def _decided(compiled: Compiled) -> list[str]:
    """Return the columns of verdict and amounts, and of the outputs of a class."""
    shown = [s.low for _, _, s in compiled.outputs] if compiled.policy.kind == "class" else []
    ends = [f"b{n}_{end}" for n in range(len(compiled.benefits)) for end in ("lo", "hi")]
    return [*(f"{compiled.prefix}_{name}" for name in ("verdict", *ends)), *shown]


def _compiled(policy: Policy, plan: Plan, prefix: str, *, explain: bool) -> Compiled:
    """Compile one policy; one whose rules are nested beyond what can be walked is a coded error, too."""
    try:
        return compile_policy(policy, plan, prefix, explain=explain)
    except RecursionError:
        raise WutongError.of("F544") from None


SMALL = 50_000
SMALL_BLOCK = 5
"""Below this many companies planning costs more than running: short statements plan faster."""


def block_size(tables: Tables, dialect: str = "duckdb") -> int:
    """Return how many policies one statement should hold: PostgreSQL has 1,664 columns at most, Spark plans slowly."""
    companies = tables["companies"]
    rows = pq.read_metadata(companies).num_rows if isinstance(companies, Path) else companies.num_rows
    return BLOCK if rows > SMALL and dialect == "duckdb" else SMALL_BLOCK


def blocks(  # noqa: PLR0913 - as compile_block
    policies: Sequence[Policy],
    columns: Mapping[str, Mapping[str, str]],
    on: date,
    mode: Mode = "interval",
    explain: bool = False,
    size: int = BLOCK,
    dialect: str = "duckdb",
    *,
    lean: bool = False,
) -> Iterator[Block]:
    """Compile policies block by block."""
    for start in range(0, len(policies), size):
        part = policies[start : start + size]
        yield compile_block(part, columns, on, mode=mode, explain=explain, first=start, dialect=dialect, lean=lean)


@dataclass(frozen=True, slots=True)
class Results:
    """Verdicts of a snapshot: one Arrow table per block, all with the same companies in the same order."""

    on: date
    mode: Mode
    policies: tuple[Compiled, ...]
    tables: tuple[pa.Table, ...]

    @property
    def wide(self) -> pa.Table:
        """All result columns in one table, sorted by company."""
        first, *rest = self.tables
        for table in rest:
            for name in table.column_names[1:]:
                first = first.append_column(name, table.column(name))
        return first

    def verdicts(self) -> Iterator[tuple[str, str, str]]:
        """Yield (company, policy key, verdict)."""
        wide = self.wide
        companies = wide.column("company").to_pylist()
        for compiled in self.policies:
            codes = wide.column(f"{compiled.prefix}_verdict").to_pylist()
            for company, code in zip(companies, codes, strict=True):
                yield company, compiled.policy.key, VERDICTS[code]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many companies have each verdict, per policy key."""
        wide = self.wide
        found: dict[str, dict[str, int]] = {}
        for compiled in self.policies:
            tally = dict.fromkeys(VERDICTS, 0)
            for item in wide.column(f"{compiled.prefix}_verdict").value_counts().to_pylist():
                tally[VERDICTS[item["values"]]] = item["counts"]
            found[compiled.policy.key] = tally
        return found


def evaluate(
    snapshot: Snapshot | Tables,
    policies: Sequence[Policy],
    on: date,
    mode: Mode = "interval",
    backend: Backend | None = None,
    *,
    explain: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Decide every policy for every company.

    Args:
        snapshot: an opened snapshot, or its tables by name (Arrow or Parquet paths).
        policies: the versions to apply; those not in force on `on` are left out.
        on: the date of assessment.
        mode: ``interval`` gives a verdict only when no completion of the missing data could change it, and
            scores and amounts as [low, high]; ``three_valued`` is plain Kleene logic.
        backend: where the SQL runs; DuckDB in process if None.
        explain: add the figures behind every condition.
        progress: told after each block.

    Raises:
        WutongError: F5xx for faulty rules, R190 if the engine refuses.
    """
    made: list[pa.Table] = []
    compiled: list[Compiled] = []
    for part in evaluated(snapshot, policies, on, mode, backend, explain=explain, progress=progress):
        made += part.tables
        compiled += part.policies
    return Results(on, mode, tuple(compiled), tuple(made))


def evaluated(  # noqa: PLR0913 - as evaluate
    snapshot: Snapshot | Tables,
    policies: Sequence[Policy],
    on: date,
    mode: Mode = "interval",
    backend: Backend | None = None,
    *,
    explain: bool = False,
    lean: bool = False,
    progress: Progress | None = None,
) -> Iterator[Results]:
    """Decide as :func:`evaluate` does, and give the results of one block after the other; at most two are held.

    With `lean` they hold verdicts, amounts and the outputs of classes only, no masks. All else is as there.
    """
    tables = snapshot_tables(snapshot) if isinstance(snapshot, Snapshot) else snapshot
    chosen = [p for p in policies if p.in_force(on)]
    engine = backend or default_backend(1 if block_size(tables) == SMALL_BLOCK else None)
    size, done = block_size(tables, engine.dialect), 0
    columns = columns_by_table(tables)
    # the engine releases the interpreter: the next statement is compiled while this one runs
    with ThreadPoolExecutor(max_workers=1) as runner:
        waiting: deque[tuple[Block, Future[pa.Table]]] = deque()
        for block in chain(blocks(chosen, columns, on, mode, explain, size, engine.dialect, lean=lean), [None]):
            if block is not None:
                waiting.append((block, runner.submit(run_block, block, tables, engine)))
            while len(waiting) > (block is not None):
                ready, result = waiting.popleft()
                done += len(ready.policies)
                if progress is not None:
                    progress("evaluate", done, len(chosen))
                yield Results(on, mode, ready.policies, (result.result().sort_by("company"),))
                del ready, result


def run_block(block: Block, tables: Tables, engine: Backend) -> pa.Table:
    """Return the rows of a block, typed alike on every engine. Raises R190 if the engine refuses."""
    needed = {n: t for n, t in tables.items() if n in block_tables(block)}
    return engine.query(block.sql, needed, schema_of(block.plan.query, needed, engine))


def block_tables(block: Block) -> set[str]:
    """Return the tables a block reads."""
    return {"companies", *(c for c in block.plan.aggregate_columns if c in block.plan.tables)}


def as_range(row: Mapping[str, Any], name: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the two ends of a result column pair."""
    return row[f"{name}_lo"], row[f"{name}_hi"]
