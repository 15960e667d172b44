from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.tables.made import code, codes, companies

from wutong.tables import Reading, read_workbook

Read = Callable[..., Reading]


@pytest.mark.parametrize(("header", "column", "yuan"), [
    ("2025年营业收入(万元)", "revenue_2025", 120000), ("2025年营业收入（万元）", "revenue_2025", 120000), ("营业收入2025（万元）", "revenue_2025", 120000),
    ("营业收入(2025)(万元)", "revenue_2025", 120000), ("营业收入(万元)(2025年)", "revenue_2025", 120000), ("2025年度营业收入/万元", "revenue_2025", 120000),
    ("上年营业收入(万元)", "revenue_2025", 120000), ("上年度营业收入（单位：万元）", "revenue_2025", 120000), ("前年销售收入(元)", "revenue_2024", 12),
    ("本年营业收入 单位:万元", "revenue_2026", 120000), ("大前年营业收入(千元)", "revenue_2023", 12000), ("revenue_2025(万元)", "revenue_2025", 120000),
    ("*2025年\n营业收入（亿元）", "revenue_2025", 1200000000), ("２０２５年营业收入（万元）", "revenue_2025", 120000), ("2025年营收[万元]", "revenue_2025", 120000),
    ("2025年营业收入（万元）（必填）", "revenue_2025", 120000),
])
def test_headers_name_fact_year_and_unit(read: Read, header: str, column: str, yuan: int) -> None:
    reading = read(companies((header, 12)))
    assert codes(reading) == []
    assert reading.companies.column(column).to_pylist() == [Decimal(yuan)]


@pytest.mark.parametrize(("header", "found"), [
    ("营业收入(万元)", "T123"), ("2025年营业收入(人)", "T125"), ("2025年营业收入", "T126"), ("2025年职工总数(万元)", "T125"), ("企业名称(万元)", "T125"),
])
def test_what_a_header_does_not_tell_is_an_error(read: Read, header: str, found: str) -> None:
    reading = read(companies((header, 12)))
    assert reading.fatal
    assert reading.tables == {}
    assert codes(reading) == [("error", found, 1, "C")]


def test_a_relative_year_needs_an_assessment_date(read: Read) -> None:
    reading = read(companies(("上年营业收入(万元)", 12)), on=None)
    assert ("error", "T124", 1, "C") in codes(reading)


@pytest.mark.parametrize("headers", [
    ("2025年营业收入(万元)", "上年销售收入(元)"), ("注册日期", "成立日期"), ("2025年营业收入(万元)", "2025年营业收入(万元)"),
])
def test_two_headers_for_one_fact_are_an_error(read: Read, headers: tuple[str, str]) -> None:
    reading = read(companies(*((h, None) for h in headers)))
    assert codes(reading) == [("error", "T121", 1, "D")]
    assert reading.fatal


def test_one_fact_in_two_years_is_two_columns(read: Read) -> None:
    reading = read(companies(("2025年营业收入(万元)", 2), ("2024年营业收入(元)", 3)))
    assert reading.companies.column_names == ["company", "name", "revenue_2024", "revenue_2025"]


def test_an_unknown_header_is_told_with_the_nearest_name(read: Read) -> None:
    reading = read(companies(("注册日其", "2020-01-01")))
    assert codes(reading) == [("warning", "T122", 1, "C")]
    assert dict(reading.diagnostics[0].values)["near"] == "注册日期"
    assert reading.companies.num_rows == 1


def test_cells_with_their_own_units_need_no_unit_in_the_header(read: Read) -> None:
    reading = read(companies(("2025年营业收入", "1.2亿元", "300万元", None, 0)))
    assert reading.companies.column("revenue_2025").to_pylist() == [Decimal(120000000), Decimal(3000000), None, Decimal(0)]


def test_counts_need_no_unit(read: Read) -> None:
    assert read(companies(("2025年职工总数", 12))).companies.column("staff_2025").to_pylist() == [Decimal(12)]


def test_a_unit_stated_above_the_header_counts_for_money(read: Read) -> None:
    rows = [["企业情况表"], ["", "", "单位：万元"], *companies(("2025年营业收入", 12), ("2025年职工总数", 5))["企业"]]
    reading = read({"企业": rows})
    assert reading.companies.select(["revenue_2025", "staff_2025"]).to_pylist() == [
        {"revenue_2025": Decimal(120000), "staff_2025": Decimal(5)}]
    assert reading.sheets[0].header_row == 3


def test_a_header_without_the_credit_code_is_an_error(read: Read) -> None:
    assert codes(read({"企业": [["企业名称"], ["甲"]]})) == [("error", "T120", None, None)]


def test_remarks_in_headers_do_not_matter(read: Read) -> None:
    rows = companies(("注册日期（YYYY-MM-DD）", "2020-01-01"))["企业"]
    rows[0][:2] = ["*统一社会信用代码（18位）", "企业名称（必填）"]
    reading = read({"企业": rows})
    assert codes(reading) == []
    assert reading.companies.column_names == ["company", "name", "registered_on"]


def test_data_under_no_header_is_told(read: Read) -> None:
    sheets = companies(("注册日期", "2020-01-01"))
    sheets["企业"].append([code(2), "乙", "2020-01-01", "多余"])
    reading = read(sheets)
    assert codes(reading) == [("warning", "T130", 1, "D")]
    assert reading.companies.num_rows == 2


def test_csv_rows_longer_than_the_header_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"统一社会信用代码,企业名称\n{code(1)},甲\n{code(2)},乙,多余\n", "utf-8")
    reading = read_workbook(file)
    assert [(r.row, [d.code for d in r.reasons]) for r in reading.rejected] == [(3, ["T129"])]
