"""The copy in which every faulty cell is coloured and explained, with the sheet 问题清单.

An .xlsx keeps all its own formats: only the faulty cells change. Other kinds are written anew as .xlsx.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from wutong.errors import Diagnostic, Place, Severity, WutongError
from wutong.tables.marked_xlsx import can_patch, patch_xlsx
from wutong.tables.reader import ISSUES_SHEET
from wutong.tables.reading import Reading
from wutong.tables.safety import column_number
from wutong.tables.source import Cell, RawSheet, read_raw

COLOURS: dict[Severity, str] = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
HEADINGS = ("级别", "代码", "工作表", "行", "列", "单元格内容", "问题", "处理办法")
_WIDTHS = (8, 8, 16, 8, 28, 24, 64, 56)
_LEVELS = {"error": "错误", "warning": "提醒", "note": "说明"}
_LETTERS = re.compile(r"([A-Z]{1,3})(?: |$)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be coloured, with the text that explains it."""

    severity: Severity
    text: str


Marks = dict[str, dict[Cell, Mark]]


def write_marked(path_in: Path | str, reading: Reading, path_out: Path | str) -> Path:
    """Write the marked copy of a file that was read as `reading`; whole or not at all.

    Raises T161 if `path_out` is the input itself or no .xlsx, T101–T113 if the input cannot be read again.
    """
    source, target = Path(path_in), Path(path_out)
    same = target.exists() and target.samefile(source)
    if target.suffix.lower() != ".xlsx" or same:
        raise WutongError.of("T161", Place(file=target.name))
    marks = marks_of(reading)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(suffix=".xlsx", prefix=".marked-", dir=target.parent)
    os.close(handle)
    try:
        if reading.kind == "xlsx" and can_patch(source):
            patch_xlsx(source, Path(draft), marks, issues(reading), COLOURS, _WIDTHS)
        else:
            _rewrite(source, Path(draft), marks, issues(reading))
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return target


def marks_of(reading: Reading) -> Marks:
    """Return the cells to mark by sheet; several findings on one cell are one mark of the worst severity."""
    found: dict[str, dict[Cell, list[Diagnostic]]] = defaultdict(lambda: defaultdict(list))
    for diagnostic in reading.diagnostics:
        place = diagnostic.place
        if place.sheet is not None and place.row is not None:
            letters = _LETTERS.match(place.column or "A")
            column = column_number(letters[1]) - 1 if letters else 0
            found[place.sheet][place.row - 1, column].append(diagnostic)
    return {sheet: {cell: _mark(items) for cell, items in cells.items()} for sheet, cells in found.items()}


def _mark(items: list[Diagnostic]) -> Mark:
    order: list[Severity] = ["error", "warning", "note"]
    worst = min((d.severity for d in items), key=order.index)
    return Mark(worst, "\n".join(f"[{d.code}] {d.text('zh')}{d.remedy('zh')}" for d in items))


def issues(reading: Reading) -> Iterator[tuple[Any, ...]]:
    """Yield the heading and the rows of 问题清单."""
    yield HEADINGS
    for d in reading.diagnostics:
        values = dict(d.values)
        cell = values.get("cell", values.get("text", values.get("header", "")))
        yield (_LEVELS[d.severity], d.code, d.place.sheet or "", d.place.row or "", d.place.column or "",
               str(cell), d.text("zh"), d.remedy("zh"))


def _rewrite(source: Path, target: Path, marks: Marks, rows: Iterable[tuple[Any, ...]]) -> None:
    raw = read_raw(source)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(str(target), options) as book:
        formats = {s: book.add_format({"bg_color": f"#{c}"}) for s, c in COLOURS.items()}
        dated = {s: book.add_format({"bg_color": f"#{c}", "num_format": "yyyy-mm-dd"}) for s, c in COLOURS.items()}
        names: set[str] = set()
        for sheet in raw.sheets:
            name = _free_name(sheet.name, names)
            _rewrite_sheet(book.add_worksheet(name), sheet, marks.get(sheet.name, {}), formats, dated)
        _issue_sheet(book, _free_name(ISSUES_SHEET, names), rows)


def _rewrite_sheet(page: Any, sheet: RawSheet, marks: dict[Cell, Mark], formats: Any, dated: Any) -> None:
    page.set_column(0, max((len(r) for r in sheet.rows[:1]), default=1), 16)
    for number, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            mark = marks.get((number, column))
            style = None
            if mark is not None:
                style = (dated if isinstance(value, date) else formats)[mark.severity]
                page.write_comment(number, column, mark.text, {"x_scale": 2.5, "y_scale": 1.5, "author": "梧桐"})
            if value is not None or style is not None:
                _write(page, number, column, value, style)


def _write(page: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Numbers keep their exact digits: Excel holds 15, so longer decimals go as text."""
    if isinstance(value, Decimal):
        value = float(value) if len(value.as_tuple().digits) <= 15 else str(value)
    if isinstance(value, bool | int | float | str | datetime | date | None.__class__):
        page.write(row, column, value, style)
    else:
        page.write_string(row, column, str(value), style)


def _issue_sheet(book: Any, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    page = book.add_worksheet(name)
    heading = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(number, column, value, heading if number == 0 else wrap)


def _free_name(name: str, taken: set[str]) -> str:
    """Return a sheet name Excel accepts and that is not taken."""
    base = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:28] or "表"
    free = next(n for n in (base, *(f"{base}{i}" for i in range(2, 99))) if n.casefold() not in taken)
    taken.add(free.casefold())
    return free
