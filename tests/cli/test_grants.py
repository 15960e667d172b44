"""grants list and grants pay as commands: the list, an objection, a payment that is made once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.cli.asked import document, said
from tests.cli.money_made import ON, zone

A, B = "91370200MA0DEM0132", "91370200MA0DEM021W"


@pytest.fixture
def listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    table, pack = zone(tmp_path)
    assert said(capsys, "grants", "list", table, "--packs", pack, *ON, "--out", tmp_path / "list")[0] == 0
    return tmp_path / "list"


def paid(folder: Path) -> list[tuple[str, str]]:
    with (folder / "付款.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(row["统一社会信用代码"], row["金额（元）"]) for row in csv.DictReader(file)]


def test_the_list_is_a_page_a_workbook_and_a_letter(listed: Path) -> None:
    assert sorted(f.name for f in listed.iterdir()) == ["answer.xlsx", "index.html", "manifest.json", "公示.docx"]
    assert "甲有限公司" in (listed / "index.html").read_text("utf-8")


def test_the_list_of_one_policy_with_masked_codes(listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, pack = listed.parent / "zone.csv", listed.parent / "ours"
    args = ("grants", "list", table, "--packs", pack, *ON, "--policy", "staff", "--mask", "--out", listed.parent / "one")
    found = document(capsys, *args)
    assert [(g["company"], g["amount"]) for g in found["grants"]] == [(A, "60000.00")]
    page = (listed.parent / "one" / "index.html").read_text("utf-8")
    assert "甲有限公司" in page
    assert A not in page


def test_a_policy_nobody_knows_is_refused(listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, pack = listed.parent / "zone.csv", listed.parent / "ours"
    code, out = said(capsys, "grants", "list", table, "--packs", pack, *ON, "--policy", "nowhere", "--out", listed.parent / "x")
    assert (code != 0, "R331" in out, (listed.parent / "x").exists()) == (True, True, False)


def test_what_is_paid_is_paid_once(listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = tmp_path / "ledger.csv"
    first = document(capsys, "grants", "pay", listed, "--ledger", ledger, "--out", tmp_path / "pay")
    assert (first["new"], paid(tmp_path / "pay")) == (3, [(A, "100000.00"), (B, "100000.00"), (A, "60000.00")])
    kept = ledger.read_bytes()
    again = document(capsys, "grants", "pay", listed, "--ledger", ledger, "--out", tmp_path / "again")
    assert (again["new"], ledger.read_bytes()) == (0, kept)
    assert paid(tmp_path / "again") == paid(tmp_path / "pay")


def test_an_upheld_objection_is_not_paid(listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    objections = tmp_path / "objections.yaml"
    objections.write_text(f"objections: [{{company: {B}, policy: sales, text: 已迁出, upheld: true}}]\n", "utf-8")
    args = ("grants", "pay", listed, "--ledger", tmp_path / "l.csv", "--objections", objections, "--out", tmp_path / "pay")
    found = document(capsys, *args)
    assert [(g["company"], g["state"]) for g in found["grants"] if g["company"] == B] == [(B, "withdrawn")]
    assert paid(tmp_path / "pay") == [(A, "100000.00"), (A, "60000.00")]


def test_a_changed_list_is_not_paid(listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = listed / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("60000.00", "90000.00"), "utf-8")
    code, _ = said(capsys, "grants", "pay", listed, "--ledger", tmp_path / "l.csv", "--out", tmp_path / "pay")
    assert (code != 0, (tmp_path / "pay").exists(), (tmp_path / "l.csv").exists()) == (True, False, False)
