"""Companies placed exactly on a boundary of a policy, and just across it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from wutong.demo.invent import LATEST, YEARS
from wutong.demo.model import Company

ASSESSED = date(2026, 11, 1)
"""The assessment date that ``make demo`` uses; day boundaries are counted from it."""

Change = Callable[[Company], None]


def _set(**latest: int | str) -> Change:
    def change(company: Company) -> None:
        for code, value in latest.items():
            company.yearly[code, LATEST] = Decimal(value)
    return change


def _research(ratio: str, revenue: int) -> Change:
    """R&D at exactly `ratio` of sales in each of three years, and at exactly that of the latest year's."""
    def change(company: Company) -> None:
        for year in YEARS:
            company.yearly["revenue", year] = company.yearly["main_revenue", year] = Decimal(revenue)
            company.yearly["total_income", year] = Decimal(revenue)
            company.yearly["nontaxable_income", year] = Decimal(0)
            company.yearly["hnt_revenue", year] = Decimal(revenue) * Decimal("0.6")
            spent = Decimal(revenue) * Decimal(ratio)
            company.yearly["rd_cost", year] = company.yearly["rd_cost_domestic", year] = spent
            company.yearly["total_cost", year] = max(company.yearly.get(("total_cost", year), spent), spent)
            company.yearly["rd_personnel", LATEST] = spent
            for part in ("rd_direct", "rd_depreciation", "rd_amortisation", "rd_design", "rd_other", "rd_out_domestic_org"):
                company.yearly[part, LATEST] = Decimal(0)
    return change


def _balance(assets: int, liabilities: int) -> Change:
    return _set(assets=assets, liabilities=liabilities, net_assets=assets - liabilities, assets_quarterly=assets)


def _founded(days: int) -> Change:
    def change(company: Company) -> None:
        company.facts["registered_on"] = ASSESSED - timedelta(days=days)
        company.facts["moved_in_on"] = company.facts["registered_on"]
        for code in ("entered_on", "carrier", "entry_area", "new_tech_rd", "long_cycle_field"):
            company.facts[code] = None
        company.facts |= {"carrier_kind": "无", "office_in_carrier": False}
        for key in [k for k in company.yearly if k[1] < LATEST]:
            del company.yearly[key]
        company.children.clear()
    return change


def _staff(staff: int, st: int) -> Change:
    return _set(staff=staff, st_staff=st, rd_staff=st, staff_quarterly=staff)


def _in_zone(company: Company) -> None:
    company.facts |= {"registered_in_main_park": True, "taxed_in_main_park": True, "independent_legal_person": True}


def _moved_and_renewed(company: Company) -> None:
    """The renewal award (15万) and the move-in award (30万) exclude each other: only the better one counts."""
    _in_zone(company)
    company.facts["moved_in_on"] = ASSESSED - timedelta(days=300)
    company.children["certificates"] = [{
        "type": "高新技术企业", "number": "演示-重新认定", "issued_on": date(2026, 6, 1), "valid_until": date(2029, 5, 31),
        "mode": "重新认定", "place": "青岛市",
    }]
    company.children.pop("awards_paid", None)
    company.facts |= {"certificates_complete": True, "awards_paid_complete": True}


def _platform(grant: int) -> Change:
    def change(company: Company) -> None:
        _in_zone(company)
        company.children["platforms"] = [{
            "title": "演示国家级平台", "kind": "重点实验室", "level": "国家级", "recognised_on": date(2026, 6, 1),
            "upper_grant": Decimal(grant), "rating": "合格",
        }]
        company.facts["platforms_complete"] = True
    return change


def _reformed(company: Company) -> None:
    _in_zone(company)
    company.facts |= {"listing_track_years": 2, "share_reform_done": True, "awards_paid_complete": True}


CASES: tuple[tuple[str, Change], ...] = (
    ("职工总数恰为500人", _staff(500, 150)), ("职工总数501人", _staff(501, 151)),
    ("科技人员恰占10%", _staff(50, 5)), ("科技人员略低于10%", _staff(51, 5)), ("科技人员恰占30%", _staff(50, 15)),
    ("资产总额恰为2亿元", _balance(200_000_000, 90_000_000)), ("资产总额2亿零100元", _balance(200_000_100, 90_000_000)),
    ("资产负债率恰为55%", _balance(20_000_000, 11_000_000)), ("资产负债率恰为75%", _balance(20_000_000, 15_000_000)),
    ("销售收入恰为5000万元研发恰为5%", _research("0.05", 50_000_000)),
    ("销售收入略高于5000万元研发恰为4%", _research("0.04", 50_000_100)),
    ("销售收入恰为2亿元研发恰为4%", _research("0.04", 200_000_000)),
    ("销售收入略高于2亿元研发恰为3%", _research("0.03", 200_000_100)),
    ("研发恰占6%", _research("0.06", 30_000_000)), ("研发恰占2%", _research("0.02", 30_000_000)),
    ("应纳税所得额恰为300万元", _set(taxable_income=3_000_000)), ("应纳税所得额300.01万元", _set(taxable_income=3_000_100)),
    ("季度平均从业人数恰为300人", _set(staff_quarterly=300)), ("季度平均从业人数300.25人", _set(staff_quarterly="300.25")),
    ("季度平均资产恰为5000万元", _set(assets_quarterly=50_000_000)), ("季度平均资产5000.01万元", _set(assets_quarterly=50_000_100)),
    ("注册恰满365天", _founded(365)), ("注册364天", _founded(364)),
    ("新迁入并重新认定高企", _moved_and_renewed), ("上市培育库恰满2年并完成股改", _reformed),
    ("国家级平台补助恰为500万元", _platform(5_000_000)), ("国家级平台补助500.01万元", _platform(5_000_100)),
    ("营业收入恰为1500万元", _set(revenue=15_000_000, main_revenue=12_000_000, hnt_revenue=9_000_000, total_income=15_000_000)),
)


def place_on_thresholds(companies: list[Company]) -> None:
    """Move established companies onto the boundaries, two per case, and say so in their profile."""
    ready = [c for c in companies if ("rd_cost", YEARS[0]) in c.yearly]
    for index, (label, change) in enumerate(CASES * 2):
        company = ready[index * len(ready) // (2 * len(CASES))]
        change(company)
        company.facts["profile"] = f"演示数据：虚构企业，与任何真实企业无关。门槛样例：{label}。"
        company.facts["sample"] = label
