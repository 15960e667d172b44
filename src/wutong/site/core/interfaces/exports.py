"""The one writer of workbooks that leave the site: texts stay texts, personal data stay masked."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from wutong.site.core.interfaces.cells import NUMERIC, Column, text_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell must never be taken for a formula or a link, whatever a company calls itself.
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Return an xlsx of the rows: heads with units, numbers as numbers, everything else as text."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _SAFE) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF3F1", "text_wrap": True, "valign": "top"})
        formats = [_number_format(book, column) for column in columns]
        for at, column in enumerate(columns):
            unit = f"（{column.unit}）" if column.unit else ""
            sheet.write_string(0, at, f"{column.label}{unit}", head)
            sheet.set_column(at, at, 16 if column.numeric else 24)
        for line, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                _write(sheet, line, at, column, column.read(row), formats[at])
        sheet.freeze_panes(1, 1)
    return target.getvalue()


def written(write: Callable[[Path], object], suffix: str) -> bytes:
    """Return what a writer of the engine puts into a file.

    >>> written(lambda path: path.write_text("x"), "csv")
    b'x'
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"written.{suffix}"
        write(path)
        return path.read_bytes()


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1"


def _number_format(book: Any, column: Column) -> Any:
    places = f".{'0' * column.places}" if column.places else ""
    return book.add_format({"num_format": f"#,##0{places}"}) if column.numeric else None


def _write(sheet: Any, line: int, at: int, column: Column, value: Any, style: Any) -> None:
    if value is None:
        sheet.write_blank(line, at, None)
    elif column.kind in NUMERIC and isinstance(value, int | float | Decimal):
        sheet.write_number(line, at, float(value), style)
    else:
        sheet.write_string(line, at, text_of(value, column.kind, column.places))


def attachment(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """Return a download that no browser tries to show."""
    return HttpResponse(content, content_type=kind, headers={
        "Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"})


def dated(title: str, suffix: str = "xlsx") -> str:
    """Return a file name with the time: 企业名录-20261101-0930.xlsx."""
    now: datetime | date = timezone.localtime()
    return f"{title}-{now:%Y%m%d-%H%M}.{suffix}"
