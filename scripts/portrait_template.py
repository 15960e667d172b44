"""Write the Word template of portraits anew: python scripts/portrait_template.py.

The template is made for editing in Word; this script only gives it its first form.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Row

TARGET = Path(__file__).resolve().parent.parent / "src/wutong/portrait/templates/portrait.docx"
GREEN = RGBColor(0x1F, 0x5C, 0x43)


def mark(row: _Row, name: str) -> None:
    """Give a row a property."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - python-docx has no such properties


class Template:
    """The template while it is put together."""

    def __init__(self) -> None:
        self.doc = Document()
        section = self.doc.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.8)
        section.top_margin = section.bottom_margin = Cm(2)
        for name, size in (("Normal", 9.5), ("Title", 18), ("Heading 1", 13), ("Heading 2", 11)):
            style = self.doc.styles[name]
            style.font.name, style.font.size = "Noto Sans CJK SC", Pt(size)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in list(fonts.attrib):
                if "Theme" in key:
                    del fonts.attrib[key]
            for kind in ("w:eastAsia", "w:ascii", "w:hAnsi"):
                fonts.set(qn(kind), "Noto Sans CJK SC" if kind == "w:eastAsia" else "Arial")
            if name != "Normal":
                style.font.color.rgb = GREEN
        self.doc.styles["Normal"].paragraph_format.space_after = Pt(3)
        self.edges(section)

    def edges(self, section: Section) -> None:
        """Name and marks above every page, run and page number below."""
        section.header.paragraphs[0].text = "{{ t.title }} · {{ name }}　　{{ marks }}"
        foot = section.footer.paragraphs[0]
        foot.add_run("{{ t.run }} {{ run }} · {{ t.on }} {{ on }} · {{ t.snapshot }} {{ snapshot }}　　")
        for code in ("PAGE", "NUMPAGES"):
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            foot._p.append(field)  # noqa: SLF001 - python-docx has no fields
            if code == "PAGE":
                foot.add_run(" / ")
        for paragraph in (section.header.paragraphs[0], foot):
            for run in paragraph.runs:
                run.font.size = Pt(8)

    def say(self, text: str, style: str | None = None) -> None:
        """Add a paragraph."""
        self.doc.add_paragraph(text, style=style)

    def table(self, heads: list[str], loop: str, cells: list[str], widths: list[float]) -> None:
        """Add a table with one row per item of `loop`."""
        table = self.grid(3 if not heads else 4, len(cells))
        rows = iter(table.rows)
        if heads:
            self.head(next(rows), heads)
        next(rows).cells[0].text = "{%tr for x in " + loop + " %}"
        for cell, text in zip(next(rows).cells, cells, strict=True):
            cell.text = text
        next(rows).cells[0].text = "{%tr endfor %}"
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
            for cell in column.cells:
                cell.width = Cm(width)

    def grid(self, rows: int, columns: int) -> Table:
        """Add an empty table whose rows do not break across pages."""
        table = self.doc.add_table(rows, columns, style="Table Grid")
        for row in table.rows:
            mark(row, "w:cantSplit")
        return table

    @staticmethod
    def head(row: _Row, heads: list[str]) -> None:
        """Fill the head of a table; it is repeated on every page."""
        mark(row, "w:tblHeader")
        for cell, text in zip(row.cells, heads, strict=True):
            cell.text = ""
            cell.paragraphs[0].add_run(text).bold = True

    def wide(self, heads: str, loop: str, cells: str, first: str, last: str) -> None:
        """Add a table with as many columns as there are `heads`, between `first` and `last` if these are given."""
        edge = [x for x in (first, last) if x]
        table = self.grid(4, 3 + len(edge))
        inner = (table.rows[0], "h", heads), (table.rows[2], "c", cells)
        mark(table.rows[0], "w:tblHeader")
        start = 1 if first else 0
        for row, name, values in inner:
            row.cells[start].text = "{%tc for " + name + " in " + values + " %}"
            row.cells[start + 1].text = ""
            row.cells[start + 1].paragraphs[0].add_run("{{ " + name + " }}").bold = name == "h"
            row.cells[start + 2].text = "{%tc endfor %}"
        if first:
            table.rows[0].cells[0].text, table.rows[2].cells[0].text = first, "{{ x.label }}"
            table.rows[0].cells[-1].text, table.rows[2].cells[-1].text = last, "{{ x.source }}"
        table.rows[1].cells[0].text = "{%tr for x in " + loop + " %}"
        table.rows[3].cells[0].text = "{%tr endfor %}"

    def sheets(self, loop: str) -> None:
        """Add a heading, a table and a note for every sheet."""
        self.say("{%p for s in " + loop + " %}")
        self.say("{{ s.title }}", "Heading 2")
        self.say("{%p if s.rows %}")
        self.wide("s.heads", "s.rows", "x", "", "")
        self.say("{%p endif %}")
        self.say("{{ s.note }}")
        self.say("{%p endfor %}")

    def unless_empty(self, loop: str, heads: list[str], cells: list[str], widths: list[float]) -> None:
        """Add a table, or the word for nothing."""
        self.say("{%p if " + loop + " %}")
        self.table(heads, loop, cells, widths)
        self.say("{%p else %}")
        self.say("{{ t.nothing }}")
        self.say("{%p endif %}")


