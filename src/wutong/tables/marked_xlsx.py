"""Marking cells inside an .xlsx without rewriting the workbook: styles, comments, and one more sheet.

Only parts that change are touched: the style numbers of faulty cells, the style table, comments (with the VML
shapes Excel wants for them) and the lists of parts. Everything else is copied byte by byte.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape

from lxml import etree

from wutong.errors import Place, Severity, WutongError
from wutong.tables.safety import column_letters, column_number, inflate
from wutong.tables.source import Cell, sheet_files, xml

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_COMMENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AFTER_DRAWING = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
_MOST_COMMENTS = 20_000
_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'\b(r|s)="([^"]*)"')
_STYLE = re.compile(rb'\s*\bs="[^"]*"')
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Marked(Protocol):
    """What a mark tells."""

    @property
    def severity(self) -> Severity: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102


def can_patch(path: Path) -> bool:
    """Return whether the sheets use the usual namespace without a prefix, as Excel, WPS and most programs do."""
    with zipfile.ZipFile(path) as archive:
        parts = sheet_files(archive, path).values()
        styled = "xl/styles.xml" in archive.namelist()
        heads = [archive.open(part).read(4096) for part in parts]
        return styled and bool(heads) and all(b"<worksheet" in head and MAIN.encode() in head for head in heads)


def patch_xlsx(
    source: Path, target: Path, marks: Mapping[str, Mapping[Cell, Marked]], issues: Iterable[tuple[Any, ...]],
    colours: Mapping[Severity, str], widths: tuple[int, ...],
) -> None:
    """Copy `source` to `target` with the marks and a last sheet that holds `issues`."""
    with zipfile.ZipFile(source) as archive:
        job = _Patch(archive, source)
        styles = _Styles(job.element("xl/styles.xml"), colours)
        for sheet, part in sheet_files(archive, source).items():
            if marks.get(sheet):
                _mark_sheet(job, part, marks[sheet], styles)
        _add_issues(job, issues, styles, widths)
        job.parts["xl/styles.xml"] = styles.text()
        job.write(target)


class _Patch:
    """The parts of a package that change."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self.archive, self.path = archive, path
        self.names = set(archive.namelist())
        self.parts: dict[str, bytes] = {}
        self.types = self.element("[Content_Types].xml")

    def read(self, name: str) -> bytes | None:
        if name in self.parts:
            return self.parts[name]
        return inflate(self.archive, name, self.path) if name in self.names else None

    def element(self, name: str) -> etree._Element:
        try:
            return xml(self.read(name) or b"")
        except etree.XMLSyntaxError:
            raise WutongError.of("T107", Place(file=self.path.name)) from None

    def declare(self, name: str, kind: str) -> None:
        etree.SubElement(self.types, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=kind)

    def free(self, pattern: str) -> str:
        number = 1
        while (name := pattern.format(number)) in self.names or name in self.parts:
            number += 1
        return name

    def link(self, owner: str, kind: str, target: str) -> str:
        """Add a relationship of part `owner` and return its id."""
        folder, _, file = owner.rpartition("/")
        name = f"{folder}/_rels/{file}.rels"
        data = self.read(name)
        links = xml(data) if data else xml(f'<Relationships xmlns="{PACKAGE}"/>'.encode())
        taken = {link.get("Id") for link in links}
        number = next(f"rId{i}" for i in range(1, len(taken) + 2) if f"rId{i}" not in taken)
        etree.SubElement(links, f"{{{PACKAGE}}}Relationship", Id=number, Type=f"{REL}/{kind}", Target=f"/{target}")
        self.parts[name] = _bytes(links)
        return number

    def linked(self, owner: str, kind: str) -> str | None:
        """Return the part that `owner` is related to by `kind`."""
        folder, _, file = owner.rpartition("/")
        data = self.read(f"{folder}/_rels/{file}.rels")
        for link in xml(data) if data else ():
            if str(link.get("Type")).endswith(f"/{kind}"):
                target = str(link.get("Target"))
                return target[1:] if target.startswith("/") else _resolve(folder, target)
        return None

    def write(self, target: Path) -> None:
        self.parts["[Content_Types].xml"] = _bytes(self.types)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
            for info in self.archive.infolist():
                if info.filename not in self.parts:
                    out.writestr(info, inflate(self.archive, info.filename, self.path), zipfile.ZIP_DEFLATED)
            for name, data in self.parts.items():
                out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def _part(root: etree._Element, name: str) -> etree._Element:
    """Return the child element `name`, made if absent."""
    found = root.find(f"{{{MAIN}}}{name}")
    return etree.SubElement(root, f"{{{MAIN}}}{name}") if found is None else found


