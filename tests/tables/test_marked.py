from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from tests.tables.made import ON, code, companies, write

from wutong.errors import WutongError
from wutong.tables import Reading, read_workbook, write_marked

ERROR, WARNING = "FFFFC7CE", "FFFFEB9C"
SHEETS = companies(("注册日期", "坏", "2024年3月", date(2020, 1, 1)), ("2025年营业收入(万元)", "约5", 2, 3), ("怪", 1, 2, 3))


def marked(folder: Path, path: Path) -> tuple[Reading, Any]:
    reading = read_workbook(path, on=ON)
    return reading, openpyxl.load_workbook(write_marked(path, reading, folder / "标注.xlsx"))


def colours(sheet: Any) -> dict[str, str]:
    return {c.coordinate: c.fill.fgColor.rgb for row in sheet.iter_rows() for c in row if c.fill.fill_type == "solid"}


def test_faulty_cells_are_coloured_and_explained(tmp_path: Path) -> None:
    reading, book = marked(tmp_path, write(tmp_path / "a.xlsx", SHEETS))
    sheet = book["企业"]
    assert colours(sheet) == {"C2": ERROR, "D2": WARNING, "C3": WARNING, "E1": WARNING}
    comments = {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
    assert sorted(comments) == ["C2", "C3", "D2", "E1"]
    assert comments["C2"] == f"[V111] {reading.errors[0].text()}{reading.errors[0].remedy()}"


def test_the_list_names_every_finding(tmp_path: Path) -> None:
    reading, book = marked(tmp_path, write(tmp_path / "a.xlsx", SHEETS))
    rows = [tuple(c.value for c in row) for row in book["问题清单"].iter_rows()]
    assert rows[0] == ("级别", "代码", "工作表", "行", "列", "单元格内容", "问题", "处理办法")
    assert [r[1] for r in rows[1:]] == [d.code for d in reading.diagnostics]
    assert rows[2] == ("错误", "V111", "企业", 2, "C 注册日期", "坏", reading.errors[0].text(), reading.errors[0].remedy())


def test_all_else_of_the_workbook_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page, money = book.add_worksheet("企业"), book.add_format({"num_format": "#,##0.00", "bold": True, "bg_color": "#00FF00"})
        for r, row in enumerate(companies(("2025年营业收入(万元)", -5, 6), ("2025年职工总数", None, 7))["企业"]):
            page.write_row(r, 0, row)
        page.write_number(1, 2, -5, money)
        page.write_formula(2, 3, "=3+4", None, 7)
        page.data_validation("D2:D9", {"validate": "integer", "criteria": ">", "value": 0})
        page.conditional_format("D2:D9", {"type": "data_bar"})
        page.set_column(0, 0, 33)
        page.autofilter("A1:D9")
        book.add_worksheet("其他").write(0, 0, "随手")
    _, book = marked(tmp_path, path)
    sheet = book["企业"]
    assert (sheet["C2"].number_format, sheet["C2"].font.bold, sheet["C2"].value) == ("#,##0.00", True, -5)
    assert sheet["C2"].fill.fgColor.rgb == ERROR
    assert sheet["D3"].value == "=3+4"
    assert sheet.data_validations.dataValidation[0].sqref.ranges
    assert sheet.column_dimensions["A"].width == pytest.approx(33.7, abs=0.1)
    assert sheet.auto_filter.ref == "A1:D9"
    assert book.sheetnames == ["企业", "其他", "问题清单"]


def test_missing_cells_can_be_marked(tmp_path: Path) -> None:
    rows = companies(("注册日期", None, None))["企业"]
    rows[1][0] = None
    rows[2][1] = None
    _, book = marked(tmp_path, write(tmp_path / "a.xlsx", {"企业": rows}))
    assert colours(book["企业"]) == {"A2": ERROR, "B3": WARNING}


def test_text_that_looks_like_a_cell_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "企业"
    for row in companies(("所在园区", None), ("注册日期", "坏"))["企业"]:
        sheet.append(row)
    sheet["C2"] = 'x r="D2" y'
    book.save(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                cell = b'<c r="C2" t="inlineStr"><is><t>x r="D2" y</t></is></c>'
                start = data.index(b'<c r="C2"')
                data = data[:start] + cell + data[data.index(b"</c>", start) + 4:]
            new.writestr(name, data)
    _, marked_book = marked(tmp_path, tmp_path / "b.xlsx")
    assert marked_book["企业"]["C2"].value == 'x r="D2" y'
    assert colours(marked_book["企业"]) == {"D2": ERROR}


def test_comments_of_the_input_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("企业")
        for r, row in enumerate(companies(("注册日期", "坏", None))["企业"]):
            page.write_row(r, 0, row)
        page.write_comment("C2", "原来的话")
        page.write_comment("B3", "别的话")
    _, book = marked(tmp_path, path)
    texts = {c.coordinate: c.comment.text for row in book["企业"].iter_rows() for c in row if c.comment}
    assert sorted(texts) == ["B3", "C2"]
    assert texts["B3"] == "别的话"
    assert texts["C2"].startswith("原来的话\n[V111]")


def test_the_copy_reads_as_the_input_does(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {**SHEETS, "知识产权": [["统一社会信用代码", "类别"], [code(3), "X类"], [code(3), "I类"]]})
    reading, _ = marked(tmp_path, path)
    again = read_workbook(tmp_path / "标注.xlsx", on=ON)
    assert [(d.code, d.place.sheet, d.place.row) for d in again.diagnostics] == [(d.code, d.place.sheet, d.place.row) for d in reading.diagnostics]
    assert again.tables == reading.tables
    write_marked(tmp_path / "标注.xlsx", again, tmp_path / "再标注.xlsx")
    assert openpyxl.load_workbook(tmp_path / "再标注.xlsx").sheetnames == ["企业", "知识产权", "问题清单", "问题清单2"]


def test_every_part_of_the_copy_is_declared_once(tmp_path: Path) -> None:
    marked(tmp_path, write(tmp_path / "a.xlsx", SHEETS))
    with zipfile.ZipFile(tmp_path / "标注.xlsx") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        types = archive.read("[Content_Types].xml").decode()
    assert len(names) == len(set(names))
    assert [types.count(f'PartName="/{n}"') for n in names if "Wutong" in n and n.endswith(".xml")] == [1, 1]
    assert types.count('Extension="vml"') == 1


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_other_files_get_a_workbook_of_the_same(tmp_path: Path, suffix: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        path.write_text(f"统一社会信用代码,企业名称,注册日期\n{code(1)},甲,坏\n{code(2)},=1+1,2020-01-01\n", "utf-8")
    else:
        pq.write_table(pa.table({"统一社会信用代码": [code(1), code(2)], "企业名称": ["甲", "=1+1"], "注册日期": ["坏", "2020-01-01"]}), path)
    _, book = marked(tmp_path, path)
    sheet = book["a"]
    assert colours(sheet) == {"C2": ERROR}
    assert sheet["C2"].comment.text.startswith("[V111]")
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=1+1", "s")
    assert book.sheetnames == ["a", "问题清单"]


def test_sheets_with_a_namespace_prefix_are_written_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.xlsx", companies(("注册日期", "坏", ("=", "=1+", None))))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:").replace(b"<x:?", b"<?")
                data = data.replace(b'xmlns="', b'xmlns:x="')
            new.writestr(name, data)
    reading, book = marked(tmp_path, tmp_path / "a.xlsx")
    assert "V111" in [d.code for d in reading.errors]
    assert colours(book["企业"])["C2"] == ERROR


def test_the_input_is_never_overwritten(tmp_path: Path, read: Callable[..., Reading]) -> None:
    path = write(tmp_path / "a.xlsx", SHEETS)
    before = path.read_bytes()
    reading = read_workbook(path, on=ON)
    for target in (path, tmp_path / "a.csv"):
        with pytest.raises(WutongError) as error:
            write_marked(path, reading, target)
        assert error.value.code == "T161"
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
