"""Files into raw sheets: cell values as the file holds them, with what must be known about a cell besides.

calamine gives an empty text for formula cells that were never computed and for error values, and drops number
formats; so the sheet XML of an .xlsx is scanned once for formulas, error values and percent formats.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from wutong.errors import Place, WutongError
from wutong.tables.safety import LIMITS, Kind, Limits, check_extent, column_number, inflate, kind_of

Cell = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass(slots=True)
class RawSheet:
    """Rows of cells from the top left corner of the sheet.

    `special` tells by column and row which cells are ``percent`` (shown with a percent sign), ``uncomputed`` (a
    formula without result) or an error value (``#REF!``); `formulas` counts computed formulas by column;
    `formats_known` is false for files whose percent formats cannot be told.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[Cell, Cell], ...] = ()
    special: dict[int, dict[int, str]] = field(default_factory=dict)
    formulas: Counter[int] = field(default_factory=Counter)
    formats_known: bool = True
    written: dict[Cell, str] = field(default_factory=dict)
    """Header cells that are read as another text, as they are written."""

    def mark(self, cell: Cell, kind: str) -> None:
        """Note that a cell is special."""
        self.special.setdefault(cell[1], {})[cell[0]] = kind


@dataclass(frozen=True, slots=True)
class RawBook:
    """All sheets of a file."""

    path: Path
    kind: Kind
    sheets: tuple[RawSheet, ...]
    epoch: Literal[1900, 1904] = 1900


def read_raw(path: Path, limits: Limits = LIMITS) -> RawBook:
    """Read a file safely. Raises T101–T113."""
    kind = kind_of(path, limits)
    if kind == "csv":
        return RawBook(path, kind, (_csv(path),))
    if kind == "parquet":
        return RawBook(path, kind, (_parquet(path, limits),))
    return _workbook(path, kind, limits)


def rename_headers(book: RawBook, headers: Mapping[str, str], depth: int = 15) -> None:
    """Read header cells (in the first `depth` rows) as another text, "" for a column that is not to be read."""
    for sheet in book.sheets:
        rows = [list(row) for row in sheet.rows[:depth]]
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                meant = headers.get(cell.strip()) if isinstance(cell, str) else None
                if meant is not None:
                    sheet.written[number, column], row[column] = cell.strip(), meant
        sheet.rows = [*rows, *sheet.rows[depth:]]


def _workbook(path: Path, kind: Kind, limits: Limits) -> RawBook:
    scans, epoch = _scan_xlsx(path, limits) if kind == "xlsx" else ({}, 1900)
    if kind == "ods":
        with zipfile.ZipFile(path) as archive:
            _ods_extent(inflate(archive, "content.xml", path, limits), path, limits)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
            sheets = tuple(_sheet(book, name, scans.get(name), kind) for name in names)
    except PasswordError:
        raise WutongError.of("T104", Place(file=path.name)) from None
    except (CalamineError, OSError, ValueError, RuntimeError):
        raise WutongError.of("T107", Place(file=path.name)) from None
    return RawBook(path, kind, sheets, epoch)


def _sheet(book: CalamineWorkbook, name: str, scan: RawSheet | None, kind: Kind) -> RawSheet:
    sheet = book.get_sheet_by_name(name)
    if kind == "xlsx" and scan is None:
        raise ValueError("a sheet that was not scanned")
    raw = scan or RawSheet(name, (), formats_known=False)
    raw.rows = sheet.to_python(skip_empty_area=False)
    raw.merged = tuple(sheet.merged_cell_ranges or ()) if kind != "ods" else ()
    return raw


