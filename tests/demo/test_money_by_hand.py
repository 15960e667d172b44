"""Tax savings and zone awards of the demo companies, recomputed with plain decimals from the generator's own data."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from wutong import demo
from wutong.demo.model import Company
from wutong.packs.loader import choose, load_packs
from wutong.policy.evaluate import evaluate
from wutong.tables import Snapshot, read_workbook, write_snapshot

ON = demo.ASSESSED
POLICIES = ("hnte-tax", "rd-super-deduction", "small-profit", "htz-qualified")
FIVE = ("rd_personnel", "rd_direct", "rd_depreciation", "rd_amortisation", "rd_design")
OTHERS = ("rd_other", "rd_out_domestic_org", "rd_out_domestic_person", "rd_out_overseas_org", "rd_special_income",
          "rd_nontaxable_funded", "rd_capitalised_five", "rd_capitalised_amortised", "taxable_income_before_rd")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Per company: (policy, item) → (low, high)."""
    folder: Path = tmp_path_factory.mktemp("demo")
    demo.build(folder / "demo.xlsx")
    snapshot: Snapshot = write_snapshot(read_workbook(folder / "demo.xlsx", on=ON), folder / "snapshot")
    results = evaluate(snapshot, [p for p in choose(load_packs(), ON) if p.id in POLICIES], ON)
    found: dict[str, Row] = {}
    for row in results.wide.to_pylist():
        mine = found.setdefault(row["company"], {})
        for c in results.policies:
            mine[c.policy.id] = row[f"{c.prefix}_verdict"]
            for n, b in enumerate(c.policy.benefits):
                mine[c.policy.id, b.code] = (row[f"{c.prefix}_b{n}_lo"], row[f"{c.prefix}_b{n}_hi"])
    return found


@pytest.fixture(scope="module")
def invented() -> list[Company]:
    return [c for c in demo.companies() if not c.real]


def last(company: Company, code: str) -> Decimal | None:
    return company.yearly.get((code, 2025))


def valid_hnte(company: Company) -> bool | None:
    held = any(r["type"] == "高新技术企业" and r["issued_on"] <= ON <= r["valid_until"]  # type: ignore[operator]
               for r in company.children.get("certificates", ()))
    return True if held else False if company.facts.get("certificates_complete") else None


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_small_profit_saves_a_fifth_of_the_income(rows: dict[str, Row], invented: list[Company]) -> None:
    told = made = 0
    for company in invented:
        income, staff, assets = (last(company, c) for c in ("taxable_income", "staff_quarterly", "assets_quarterly"))
        if None in (income, staff, assets) or company.facts.get("product_barred") is not False:
            continue
        assert income is not None
        assert staff is not None
        assert assets is not None
        small = income <= 3_000_000 and staff <= 300 and assets <= 50_000_000
        saving = cents(max(income, Decimal(0)) * Decimal("0.2")) if small else Decimal(0)
        assert rows[str(company.facts["uscc"])]["small-profit", "b1_saving"] == (saving, saving), company.facts["name"]
        told, made = told + 1, made + (saving > 0)
    assert told > 300
    assert made > 100


def test_hnte_saves_a_tenth_of_the_income(rows: dict[str, Row], invented: list[Company]) -> None:
    made = 0
    for company in invented:
        income, held = last(company, "taxable_income"), valid_hnte(company)
        if income is None or held is None:
            continue
        saving = cents(max(income, Decimal(0)) / 10) if held else Decimal(0)
        assert rows[str(company.facts["uscc"])]["hnte-tax", "b1_saving"] == (saving, saving), company.facts["name"]
        made += saving > 0
    assert made > 100


def super_deduction(y: dict[str, Decimal], rate: Decimal) -> Decimal:
    """§5.4 of the policy facts, written down a second time."""
    five = sum((y[c] for c in FIVE), Decimal(0))
    other = min(y["rd_other"], (five + y["rd_capitalised_five"]) / 9)
    domestic = five + other + Decimal("0.8") * (y["rd_out_domestic_org"] + y["rd_out_domestic_person"])
    overseas = min(Decimal("0.8") * y["rd_out_overseas_org"], domestic * 2 / 3)
    base = max(domestic + overseas - y["rd_special_income"] - y["rd_nontaxable_funded"], Decimal(0))
    return (base + y["rd_capitalised_amortised"]) * rate


def test_super_deduction_by_hand(rows: dict[str, Row], invented: list[Company]) -> None:
    made = 0
    for company in invented:
        y = {c: last(company, c) for c in (*FIVE, *OTHERS, "staff_quarterly", "assets_quarterly")}
        known = ("resident", "tax_on_books", "industry_section", "rd_negative_industry", "product_barred", "integrated_circuit", "machine_tool")
        facts = company.facts
        held = valid_hnte(company)
        if None in y.values() or held is None or any(facts.get(c) is None for c in known):
            continue
        figures = {k: v for k, v in y.items() if v is not None}
        extra = super_deduction(figures, Decimal("1.2") if facts["machine_tool"] or facts["integrated_circuit"] else Decimal(1))
        before = figures["taxable_income_before_rd"]
        small = (before <= 3_000_000 and figures["staff_quarterly"] <= 300 and figures["assets_quarterly"] <= 50_000_000
                 and not facts["product_barred"])
        rate = min(Decimal("0.05") if small else Decimal("0.25"), Decimal("0.15") if held else Decimal("0.25"))
        allowed = facts["resident"] and facts["tax_on_books"] and not facts["rd_negative_industry"] and extra > 0
        saving = cents(min(extra, max(before, Decimal(0))) * rate) if allowed else Decimal(0)
        low, high = rows[str(facts["uscc"])]["rd-super-deduction", "b1_saving"]
        assert low == high
        assert abs(low - saving) <= Decimal("0.01"), facts["name"]  # the order of rounding may move the last fen
        made += saving > 0
    assert made > 100


def test_the_moved_in_award_is_for_the_renewed_who_moved_in(rows: dict[str, Row], invented: list[Company]) -> None:
    samples = [c for c in invented if "新迁入并重新认定高企" in str(c.facts["profile"])]
    assert len(samples) == 2
    for company in samples:
        mine = rows[str(company.facts["uscc"])]
        assert mine["htz-qualified"] == 1
        assert mine["htz-qualified", "b3_renewed"] == (Decimal(150_000), Decimal(150_000))
        assert mine["htz-qualified", "b4_moved"] == (Decimal(300_000), Decimal(300_000))
        assert company.facts["moved_in_on"] == date(2026, 1, 5)


def test_real_companies_are_never_decided_on_invented_figures(rows: dict[str, Row]) -> None:
    for number in range(1, 7):
        mine = rows[f"GX-R{number:03d}"]
        assert [mine[p] for p in POLICIES] == [2, 2, 2, 2]
