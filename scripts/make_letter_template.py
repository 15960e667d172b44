"""Write the Word template of verdict letters, src/wutong/report/letter/letter.docx; a zone may edit a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "src" / "wutong" / "report" / "letter" / "letter.docx"


def styled(style: Any, east: str, size: float, *, bold: bool = False) -> None:
    """Give a style its fonts; Chinese ones by name only, Word takes what the machine has."""
    style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)


def add(document: Any, text: str, style: str = "Normal", align: Any = None, indent: bool = False) -> None:
    """Add a paragraph of the template."""
    paragraph = document.add_paragraph(text, style=style)
    if align is not None:
        paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(24)


def clauses(document: Any) -> None:
    """Add the table of clauses: docxtpl repeats the middle row."""
    table = document.add_table(rows=3, cols=2, style="Table Grid")
    table.autofit = False
    widths = Cm(3.4), Cm(12.2)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    rows = (("{%tr for c in clauses %}", ""), ("{{ c.sign }} {{ c.mark }}", "{{ c.number }}. {{ c.title }}\n{{ c.text }}"),
            ("{%tr endfor %}", ""))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width, cell.text = width, text
            for paragraph in cell.paragraphs:
                paragraph.style = document.styles["No Spacing"]


def main() -> None:
    """Write the template."""
    document = Document()
    part = document.sections[0]
    part.page_width, part.page_height = Cm(21), Cm(29.7)
    part.left_margin = part.right_margin = Cm(2.7)
    part.top_margin, part.bottom_margin = Cm(3), Cm(2.5)
    styled(document.styles["Normal"], "仿宋", 12)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    styled(document.styles["No Spacing"], "仿宋", 10.5)
    styled(document.styles["Title"], "方正小标宋简体", 20, bold=True)
    styled(document.styles["Heading 1"], "黑体", 13)
    centre, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    add(document, "{{ title }}", "Title", centre)
    add(document, "{{ subject }}", align=centre)
    for text in ("{%p for m in marks %}", "【{{ m }}】", "{%p endfor %}", "{{ to }}", "{%p for s in sections %}"):
        add(document, text)
    add(document, "{{ s.heading }}", "Heading 1")
    add(document, "{%p for line in s.lines %}")
    add(document, "{{ line }}", indent=True)
    for text in ("{%p endfor %}", "{%p endfor %}"):
        add(document, text)
    add(document, "{{ clauses_heading }}", "Heading 1")
    clauses(document)
    add(document, "")
    add(document, "{{ foot }}", "No Spacing")
    add(document, "{{ run }}", "No Spacing")
    add(document, "")
    add(document, "{{ issuer }}", align=right)
    add(document, "{{ day }}", align=right)
    document.core_properties.title, document.core_properties.author = "Wutong letter", "Wutong"
    document.save(str(TARGET))


if __name__ == "__main__":
    main()
