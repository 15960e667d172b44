"""One sheet into typed columns: header row, binding, cells column by column, faults row by row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from wutong.errors import Diagnostic, Place, WutongError
from wutong.tables.catalogue import INTERNAL, KEY, Fact
from wutong.tables.catalogue_file import by_folded_name
from wutong.tables.cells import CellParser, Fault, Parsed, UnitUnknown, fault, shown
from wutong.tables.headers import Column, Headers, find_header, label, preamble_unit
from wutong.tables.source import RawSheet
from wutong.values import is_unknown, parse_uscc

EXAMPLE = "示例"
"""A row whose company code begins with this word is the template's example and is not data."""
_INTERNAL_NUMBER = re.compile(r"(?=.{1,17}$)[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
"""Shorter than a credit code, so that the two are never mixed up."""
ACCOUNTING_YEAR = Fact("year", "年度", "integer", aliases=("会计年度", "年份", "所属年度"))


@dataclass(slots=True)
class SheetData:
    """A sheet being read. `rows` are row numbers from 0; `values` and `faults` run parallel to, and by, them."""

    raw: RawSheet
    table: str
    place: Place
    header: int
    columns: list[Column]
    rows: list[int]
    values: dict[str, list[Any]] = field(default_factory=dict)
    faults: dict[int, list[Diagnostic]] = field(default_factory=lambda: defaultdict(list))
    notes: list[Diagnostic] = field(default_factory=list)
    fatal: bool = False

    @property
    def keys(self) -> list[str | None]:
        """Company codes, None where faulty."""
        return self.values[KEY]

    def column(self, column_id: str) -> Column | None:
        """Return the bound column of this id."""
        return next((c for c in self.columns if c.id == column_id), None)

    def add(self, row: int, column: Column | None, found: Fault) -> None:
        """Note a fault at row (number from 0) and column."""
        self.faults[row].append(found.at(self.place_of(row, column)))

    def place_of(self, row: int, column: Column | None) -> Place:
        """Return the place of a cell, of a row if `column` is None."""
        return self.place.merged(row=row + 1, column=column.label if column else None)

    def faulty(self, row: int) -> bool:
        """Return whether a row has an error."""
        return any(d.severity == "error" for d in self.faults.get(row, ()))

    def good(self) -> list[int]:
        """Return the positions (in `rows`) of the rows without error."""
        bad = {row for row, found in self.faults.items() if any(d.severity == "error" for d in found)}
        return [i for i, row in enumerate(self.rows) if row not in bad]

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return each header as written, with the id of the column it is bound to, "" for none."""
        bound = {c.index: c.id for c in self.columns}
        cells = self.raw.rows[self.header] if self.raw.rows else ()
        texts = [self.raw.written.get((self.header, i), str(c or "").strip()) for i, c in enumerate(cells)]
        return tuple((text, bound.get(i, "")) for i, text in enumerate(texts) if text)

    def cell(self, row: int, column_id: str) -> str | None:
        """Return a cell's content as text, None if empty or no such column."""
        column = self.column(column_id)
        cells = self.raw.rows[row]
        raw = cells[column.index] if column is not None and column.index < len(cells) else None
        return None if raw in (None, "") else shown(raw)


def read_sheet(
    raw: RawSheet, table: str, facts: Iterable[Fact], place: Place, year: int | None,
    epoch: Literal[1900, 1904], extra: Iterable[Fact] = (),
) -> SheetData:
    """Read one sheet of a table whose columns may be any of `facts`; `extra` names further key columns.

    Errors in the header make the result fatal; its values are then not to be used.
    """
    names = {**by_folded_name(extra), **by_folded_name(facts)}
    header = find_header(raw.rows, names)
    if header is None:
        data = SheetData(raw, table, place, 0, [], [], fatal=True)
        data.notes.append(Diagnostic.of("T120", place))
        return data
    headers = Headers(names, place.merged(row=header + 1), year, preamble_unit(raw.rows[:header]))
    columns = headers.bind(raw.rows[header])
    data = SheetData(raw, table, place, header, columns, [], notes=headers.faults)
    _check_merged_header(data)
    data.fatal = any(d.severity == "error" for d in data.notes)
    _choose_rows(data)
    _report_nameless(data)
    for column in columns:
        _read_column(data, column, epoch)
    data.fatal = data.fatal or any(d.severity == "error" for d in data.notes)
    _check_merged_cells(data)
    return data


def _check_merged_header(data: SheetData) -> None:
    for (top, left), (bottom, right) in data.raw.merged:
        if top <= data.header <= bottom:
            header = str(data.raw.rows[top][left])
            place = data.place.merged(row=data.header + 1, column=label(left, header))
            data.notes.append(Diagnostic.of("T127", place, header=header, width=right - left + 1))


def _check_merged_cells(data: SheetData) -> None:
    known = {c.index: c for c in data.columns}
    rows = set(data.rows)
    for (top, left), (bottom, right) in data.raw.merged:
        column = next((known[i] for i in range(left, right + 1) if i in known), None)
        if top > data.header and column is not None:
            for row in range(top, bottom + 1):
                if row in rows:
                    data.add(row, column, fault("T128", data.raw.rows[top][left]))


def _choose_rows(data: SheetData) -> None:
    """Leave out blank rows and the template's example row; short and long rows are told."""
    key = data.column(KEY)
    width = len(data.raw.rows[data.header])
    skipped = 0
    for number, row in enumerate(data.raw.rows[data.header + 1:], data.header + 1):
        if not any(map(_filled, row)):
            continue
        first = row[key.index] if key is not None and key.index < len(row) else None
        if isinstance(first, str) and first.strip().startswith(EXAMPLE):
            skipped += 1
            continue
        data.rows.append(number)
        if len(row) > width and any(map(_filled, row[width:])):
            data.add(number, None, fault("T129", "", cells=len(row), headers=width))
    if skipped:
        data.notes.append(Diagnostic.of("T147", data.place, "note", count=skipped))


def _filled(cell: Any) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _report_nameless(data: SheetData) -> None:
    """Columns that hold data under no header are not read, and that is told."""
    for index, header in enumerate(data.raw.rows[data.header]):
        if header in ("", None):
            count = sum(index < len(data.raw.rows[r]) and _filled(data.raw.rows[r][index]) for r in data.rows)
            if count:
                place = data.place.merged(row=data.header + 1, column=label(index, ""))
                data.notes.append(Diagnostic.of("T130", place, "warning", count=count))


def _read_column(data: SheetData, column: Column, epoch: Literal[1900, 1904]) -> None:
    special = data.raw.special.get(column.index, {})
    values: list[Any] = []
    if column.fact.code == KEY:
        values = _read_keys(data, column, special)
    else:
        parser = CellParser(column.fact, column.unit, epoch)
        try:
            values = _read_cells(data, column, parser, special)
        except UnitUnknown:
            _header_fault(data, column, "T126", fact=column.fact.zh)
            values = [None] * len(data.rows)
    data.values[column.id] = values
    if data.raw.formulas[column.index]:
        _header_fault(data, column, "T140", "warning", count=data.raw.formulas[column.index])


def _header_fault(data: SheetData, column: Column, code: str, severity: Any = "error", **values: Any) -> None:
    place = data.place_of(data.header, column)
    data.notes.append(Diagnostic.of(code, place, severity, header=column.header, **values))


def _read_cells(data: SheetData, column: Column, parser: CellParser, special: Mapping[int, str]) -> list[Any]:
    values: list[Any] = []
    index, rows, parse = column.index, data.raw.rows, parser.parse
    ratio = column.fact.unit is not None and column.fact.unit.dimension == "ratio" and not data.raw.formats_known
    for row in data.rows:
        cells = rows[row]
        raw = cells[index] if index < len(cells) else None
        value: Any
        wrong: Fault | None
        if ratio and isinstance(raw, float) and raw:
            value, wrong = None, fault("T144", raw, fact=column.fact.zh)
        elif row in special:
            value, wrong = _read_special(data.raw, row, column, parser, special[row])
        else:
            value, wrong = parse(raw)
        values.append(value)
        if wrong is not None:
            data.add(row, column, wrong)
    return values


def _read_special(raw: RawSheet, row: int, column: Column, parser: CellParser, kind: str) -> Parsed:
    if kind == "percent":
        return parser.percent(raw.rows[row][column.index])
    return None, _special_fault(kind)


def _special_fault(kind: str) -> Fault:
    if kind == "uncomputed":
        return fault("T141", "")
    return fault("T143", kind, "warning") if kind == "#N/A" else fault("T142", kind)


def _read_keys(data: SheetData, column: Column, special: Mapping[int, str]) -> list[str | None]:
    """Codes are read strictly: digits lost by storing the code as a number cannot be had back."""
    keys: list[str | None] = []
    for row in data.rows:
        cells = data.raw.rows[row]
        raw = cells[column.index] if column.index < len(cells) else None
        key, wrong = None, None
        if special.get(row, "percent") != "percent":
            wrong = fault("T146", "") if special[row] == "#N/A" else _special_fault(special[row])
        elif raw is None or (isinstance(raw, str) and is_unknown(raw)):
            key, wrong = _internal_key(data, cells)
        elif isinstance(raw, float | int):
            wrong = fault("T145", raw)
        else:
            try:
                key = parse_uscc(str(raw))
            except WutongError as error:
                wrong = Fault(error.code, "error", (*error.diagnostics[0].values, ("cell", shown(raw))))
        keys.append(key)
        if wrong is not None:
            data.add(row, column, wrong)
    return keys


def _internal_key(data: SheetData, cells: Sequence[Any]) -> tuple[str | None, Fault | None]:
    """Return the zone's own number where the credit code is empty; it names pages, so its letters are few."""
    column = data.column(INTERNAL)
    raw = cells[column.index] if column is not None and column.index < len(cells) else None
    if raw is None or (isinstance(raw, str) and is_unknown(raw)):
        return None, fault("T146", "")
    number = shown(raw).strip()
    return (number, None) if _INTERNAL_NUMBER.fullmatch(number) else (None, fault("T159", number))
