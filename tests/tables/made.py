"""Workbooks made for one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from wutong.tables import Reading, read_workbook
from wutong.values import check_digit

ON = date(2026, 11, 1)
Sheets = Mapping[str, Sequence[Sequence[Any]]]


def code(number: int) -> str:
    """Return a valid invented credit code."""
    stem = f"91370200MA{number:07d}"
    return stem + check_digit(stem)


def write(path: Path, sheets: Sheets) -> Path:
    """Write sheets; a cell ``("%", 0.12)`` is shown as percentage, ``("=", formula, result)`` is a formula."""
    with xlsxwriter.Workbook(str(path)) as book:
        percent, day = book.add_format({"num_format": "0.00%"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, tuple) and cell[0] == "%":
                        page.write_number(r, c, cell[1], percent)
                    elif isinstance(cell, tuple):
                        page.write_formula(r, c, cell[1], None, cell[2])
                    elif isinstance(cell, date):
                        page.write_datetime(r, c, datetime(cell.year, cell.month, cell.day), day)
                    elif cell is not None:
                        page.write(r, c, cell)
    return path


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Return a function that writes sheets to a workbook and reads it."""
    def _read(sheets: Sheets, **options: Any) -> Reading:
        return read_workbook(write(tmp_path / "表.xlsx", sheets), **{"on": ON, **options})
    return _read


def companies(*columns: tuple[Any, ...]) -> dict[str, list[list[Any]]]:
    """Return a sheet 企业 of named companies with further columns, each given as (header, value, value, …)."""
    count = max((len(c) - 1 for c in columns), default=1)
    rows = [["统一社会信用代码", "企业名称", *(c[0] for c in columns)]]
    for i in range(1, count + 1):
        cells = [c[i] if i < len(c) else None for c in columns]
        rows += [[code(i), f"企业{i}", *cells]]
    return {"企业": rows}


def codes(reading: Reading) -> list[tuple[str, str, int | None, str | None]]:
    """Return severity, code, row and column letter of every finding."""
    return [(d.severity, d.code, d.place.row, (d.place.column or "").split(" ")[0] or None) for d in reading.diagnostics]
