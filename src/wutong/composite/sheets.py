"""Tables as an Excel workbook; text never becomes a formula, equal tables give equal bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_EPOCH: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - a file property of no zone; a real clock would change the bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: title, headers, rows of text and numbers, a line of explanation above."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    note: str = ""


def write_book(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets with frozen headers, filters and widths that fit. Raises OSError when the disk refuses."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _EPOCH})
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        formats = {
            "text": book.add_format(font), "quoted": book.add_format({**font, "quote_prefix": True}),
            "figure": book.add_format({**font, "num_format": "#,##0.####"}),
            "count": book.add_format({**font, "num_format": "#,##0"}),
            "head": book.add_format({**font, "bold": True, "bg_color": "#2C7A5A", "font_color": "#FFFFFF", "text_wrap": True}),
            "note": book.add_format({**font, "italic": True}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.title[:31]), sheet, formats)


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    top = 1 if sheet.note else 0
    if sheet.note:
        page.write_string(0, 0, sheet.note, formats["note"])
    for at, head in enumerate(sheet.heads):
        page.write_string(top, at, head, formats["head"])
        longest = max([_width(head), *(_width(_shown(row[at])) for row in sheet.rows[:200])])
        page.set_column(at, at, min(max(longest + 2, 8), 40))
    for row, cells in enumerate(sheet.rows, top + 1):
        for at, cell in enumerate(cells):
            _cell(page, row, at, cell, formats)
    page.freeze_panes(top + 1, 1)
    if sheet.rows:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.heads) - 1)


def _cell(page: Any, row: int, at: int, cell: Any, formats: dict[str, Any]) -> None:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return
    if isinstance(cell, bool | str) or (isinstance(cell, float) and math.isinf(cell)):
        text = _shown(cell)
        page.write_string(row, at, text, formats["quoted" if text.startswith(_RISKY) else "text"])
    else:
        page.write_number(row, at, float(cell), formats["count" if isinstance(cell, int) else "figure"])


def _shown(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _width(text: str) -> int:
    """Return the width in characters; a Chinese one counts twice."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
