"""An answer as a document: a conclusion, a few facts, tables; written as a page, a workbook, a Word file, or printed.

Back-test, combination, budget and grants all say what they found in this form, so that they look and behave alike.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter

from wutong.report.format import money, money_range, needs_yuan, plain
from wutong.report.model import Range
from wutong.report.pages import asset, environment
from wutong.report.texts import Words
from wutong.report.timeless import timeless
from wutong.report.xlsx import RISKY, sheet_names

if TYPE_CHECKING:
    from docx.document import Document as DocxFile

Kind = Literal["text", "count", "money", "signed"]
Cell = str | int | Decimal | Range | None
_TEXT_WIDTH = 21.5
"""Centimetres between the margins of a landscape page."""
SHOWN = 200
"""Rows of a table on a page; the workbook holds all."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title and what its cells are; `money` may be an amount or a `Range`, `signed` a change."""

    title: str
    kind: Kind = "text"
    width: int = 18

    @property
    def right(self) -> bool:
        """Whether the cells stand right."""
        return self.kind != "text"

    @property
    def style(self) -> str:
        """The class of its cells on a page; short texts do not break."""
        return "n" if self.right else "c" if self.width <= 12 else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its title and a note."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The whole answer, conclusion first."""

    title: str
    lead: str
    on: date
    facts: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()
    demo: bool = False


def in_yuan(cells: Sequence[Cell]) -> bool:
    """Return whether a column of money is written in 元: one amount that 万元 would not say exactly decides for all.

    >>> in_yuan([Decimal(300000), Range(Decimal(100), None)]), in_yuan([Decimal(300000), Decimal("0.5"), None, "—"])
    (False, True)
    """
    amounts = (a for c in cells for a in (c if isinstance(c, Range) else (c,)))
    return any(needs_yuan(a) for a in amounts if isinstance(a, Decimal))


def texts(grid: Grid, words: Words, rows: int | None = None) -> list[list[str]]:
    """Return the first `rows` rows of a table as people read them, each column of money in one unit.

    >>> table = Grid("t", (Column("甲", "money"),), [(Decimal(300000),), (Decimal("6998250"),)])
    >>> texts(table, Words("zh")), texts(table, Words("zh"), 1)
    ([['300,000元'], ['6,998,250元']], [['30万元']])
    """
    shown = grid.rows[:rows]
    yuan = [in_yuan([row[at] for row in shown]) for at in range(len(grid.columns))]
    return [[cell_text(cell, c.kind, words, yuan=y) for cell, c, y in zip(row, grid.columns, yuan, strict=True)] for row in shown]


def cell_text(cell: Cell, kind: Kind, words: Words, *, yuan: bool = False) -> str:
    """Return a cell as people read it.

    >>> zh = Words("zh")
    >>> cell_text(Decimal(300000), "money", zh), cell_text(Decimal(-300000), "signed", zh), cell_text(1200, "count", zh)
    ('30万元', '−30万元', '1,200')
    >>> cell_text(None, "money", zh), cell_text(Decimal(5), "signed", zh), cell_text(None, "text", zh)
    ('未知', '+5元', '')
    """
    if cell is None:
        return words["unknown"] if kind == "money" else ""
    if isinstance(cell, Range):
        return money_range(cell, words, yuan=yuan)
    if isinstance(cell, str):
        return cell
    if kind == "signed":
        if isinstance(cell, int):
            return f"{cell:+,}".replace("-", "−") if cell else "0"
        return f"{'+' if cell > 0 else '−' if cell < 0 else ''}{money(abs(cell), words, yuan=yuan)}"
    return money(Decimal(cell), words, yuan=yuan) if kind == "money" else plain(cell)


def page(document: Document, words: Words) -> str:
    """Return the document as one HTML page without any outside resource."""
    template = environment().get_template("document.html.j2")
    return template.render(d=document, w=words, css=asset("style.css"), texts=lambda g: texts(g, words, SHOWN), shown=SHOWN)


def write_page(document: Document, path: Path, words: Words) -> None:
    """Write the page."""
    path.write_text(page(document, words), "utf-8", newline="\n")


def write_workbook(document: Document, path: Path, words: Words) -> None:
    """Write the workbook: a sheet of notes, then one sheet per table; equal documents give equal bytes."""
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    try:
        # a clock inside the file would make equal documents differ
        book.set_properties({"created": datetime.combine(document.on, time()), "title": document.title})
        _Sheets(book, document, words).write()
    finally:
        book.close()


