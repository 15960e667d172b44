"""Deciding variants of one company: the statement that decides the zone, over as many rows as there are variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from wutong.backends.at_hand import shipped_catalogue
from wutong.backends.protocol import Preparing
from wutong.ir.policy.compile import Compiled
from wutong.ir.policy.plan import Edge
from wutong.packs.model import Condition, Policy
from wutong.policy.evaluate import Mode, block_tables, compile_block
from wutong.policy.facts import Company, Variant, all_columns, fact_of
from wutong.tables import Catalogue, Fact

Decided = dict[str, Any]
"""One row of results, columns as :mod:`wutong.policy.evaluate` names them."""
_WIDE = 5_000
"""Variants per statement; more would only hold more memory at once."""


class Lab:
    """Decides variants of one company under some policies, all compiled into one statement.

    Args:
        company: as it is.
        policies: versions in force on `on`.
        on: date of assessment.
        mode: as in :func:`wutong.policy.evaluate.evaluate`.
        edges: also give every comparison of company figures.
        checks: also decide the error checks of the catalogue; their policy is :attr:`checks`.

    Raises:
        WutongError: F5xx for faulty rules.
    """

    def __init__(  # noqa: PLR0913 - keyword-only beyond the third
        self, company: Company, policies: Sequence[Policy], on: date, *, mode: Mode = "interval", edges: bool = False,
        checks: bool = False, backend: Preparing | None = None, catalogue: Catalogue | None = None,
    ) -> None:
        self.company = company
        self.on = on
        self.catalogue = catalogue or shipped_catalogue()
        wanted = [*policies, *([check_policy(self.catalogue)] if checks else [])]
        columns = all_columns(self.catalogue, on.year)
        engine = backend or _default()
        self._block = compile_block(wanted, columns, on, mode=mode, explain=True, edges=edges, catalogue=self.catalogue,
                                    dialect=engine.dialect)
        self._facts = {name.removeprefix("f_") for name in self._block.plan.facts}
        self._children = block_tables(self._block) - {"companies"}
        self.policies: tuple[Compiled, ...] = self._block.policies[: len(policies)]
        self.checks: Compiled | None = self._block.policies[-1] if checks else None
        self.edges: tuple[Edge, ...] = tuple((self._block.plan.edges or {}).values())
        self._run = engine.prepare(self._block.sql, {n: t.schema for n, t in self._tables(()).items()})
        self.count = 0

    def decide(self, variants: Sequence[Variant], columns: Sequence[str] | None = None) -> list[Decided]:
        """Return one row of results per variant, in their order; of all columns or of those named.

        Raises:
            WutongError: R190 if the engine refuses.
        """
        found: list[Decided] = []
        for start in range(0, len(variants), _WIDE):
            part = variants[start : start + _WIDE]
            table = self._run(self._tables(part)).sort_by("company")
            found += (table if columns is None else table.select(columns)).to_pylist()
        self.count += len(variants)
        return found

    def _tables(self, variants: Sequence[Variant]) -> dict[str, pa.Table]:
        names = [f"v{n:06d}" for n in range(len(variants))]
        columns: dict[str, Any] = {"company": pa.array(names, pa.string())}
        changes: dict[str, dict[int, Any]] = {}
        for n, variant in enumerate(variants):
            for name, value in variant.cells:
                changes.setdefault(name, {})[n] = value
        for name in sorted(self._facts - {"company"}):
            fact = fact_of(self.catalogue, name)
            if fact is not None:
                columns[name] = self._column(name, fact[0], changes.get(name), len(variants))
        tables = {"companies": pa.table(columns)}
        for child in sorted(self._children):
            tables[child] = self._rows(child, variants, names)
        return tables

    def _column(self, name: str, fact: Fact, changed: Mapping[int, Any] | None, count: int) -> Any:
        own = self.company.facts.get(name)
        if changed is None:
            return pa.repeat(pa.scalar(own, fact.arrow), count)
        return pa.array([changed.get(n, own) for n in range(count)], fact.arrow)

    def _rows(self, child: str, variants: Sequence[Variant], names: Sequence[str]) -> pa.Table:
        found = self.catalogue.child(child)
        columns = () if found is None else found.columns
        schema = pa.schema([("company", pa.string()), *((c.code, c.arrow) for c in columns)])
        own = [{**r, "company": ""} for r in self.company.rows.get(child, ())]
        plain = [n for n, v in zip(names, variants, strict=True) if not any(c == child for c, _ in (*v.rows, *v.fill))]
        rows = [
            {**row, "company": name}
            for name, v in zip(names, variants, strict=True) if any(c == child for c, _ in (*v.rows, *v.fill))
            for row in v.applied(self.company).rows.get(child, ())
        ]
        shared = _repeated(pa.Table.from_pylist(own, schema=schema), plain)
        return pa.concat_tables([shared, pa.Table.from_pylist(rows, schema=schema)])


def _default() -> Preparing:
    from wutong.backends.duckdb import DuckDBBackend  # noqa: PLC0415 - another backend must not load DuckDB

    return DuckDBBackend(1)


def _repeated(own: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the rows of a company once for each of `names`."""
    count = own.num_rows
    places = pa.array([i for _ in names for i in range(count)], pa.int64())
    owners = pa.array([n for n in names for _ in range(count)], pa.string())
    return own.take(places).set_column(0, "company", owners)


def check_policy(catalogue: Catalogue) -> Policy:
    """Return the error checks of the catalogue as a policy, so that the same engine decides them."""
    conditions = tuple(Condition(c.id, c.zh, c.when, None) for c in catalogue.checks if c.severity == "error")
    return Policy(
        id="checks", pack="catalogue", version="1", zh="数据校验", en="Data checks", kind="veto", status="official",
        start=None, end=None, issuer="", sources={}, parameters=(), lets=(), tables=(), conditions=conditions,
        decide={"all": [c.code for c in conditions]}, outputs=(), benefits=(),
    )


def stated(row: Mapping[str, Any], compiled: Compiled) -> dict[str, bool | None]:
    """Return the truth of every condition in a row of results."""
    failed, unknown = row[f"{compiled.prefix}_failed"], row[f"{compiled.prefix}_unknown"]
    return {
        c.code: False if failed >> n & 1 else None if unknown >> n & 1 else True
        for n, c in enumerate(compiled.conditions)
    }



