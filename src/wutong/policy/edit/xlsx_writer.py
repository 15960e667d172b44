"""A policy as a workbook an officer can edit: one sheet for each section, one for each decision table."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any

import xlsxwriter

from wutong.errors import Place, WutongError
from wutong.policy.edit import layout
from wutong.policy.edit.document import DATES, FIELDS, Document, to_flow

_PLAIN = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d{0,5}[1-9])?")
_LONGEST = 32_000
_SPARE = 40
"""Empty rows below each section that are formatted for new entries."""


def to_xlsx(found: Document) -> bytes:
    """Return a policy document as a workbook. Raises WutongError P150 for a text longer than a cell."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": found["name"].get("zh", ""), "created": datetime(2026, 1, 1)})  # noqa: DTZ001 - same bytes
        writer = _Writer(book, found)
        writer.head()
        for section in layout.SHEETS:
            writer.section(section)
        for number, table in enumerate(found.get("tables", []), 1):
            writer.table(table, number)
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, found: Document) -> None:
        self.book, self.found = book, found
        plain = {"valign": "top", "text_wrap": True, "font_name": "宋体", "font_size": 10.5}
        head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1,
                "text_wrap": True, "font_name": "宋体"}
        self.formats = {
            "text": book.add_format({**plain, "num_format": "@"}),
            "day": book.add_format({**plain, "num_format": "yyyy-mm-dd", "align": "left"}),
            "number": book.add_format({**plain, "num_format": "General", "align": "right"}),
            "head": book.add_format(head),
            "label": book.add_format({**plain, "bold": True, "bg_color": "#DDEBF7", "border": 1}),
            "input": book.add_format({**head, "bg_color": "#548235"}),
            "output": book.add_format({**head, "bg_color": "#BF8F00"}),
        }
        self.last = len(found.get("sources", {})) + 1 + _SPARE

    def put(self, sheet: Any, row: int, column: int, value: Any) -> None:
        """Write one value so that Excel never takes it for a formula, and reads back what was written."""
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.formats["text"])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.formats["day"])
        elif value in (None, ""):
            sheet.write_blank(row, column, None, self.formats["text"])
        elif _PLAIN.fullmatch(value):
            sheet.write_number(row, column, float(value), self.formats["number"])
        else:
            self.text(sheet, row, column, value)

    def text(self, sheet: Any, row: int, column: int, value: str) -> None:
        if len(value) > _LONGEST:
            place = Place(sheet=sheet.get_name(), row=row + 1)
            raise WutongError.of("P150", place, length=len(value), limit=_LONGEST)
        sheet.write_string(row, column, value, self.formats["text"])

    def head(self) -> None:
        sheet = self.book.add_worksheet(layout.HEAD_SHEET)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 70, self.formats["text"])
        values = [(key, _of(self.found, key)) for key in layout.HEAD_KEYS]
        self._pairs(sheet, [(k, to_flow(v) if k == "decide" and v is not None else v) for k, v in values])

    def _pairs(self, sheet: Any, pairs: list[tuple[str, Any]]) -> None:
        """Write label and value in two columns."""
        for row, (key, value) in enumerate(pairs):
            sheet.write_string(row, 0, layout.label(key), self.formats["label"])
            self.put(sheet, row, 1, "\n".join(value) if isinstance(value, list) else value)
            self._help(sheet, row, 0, key)
            self._choose(sheet, row, row, 1, key)

    def section(self, section: str) -> None:
        keys = columns(section)
        sheet = self.book.add_worksheet(layout.SHEETS[section])
        sheet.freeze_panes(1, 2)
        rows = rows_of(self.found, section)
        for column, key in enumerate(keys):
            kind = "day" if key in DATES else "text"
            sheet.set_column(column, column, layout.WIDTHS.get(key, 13), self.formats[kind])
            sheet.write_string(0, column, layout.label(key), self.formats["head"])
            self._help(sheet, 0, column, key)
            self._choose(sheet, 1, len(rows) + _SPARE, column, key)
        for number, row in enumerate(rows, 1):
            for column, key in enumerate(keys):
                value = row.get(key)
                value = "是" if key in ("manual", "once") and value else value
                if key == "value" or not isinstance(value, str):
                    self.put(sheet, number, column, "\n".join(value) if isinstance(value, list) else value)
                else:
                    self.text(sheet, number, column, value)

    def table(self, table: dict[str, Any], number: int) -> None:
        sheet = self.book.add_worksheet(sheet_name(table["zh"], number))
        sheet.set_column(0, 0, 12)
        self._pairs(sheet, [(key, _of(table, key)) for key in layout.TABLE_KEYS])
        top = len(layout.TABLE_KEYS) + 1
        sheet.freeze_panes(top + 1, 1)
        inputs = table["inputs"]
        sheet.set_column(1, 1, 40, self.formats["text"])
        sheet.set_column(2, len(inputs) + 2, 28, self.formats["text"])
        sheet.write_string(top, 0, layout.NUMBER, self.formats["head"])
        for column, text in enumerate(inputs, 1):
            sheet.write_string(top, column, text, self.formats["input"])
        sheet.write_string(top, len(inputs) + 1, layout.OUTPUT, self.formats["output"])
        sheet.write_string(top, len(inputs) + 2, layout.REMARK, self.formats["head"])
        remarks = table.get("remarks") or [""] * len(table["rules"])
        for row, (cells, remark) in enumerate(zip(table["rules"], remarks, strict=True), 1):
            sheet.write_number(top + row, 0, row, self.formats["number"])
            for column, cell in enumerate(cells[:-1], 1):
                self.text(sheet, top + row, column, cell)
            self.put(sheet, top + row, len(inputs) + 1, cells[-1])
            self.text(sheet, top + row, len(inputs) + 2, remark)

    def _help(self, sheet: Any, row: int, column: int, key: str) -> None:
        if key in layout.REMARKS:
            sheet.write_comment(row, column, layout.REMARKS[key], {"author": "梧桐", "x_scale": 2})

    def _choose(self, sheet: Any, first: int, last: int, column: int, key: str) -> None:
        """Offer a list; units and sources may also be typed."""
        if key in layout.CHOICES:
            sheet.data_validation(first, column, last, column, {"validate": "list", "source": list(layout.CHOICES[key])})
        elif key in ("unit", "output.unit"):
            sheet.data_validation(first, column, last, column, {
                "validate": "list", "source": list(layout.UNITS), "error_type": "information"})
        elif key == "source":
            source = f"={layout.SHEETS['sources']}!$A$2:$A${self.last}"
            sheet.data_validation(first, column, last, column, {"validate": "list", "source": source,
                                                                "error_type": "warning"})