class _Sheets:
    def __init__(self, book: xlsxwriter.Workbook, document: Document, words: Words) -> None:
        self.book, self.document, self.words = book, document, words
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.formats: dict[str, Any] = {
            "text": book.add_format({**base, "text_wrap": True}),
            "quoted": book.add_format({**base, "text_wrap": True, "quote_prefix": True}),
            "money": book.add_format({**base, "num_format": "#,##0.00"}),
            "signed": book.add_format({**base, "num_format": "+#,##0.00;-#,##0.00;0"}),
            "count": book.add_format({**base, "num_format": "#,##0"}),
            "title": book.add_format({**base, "bold": True, "font_size": 15}),
            "head": book.add_format({**base, "bold": True, "bg_color": "#2C7A5A", "font_color": "#FFFFFF", "text_wrap": True}),
        }

    def write(self) -> None:
        """Write every sheet."""
        first = self.words["notes_sheet"]
        sheet = self.book.add_worksheet(first)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, self.document.title, self.formats["title"])
        lines = [("", self.document.lead), *self.document.facts, *(("", n) for n in self.document.notes)]
        if self.document.demo:
            lines.append((self.words["demo"], self.words["demo_banner"]))
        for row, pair in enumerate(lines, 1):
            for column, text in enumerate(pair):
                self._text(sheet, row, column, text)
        names = sheet_names([g.title for g in self.document.grids], [first])
        for name, grid in zip(names, self.document.grids, strict=True):
            self._grid(self.book.add_worksheet(name), grid)

    def _grid(self, sheet: Any, grid: Grid) -> None:
        at = 0
        heads: list[tuple[int, Column, bool]] = []
        for column in grid.columns:
            ranged = any(isinstance(row[len(heads)], Range) for row in grid.rows)
            heads.append((at, column, ranged))
            for title in ([self._low(column), self._high(column)] if ranged else [self._yuan(column)]):
                sheet.set_column(at, at, column.width)
                sheet.write_string(0, at, title, self.formats["head"])
                at += 1
        sheet.freeze_panes(1, 1)
        sheet.hide_gridlines(2)
        for number, row in enumerate(grid.rows, 1):
            for (place, column, ranged), cell in zip(heads, row, strict=True):
                self._cell(sheet, number, place, cell, column.kind)
                if ranged and isinstance(cell, Range):
                    self._cell(sheet, number, place, cell.low, column.kind)
                    self._cell(sheet, number, place + 1, cell.high, column.kind)
        if grid.rows:
            sheet.autofilter(0, 0, len(grid.rows), at - 1)

    def _yuan(self, column: Column) -> str:
        unit = (self.words.lang == "zh" and "（元）") or " (yuan)"
        return column.title + (unit if column.kind == "money" else "")

    def _low(self, column: Column) -> str:
        return f"{column.title} {self.words['low_yuan']}"

    def _high(self, column: Column) -> str:
        return f"{column.title} {self.words['high_yuan']}"

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell, kind: Kind) -> None:
        if isinstance(cell, str):
            self._text(sheet, row, column, cell)
        elif isinstance(cell, int | Decimal):
            whole = isinstance(cell, int)
            sheet.write_number(row, column, float(cell), self.formats["count" if whole and kind != "signed" else kind])
        elif cell is None and kind == "money":
            self._text(sheet, row, column, self.words["unknown"])

    def _text(self, sheet: Any, row: int, column: int, text: str) -> None:
        sheet.write_string(row, column, text, self.formats["quoted" if text.startswith(RISKY) else "text"])


def _styled(file: DocxFile, document: Document) -> None:
    """Set font, sheet and properties; the day of the document stands for the clock, so that the bytes repeat."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - only grants need it
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    font = file.styles["Normal"]
    font.font.name, font.font.size = "宋体", Pt(11)
    font.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    about = file.core_properties
    about.created = about.modified = datetime.combine(document.on, time())
    about.author, about.title = "Wutong", document.title
    section = file.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, section.page_height, section.page_width


def _add_grid(file: DocxFile, grid: Grid, words: Words) -> None:
    from docx.shared import Cm  # noqa: PLC0415 - only grants need it

    file.add_heading(grid.title, level=2)
    table = file.add_table(rows=1, cols=len(grid.columns), style="Table Grid")
    wide = sum(c.width for c in grid.columns)
    for at, column in enumerate(grid.columns):
        table.columns[at].width = Cm(_TEXT_WIDTH * column.width / wide)
    for cell, column in zip(table.rows[0].cells, grid.columns, strict=True):
        cell.text = column.title
    for row in texts(grid, words):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    if grid.note:
        file.add_paragraph(grid.note)


def write_word(document: Document, path: Path, words: Words) -> None:
    """Write a Word file, as offices post and sign them."""
    import docx  # noqa: PLC0415 - only grants need it

    file = docx.Document()
    _styled(file, document)
    file.add_heading(document.title, level=1)
    for text in (words["demo_banner"] if document.demo else "", document.lead, *(f"{a}：{b}" for a, b in document.facts)):
        if text:
            file.add_paragraph(text)
    for grid in document.grids:
        _add_grid(file, grid, words)
    for note in document.notes:
        file.add_paragraph(note)
    buffer = io.BytesIO()
    file.save(buffer)
    path.write_bytes(timeless(buffer.getvalue()))
