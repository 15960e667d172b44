from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from tests.report.invented import run

from wutong.report.summary import standing
from wutong.report.xlsx import write_workbook


@pytest.fixture(scope="module")
def book(view, tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "results.xlsx"
    write_workbook(view, path)
    return openpyxl.load_workbook(path)


def rows(sheet) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_sheets_in_reading_order(book, view):
    assert len(book.sheetnames) == len(view.policies) + 3
    assert book.sheetnames[0] == "汇总"
    assert book.sheetnames[-2:] == ["企业", "说明"]


def test_summary_counts_match_the_verdicts(book, view):
    first = rows(book["汇总"])[4]
    counts = [sum(standing(c.verdicts[view.policies[0].key]) == s for c in view.companies)
              for s in ("eligible", "near", "manual", "unknown", "ineligible")]
    assert list(first[4:9]) == counts


def test_policy_sheet_lists_every_company_once_best_first(book, view):
    sheet = rows(book.worksheets[1])[1:]
    assert sorted(r[2] for r in sheet) == [c.code for c in view.companies]
    order = ["符合", "接近", "待人工认定", "未知", "不符合"]
    places = [order.index(r[0]) for r in sheet]
    assert places == sorted(places)


def test_near_miss_shows_gap_and_unit_as_number(book, view):
    key = view.policies[0].key
    near = {c.code: c.verdicts[key].near_miss for c in view.companies if c.verdicts[key].near_miss}
    shown = {r[2]: (r[4], r[5]) for r in rows(book.worksheets[1])[1:] if r[0] == "接近"}
    assert near
    assert shown == {code: (float(miss.gap), miss.unit) for code, miss in near.items()}


def test_panes_frozen_and_filtered(book):
    for sheet in book.worksheets[:-1]:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@cmd", "\t=1", '=HYPERLINK("http://x")', "http://example.invalid"])
def test_text_never_becomes_formula_or_link(tmp_path, name):
    view = run(1, 1)
    view = replace(view, companies=(replace(view.companies[0], name=name),))
    write_workbook(view, tmp_path / "r.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["企业"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
    assert bool(cell.quotePrefix) == (name[0] in "=+-@\t")


def test_same_run_gives_same_bytes(view, tmp_path):
    for name in ("a", "b"):
        write_workbook(view, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_notes_name_run_and_packs(book, view):
    notes = dict(r[:2] for r in rows(book["说明"])[1:])
    assert notes["运行编号"] == view.run_id
    assert notes["政策包 national"] == f"2026.11 · sha256 {'ab' * 32}"


def test_empty_run_still_opens(tmp_path, view):
    write_workbook(replace(view, companies=(), policies=()), tmp_path / "e.xlsx")
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").sheetnames == ["汇总", "企业", "说明"]