def _resolve(folder: str, target: str) -> str:
    steps = folder.split("/")
    for step in target.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _bytes(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))


class _Styles:
    """The style table; clones a cell's own style with another fill."""

    def __init__(self, root: etree._Element, colours: Mapping[Severity, str]) -> None:
        self.root = root
        self.formats = _part(root, "cellXfs")
        self.fills = {severity: self._fill(colour) for severity, colour in colours.items()}
        self.known: dict[tuple[int, Severity], int] = {}
        self.bold = self._font()

    def _append(self, name: str, child: etree._Element) -> int:
        group = _part(self.root, name)
        group.append(child)
        group.set("count", str(len(group)))
        return len(group) - 1

    def _fill(self, colour: str) -> int:
        return self._append("fills", xml(
            f'<fill xmlns="{MAIN}"><patternFill patternType="solid"><fgColor rgb="FF{colour}"/>'
            f'<bgColor indexed="64"/></patternFill></fill>'.encode()))

    def _font(self) -> int:
        return self._append("fonts", xml(f'<font xmlns="{MAIN}"><b/><sz val="11"/></font>'.encode()))

    def marked(self, style: int, severity: Severity) -> int:
        """Return the number of style `style` in the colour of `severity`."""
        key = (style, severity)
        if key not in self.known:
            clone = xml(etree.tostring(self.formats[min(style, len(self.formats) - 1)]))
            clone.set("fillId", str(self.fills[severity]))
            clone.set("applyFill", "1")
            self.known[key] = self._append("cellXfs", clone)
        return self.known[key]

    def heading(self) -> int:
        return self._append("cellXfs", xml(
            f'<xf xmlns="{MAIN}" numFmtId="0" fontId="{self.bold}" fillId="{self.fills["note"]}" borderId="0" xfId="0" '
            f'applyFont="1" applyFill="1"/>'.encode()))

    def wrapped(self) -> int:
        return self._append("cellXfs", xml(
            f'<xf xmlns="{MAIN}" numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
            f'<alignment vertical="top" wrapText="1"/></xf>'.encode()))

    def text(self) -> bytes:
        return _bytes(self.root)


# ---- cells ------------------------------------------------------------------------------------------------------


def _mark_sheet(job: _Patch, part: str, marks: Mapping[Cell, Marked], styles: _Styles) -> None:
    data = job.read(part) or b""
    start, end = data.find(b"<sheetData"), data.find(b"</sheetData>")
    if end < 0:
        return
    start = data.index(b">", start) + 1
    rows: dict[int, dict[int, Marked]] = {}
    for (row, column), mark in marks.items():
        rows.setdefault(row, {})[column] = mark
    body = _mark_rows(data[start:end], rows, styles)
    comments = dict(sorted(marks.items())[:_MOST_COMMENTS])
    head, tail = _with_comments(job, part, data[:start], data[end:], comments)
    job.parts[part] = b"".join((head, body, tail))


def _mark_rows(data: bytes, rows: Mapping[int, Mapping[int, Marked]], styles: _Styles) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for match in _ROW.finditer(data):
        number = next((int(v) - 1 for k, v in _ATTRIBUTE.findall(match[1]) if k == b"r"), -1)
        if number in rows:
            content = match[2] or b""
            inside = _mark_present(content, number, rows[number], styles)
            if inside is None:
                inside = _mark_cells(content, number, dict(rows[number]), styles)
            pieces += [data[done:match.start()], b"<row", match[1], b">", inside, b"</row>"]
            done = match.end()
    return b"".join((*pieces, data[done:]))


