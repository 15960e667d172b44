"""A policy workbook read back: every fault is told with sheet, row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from wutong.errors import Diagnostic, Place, WutongError
from wutong.ir.policy.check import check_policy
from wutong.packs.loader import parse_policy
from wutong.packs.model import Policy
from wutong.policy.edit import layout
from wutong.policy.edit.document import DATES, Document, from_flow, normal, to_yaml
from wutong.policy.edit.xlsx_writer import columns
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.lint.run import day_for
from wutong.tables.safety import kind_of

_MOST_ROWS = 20_000
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class Sheets:
    """A workbook as a document, and where in it each clause and each text stands."""

    found: Document
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Clause → sheet and row."""
    texts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    """Sheet and row → column of each text."""

    def placed(self, found: Diagnostic, file: str) -> Diagnostic:
        """Return a fault of the policy at its cell."""
        place = found.place
        where = self.rows.get(place.clause or "") or self.rows.get((place.clause or "").split(" #")[0])
        if where is None:
            return replace(found, place=replace(place, file=file, line=None))
        column = self.texts.get(where, {}).get(place.expression or "")
        return replace(found, place=replace(place, file=file, line=None, sheet=where[0], row=where[1], column=column))


def read_xlsx(path: Path) -> tuple[str, Policy]:
    """Return a workbook as the text of a policy file, and the policy.

    Raises:
        WutongError: T1xx not a workbook that can be read, P15x a sheet, heading or cell that is not understood,
            P1xx and F5xx all faults of the policy, each with sheet, row and column.
    """
    if kind_of(path) != "xlsx":
        raise WutongError.of("T103", Place(file=path.name))
    sheets = _read(path)
    text = to_yaml(sheets.found)
    try:
        policy = parse_policy(text, path.name)
    except WutongError as error:
        raise WutongError(*(sheets.placed(d, path.name) for d in error.diagnostics)) from None
    faults = check_policy(policy, shipped_catalogue(), day_for(policy, date.max)).faults
    if faults:
        raise WutongError(*(sheets.placed(d, path.name) for d in faults))
    return text, policy


