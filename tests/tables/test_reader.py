from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables.made import ON, code, codes, companies, write

from wutong.tables import Reading, read_workbook

Read = Callable[..., Reading]


def one(reading: Reading, column: str) -> Any:
    return reading.companies.column(column).to_pylist()[0]


@pytest.mark.parametrize(("header", "cell", "column", "value"), [
    ("注册日期", date(2024, 3, 1), "registered_on", date(2024, 3, 1)), ("成立时间", "2024年3月1日", "registered_on", date(2024, 3, 1)),
    ("注册日期", 45352, "registered_on", date(2024, 3, 1)), ("注册日期", 20240301, "registered_on", date(2024, 3, 1)),
    ("注册日期", "—", "registered_on", None), ("居民企业", "是", "resident", True), ("是否居民企业", "×", "resident", False), ("居民企业", True, "resident", True),
    ("居民企业", 0, "resident", False), ("居民企业", "", "resident", None), ("行业门类", " 制造业 ", "industry_section", "制造业"),
    ("载体类型", "无", "carrier_kind", "无"), ("入驻面积(㎡)", "1,200.5", "entry_area", Decimal("1200.50")), ("入驻面积(亩)", 3, "entry_area", Decimal(2000)),
    ("2025年净利润(万元)", "(1,200)", "net_profit_2025", Decimal(-12000000)), ("2025年净利润(万元)", -0.005, "net_profit_2025", Decimal(-50)),
    ("2025年营业收入(万元)", 1234.567891, "revenue_2025", Decimal("12345678.91")), ("2025年营业收入(万元)", 0.1, "revenue_2025", Decimal(1000)),
    ("2025年营业收入(元)", "１２，３４５．６", "revenue_2025", Decimal("12345.6")), ("国民经济行业代码", 2770, "industry_code", "2770"),
])
def test_cells(read: Read, header: str, cell: Any, column: str, value: Any) -> None:
    reading = read(companies((header, cell)))
    assert codes(reading) == []
    assert one(reading, column) == value
    assert type(one(reading, column)) is type(value)


@pytest.mark.parametrize(("header", "cell", "found"), [
    ("注册日期", "24-3-1", "V113"), ("注册日期", 2024, "V113"), ("注册日期", True, "V111"), ("居民企业", "也许", "T136"), ("行业门类", "造纸", "T138"),
    ("2025年营业收入(万元)", "12,34", "V108"), ("2025年营业收入(万元)", "十来万", "V104"), ("2025年营业收入(万元)", "5人", "V102"),
    ("2025年营业收入(万元)", -1, "T132"), ("2025年营业收入(万元)", True, "T131"), ("2025年营业收入(万元)", date(2024, 1, 1), "T131"),
    ("2025年营业收入(亿元)", 1e12, "T133"), ("2025年营业收入(万元)", ("%", 0.5), "V102"), ("2025年营业收入(万元)", ("=", "=1/0", "#DIV/0!"), "T142"),
    ("2025年营业收入(万元)", ("=", "=REF", "#REF!"), "T142"),
])
def test_a_faulty_cell_rejects_its_row_and_no_other(read: Read, header: str, cell: Any, found: str) -> None:
    reading = read(companies((header, cell, None)))
    assert codes(reading) == [("error", found, 2, "C")]
    assert [(r.row, r.company, r.name) for r in reading.rejected] == [(2, code(1), "企业1")]
    assert reading.companies.column("company").to_pylist() == [code(2)]


@pytest.mark.parametrize(("header", "cell", "found", "column", "value"), [
    ("2025年营业收入(万元)", "约500", "V107", "revenue_2025", None), ("注册日期", "2024年3月", "T137", "registered_on", date(2024, 3, 1)),
    ("2025年营业收入(元)", 1.005, "T134", "revenue_2025", Decimal("1.01")), ("2025年营业收入(元)", ("=", "=NA()", "#N/A"), "T143", "revenue_2025", None),
])
def test_a_doubtful_cell_is_told_and_its_row_goes_on(
    read: Read, header: str, cell: Any, found: str, column: str, value: Any
) -> None:
    reading = read(companies((header, cell)))
    assert [c[:3] for c in codes(reading) if c[2] == 2] == [("warning", found, 2)]
    assert one(reading, column) == value
    assert reading.rejected == ()


def test_formulas_with_results_are_read_and_told_once_per_column(read: Read) -> None:
    reading = read(companies(("2025年营业收入(万元)", ("=", "=1+1", 2), ("=", "=1+2", 3), 4)))
    assert codes(reading) == [("warning", "T140", 1, "C")]
    assert reading.companies.column("revenue_2025").to_pylist() == [Decimal(20000), Decimal(30000), Decimal(40000)]


