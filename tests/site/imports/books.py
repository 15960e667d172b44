"""Small workbooks for the tests of imports."""

from __future__ import annotations

import io
from datetime import date

import xlsxwriter

HEADS = ("统一社会信用代码", "企业名称", "2025年营业收入(万元)", "2025年职工总数", "所在区市")
ON = date(2026, 11, 1)


def book(rows, heads=HEADS, **sheets) -> io.BytesIO:
    """Return a workbook: the sheet 企业 with these rows, and more sheets by name (head row first)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        for name, lines in {"企业": (heads, *rows), **sheets}.items():
            sheet = workbook.add_worksheet(name)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    target.seek(0)
    return target