def _read(path: Path) -> Sheets:
    try:
        book = load_workbook(path)
    except (ValueError, KeyError, TypeError, OSError, SyntaxError) as error:
        raise WutongError.of("T107", Place(file=path.name)) from error
    reader = _Reader(path.name)
    try:
        for sheet in book.worksheets:
            if sheet.max_row > _MOST_ROWS:
                raise WutongError.of("P151", Place(file=path.name, sheet=sheet.title), limit=_MOST_ROWS)
            reader.sheet(sheet)
    finally:
        book.close()
    if reader.faults:
        raise WutongError(*reader.faults)
    if "policy" not in reader.raw:
        raise WutongError.of("P152", Place(file=path.name), sheet=layout.HEAD_SHEET)
    return Sheets(normal(reader.raw, path.name), reader.rows, reader.texts)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.raw: dict[str, Any] = {"sources": {}, "parameters": [], "tables": []}
        self.faults: list[Diagnostic] = []
        self.rows: dict[str, tuple[str, int]] = {}
        self.texts: dict[tuple[str, int], dict[str, str]] = {}

    def fault(self, code: str, cell: Any, **values: Any) -> None:
        column = get_column_letter(cell.column) if cell is not None else None
        place = Place(file=self.file, sheet=cell.parent.title, row=cell.row, column=column)
        self.faults.append(Diagnostic.of(code, place, **values))

    def sheet(self, sheet: Any) -> None:
        """Read one sheet; sheets of other names are the officer's own."""
        sections = {name: key for key, name in layout.SHEETS.items()}
        if sheet.title == layout.HEAD_SHEET:
            self.head(sheet)
        elif sheet.title in sections:
            self.section(sheet, sections[sheet.title])
        elif sheet.title.startswith(layout.TABLE_PREFIX):
            self.table(sheet)

    def value(self, cell: Cell, *, day: bool = False) -> Any:
        """Return what a cell says: a date, a truth value, or text; figures as they are typed."""
        value = cell.value
        if cell.data_type == "f":
            self.fault("P153", cell, formula=str(value)[:40])
            return None
        if cell.data_type == "e":
            self.fault("P154", cell, text=str(value))
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, datetime | date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, int | float):
            value = f"{Decimal(repr(value)):f}".removesuffix(".0")
        if value is not None:
            value = str(value).strip()
            self.texts.setdefault((cell.parent.title, cell.row), {})[value] = get_column_letter(cell.column)
        if day and value and not _ISO.fullmatch(value):
            self.fault("P155", cell, text=value[:40])
            return None
        return value or None

    def pairs(self, sheet: Any, keys: tuple[str, ...]) -> tuple[dict[str, Any], int]:
        """Read label and value from two columns; return them nested, and the first row that has neither."""
        known = {layout.label(k): k for k in keys}
        found: dict[str, Any] = {}
        row = 1
        while (label := sheet.cell(row, 1)).value not in (None, "", layout.NUMBER):
            key = known.get(str(label.value).strip())
            if key is None:
                self.fault("P156", label, label=label.value, known="、".join(known))
            else:
                value = self.value(sheet.cell(row, 2), day=key.rpartition(".")[2] in DATES)
                if value is not None:
                    _put(found, key, value)
                self.rows[key.split(".", maxsplit=1)[0]] = (sheet.title, row)
            row += 1
        return found, row

    def head(self, sheet: Any) -> None:
        found, _ = self.pairs(sheet, layout.HEAD_KEYS)
        if "decide" in found:
            try:
                found["decide"] = from_flow(found["decide"])
            except WutongError as error:
                cell = sheet.cell(self.rows["decide"][1], 2)
                self.fault("P157", cell, reason=error.diagnostics[0].text())
        if "outputs" in found:
            found["outputs"] = [o for o in str(found["outputs"]).split("\n") if o.strip()]
        self.raw |= found

    def section(self, sheet: Any, section: str) -> None:
        known = {layout.label(k): k for k in columns(section)}
        heads: dict[int, str] = {}
        for cell in sheet[1]:
            if cell.value in (None, ""):
                continue
            key = known.get(str(cell.value).strip())
            if key is None:
                self.fault("P156", cell, label=cell.value, known="、".join(known))
            else:
                heads[cell.column - 1] = key
        for cells in sheet.iter_rows(min_row=2):
            entry = {key: self.value(cells[at], day=key in DATES) for at, key in heads.items() if at < len(cells)}
            if any(v is not None for v in entry.values()):
                self.add(section, _with_comments(entry, cells, "note"), cells[0])

    def add(self, section: str, entry: dict[str, Any], cell: Any) -> None:
        key = str(entry.get("id" if section == "sources" else "code") or "")
        clause = f"sources.{key}" if section == "sources" else key
        self.rows.setdefault(clause, (cell.parent.title, cell.row))
        if section == "sources":
            if key in self.raw["sources"] or not key:
                self.fault("P158", cell, name=key)
            self.raw["sources"][key] = {k: v for k, v in entry.items() if k != "id"}
        elif section == "parameters":
            self.parameter(key, entry)
        else:
            self.raw.setdefault(section, []).append(entry)

    def parameter(self, key: str, entry: dict[str, Any]) -> None:
        """A parameter's second row adds a value to the first."""
        value = {k: entry.pop(k, None) for k in ("value", "from", "to", "source")}
        known = next((p for p in self.raw["parameters"] if p.get("code") == key), None)
        if known is None:
            self.raw["parameters"].append({**entry, "values": [value]})
        else:
            known["values"].append(value)

    def table(self, sheet: Any) -> None:
        found, row = self.pairs(sheet, layout.TABLE_KEYS)
        while row <= sheet.max_row and sheet.cell(row, 1).value != layout.NUMBER:
            row += 1
        heads = [str(c.value).strip() if c.value is not None else "" for c in sheet[row]] if row <= sheet.max_row else []
        if layout.OUTPUT not in heads:
            self.fault("P159", sheet.cell(min(row, sheet.max_row), 1), label=layout.OUTPUT)
            return
        last = heads.index(layout.OUTPUT)
        if isinstance(found.get("output"), dict) and "values" in found["output"]:
            found["output"]["values"] = [v for v in str(found["output"]["values"]).split("\n") if v.strip()]
        found |= {"inputs": heads[1:last], "rules": [], "remarks": []}
        code = str(found.get("code") or "")
        self.rows[code] = (sheet.title, row)
        for cells in self._filled(sheet, row + 1):
            texts = [self.value(c) for c in cells[1:last]]
            output = self.value(cells[last])
            found["rules"].append([*("-" if t is None else t for t in texts), "" if output is None else output])
            remark = {"note": self.value(cells[last + 1])} if last + 1 < len(cells) else {}
            found["remarks"].append(_with_comments(remark, cells, "note").get("note") or "")
            self.rows[f"{code} #{len(found['rules'])}"] = (sheet.title, cells[0].row)
        self.raw["tables"].append(found)

    def _filled(self, sheet: Any, first: int) -> Iterator[Any]:
        for cells in sheet.iter_rows(min_row=first):
            if any(c.value not in (None, "") for c in cells[1:]):
                yield cells


def _with_comments(entry: dict[str, Any], cells: Any, key: str) -> dict[str, Any]:
    """Keep an officer's cell comments: they join the remark of their row."""
    said = [c.comment.text.strip() for c in cells if getattr(c, "comment", None)]
    if said:
        entry[key] = "\n".join(t for t in (entry.get(key), *said) if t)
    return entry


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    first, _, rest = key.partition(".")
    if rest:
        found.setdefault(first, {})[rest] = value
    else:
        found[first] = value