def _mark_present(data: bytes, row: int, marks: Mapping[int, Marked], styles: _Styles) -> bytes | None:
    """Restyle marked cells found by their address; None if one of them does not exist yet. Spares the other cells."""
    pieces: list[bytes] = []
    done = 0
    for column in sorted(marks):
        at = data.find(b' r="%b%d"' % (column_letters(column + 1).encode(), row + 1), done)
        start, end = data.rfind(b"<c ", done, at + 1), data.find(b">", at)
        if at < 0 or start < 0 or end < 0 or b">" in data[start:at]:
            return None
        attributes = data[start + 2:end]
        style = int(next((v for k, v in _ATTRIBUTE.findall(attributes) if k == b"s"), b"0"))
        number = styles.marked(style, marks[column].severity)
        pieces += [data[done:start], b"<c", b' s="%d"' % number, _STYLE.sub(b"", attributes)]
        done = end
    return b"".join((*pieces, data[done:]))


def _mark_cells(data: bytes, row: int, marks: dict[int, Marked], styles: _Styles) -> bytes:
    """Restyle marked cells; marked cells that do not exist yet are put in at their place."""
    pieces: list[bytes] = []
    done = 0
    for match in _CELL.finditer(data):
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        letters = attributes.get(b"r", b"").decode().rstrip("0123456789")
        column = column_number(letters) - 1
        pieces.append(data[done:match.start()])
        done = match.end()
        missing = sorted(c for c in marks if c < column)
        pieces += [_empty(row, c, marks.pop(c), styles) for c in missing]
        mark = marks.pop(column, None)
        if mark is None:
            pieces.append(match[0])
            continue
        style = styles.marked(int(attributes.get(b"s", b"0")), mark.severity)
        others = _STYLE.sub(b"", match[1])
        inside = match[2]
        opening = b'<c%b s="%d"' % (others, style)
        pieces.append(opening + b"/>" if inside is None else opening + b">" + inside + b"</c>")
    pieces.append(data[done:])
    pieces += [_empty(row, column, marks[column], styles) for column in sorted(marks)]
    return b"".join(pieces)


def _empty(row: int, column: int, mark: Marked, styles: _Styles) -> bytes:
    return f'<c r="{column_letters(column + 1)}{row + 1}" s="{styles.marked(0, mark.severity)}"/>'.encode()


# ---- comments ---------------------------------------------------------------------------------------------------


def _with_comments(
    job: _Patch, part: str, head: bytes, tail: bytes, marks: Mapping[Cell, Marked]
) -> tuple[bytes, bytes]:
    """Add comments to the sheet's own, or give it its first ones; returns the frame around the rows."""
    comments = job.linked(part, "comments")
    drawing = job.linked(part, "vmlDrawing")
    if comments is None or drawing is None:
        comments, drawing = job.free("xl/commentsWutong{}.xml"), job.free("xl/drawings/vmlDrawingWutong{}.vml")
        job.link(part, "comments", comments)
        number = job.link(part, "vmlDrawing", drawing)
        job.declare(comments, _COMMENT_TYPE)
        if not any(str(t.get("Extension")).lower() == "vml" for t in job.types):
            job.types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension="vml", ContentType=_VML_TYPE))
        head, tail = _with_legacy_drawing(head, tail, number)
    fresh = _comment_texts(job, comments, marks)
    job.parts[drawing] = _shapes(job.read(drawing), fresh)
    return head, tail


def _with_legacy_drawing(head: bytes, tail: bytes, number: str) -> tuple[bytes, bytes]:
    frame = xml(head + tail)
    drawing = etree.Element(f"{{{MAIN}}}legacyDrawing", {f"{{{REL}}}id": number})
    later = list(frame.iterchildren(*(f"{{{MAIN}}}{name}" for name in _AFTER_DRAWING)))
    if later:
        later[0].addprevious(drawing)
    else:
        frame.append(drawing)
    text = _bytes(frame)
    for empty in (b"<sheetData/>", b"<sheetData></sheetData>"):
        before, found, after = text.partition(empty)
        if found:
            return before + b"<sheetData>", b"</sheetData>" + after
    return head, tail


