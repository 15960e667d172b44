"""A company without a credit code is known by the zone's own number, on every sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from wutong.tables import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from wutong.tables import Reading

HEAD = ["统一社会信用代码", "内部编号", "企业名称"]


def read(path: Path, companies: list[list[str]], rights: list[list[str]]) -> Reading:
    book = xlsxwriter.Workbook(str(path))
    for name, head, rows in (("企业", HEAD, companies), ("知识产权", [*HEAD, "名称"], rights)):
        sheet = book.add_worksheet(name)
        for number, row in enumerate([head, *rows]):
            sheet.write_row(number, 0, row)
    book.close()
    return read_workbook(path)


def test_the_number_identifies_where_the_code_is_empty(tmp_path: Path) -> None:
    found = read(tmp_path / "a.xlsx", [["", "GX-R001", "甲"], ["91350100M000100Y43", "GX-R002", "乙"]],
                 [["", "GX-R001", "甲", "专利一"], ["91350100M000100Y43", "", "乙", "专利二"]])
    assert not found.rejected
    assert found.tables["companies"].column("company").to_pylist() == ["GX-R001", "91350100M000100Y43"]
    assert found.tables["ip"].column("company").to_pylist() == ["GX-R001", "91350100M000100Y43"]


@pytest.mark.parametrize(("number", "code"), [
    ("", "T146"), ("未知", "T146"), ("../passwd", "T159"), ("91350100M000100Y43", "T159"), ("编号一", "T159"), ("A--B", "T159"),
])
def test_no_number_or_a_bad_one_is_refused(tmp_path: Path, number: str, code: str) -> None:
    found = read(tmp_path / "a.xlsx", [["", number, "甲"], ["91350100M000100Y43", "", "乙"]], [])
    assert [d.code for r in found.rejected for d in r.reasons] == [code]


def test_two_companies_with_one_number_are_reported(tmp_path: Path) -> None:
    found = read(tmp_path / "a.xlsx", [["", "GX-1", "甲"], ["", "GX-1", "乙"]], [])
    assert [d.code for r in found.rejected for d in r.reasons] == ["T148", "T148"]