_CELL = re.compile(rb"<c ([^>]*?)(/?)>(<f\b[^>]*?(?:/>|>.*?</f>))?(<v\s*/>|<v></v>|<v[ >]|)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'\b([rst])="([^"]*)"')
_REFERENCE = re.compile(rb"([A-Z]+)([0-9]+)")


def xml(data: bytes) -> etree._Element:
    """Parse XML that comes from outside: no entities, no network, no huge trees."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def sheet_files(archive: zipfile.ZipFile, path: Path, limits: Limits = LIMITS) -> dict[str, str]:
    """Return sheet name → part name inside an .xlsx, in the transitional or the strict namespace. Raises T107."""
    try:
        book = xml(inflate(archive, "xl/workbook.xml", path, limits))
        links = xml(inflate(archive, "xl/_rels/workbook.xml.rels", path, limits))
    except (etree.XMLSyntaxError, KeyError):
        raise WutongError.of("T107", Place(file=path.name)) from None
    targets = {link.get("Id"): str(link.get("Target")) for link in links
               if str(link.get("Type")).endswith("/worksheet")}
    files = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        number = next((str(v) for k, v in sheet.items() if str(k).endswith("}id")), "")
        target = targets.get(number, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in archive.namelist():
            files[str(sheet.get("name"))] = part
    return files


def _scan_xlsx(path: Path, limits: Limits) -> tuple[dict[str, RawSheet], Literal[1900, 1904]]:
    with zipfile.ZipFile(path) as archive:
        try:
            book = xml(inflate(archive, "xl/workbook.xml", path, limits))
            percents = _percent_styles(archive, path, limits)
        except (etree.XMLSyntaxError, KeyError):
            raise WutongError.of("T107", Place(file=path.name)) from None
        files = sheet_files(archive, path, limits)
        scans = {name: _scan(inflate(archive, part, path, limits), name, path, percents, limits)
                 for name, part in files.items()}
        for name in archive.namelist():
            if name not in files.values():
                inflate(archive, name, path, limits)
    properties = book.find("{*}workbookPr")
    later = properties is not None and properties.get("date1904") in ("1", "true")
    return scans, 1904 if later else 1900


def _percent_styles(archive: zipfile.ZipFile, path: Path, limits: Limits) -> frozenset[bytes]:
    """Return the cell style numbers whose number format shows a percent sign."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = xml(inflate(archive, "xl/styles.xml", path, limits))
    formats = {"9", "10"} | {
        str(f.get("numFmtId")) for f in styles.iterfind("{*}numFmts/{*}numFmt") if "%" in str(f.get("formatCode"))
    }
    cells = styles.iterfind("{*}cellXfs/{*}xf")
    return frozenset(str(i).encode() for i, xf in enumerate(cells) if xf.get("numFmtId") in formats)


def _scan(data: bytes, name: str, path: Path, percents: frozenset[bytes], limits: Limits) -> RawSheet:
    prefix = re.search(rb"<(\w+):worksheet\b", data[:4096])
    if prefix is not None:
        data = data.replace(b"<" + prefix[1] + b":", b"<").replace(b"</" + prefix[1] + b":", b"</")
    check_extent(data, name, path, limits)
    sheet = RawSheet(name, ())
    styled = any(b's="' + p + b'"' in data for p in percents)
    if not (b"<f>" in data or b"<f " in data or b"<f/>" in data or b't="e"' in data or styled):
        return sheet
    for match in _CELL.finditer(data):
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        formula, error = match[3] is not None, attributes.get(b"t") == b"e"
        percent = attributes.get(b"s") in percents
        if not (formula or error or percent):
            continue
        at = _cell(attributes.get(b"r", b""), path, name)
        computed = match[4] in (b"<v>", b"<v ") or attributes.get(b"t") == b"str"
        if formula and not computed:
            sheet.mark(at, "uncomputed")
        elif error:
            value = data[match.end(): match.end() + 16].partition(b"<")[0].rpartition(b">")[2]
            sheet.mark(at, value.decode("ascii", "replace"))
        elif percent:
            sheet.mark(at, "percent")
        sheet.formulas[at[1]] += formula and computed and not error
    return sheet


def _cell(reference: bytes, path: Path, sheet: str) -> Cell:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise WutongError.of("T107", Place(file=path.name, sheet=sheet))
    return int(match[2]) - 1, column_number(match[1].decode()) - 1


_ODS_TABLE = re.compile(rb"<table:table\b.*?</table:table>", re.DOTALL)
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_ODS_REPEATED = re.compile(rb'(?:rows|columns)-repeated="(\d+)"')


def _ods_extent(data: bytes, path: Path, limits: Limits) -> None:
    """Refuse tables that repeated rows and columns blow up; what is repeated after the last content is not read."""
    for table in _ODS_TABLE.findall(data):
        height = seen = width = 0
        for attributes, cells in _ODS_ROW.findall(table):
            seen += _repeated(attributes)
            reach = _ods_width(cells)
            if reach:
                height, width = seen, max(width, reach)
        if height * width > limits.cells or width > 16_384 or height > 1_048_576:
            raise WutongError.of("T111", Place(file=path.name), rows=height, columns=width)


def _ods_width(cells: bytes) -> int:
    reach = seen = 0
    for attributes in _ODS_CELL.findall(cells):
        seen += _repeated(attributes)
        reach = seen if b"value-type=" in attributes else reach
    return reach


def _repeated(attributes: bytes) -> int:
    found = _ODS_REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _csv(path: Path) -> RawSheet:
    text = _decode(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise WutongError.of("T113", Place(file=path.name), reason=str(error)) from None
    return RawSheet(path.stem, rows)


def _decode(path: Path) -> str:
    """Decode strictly, UTF-8 first: no valid GB18030 text of Chinese words is valid UTF-8 by chance."""
    data = path.read_bytes()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if wide else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WutongError.of("T112", Place(file=path.name))


def _parquet(path: Path, limits: Limits) -> RawSheet:
    try:
        file = pq.ParquetFile(path)
        inflated = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
        if inflated > limits.inflated or file.metadata.num_rows * file.metadata.num_columns > limits.cells:
            raise WutongError.of("T111", Place(file=path.name), rows=file.metadata.num_rows,
                                 columns=file.metadata.num_columns)
        table = file.read()
    except (OSError, ValueError, KeyError):
        raise WutongError.of("T107", Place(file=path.name)) from None
    columns = [column.to_pylist() for column in table.columns]
    return RawSheet(path.stem, [table.column_names, *zip(*columns, strict=True)])