def _comment_texts(job: _Patch, name: str, marks: Mapping[Cell, Marked]) -> list[Cell]:
    """Write the comments; cells that have one already get the text appended. Returns cells that need a shape."""
    data = job.read(name)
    root = xml(data or f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'.encode())
    authors, listed = _part(root, "authors"), _part(root, "commentList")
    etree.SubElement(authors, f"{{{MAIN}}}author").text = "梧桐"
    own = str(len(authors) - 1)
    known = {str(c.get("ref")): c for c in listed}
    fresh = []
    for cell, mark in marks.items():
        reference = f"{column_letters(cell[1] + 1)}{cell[0] + 1}"
        comment = known.get(reference)
        if comment is None:
            comment = etree.SubElement(listed, f"{{{MAIN}}}comment", ref=reference, authorId=own)
            fresh.append(cell)
        run = etree.SubElement(_part(comment, "text"), f"{{{MAIN}}}r")
        text = etree.SubElement(run, f"{{{MAIN}}}t")
        text.text = _ILLEGAL.sub("", mark.text if reference not in known else f"\n{mark.text}")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    job.parts[name] = _bytes(root)
    return fresh


_VML_HEAD = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>\
</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" \
path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>\
</v:shapetype>"""
_VML_SHAPE = """<v:shape id="_x0000_w{row}_{column}" type="#_x0000_t202" style="position:absolute;width:260pt;height:90pt;\
z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>\
<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:Anchor>{left}, 15, {row}, 2, {right}, 30, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""


def _shapes(data: bytes | None, cells: list[Cell]) -> bytes:
    shapes = "".join(
        _VML_SHAPE.format(row=row, column=column, left=column + 1, right=column + 5, bottom=row + 6)
        for row, column in cells
    ).encode()
    before, _, after = (data or f"{_VML_HEAD}</xml>".encode()).rpartition(b"</xml>")
    return before + shapes + b"</xml>" + after


# ---- the list of issues -----------------------------------------------------------------------------------------


def _add_issues(job: _Patch, issues: Iterable[tuple[Any, ...]], styles: _Styles, widths: tuple[int, ...]) -> None:
    part = job.free("xl/worksheets/sheetWutong{}.xml")
    book = job.element("xl/workbook.xml")
    sheets = _part(book, "sheets")
    taken = {str(s.get("name")) for s in sheets}
    name = next(n for n in ("问题清单", *(f"问题清单{i}" for i in range(2, 99))) if n not in taken)
    sheet = etree.SubElement(sheets, f"{{{MAIN}}}sheet", name=name)
    sheet.set("sheetId", str(max(int(s.get("sheetId", "0")) for s in sheets) + 1))
    sheet.set(f"{{{REL}}}id", job.link("xl/workbook.xml", "worksheet", part))
    job.parts["xl/workbook.xml"] = _bytes(book)
    job.declare(part, _SHEET_TYPE)
    heading, wrapped = styles.heading(), styles.wrapped()
    columns = "".join(f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(widths, 1))
    lines = (_issue_row(i, row, heading if i == 1 else wrapped) for i, row in enumerate(issues, 1))
    job.parts[part] = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}"><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><cols>{columns}</cols><sheetData>{"".join(lines)}</sheetData></worksheet>'
    ).encode()


def _issue_row(number: int, row: tuple[Any, ...], style: int) -> str:
    cells = []
    for column, value in enumerate(row, 1):
        reference = f"{column_letters(column)}{number}"
        if isinstance(value, int):
            cells.append(f'<c r="{reference}" s="{style}"><v>{value}</v></c>')
        elif value != "":
            text = escape(_ILLEGAL.sub("", str(value)))
            cells.append(f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'
