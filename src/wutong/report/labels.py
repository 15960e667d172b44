"""What a company's facts are called, what they are, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pyarrow as pa

from wutong.policy.facts import fact_of, said
from wutong.report.model import FactView
from wutong.tables import RELATIVE_YEARS, Catalogue, Fact

KEY_FACTS = ("registered_on", "size_sector", "tech_field", "district", "carrier")
KEY_YEARLY = ("staff", "st_staff", "revenue", "main_revenue", "rd_cost", "total_cost", "assets", "liabilities",
              "net_assets", "taxable_income")


class Labels:
    """Looks facts up by column id, as the snapshot holds them."""

    def __init__(self, tables: Mapping[str, pa.Table], catalogue: Catalogue, year: int) -> None:
        companies = tables["companies"]
        self.catalogue = catalogue
        self.year = year
        self.tables = set(tables)
        self.columns: dict[str, list[Any]] = {n: companies.column(n).to_pylist() for n in companies.column_names}
        self.row = {code: i for i, code in enumerate(self.columns["company"])}
        self._sources = _sources(tables.get("sources"))
        self._said: dict[str, str] = {}

    def value(self, code: str, column: str) -> Any:
        """Return one stored value, None when missing."""
        values = self.columns.get(column)
        return None if values is None else values[self.row[code]]

    def name(self, code: str) -> str:
        """Return the company's name."""
        return str(self.value(code, "name") or code)

    def nature(self, code: str) -> Literal["real", "demo", ""]:
        """Return whether the company is real or invented, as the input says."""
        said = str(self.value(code, "data_nature") or "")
        return "demo" if said.startswith("演示") else "real" if said.startswith("真实") else ""

    def fact_of(self, column: str) -> tuple[Fact, int | None] | None:
        """Return fact and year of a column id."""
        return fact_of(self.catalogue, column)

    def said(self, column: str) -> str:
        """Return what a column is called: 2025年营业收入."""
        if column not in self._said:
            self._said[column] = said(self.catalogue, column)
        return self._said[column]

    def missing(self, uses: frozenset[str], code: str) -> tuple[str, ...]:
        """Return the names of facts among `uses` that the company lacks."""
        found = []
        for item in sorted(uses):
            if item.startswith("manual:"):
                continue
            if item.endswith("."):
                name = self._open_list(item[:-1], code)
                if name:
                    found.append(name)
            elif self.value(code, item) is None:
                found.append(self.said(item))
        return tuple(found)

    def _open_list(self, child_code: str, code: str) -> str | None:
        """A child list is open while nobody says it is whole, or its sheet is absent."""
        child = self.catalogue.child(child_code)
        if child is None:
            return None
        whole = child.complete is not None and self.value(code, child.complete) is True
        return None if whole else f"{child.zh}清单（是否填全）"

    def source(self, code: str, fact: str, year: int | None = None) -> str:
        """Return source and date of a fact by its Chinese name, empty where the data do not say."""
        return self._sources.get((code, fact, str(year or "")), "")

    def facts(self, code: str) -> tuple[FactView, ...]:
        """Return the key facts of a company with period and source."""
        columns = [*KEY_FACTS, *(f"{f}_{self.year - back}" for back in (1, 2) for f in KEY_YEARLY)]
        found = []
        for column in columns:
            value = self.value(code, column)
            known = self.fact_of(column)
            if known is None or (value is None and (known[1] is None or known[1] != self.year - 1)):
                continue
            fact, year = known
            text = "" if value is None else ("是" if value else "否") if isinstance(value, bool) else str(value)
            period = f"{year}年" if year else ""
            source = self.source(code, fact.zh, year)
            found.append(FactView(fact.zh, text, str(fact.unit or ""), period, source))
        return tuple(found)


def can_change(uses: Iterable[str], catalogue: Catalogue) -> bool:
    """Tell whether a company can change any of the facts a condition reads; lists of rights and titles it can."""
    for item in uses:
        if item.endswith("."):
            return True
        fact = catalogue.fact(item) or catalogue.fact(item.rpartition("_")[0])
        if fact is not None and fact.changeable:
            return True
    return False


def _sources(table: pa.Table | None) -> dict[tuple[str, str, str], str]:
    if table is None:
        return {}
    found = {}
    for row in table.to_pylist():
        period = "".join(ch for ch in str(row.get("period") or "") if ch.isdigit())
        dated = f"（{row['date']}）" if row.get("date") else ""
        found[(row["company"], str(row.get("fact")), period)] = f"{row.get('source') or ''}{dated}"
    return found


__all__ = ["RELATIVE_YEARS", "Labels"]