def _of(found: dict[str, Any], key: str) -> Any:
    first, _, rest = key.partition(".")
    value = found.get(first)
    return value if not rest else value.get(rest) if isinstance(value, dict) else None


def columns(section: str) -> tuple[str, ...]:
    """Return the fields of a section's sheet; a parameter has a row for each of its values.

    >>> columns("parameters")
    ('code', 'zh', 'en', 'unit', 'value', 'from', 'to', 'source', 'note')
    """
    if section == "sources":
        return ("id", *FIELDS["sources"])
    if section == "parameters":
        own = FIELDS["parameters"]
        return (*own[:4], *FIELDS["values"], *own[4:])
    return FIELDS[section]


def rows_of(found: Document, section: str) -> list[dict[str, Any]]:
    """Return the rows of a section's sheet."""
    if section == "sources":
        return [{"id": key, **entry} for key, entry in found.get("sources", {}).items()]
    if section == "parameters":
        return [{**parameter, **value} for parameter in found.get("parameters", []) for value in parameter["values"]]
    return list(found.get(section, []))


def sheet_name(name: str, number: int) -> str:
    r"""Return a name Excel takes: 31 characters, none of ``[]:*?/\``, unique by its number.

    >>> sheet_name("研发[投入]得分", 2)
    '表 2 研发 投入 得分'
    """
    return f"{layout.TABLE_PREFIX}{number} " + re.sub(r"[\[\]:*?/\\']", " ", name).replace("\n", " ")[:20].strip()


