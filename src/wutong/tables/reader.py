"""Reading a whole file: sheets to tables, rows joined by company, faulty rows listed, good rows typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from wutong.errors import Diagnostic, Place
from wutong.tables.catalogue import COMPANIES, INTERNAL, KEY, Catalogue, Child, Fact
from wutong.tables.catalogue_file import by_folded_name
from wutong.tables.cells import fault
from wutong.tables.checks import run_checks
from wutong.tables.headers import Column, find_header
from wutong.tables.names import fold_name
from wutong.tables.reading import Reading, Rejected, SheetSummary
from wutong.tables.safety import LIMITS, Limits
from wutong.tables.sheet import ACCOUNTING_YEAR, SheetData, read_sheet
from wutong.tables.snapshot import file_hash
from wutong.tables.source import RawBook, RawSheet, read_raw, rename_headers

YEARLY = "yearly"
ISSUES_SHEET = "问题清单"
GUIDE_SHEET = "填写说明"
_IGNORED = {fold_name(n) for n in (ISSUES_SHEET, GUIDE_SHEET, "选项")}
_COMPANY_SHEETS = {fold_name(n) for n in ("企业", COMPANIES, "企业信息", "企业名单", "企业基本情况", "企业基本信息", "基本信息", "基本情况")}
_YEARLY_SHEETS = {fold_name(n) for n in ("年度", YEARLY, "年度数据", "年度指标", "年度信息", "分年度数据")}


def read_workbook(
    path: Path | str, catalogue: Catalogue | None = None, *, on: date | None = None, limits: Limits = LIMITS,
    headers: Mapping[str, str] | None = None,
) -> Reading:
    """Read a workbook (.xlsx, .xls, .ods), CSV or Parquet file of companies.

    `on` is the assessment date: it gives 上年 in headers its year and decides checks that name 评估日. `headers`
    says how headers are to be read (written → meant, "" for not at all) where they do not fit by themselves. Faults of
    headers make the reading ``fatal``; faults of cells reject their row. Raises T101–T116 for files that cannot
    or must not be read.
    """
    path = Path(path)
    catalogue = catalogue or Catalogue.load()
    book = read_raw(path, limits)
    rename_headers(book, headers or {})
    job = _Job(book, catalogue, on)
    job.read_sheets()
    return job.finish(file_hash(path))


@dataclass(slots=True)
class _Job:
    book: RawBook
    catalogue: Catalogue
    on: date | None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    companies: SheetData | None = None
    yearly: list[SheetData] = field(default_factory=list)
    children: dict[str, SheetData] = field(default_factory=dict)
    fatal: bool = False

    def note(self, code: str, sheet: str | None, severity: Any = "error", **values: Any) -> None:
        place = Place(file=self.book.path.name, sheet=sheet)
        self.diagnostics.append(Diagnostic.of(code, place, severity, **values))
        self.fatal = self.fatal or severity == "error"

    # ---- sheets -----------------------------------------------------------------------------------------------

    def read_sheets(self) -> None:
        if self.book.kind in ("xls", "ods"):
            self.note("T114", None, "warning", kind=f".{self.book.kind}")
        filled = [s for s in self.book.sheets if any(c not in ("", None) for row in s.rows for c in row)]
        for sheet in self.book.sheets:
            if sheet not in filled and fold_name(sheet.name) not in _IGNORED:
                self.note("T115", sheet.name, "warning" if filled else "error")
        data = [s for s in filled if fold_name(s.name) not in _IGNORED]
        if not filled and not self.book.sheets:
            self.note("T115", None)
        for sheet in data:
            self.read_sheet(sheet, alone=len(data) == 1)
        if self.companies is None and not self.fatal:
            self.note("T116", None)
        if self.companies is not None and not self.companies.rows and not self.fatal:
            self.note("T119", self.companies.raw.name)

    def read_sheet(self, sheet: RawSheet, alone: bool) -> None:
        name = fold_name(sheet.name)
        child = self._child(name)
        if alone or name in _COMPANY_SHEETS:
            self._companies(sheet)
        elif child is not None:
            self._child_sheet(sheet, child)
        elif name in _YEARLY_SHEETS:
            facts = (*self.key_facts(), ACCOUNTING_YEAR, *self._undated())
            self.yearly.append(self._read(sheet, YEARLY, facts))
        elif self.companies is None and self._fits_companies(sheet):
            self._companies(sheet)
        else:
            self.note("T117", sheet.name, "warning")

    def _companies(self, sheet: RawSheet) -> None:
        if self.companies is not None:
            self.note("T118", sheet.name, other=self.companies.raw.name)
            return
        self.companies = self._read(sheet, COMPANIES, (*self.catalogue.facts, *self.catalogue.yearly))

    def _child_sheet(self, sheet: RawSheet, child: Child) -> None:
        if child.code in self.children:
            self.note("T118", sheet.name, other=self.children[child.code].raw.name)
            return
        self.children[child.code] = self._read(sheet, child.code, child.columns, self.key_facts())

    def _child(self, name: str) -> Child | None:
        return next((c for c in self.catalogue.children
                     if name in {fold_name(n) for n in (c.zh, c.code, *c.aliases)}), None)

    def _fits_companies(self, sheet: RawSheet) -> bool:
        """A sheet of any name is the table of companies if its header names the code and no child table fits."""
        facts = by_folded_name((*self.catalogue.facts, *self.catalogue.yearly))
        others = any(fold_name(s.name) in _COMPANY_SHEETS for s in self.book.sheets)
        return not others and find_header(sheet.rows, facts) is not None

    def _undated(self) -> tuple[Fact, ...]:
        return tuple(replace(f, yearly=False) for f in self.catalogue.yearly)

    def key_facts(self) -> tuple[Fact, ...]:
        return tuple(f for f in self.catalogue.facts if f.code in (KEY, INTERNAL, "name"))

    def _read(self, sheet: RawSheet, table: str, facts: Any, extra: Any = ()) -> SheetData:
        place = Place(file=self.book.path.name, sheet=sheet.name)
        data = read_sheet(sheet, table, facts, place, self.on.year if self.on else None, self.book.epoch, extra)
        self.fatal = self.fatal or data.fatal
        return data

    # ---- rows -------------------------------------------------------------------------------------------------

    def finish(self, sha256: str) -> Reading:
        sheets = [s for s in (self.companies, *self.yearly, *self.children.values()) if s is not None]
        tables: dict[str, pa.Table] = {}
        if self.companies is not None and not self.fatal:
            self._join(self.companies)
            tables = self._tables(self.companies)
        for sheet in sheets:
            self.diagnostics += sheet.notes
            self.diagnostics += [d for row in sorted(sheet.faults) for d in sheet.faults[row]]
        rejected = tuple(r for sheet in sheets for r in _rejected(sheet))
        summaries = tuple(SheetSummary(s.raw.name, s.table, s.header + 1, len(s.rows), len(s.good()), s.headers())
                          for s in sheets)
        lines = {s.table: tuple(s.rows[i] + 1 for i in s.good()) for s in sheets if s.table in tables}
        return Reading(self.book.path, self.book.kind, sha256, self.catalogue, tables, tuple(self.diagnostics),
                       rejected, summaries, self.fatal, lines)

    def _join(self, companies: SheetData) -> None:
        _report_duplicates(companies)
        for sheet in self.yearly:
            self._spread(sheet, companies)
        skipped = run_checks(companies, self.catalogue, self.on)
        self.diagnostics += skipped

    def _spread(self, sheet: SheetData, companies: SheetData) -> None:
        """Move rows of (company, year) into columns of the table of companies; disagreeing figures are errors."""
        position = {key: i for i, key in enumerate(companies.keys) if key is not None}
        years = sheet.values.get(ACCOUNTING_YEAR.code, [None] * len(sheet.rows))
        seen: dict[tuple[str, int], int] = {}
        for i, row in enumerate(sheet.rows):
            key, year = sheet.keys[i], years[i]
            if key is None or sheet.faulty(row):
                continue
            if year is None or not 2000 <= year < 2100:
                sheet.add(row, sheet.column(ACCOUNTING_YEAR.code), fault("T154", year or ""))
            elif key not in position:
                sheet.add(row, sheet.column(KEY), fault("T150", key))
            elif (key, year) in seen:
                sheet.add(row, sheet.column(KEY), fault("T155", key, year=year, other=seen[key, year] + 1))
            else:
                seen[key, year] = row
                self._place_year(sheet, companies, i, position[key], year)

    def _place_year(self, sheet: SheetData, companies: SheetData, i: int, position: int, year: int) -> None:
        for column in sheet.columns:
            fact = self.catalogue.fact(column.fact.code)
            if fact is None or not fact.yearly:
                continue
            target = f"{fact.code}_{year}"
            values = companies.values.get(target)
            if values is None:
                values = companies.values[target] = [None] * len(companies.rows)
                companies.columns.append(Column(10**6, "", fact, year, fact.unit))
            value = sheet.values[column.id][i]
            if value is not None and values[position] is not None and value != values[position]:
                sheet.add(sheet.rows[i], column, fault("T156", value, year=year, other=values[position]))
            elif value is not None:
                values[position] = value

    # ---- tables -----------------------------------------------------------------------------------------------

    def _tables(self, companies: SheetData) -> dict[str, pa.Table]:
        good = companies.good()
        known = {companies.keys[i] for i in good}
        every = {key for key in companies.keys if key is not None}
        tables: dict[str, pa.Table] = {}
        for child in self.catalogue.children:
            sheet = self.children.get(child.code)
            if sheet is None:
                continue
            _report_orphans(sheet, known, every)
            self._doubt(sheet, companies, child)
            tables[child.code] = _child_table(sheet, child)
        return {COMPANIES: self._company_table(companies, good), **tables}

    def _doubt(self, sheet: SheetData, companies: SheetData, child: Child) -> None:
        """A rejected row of a child table was listed by some company: its list is no longer known to be whole."""
        flags = companies.values.get(child.complete or "")
        if flags is None:
            return
        names = defaultdict(set)
        for key, name in zip(companies.keys, companies.values.get("name", []), strict=False):
            names[name].add(key)
        doubtful: set[str | None] = set()
        for i, row in enumerate(sheet.rows):
            if sheet.faulty(row):
                key, name = sheet.keys[i], sheet.cell(row, "name")
                named = names.get(name) if name else None
                doubtful |= {key} if key is not None else named or set(companies.keys)
        for i, (key, flag) in enumerate(zip(companies.keys, flags, strict=True)):
            if flag and key in doubtful:
                flags[i] = None
                found = fault("T152", "是", "warning", table=child.zh)
                companies.add(companies.rows[i], companies.column(child.complete or ""), found)

    def _company_table(self, companies: SheetData, good: list[int]) -> pa.Table:
        keys = [companies.keys[i] for i in good]
        names = companies.values.get("name", [None] * len(companies.rows))
        arrays: dict[str, pa.Array] = {
            "company": pa.array(keys, pa.string()),
            "name": pa.array([names[i] or companies.keys[i] for i in good], pa.string()),
        }
        for fact in self.catalogue.facts:
            if fact.code in companies.values and fact.code not in (KEY, "name"):
                arrays[fact.code] = _array(companies.values[fact.code], good, fact)
        for fact in self.catalogue.yearly:
            ids = sorted(c.id for c in companies.columns if c.fact.code == fact.code)
            arrays |= {i: _array(companies.values[i], good, fact) for i in ids}
        return pa.table(arrays)


def _array(values: list[Any], good: list[int], fact: Fact) -> pa.Array:
    return pa.array(values if len(good) == len(values) else [values[i] for i in good], fact.arrow)


def _child_table(sheet: SheetData, child: Child) -> pa.Table:
    good = sheet.good()
    blank = [None] * len(sheet.rows)
    arrays = {"company": pa.array([sheet.keys[i] for i in good], pa.string())}
    arrays |= {c.code: _array(sheet.values.get(c.code, blank), good, c) for c in child.columns}
    return pa.table(arrays)


def _report_duplicates(companies: SheetData) -> None:
    rows = defaultdict(list)
    for row, key in zip(companies.rows, companies.keys, strict=True):
        if key is not None:
            rows[key].append(row)
    for key, found in rows.items():
        if len(found) > 1:
            for row in found:
                others = "、".join(str(r + 1) for r in found if r != row)
                companies.add(row, companies.column(KEY), fault("T148", key, others=others))
    names = companies.values.get("name")
    for i, row in enumerate(companies.rows):
        if companies.keys[i] is not None and (names is None or names[i] is None):
            companies.add(row, companies.column("name"), fault("T149", "", "warning"))


def _report_orphans(sheet: SheetData, known: set[str | None], every: set[str]) -> None:
    for row, key in zip(sheet.rows, sheet.keys, strict=True):
        if key is not None and key not in known:
            sheet.add(row, sheet.column(KEY), fault("T151" if key in every else "T150", key))


def _rejected(sheet: SheetData) -> list[Rejected]:
    return [
        Rejected(sheet.raw.name, row + 1, sheet.table, sheet.cell(row, KEY), sheet.cell(row, "name"),
                 tuple(d for d in found if d.severity == "error"))
        for row, found in sorted(sheet.faults.items()) if sheet.faulty(row)
    ]