def test_a_formula_never_computed_is_an_error(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(write(tmp_path / "a.xlsx", companies(("2025年营业收入(万元)", 1, 2))))
    book["企业"]["C2"] = "=1+1"
    book.save(tmp_path / "b.xlsx")
    reading = read_workbook(tmp_path / "b.xlsx", on=ON)
    assert codes(reading) == [("error", "T141", 2, "C")]
    assert reading.companies.column("revenue_2025").to_pylist() == [Decimal(20000)]


@given(st.integers(0, 10**13), st.integers(0, 6), st.sampled_from(["元", "千元", "万元", "亿元"]))
@settings(max_examples=200)
def test_the_quick_way_for_numbers_agrees_with_decimal_arithmetic(digits: int, places: int, unit: str) -> None:
    from wutong.tables import Catalogue
    from wutong.tables.cells import CellParser
    from wutong.values import Unit

    fact = Catalogue.load().fact("revenue")
    assert fact is not None
    raw = float(Decimal(digits).scaleb(-places))
    parser = CellParser(fact, Unit.parse(unit))
    slow, fault = parser._fresh(raw)
    value, found = parser.parse(raw)
    assert (value, found) == (slow, fault)


def test_percentages_of_every_kind_mean_the_same(tmp_path: Path) -> None:
    from wutong.tables import Catalogue

    file = tmp_path / "facts.yaml"
    file.write_text("""facts:
  - {code: uscc, zh: 统一社会信用代码, type: text}
  - {code: name, zh: 企业名称, type: text}
  - {code: share, zh: 占比, type: number, unit: "%", min: 0, max: 100}
""", "utf-8")
    path = write(tmp_path / "a.xlsx", companies(("占比(%)", 12, ("%", 0.12), "12%", "１２％", "120‰")))
    reading = read_workbook(path, Catalogue.load(file))
    assert reading.companies.column("share").to_pylist() == [Decimal(12)] * 5
    bare = read_workbook(write(tmp_path / "b.xlsx", companies(("占比", 0.12, "12%"))), Catalogue.load(file))
    assert codes(bare) == [("error", "T126", 1, "C")]
    shown = read_workbook(write(tmp_path / "c.xlsx", companies(("占比", ("%", 0.12), "12%"))), Catalogue.load(file))
    assert shown.companies.column("share").to_pylist() == [Decimal(12)] * 2


def test_two_companies_with_one_code_are_an_error_on_both_rows(read: Read) -> None:
    rows = companies(("注册日期", None, None, None))["企业"]
    rows[3][0] = rows[1][0]
    reading = read({"企业": rows})
    assert codes(reading) == [("error", "T148", 2, "A"), ("error", "T148", 4, "A")]
    assert reading.companies.column("company").to_pylist() == [code(2)]


@pytest.mark.parametrize(("key", "found"), [(None, "T146"), ("—", "T146"), (9.137e17, "T145"), ("91370200MA0DEM0133", "V124"), ("123", "V121")])
def test_faulty_company_codes(read: Read, key: Any, found: str) -> None:
    rows = companies(("注册日期", None, None))["企业"]
    rows[1][0] = key
    assert codes(read({"企业": rows})) == [("error", found, 2, "A")]


def test_a_company_without_a_name_is_shown_by_its_code(read: Read) -> None:
    rows = companies(("注册日期", None))["企业"]
    rows[1][1] = None
    reading = read({"企业": rows})
    assert codes(reading) == [("warning", "T149", 2, "B")]
    assert one(reading, "name") == code(1)


def test_blank_rows_are_passed_over_and_row_numbers_stay(read: Read) -> None:
    rows = companies(("注册日期", "2020-01-01", "坏"))["企业"]
    reading = read({"企业": [[], ["标题"], rows[0], [], rows[1], [], rows[2]]})
    assert codes(reading) == [("error", "V111", 7, "C")]


# ---- child tables, years ---------------------------------------------------------------------------------------

RIGHTS = ["统一社会信用代码", "企业名称", "名称", "类别"]


def test_child_rows_have_their_company_and_all_columns(read: Read) -> None:
    reading = read({**companies(("知识产权已填全", "是")), "知识产权": [RIGHTS, [code(1), "企业1", "甲", "I类"], [code(1), "企业1", "乙", None]]})
    assert codes(reading) == []
    table = reading.tables["ip"]
    assert table.select(["company", "title", "kind"]).to_pylist() == [
        {"company": code(1), "title": "甲", "kind": "I类"}, {"company": code(1), "title": "乙", "kind": None}]
    assert table.column("valid_until").null_count == 2
    assert one(reading, "ip_complete") is True


@pytest.mark.parametrize(("row", "found", "flags"), [
    ([code(1), "企业1", "甲", "IV类"], ["T138"], [None, True]),
    ([code(9), "企业9", "甲", "I类"], ["T150"], [True, True]),
    (["坏", "企业2", "甲", "I类"], ["V121"], [True, None]),
    (["坏", None, "甲", "I类"], ["V121"], [None, None]),
])
def test_a_rejected_child_row_casts_doubt_on_the_list_it_belonged_to(
    read: Read, row: list[Any], found: list[str], flags: list[bool | None]
) -> None:
    reading = read({**companies(("知识产权已填全", "是", "是")), "知识产权": [RIGHTS, row]})
    assert [d.code for r in reading.rejected for d in r.reasons] == found
    assert reading.companies.column("ip_complete").to_pylist() == flags
    assert reading.tables["ip"].num_rows == 0
    assert [d.code for d in reading.warnings] == ["T152"] * flags.count(None)


def test_rows_of_a_rejected_company_are_rejected_too(read: Read) -> None:
    reading = read({**companies(("注册日期", "坏", None)), "知识产权": [RIGHTS, [code(1), "", "甲", "I类"], [code(2), "", "乙", "I类"]]})
    assert [(r.sheet, r.row, [d.code for d in r.reasons]) for r in reading.rejected] == [("企业", 2, ["V111"]), ("知识产权", 2, ["T151"])]
    assert reading.tables["ip"].column("company").to_pylist() == [code(2)]


def test_a_sheet_by_year_becomes_columns(read: Read) -> None:
    years = [["统一社会信用代码", "年度", "营业收入(万元)", "职工总数"], [code(1), 2025, 12, 5], [code(1), 2024, "10", None], [code(2), 2025, 7, 8]]
    reading = read({**companies(("注册日期", None, None)), "年度": years})
    assert codes(reading) == []
    assert reading.companies.drop(["registered_on", "name"]).to_pylist() == [
        {"company": code(1), "staff_2024": None, "staff_2025": Decimal(5), "revenue_2024": Decimal(100000), "revenue_2025": Decimal(120000)},
        {"company": code(2), "staff_2024": None, "staff_2025": Decimal(8), "revenue_2024": None, "revenue_2025": Decimal(70000)}]


def test_disagreeing_or_doubled_years_are_errors(read: Read) -> None:
    years = [["统一社会信用代码", "年度", "营业收入(万元)"], [code(1), 2025, 13], [code(1), 2025, 12], [code(1), 1825, 12], [code(8), 2025, 12]]
    reading = read({**companies(("2025年营业收入(万元)", 12)), "年度": years})
    assert [(r.row, d.code) for r in reading.rejected for d in r.reasons] == [(2, "T156"), (3, "T155"), (4, "T154"), (5, "T150")]
    assert one(reading, "revenue_2025") == Decimal(120000)


# ---- sheets ----------------------------------------------------------------------------------------------------


def test_a_single_sheet_of_any_name_is_the_table_of_companies(read: Read) -> None:
    assert read({"Sheet1": companies(("注册日期", None))["企业"]}).companies.num_rows == 1


def test_sheets_not_read_are_told(read: Read) -> None:
    reading = read({**companies(("注册日期", None)), "随便": [["a"], [1]], "空": []})
    assert [(d.severity, d.code, d.place.sheet) for d in reading.diagnostics] == [("warning", "T115", "空"), ("warning", "T117", "随便")]


@pytest.mark.parametrize(("sheets", "found"), [
    ({"企业": []}, ["T115"]), ({"甲": [["a"]], "乙": [["b"]]}, ["T117", "T117", "T116"]), ({"企业": [["统一社会信用代码", "企业名称"]]}, ["T119"]),
    ({**companies(("注册日期", None)), "企业信息": [["统一社会信用代码"], [code(3)]]}, ["T118"]),
])
def test_what_is_no_table_of_companies_is_an_error(read: Read, sheets: Any, found: list[str]) -> None:
    reading = read(sheets)
    assert reading.fatal
    assert [d.code for d in reading.diagnostics if d.code in found] == found


def test_merged_headers_and_cells_are_errors(tmp_path: Path) -> None:
    def book(name: str, *merge: int) -> Reading:
        with xlsxwriter.Workbook(str(tmp_path / name)) as out:
            page = out.add_worksheet("企业")
            for r, row in enumerate(companies(("2025年营业收入(万元)", 1, 2, 3), ("2025年职工总数", 1, 2, 3))["企业"]):
                page.write_row(r, 0, row)
            page.merge_range(*merge, "2025年营业收入(万元)" if merge[0] == 0 else 5)
        return read_workbook(tmp_path / name, on=ON)

    header = book("a.xlsx", 0, 2, 0, 3)
    assert header.fatal
    assert ("error", "T127", 1, "C") in codes(header)
    cells = book("b.xlsx", 1, 2, 2, 2)
    assert codes(cells) == [("error", "T128", 2, "C"), ("error", "T128", 3, "C")]
    assert cells.companies.column("company").to_pylist() == [code(3)]


# ---- checks ----------------------------------------------------------------------------------------------------


def test_cross_field_checks_hold_for_every_year(read: Read) -> None:
    reading = read(companies(
        ("2025年研发费用(元)", 5, 6, None), ("2025年成本费用支出(元)", 5, 5, 5), ("2024年研发费用(元)", 9, 1, 1), ("2024年成本费用支出(元)", 8, 1, 1)))
    assert sorted(codes(reading)) == sorted([
        ("error", "T158", 2, "E"), ("error", "T158", 2, "F"), ("error", "T158", 3, "C"), ("error", "T158", 3, "D")])
    assert reading.companies.column("company").to_pylist() == [code(3)]


def test_checks_with_arithmetic_and_the_assessment_date(read: Read) -> None:
    sheets = companies(("注册日期", "2026-11-01", "2026-11-02"), ("2025年净资产(元)", 2, 3), ("2025年资产总额(元)", 3, 3), ("2025年负债总额(元)", 1, 1))
    assert sorted((d.severity, d.place.row) for d in read(sheets).diagnostics) == [("error", 3)] + [("warning", 3)] * 3
    without = read(sheets, on=None)
    assert [d.code for d in without.diagnostics if d.severity == "note"] == ["T157"]
    assert without.companies.num_rows == 2


# ---- other files -----------------------------------------------------------------------------------------------

CSV = f'统一社会信用代码,企业名称,2025年营业收入(万元)\r\n{code(1)},甲,"1,200.5"\r\n{code(2)},乙,约3\r\n'


@pytest.mark.parametrize(("encoding", "bom"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gb18030", b""), ("utf-16", b"")])
def test_csv_in_every_encoding_reads_the_same(tmp_path: Path, encoding: str, bom: bytes) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(bom + CSV.encode(encoding))
    reading = read_workbook(file, on=ON)
    assert reading.companies.column("revenue_2025").to_pylist() == [Decimal(12005000), None]
    assert codes(reading) == [("warning", "V107", 3, "C")]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_csv_with_other_separators(tmp_path: Path, separator: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"统一社会信用代码{separator}企业名称\n{code(1)}{separator}甲\n", "utf-8")
    assert read_workbook(file).companies.column("name").to_pylist() == ["甲"]


def test_parquet(tmp_path: Path) -> None:
    table = pa.table({"统一社会信用代码": [code(1), code(2)], "企业名称": ["甲", "乙"], "注册日期": [date(2020, 1, 1), None],
                      "2025年营业收入(元)": pa.array([Decimal("1.50"), None], pa.decimal128(18, 2)), "居民企业": [True, None]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_workbook(tmp_path / "a.parquet", on=ON).companies.drop(["company"]).to_pylist() == [
        {"name": "甲", "registered_on": date(2020, 1, 1), "resident": True, "revenue_2025": Decimal("1.50")},
        {"name": "乙", "registered_on": None, "resident": None, "revenue_2025": None}]


@given(st.permutations(range(5)))
@settings(max_examples=10)
def test_the_order_of_rows_changes_no_snapshot(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    from wutong.tables import write_snapshot

    folder = tmp_path_factory.mktemp("rows")
    rows = companies(("2025年营业收入(万元)", 1, 2, None, 4, 5))["企业"]
    path = write(folder / "a.xlsx", {"企业": [rows[0], *(rows[i + 1] for i in order)]})
    snapshot = write_snapshot(read_workbook(path, on=ON), folder / "s")
    straight = write_snapshot(read_workbook(write(folder / "b.xlsx", {"企业": rows}), on=ON), folder / "t")
    assert snapshot.manifest["tables"] == straight.manifest["tables"]
