"""The facts of one company as questions change them, and what columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wutong.backends.protocol import Tables
from wutong.errors import WutongError
from wutong.tables import RELATIVE_YEARS, Catalogue, Fact

Row = Mapping[str, Any]
Cells = tuple[tuple[str, Any], ...]
"""Columns and their values, as a key."""


@dataclass(frozen=True, slots=True)
class Company:
    """All that is known of one company: one row of facts, rows per child table."""

    code: str
    facts: Row
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The company's name, its code if it has none."""
        return str(self.facts.get("name") or self.code)


@dataclass(frozen=True, slots=True)
class Variant:
    """A company with some facts replaced and some child rows added; `cells` of empty child rows too (`fill`)."""

    cells: Cells = ()
    rows: tuple[tuple[str, Cells], ...] = ()
    fill: tuple[tuple[str, Cells], ...] = ()

    def applied(self, company: Company) -> Company:
        """Return the company so changed.

        >>> Variant((("staff_2025", 3),), (("ip", (("kind", "I类"),)),)).applied(Company("c", {"staff_2025": 1})).rows
        {'ip': ({'kind': 'I类'},)}
        """
        rows = dict(company.rows)
        for child, cells in self.fill:
            known = dict(cells)
            rows[child] = tuple(
                {**row, **{k: v for k, v in known.items() if row.get(k) is None}} for row in rows.get(child, ())
            )
        for child, cells in self.rows:
            rows[child] = (*rows.get(child, ()), dict(cells))
        return Company(company.code, {**company.facts, **dict(self.cells)}, rows)


def read_company(tables: Tables, code: str) -> Company:
    """Return what `tables` (Arrow, or paths of Parquet files) hold of the company `code`.

    Raises:
        WutongError: Q101 if it is not among them.
    """
    found = {name: _rows(table, code) for name, table in tables.items() if name != "sources"}
    if not found["companies"]:
        raise WutongError.of("Q101", company=code)
    return Company(code, found.pop("companies")[0], {k: tuple(v) for k, v in found.items()})


def _rows(table: pa.Table | Path, code: str) -> list[dict[str, Any]]:
    if isinstance(table, Path):
        return list(pq.read_table(table, filters=[("company", "=", code)]).to_pylist())
    return list(table.filter(pc.equal(table["company"], code)).to_pylist())


def fact_of(catalogue: Catalogue, column: str) -> tuple[Fact, int | None] | None:
    """Return fact and year of a column id.

    >>> fact, year = fact_of(Catalogue.load(), "rd_cost_2025")
    >>> fact.zh, year
    ('研发费用', 2025)
    """
    fact = catalogue.fact("uscc" if column == "company" else column)
    if fact is not None and not fact.yearly:
        return fact, None
    base, _, year = column.rpartition("_")
    fact = catalogue.fact(base)
    return (fact, int(year)) if fact is not None and year.isdigit() else None


def said(catalogue: Catalogue, item: str) -> str:
    """Return what a column, a child list (``ip.``) or a manual clause is called.

    >>> [said(Catalogue.load(), x) for x in ("rd_cost_2025", "ip.", "registered_on")]
    ['2025年研发费用', '知识产权清单', '注册日期']
    """
    if item.endswith("."):
        child = catalogue.child(item[:-1])
        return item if child is None else f"{child.zh}清单"
    found = fact_of(catalogue, item)
    if found is None:
        return item
    return f"{found[1]}年{found[0].zh}" if found[1] else found[0].zh


def all_columns(catalogue: Catalogue, year: int) -> dict[str, dict[str, str]]:
    """Return every column rules of `year` may read, by table; a question may fill any of them."""
    facts: dict[str, str] = {"company" if f.code == "uscc" else f.code: f.type for f in catalogue.facts}
    facts |= {f"{f.code}_{year - back}": f.type for f in catalogue.yearly for back in RELATIVE_YEARS.values()}
    return {"companies": facts} | {c.code: {f.code: str(f.type) for f in c.columns} for c in catalogue.children}


def missing(catalogue: Catalogue, company: Company, uses: Iterable[str]) -> list[str]:
    """Return the items among `uses` that the company lacks: columns, lists nobody calls whole, manual clauses."""
    lacking = []
    for item in sorted(uses):
        if item.endswith("."):
            child = catalogue.child(item[:-1])
            whole = child is not None and child.complete is not None and company.facts.get(child.complete) is True
            if not whole or _holes(company, item[:-1]):
                lacking.append(item)
        elif item.startswith("manual:") or company.facts.get(item) is None:
            lacking.append(item)
    return lacking


def _holes(company: Company, child: str) -> bool:
    return any(value is None for row in company.rows.get(child, ()) for value in row.values())
