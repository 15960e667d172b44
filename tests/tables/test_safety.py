"""Files that must not be read are refused before a parser sees them, with a code and a place."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.tables.made import ON, companies, write

from wutong.errors import WutongError
from wutong.tables import read_workbook, write_marked
from wutong.tables.safety import Limits, column_letters, column_number


def refused(path: Path, **options: object) -> str:
    with pytest.raises(WutongError) as error:
        read_workbook(path, **options)  # type: ignore[arg-type]
    assert error.value.diagnostics[0].place.file == path.name
    assert all(d.line(lang) for d in error.value.diagnostics for lang in ("zh", "en"))
    return error.value.code


def workbook(tmp_path: Path, changes: dict[str, bytes | None], name: str = "a.xlsx") -> Path:
    """Return a small workbook with parts replaced, added or (None) left out."""
    source = write(tmp_path / "source.xlsx", companies(("注册日期", "2020-01-01")))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as new:
        for part in dict.fromkeys([*old.namelist(), *changes]):
            data = changes.get(part, b"") if part in changes else old.read(part)
            if data is not None:
                new.writestr(part, data)
    return tmp_path / name


def part(tmp_path: Path, name: str) -> bytes:
    with zipfile.ZipFile(write(tmp_path / "part.xlsx", companies(("注册日期", "2020-01-01")))) as archive:
        return archive.read(name)


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.xlsx", b"", "T102"), ("a.xlsx", b"hello", "T103"), ("a.csv", b"\0\1\2\3", "T103"), ("a.xls", b"<html><table>", "T103"), ("a.csv", b"<html>", "T103"),
    ("a.xlsx", b"PK\3\4 broken", "T107"), ("a.parquet", b"PAR1 broken", "T107"), ("a.csv", b"a,b\n\xff\xff\xff", "T112"), ("a.csv", b'a,"b\n1,2', "T113"),
    ("a.pdf", b"%PDF-1.4", "T103"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16le"), "T104"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "Workbook _VBA_PROJECT".encode("utf-16le"), "T105"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "WordDocument".encode("utf-16le"), "T103"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "Workbook".encode("utf-16le"), "T107"),
])
def test_by_content(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == code


def test_a_missing_file_or_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xlsx") == "T101"
    assert refused(tmp_path) == "T101"


def test_too_large_a_file(tmp_path: Path) -> None:
    path = workbook(tmp_path, {})
    assert refused(path, limits=Limits(file=1000)) == "T108"


@pytest.mark.parametrize(("changes", "code"), [
    ({"xl/vbaProject.bin": b"x"}, "T105"), ({"xl/workbook.xml": None}, "T103"), ({"xl/workbook.xml": None, "xl/workbook.bin": b"x"}, "T109"),
    ({"xl/workbook.xml": b"<broken"}, "T107"), ({"xl/_rels/workbook.xml.rels": b"<broken"}, "T107"), ({"xl/styles.xml": b"<broken"}, "T107"),
    ({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'}, "T110"), ({"xl/worksheets/sheet1.xml": b"<!DOCTYPE a><worksheet/>"}, "T110"),
])
def test_workbooks_with_bad_parts(tmp_path: Path, changes: dict[str, bytes | None], code: str) -> None:
    assert refused(workbook(tmp_path, changes)) == code


def test_a_macro_workbook_by_its_content_types(tmp_path: Path) -> None:
    types = part(tmp_path, "[Content_Types].xml").replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    types = types.replace(b"openxmlformats-officedocument.spreadsheetml.sheet.macroEnabled", b"ms-excel.sheet.macroEnabled")
    assert refused(workbook(tmp_path, {"[Content_Types].xml": types})) == "T105"


def test_a_small_file_that_unpacks_to_400_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    block = b"<row>" + b" " * (1 << 20)
    with zipfile.ZipFile(write(path, companies(("注册日期", None))), "a", zipfile.ZIP_DEFLATED) as archive, \
            archive.open("xl/worksheets/sheet9.xml", "w") as out:
        for _ in range(400):
            out.write(block)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    start = time.perf_counter()
    assert refused(path) == "T106"
    assert time.perf_counter() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 5 << 20
    tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_is_refused_while_inflating(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"xl/media/image1.png": bytes(40 << 20)})
    data = bytearray(path.read_bytes())
    true, small = struct.pack("<I", 40 << 20), struct.pack("<I", 1000)
    assert data.count(true) >= 1
    path.write_bytes(bytes(data).replace(true, small))
    assert refused(path) == "T106"


def test_high_ratio_alone_is_no_bomb_while_small(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"xl/media/image1.png": bytes(5 << 20)})
    assert read_workbook(path).companies.num_rows == 1


def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, {})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    offset = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[offset] ^= 0xFF
    path.write_bytes(bytes(data))
    assert refused(path) == "T107"


def test_too_many_parts_and_doubled_parts(tmp_path: Path) -> None:
    path = workbook(tmp_path, {f"x/{i}": b"" for i in range(50)})
    assert refused(path, limits=Limits(entries=40)) == "T106"
    double = workbook(tmp_path, {}, "b.xlsx")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(double, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<other/>")
    assert refused(double) == "T106"


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_sheet_that_spans_billions_of_cells_is_refused(tmp_path: Path, prefix: str) -> None:
    space = f'xmlns{":x" if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = "".join(f'<{prefix}row r="{r}"><{prefix}c r="{c}{r}"><{prefix}v>1</{prefix}v></{prefix}c></{prefix}row>'
                   for c, r in (("A", 1), ("XFD", 1048576)))
    sheet = f"<{prefix}worksheet {space}><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>".encode()
    assert refused(workbook(tmp_path, {"xl/worksheets/sheet1.xml": sheet})) == "T111"


def ods(path: Path, cells: str, manifest: str = "") -> Path:
    content = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
               'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
               'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
               f'<table:table table:name="企业">{cells}</table:table></office:spreadsheet></office:body></office:document-content>')
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return path


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def test_ods_is_read(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", row(cell("统一社会信用代码"), cell("企业名称")) + row(cell("91350100M000100Y43"), cell("甲")))
    reading = read_workbook(path, on=ON)
    assert reading.companies.to_pylist() == [{"company": "91350100M000100Y43", "name": "甲"}]
    assert [(d.severity, d.code) for d in reading.diagnostics] == [("warning", "T114")]


def test_a_strict_workbook_is_scanned_too(tmp_path: Path) -> None:
    source = write(tmp_path / "source.xlsx", companies(("2025年营业收入(万元)", ("=", "=1/0", "#DIV/0!"))))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if not name.startswith("["):
                data = data.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
                data = data.replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                                    b"http://purl.oclc.org/ooxml/officeDocument/relationships")
            new.writestr(name, data)
    reading = read_workbook(tmp_path / "a.xlsx")
    assert [d.code for d in reading.errors] == ["T142"]
    assert write_marked(tmp_path / "a.xlsx", reading, tmp_path / "b.xlsx").is_file()


def test_rows_of_blanks_are_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("统一社会信用代码,企业名称\n91350100M000100Y43,甲\n , \n,\n", "utf-8")
    reading = read_workbook(file, on=ON)
    assert reading.diagnostics == ()
    assert reading.sheets[0].rows == 1


@pytest.mark.parametrize(("cells", "manifest", "code"), [
    (row(cell("a", 'table:number-columns-repeated="16000"'), more='table:number-rows-repeated="1000000"'), "", "T111"),
    (row(cell("a", 'table:number-columns-repeated="99999999"')), "", "T111"), (row(cell("a")), "<encryption-data/>", "T104"),
])
def test_ods_bombs_and_locks(tmp_path: Path, cells: str, manifest: str, code: str) -> None:
    assert refused(ods(tmp_path / "a.ods", cells, manifest)) == code


def test_parquet_with_too_many_cells(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": [1] * 1000}), tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet", limits=Limits(cells=999)) == "T111"


def test_column_letters() -> None:
    assert [column_number(column_letters(n)) for n in range(1, 20_000)] == list(range(1, 20_000))
    assert column_letters(16_384) == "XFD"


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = workbook(tmp_path, {})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    path.write_bytes(bytes(data))
    assert refused(path) == "T104"
