"""combine and budget as commands: figures by hand, a company, a folder, refusals in words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest
from tests.cli.asked import document, said
from tests.cli.money_made import ON, zone

A, B = "91370200MA0DEM0132", "91370200MA0DEM021W"
PLAN = "name: 培育资金\namount: 16万元\npriorities: [awards, amount]\nseed: s\nstep: 10万元\nsteps: 1\n"


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    table, pack = zone(tmp_path)
    return [str(table), "--packs", pack, *ON]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    return tmp_path / "plan.yaml"


def test_combine_adds_what_may_stand_together(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "combine", *asked)
    assert [(c["company"], c["low"]) for c in found["companies"]] == [(A, "160000.00"), (B, "100000.00")]
    assert [(m["matter"], m["companies"], m["amount"]) for m in found["same_matter"]] == [("创新", 1, "60000.00")]


def test_combine_of_one_company_counts_one_benefit_for_a_matter(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "combine", asked[0], "甲", *asked[1:], "--no-double")
    assert [(c["company"], c["low"]) for c in found["companies"]] == [(A, "100000.00")]
    assert [(line["zh"], line["counted"]) for line in found["companies"][0]["lines"]] == [("营收奖", True), ("用工奖", False)]
    code, out = said(capsys, "combine", asked[0], "甲", *asked[1:], "--no-double")
    assert code == 0
    assert "同组就高不重复，已选：营收奖" in out


def test_combine_names_a_company_it_does_not_know(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "combine", asked[0], "没有这家", *asked[1:])
    assert code != 0
    assert "没有这家" in out


def test_combine_writes_a_folder(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "combine", *asked, "--out", tmp_path / "out")[0] == 0
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == ["answer.xlsx", "index.html", "manifest.json"]
    assert "甲有限公司" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_budget_serves_equal_claims_by_ticket(asked: list[str], plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """16 of 26 ten-thousands: the award of 6 and one of the two of 10, that of the smaller ticket."""
    found = document(capsys, "budget", plan, "--run", *asked)
    tickets = {c: hashlib.sha256(f"s:{c}".encode()).hexdigest() for c in (A, B)}
    first, second = sorted(tickets, key=lambda c: tickets[c])
    states = {(c["company"], c["policy"]): c["state"] for c in found["claims"]}
    assert states == {(A, "ours.staff"): "funded", (first, "ours.sales"): "drawn", (second, "ours.sales"): "lost"}
    assert (found["budget"], found["spent"]) == ("160000.00", "160000.00")
    assert {c["company"]: c["ticket"] for c in found["claims"]} == tickets


def test_a_budget_says_what_more_would_buy(asked: list[str], plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ("budget", plan, "--run", *asked, "--amount", "6万元", "--seed", "other")
    found = document(capsys, *args)
    assert [(s["budget"], s["awards"]) for s in found["curve"]] == [("60000.00", 1), ("160000.00", 2)]
    assert found["seed"] == "other"
    code, out = said(capsys, *args, "--out", tmp_path / "out")
    assert code == 0
    assert out.splitlines()[0] == "预算 6万元，资助 1 家企业 1 项，支出 6万元，结余 0元；申请共 3 项。"
    assert openpyxl.load_workbook(tmp_path / "out" / "answer.xlsx").sheetnames[-4:] == ["优先级", "限额", "多给一步买到什么", "名单"]


def test_a_budget_in_english(asked: list[str], plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "budget", plan, "--run", *asked, "--lang", "en")
    assert code == 0
    assert "3 claims" in out.splitlines()[0]


def test_a_plan_that_is_not_there_or_is_faulty_is_refused(asked: list[str], plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "budget", plan.with_name("none.yaml"), "--run", *asked)
    assert code != 0
    assert "none.yaml" in out
    plan.write_text(PLAN.replace("amount]", "luck]"), "utf-8")
    code, out = said(capsys, "budget", plan, "--run", *asked)
    assert code != 0
    assert "luck" in out
