"""Writing the demo workbook in the layout of ``wutong template``: sheets 企业, 年度, one per child table, 来源."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from wutong.demo.model import Company, Row, Value
from wutong.tables import Catalogue
from wutong.tables.catalogue import Fact

_WAN = Decimal(10000)
_KEYS = ("uscc", "internal_id", "name")
_MADE = datetime(2026, 11, 1)  # noqa: DTZ001 - a workbook date has no zone; fixed, so that equal seeds give equal bytes


def _header(fact: Fact) -> str:
    """The Chinese name with the unit of its cells: money in 万元, everything else as stored."""
    if fact.unit is None or fact.unit.is_count:
        return fact.zh
    return f"{fact.zh}({'万元' if fact.unit.is_money else fact.unit.text})"


class _Writer:
    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": False})
        self.book.set_properties({"title": "梧桐演示园区", "comments": "含演示数据：虚构企业，非官方", "created": _MADE})
        self.bold = self.book.add_format({"bold": True, "bg_color": "#E8F0E8", "text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})

    def sheet(self, name: str, facts: Sequence[Fact], rows: Iterable[Row]) -> None:
        sheet = self.book.add_worksheet(name)
        for column, fact in enumerate(facts):
            sheet.write_string(0, column, _header(fact), self.bold)
        sheet.freeze_panes(1, 3)
        sheet.set_column(0, 2, 24)
        sheet.set_column(3, max(3, len(facts)), 15)
        for number, row in enumerate(rows, start=1):
            for column, fact in enumerate(facts):
                _cell(sheet, number, column, fact, row.get(fact.code), self.day)


def _cell(sheet: Worksheet, row: int, column: int, fact: Fact, value: Value, day: Format) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        scale = _WAN if fact.unit is not None and fact.unit.is_money else Decimal(1)
        sheet.write_number(row, column, float(Decimal(value) / scale))


def _key_row(company: Company) -> Row:
    return {code: company.facts.get(code) for code in _KEYS}


def _facts(catalogue: Catalogue, codes: Sequence[str]) -> list[Fact]:
    found = [catalogue.fact(code) for code in codes]
    return [fact for fact in found if fact is not None]


def write_workbook(path: Path, companies: Sequence[Company], catalogue: Catalogue) -> None:
    """Write `companies` to `path` (.xlsx). Equal input gives equal bytes."""
    writer = _Writer(path)
    used = {code for c in companies for code, value in c.facts.items() if value is not None}
    first = [*_KEYS, "data_nature"]
    rest = [f.code for f in catalogue.facts if f.code in used and f.code not in first]
    writer.sheet("企业", _facts(catalogue, [*first, *rest]), (c.facts for c in companies))
    _yearly(writer, companies, catalogue)
    keys = _facts(catalogue, _KEYS)
    for child in catalogue.children:
        rows = [{**_key_row(c), **_named(row, catalogue)} for c in companies for row in c.children.get(child.code, ())]
        columns = [f for f in child.columns if any(row.get(f.code) is not None for row in rows)]
        if rows:
            writer.sheet(child.zh, [*keys, *columns], rows)
    writer.book.close()


def _named(row: Row, catalogue: Catalogue) -> Row:
    """Source rows name facts by code; people read their Chinese names."""
    fact = catalogue.fact(str(row["fact"])) if "fact" in row else None
    return {**row, "fact": fact.zh} if fact is not None else row


def _yearly(writer: _Writer, companies: Sequence[Company], catalogue: Catalogue) -> None:
    year_fact = Fact("year", "会计年度", "integer")
    used = {code for c in companies for code, _ in c.yearly}
    facts = [f for f in catalogue.yearly if f.code in used]
    rows: list[Row] = []
    for company in companies:
        for year in sorted({year for _, year in company.yearly}):
            figures: Row = {f.code: company.yearly.get((f.code, year)) for f in facts}
            rows.append({**_key_row(company), "year": year, **figures})
    writer.sheet("年度", [*_facts(catalogue, _KEYS), year_fact, *facts], rows)