def build() -> Document:
    """Return the template."""
    made = Template()
    made.say("{{ name }}", "Title")
    made.say("{{ t.title }} · {{ code }} · {{ t.on }} {{ on }} · {{ t.run }} {{ run }}")
    made.say("{%p if marks %}")
    made.say("{{ marks }}{% if demo %} — {{ demo }}{% endif %}")
    made.doc.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.say("{%p endif %}")
    made.say("{{ t.identity }}", "Heading 1")
    made.table(["{{ t.fact }}", "{{ t.value }}", "{{ t.source }}"], "identity", ["{{ x.label }}", "{{ x.text }}", "{{ x.source }}"], [3.6, 8.8, 5])
    made.say("{{ t.tags }}", "Heading 2")
    made.unless_empty("tags", ["{{ t.tag }}", "{{ t.why }}"], ["{{ x.text }}", "{{ x.reason }}"], [4.4, 13])
    made.say("{{ t.points }}", "Heading 1")
    made.say("{{ score.model }}{% if score.banner %} · {{ score.banner }}{% endif %}")
    made.say("{{ score.text }}")
    made.say("{%p if axes %}")
    made.table(["{{ t.indicator }}", "{{ t.this }}", "{{ t.got }}", "{{ score.peers }}"], "axes",
               ["{{ x.label }} {{ x.weight }}", "{{ x.bar }}", "{{ x.points }}", "{{ x.peers }}"], [5, 4, 4.4, 4])
    made.say("")
    made.table([f"{{{{ t.{k} }}}}" for k in ("indicator", "value", "got", "weight", "added", "versus", "next")], "lines",
               [f"{{{{ x.{k} }}}}" for k in ("label", "value", "points", "weight", "added", "versus", "next")], [4, 3, 2.4, 1.6, 1.8, 1.8, 2.8])
    made.say("{{ t.losses }}", "Heading 2")
    made.unless_empty("losses", [], ["{{ x.label }}", "{{ x.lost }}", "{{ x.advice }}", "{{ x.next }}"], [4.4, 2.4, 7, 3.6])
    made.say("{%p endif %}")
    made.say("{{ t.years }}", "Heading 1")
    made.wide("years", "series", "x.cells", "{{ t.fact }}", "{{ t.source }}")
    made.say("{{ t.policies }}", "Heading 1")
    made.table([f"{{{{ t.{k} }}}}" for k in ("standing", "policy", "why", "benefit", "basis")], "policies",
               ["{{ x.word }}", "{{ x.name }}{% if x.draft %}（{{ x.draft }}）{% endif %}", "{{ x.reason }}", "{{ x.amount }}", "{{ x.basis }}"],
               [2, 3.8, 6, 2.2, 3.4])
    made.say("{{ t.expiring }}", "Heading 2")
    made.unless_empty("expiring", ["{{ t.date }}", "{{ t.kind }}", "{{ t.item }}"], ["{{ x.day }}", "{{ x.kind }}", "{{ x.text }}"], [2.6, 3.4, 11.4])
    made.say("{{ t.money }}", "Heading 1")
    made.say("{{ t.expected }}{{ t.colon }}{{ expected }}")
    made.sheets("money")
    made.say("{{ t.records }}", "Heading 1")
    made.sheets("records")
    made.say("{{ t.timeline }}", "Heading 1")
    made.unless_empty("timeline", ["{{ t.date }}", "{{ t.kind }}", "{{ t.item }}"], ["{{ x.day }}", "{{ x.kind }}", "{{ x.text }}"], [2.6, 3.4, 11.4])
    made.say("{{ t.questions }}", "Heading 1")
    made.unless_empty("questions", ["{{ t.fact }}", "{{ t.opens }}", "{{ t.points_open }}"], ["{{ x.fact }}", "{{ x.policies }}", "{{ x.points }}"], [5.4, 9.6, 2.4])
    made.say("{{ t.sources }}", "Heading 1")
    made.say("{%p for x in sources %}")
    made.say("{{ x }}", "List Bullet")
    made.say("{%p endfor %}")
    made.say("{{ t.foot }}")
    made.say("{{ t.engine }} {{ engine }} · {{ t.run }} {{ run }}{% if points_run %} · {{ t.points_run }} {{ points_run }}{% endif %} · {{ t.snapshot }} {{ snapshot }}")
    return made.doc


if __name__ == "__main__":
    build().save(str(TARGET))
