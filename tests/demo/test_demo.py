"""The demo zone: counts, marks, no invented figure on a real company, equal bytes for equal seeds."""

from __future__ import annotations

import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from wutong import demo
from wutong.demo.details import FINDINGS
from wutong.demo.model import BIO, INSTRUMENTS, Company
from wutong.demo.real import PAGE
from wutong.packs.loader import choose, load_packs
from wutong.tables import Catalogue
from wutong.values import parse_uscc


@pytest.fixture(scope="module")
def zone() -> list[Company]:
    return demo.companies()


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.xlsx"
    demo.build(path)
    return path


def test_counts_per_chain(zone: list[Company]) -> None:
    assert Counter(c.facts["industry_chain"] for c in zone) == {BIO: 600, INSTRUMENTS: 26, "软件与人工智能": 1}


def test_six_real_companies_lead(zone: list[Company]) -> None:
    assert [c.facts["name"] for c in zone if c.real] == [
        "青岛健新医疗科技有限公司", "阿斯利康", "海克斯康", "鼎信通讯", "艾普智能", "快际新云"]
    assert all(c.real for c in zone[:6])


def test_every_company_says_what_it_is(zone: list[Company]) -> None:
    assert {c.facts["data_nature"] for c in zone} == {demo.REAL, demo.INVENTED}
    for company in zone:
        assert ("演示" in str(company.facts["name"])) is not company.real
        assert str(company.facts["profile"]).startswith("报载" if company.real else "演示数据：虚构企业")


def test_real_companies_have_no_code_no_year_and_only_the_figures_of_the_page(zone: list[Company]) -> None:
    figures = {}
    for company in (c for c in zone if c.real):
        assert "uscc" not in company.facts
        assert company.yearly == {}
        cells = {**company.facts, **{f"{t}.{k}": v for t, rows in company.children.items() for row in rows for k, v in row.items()}}
        figures |= {(company.facts["name"], k): v for k, v in cells.items() if isinstance(v, int | float | Decimal)}
    assert figures == {
        ("青岛健新医疗科技有限公司", "entry_area"): Decimal(1700),
        ("青岛健新医疗科技有限公司", "awards_paid.amount"): Decimal(5_000_000),
    }


def test_every_fact_of_a_real_company_has_its_source(zone: list[Company]) -> None:
    for company in (c for c in zone if c.real):
        sourced = [row["fact"] for row in company.children["sources"]]
        assert {row["source"] for row in company.children["sources"]} == {PAGE}
        assert set(company.facts) - set(sourced) == {"internal_id", "data_nature"}
        rows = sum(len(r) for t, r in company.children.items() if t != "sources")
        assert len(sourced) == len(company.facts) - 2 + rows


def test_what_is_said_of_real_companies_stands_on_the_page(zone: list[Company], shared: Path) -> None:
    page = "".join((shared / "seed" / "000_05f8b70f58b3f3c5.txt").read_text("utf-8").split())
    for company in (c for c in zone if c.real):
        assert str(company.facts["name"]).removesuffix("有限公司") in page
    assert "1700平方米" in page
    assert "500万元投资" in page
    for words in ("光电产品决赛一等奖", "生物医药全国赛优秀奖", "成长组三等奖", "完成A轮融资", "康复产业孵化器"):
        assert words in page


def test_codes_are_valid_plainly_fictional_and_unique(zone: list[Company]) -> None:
    codes = [str(c.facts["uscc"]) for c in zone if not c.real]
    assert len(set(codes)) == len(codes) == 621
    for code in codes:
        assert parse_uscc(code) == code
        assert code.startswith("91370200DEM0")


def test_parts_never_exceed_their_wholes(zone: list[Company]) -> None:
    for company in zone:
        for part, whole in (("st_staff", "staff"), ("rd_staff", "staff"), ("main_revenue", "revenue"), ("rd_cost", "total_cost"),
                            ("hnt_revenue", "total_income"), ("rd_cost_domestic", "rd_cost")):
            for year in (2023, 2024, 2025):
                if (part, year) in company.yearly and (whole, year) in company.yearly:
                    assert company.yearly[part, year] <= company.yearly[whole, year], (company.facts["name"], part, year)


def test_five_to_fifteen_percent_of_the_yearly_cells_are_missing(zone: list[Company]) -> None:
    kept = sum(len(c.yearly) for c in zone)
    full = sum(len(c.yearly) for c in _without_gaps())
    assert Decimal("0.05") < 1 - Decimal(kept) / full < Decimal("0.15")


def _without_gaps() -> list[Company]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "punch_gaps", lambda *_: None)
        return demo.companies()


def test_every_threshold_case_stands_twice_and_exactly(zone: list[Company]) -> None:
    said = Counter(str(c.facts["profile"]).partition("门槛样例：")[2].rstrip("。") for c in zone)
    assert {label: said[label] for label, _ in demo.CASES} == {label: 2 for label, _ in demo.CASES}
    for company in zone:
        y = company.yearly
        if "销售收入恰为5000万元研发恰为5%" in str(company.facts["profile"]):
            assert (y["revenue", 2025], y["rd_cost", 2025]) == (50_000_000, 2_500_000)
        if "注册恰满365天" in str(company.facts["profile"]):
            assert company.facts["registered_on"] is not None
            assert (demo.ASSESSED - company.facts["registered_on"]).days == 365  # type: ignore[operator]


def test_findings_answer_manual_conditions_in_force() -> None:
    manual = {(p.id, c.code) for p in choose(load_packs(), demo.ASSESSED) for c in p.conditions if c.manual}
    assert set(FINDINGS) <= manual


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path: Path, workbook: Path) -> None:
    demo.build(tmp_path / "again.xlsx")
    demo.build(tmp_path / "other.xlsx", seed=7)
    hashes = [hashlib.sha256(p.read_bytes()).hexdigest() for p in (workbook, tmp_path / "again.xlsx", tmp_path / "other.xlsx")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_figures_survive_the_workbook_exactly(zone: list[Company], workbook: Path) -> None:
    """万元 cells times 10,000 give back the 元 amounts to the 分."""
    header, *rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_name("年度").to_python()
    at = header.index("营业收入(万元)")
    told = {(r[0], int(r[3])): Decimal(repr(r[at])) * 10000 for r in rows if r[at] != ""}
    made = {(c.facts["uscc"], year): v for c in zone for (code, year), v in c.yearly.items() if code == "revenue"}
    assert told == made


def test_headers_are_catalogue_names_with_units(workbook: Path) -> None:
    catalogue = Catalogue.load()
    book = CalamineWorkbook.from_path(str(workbook))
    assert book.sheet_names[:2] == ["企业", "年度"]
    assert "来源" in book.sheet_names
    for cell in book.get_sheet_by_name("企业").to_python()[0]:
        assert catalogue.fact(str(cell).partition("(")[0]) is not None, cell
