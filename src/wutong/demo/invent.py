"""Invented companies: realistic in distribution, plainly marked as 演示数据 in name and nature.

Revenue is log-normal and grows with age, staff follows revenue, R&D intensity falls with age; parts always add
up and never exceed their wholes. Only the standard library is used, so a seed gives the same data everywhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from wutong.demo.model import BIO, INVENTED, ZONE, Company, Row, money
from wutong.values import check_digit

LATEST = 2025
YEARS = (2023, 2024, 2025)
_LAST_DAY = date(2026, 6, 30)
_KINDS = {True: ("生物医药", "医疗器械", "诊断试剂", "康复器械", "细胞技术", "海洋药物"),
          False: ("仪器仪表", "传感器", "工业测控", "实验分析仪器")}
_CARRIERS = ("演示孵化器甲", "演示孵化器乙", "演示加速器丙")


def fictional_code(number: int) -> str:
    """Return a credit code that passes its check digit but names no one: its subject reads ``DEM0`` and a number.

    >>> fictional_code(123)
    '91370200DEM000123J'
    """
    stem = f"91370200DEM0{number:05d}"
    return stem + check_digit(stem)


def _identity(rng: Random, number: int, bio: bool, chain: str) -> Row:
    kind = rng.choice(_KINDS[bio])
    age_days = int(min(rng.expovariate(1 / 2300) + 40, 9000))
    founded = _LAST_DAY - timedelta(days=age_days)
    moved = founded if rng.random() < 0.8 else min(_LAST_DAY, founded + timedelta(days=rng.randrange(200, 4000)))
    service = bio and rng.random() < 0.22
    return {
        "uscc": fictional_code(number), "name": f"青岛演示{kind}{number:04d}有限公司", "data_nature": INVENTED,
        "registered_on": founded, "registered_place": "青岛高新区演示路" + str(number) + "号", "resident": True,
        "independent_legal_person": rng.random() < 0.98, "legal_form": "有限责任公司" if rng.random() < 0.93 else "股份有限公司",
        "listed": rng.random() < 0.01, "merged_or_acquired": rng.random() < 0.01,
        "industry_section": "科学研究和技术服务业" if service else "制造业",
        "size_sector": "其他未列明行业" if service else "工业",
        "tech_field": "生物与新医药" if bio else "先进制造与自动化",
        "integrated_circuit": False, "machine_tool": not bio and rng.random() < 0.05,
        "product_barred": rng.random() < 0.005, "rd_negative_industry": False, "tax_on_books": rng.random() < 0.96,
        "zone": ZONE, "industry_chain": chain, "district": "城阳区",
        "registered_in_main_park": rng.random() < 0.95, "taxed_in_main_park": rng.random() < 0.93, "moved_in_on": moved,
        "on_abnormal_list": rng.random() < 0.015, "on_violation_list": rng.random() < 0.003,
        "profile": "演示数据：虚构企业，与任何真实企业无关。",
    }


def _carrier(rng: Random, row: Row, bio: bool) -> None:
    founded = row["registered_on"]
    if not isinstance(founded, date) or (_LAST_DAY - founded).days > 2200 or rng.random() < 0.35:
        row |= {"carrier_kind": "无", "office_in_carrier": False}
        return
    row |= {
        "carrier": rng.choice(_CARRIERS), "carrier_kind": rng.choice(("孵化器", "专业孵化器", "加速器")),
        "entered_on": min(_LAST_DAY, founded + timedelta(days=rng.randrange(0, 900))),
        "entry_area": Decimal(rng.randrange(60, 1500)), "office_in_carrier": rng.random() < 0.9,
        "new_tech_rd": rng.random() < 0.97, "long_cycle_field": bio,
    }


def _product(rng: Random, row: Row, age: float) -> None:
    row |= {
        "segment_years": Decimal(int(max(0, age - rng.random() * 2))), "strategic_field": rng.random() < 0.8,
        "key_link": rng.random() < 0.25, "product_field": rng.choice(("补短板锻长板填空白", "六基老字号关键配套", "其他")),
        "market_share": Decimal(round(rng.paretovariate(1.3) * 10)) / 10 if rng.random() < 0.5 else None,
        "own_brand": rng.random() < 0.7, "digital_level": rng.choice((1, 1, 2, 2, 3, 4)),
        "quality_items": rng.randrange(0, 6), "listing_track_years": rng.choice((0, 0, 0, 0, 0, 1, 2, 3)),
        "share_reform_done": row["legal_form"] == "股份有限公司", "new_type_rd_body": rng.random() < 0.01,
    }
    share = row["market_share"]
    if isinstance(share, Decimal):
        row["market_share"] = min(share, Decimal(60))
        row["market_rank"] = 1 + int(rng.expovariate(0.2) + 10 / float(share))


def _operations(rng: Random, company: Company, age: float) -> None:
    """Revenue, staff and R&D of the last years, oldest first; a company has no figures before its founding."""
    founded = company.facts["registered_on"]
    revenue = rng.lognormvariate(15.2 + min(age, 12) * 0.11, 1.35)
    intensity = min(0.9, max(0.005, rng.lognormvariate(-2.1 - min(age, 15) * 0.06, 0.7)))
    for year in YEARS:
        if isinstance(founded, date) and founded.year > year:
            continue
        revenue *= rng.lognormvariate(0.32 * company.drive - 0.06, 0.14)
        _year(rng, company, year, min(revenue, 2.4e9), intensity * rng.lognormvariate(0, 0.12))


def _year(rng: Random, company: Company, year: int, revenue: float, intensity: float) -> None:
    y: dict[str, Decimal] = {}
    staff = max(2, int((revenue / 3.2e5) ** 0.82 * rng.lognormvariate(0.5, 0.35)) + rng.randrange(0, 6))
    st = round(staff * min(0.95, rng.betavariate(2.2, 5)))
    y["staff"], y["st_staff"] = Decimal(staff), Decimal(st)
    y["rd_staff"] = Decimal(round(st * rng.uniform(0.6, 1)))
    y["staff_quarterly"] = Decimal(staff) + Decimal(rng.choice((-50, -25, 0, 25, 50))) / 100
    y["revenue"] = money(revenue)
    y["main_revenue"] = money(revenue * (1 - rng.betavariate(1, 12)))
    y["hnt_revenue"] = money(float(y["main_revenue"]) * min(1.0, rng.betavariate(5, 2)))
    y["nontaxable_income"] = money(rng.choice((0, 0, 0, revenue * 0.01)))
    y["total_income"] = y["revenue"] + y["nontaxable_income"] + money(revenue * rng.uniform(0, 0.03))
    y["rd_cost"] = money(revenue * intensity)
    y["rd_cost_domestic"] = money(float(y["rd_cost"]) * (1 if rng.random() < 0.85 else rng.uniform(0.4, 1)))
    y["total_cost"] = max(y["rd_cost"], money(revenue * rng.lognormvariate(-0.12, 0.2)))
    _balance(rng, y, revenue)
    company.yearly |= {(code, year): value for code, value in y.items()}


def _balance(rng: Random, y: dict[str, Decimal], revenue: float) -> None:
    y["assets"] = money(revenue * rng.lognormvariate(0.25, 0.5) + 3e5)
    y["liabilities"] = money(float(y["assets"]) * rng.betavariate(3, 4))
    y["net_assets"] = y["assets"] - y["liabilities"]
    y["assets_quarterly"] = money(float(y["assets"]) * rng.uniform(0.9, 1.05))
    y["net_profit"] = money(float(y["revenue"] - y["total_cost"]) * 0.85)
    y["tax_paid"] = money(revenue * rng.uniform(0.005, 0.06))


def _tax(rng: Random, company: Company) -> None:
    """The R&D split of the latest year and the taxable income before and after the super deduction."""
    spent = float(company.yearly.get(("rd_cost", LATEST), Decimal(0)))
    cuts = sorted(rng.random() for _ in range(4))
    shares = [b - a for a, b in zip((0.0, *cuts), (*cuts, 1.0), strict=True)]
    names = ("rd_personnel", "rd_direct", "rd_depreciation", "rd_amortisation", "rd_design")
    out = rng.random() < 0.3
    five, other = 0.82 if out else 0.93, rng.uniform(0.01, 0.16)
    y = {name: money(spent * five * (1 - other) * share) for name, share in zip(names, shares, strict=True)}
    y["rd_other"] = money(spent * five * other)
    y["rd_out_domestic_org"] = money(spent * 0.1 if out else 0)
    for name in ("rd_out_domestic_person", "rd_out_overseas_org", "rd_out_overseas_person", "rd_nontaxable_funded"):
        y[name] = Decimal(0)
    if out and rng.random() < 0.15:
        y["rd_out_overseas_org"] = money(spent * 0.06)
    y["rd_special_income"] = money(spent * 0.01 if rng.random() < 0.1 else 0)
    y["rd_capitalised_five"] = money(spent * 0.04 if rng.random() < 0.1 else 0)
    y["rd_capitalised_amortised"] = money(float(y["rd_capitalised_five"]) / 10)
    cap = (sum(y[n] for n in names) + y["rd_capitalised_five"]) / 9
    extra = sum(y[n] for n in names) + min(y["rd_other"], cap)
    if ("net_profit", LATEST) in company.yearly:
        before = money(float(company.yearly["net_profit", LATEST]) * 1.12)
        y["taxable_income_before_rd"], y["taxable_income"] = before, money(before - extra)
        company.yearly |= {(code, LATEST): value for code, value in y.items()}


def declare_size(company: Company) -> None:
    """Fill 企业规模 by the rows 工业 and 其他未列明行业 of 工信部联企业〔2011〕300号, from the latest year."""
    staff, revenue = company.yearly.get(("staff", LATEST)), company.yearly.get(("revenue", LATEST))
    if staff is None or revenue is None:
        return
    if company.facts["size_sector"] == "工业":
        bounds = (("大型", 1000, 400_000_000), ("中型", 300, 20_000_000), ("小型", 20, 3_000_000))
    else:
        bounds = (("大型", 300, 0), ("中型", 100, 0), ("小型", 10, 0))
    met = [size for size, people, money_ in bounds if staff >= people and revenue >= money_]
    company.facts["size_class"] = met[0] if met else "微型"


def invented_company(rng: Random, number: int, chain: str) -> Company:
    """Return one invented company, without child rows and without gaps."""
    bio = chain == BIO
    company = Company(_identity(rng, number, bio, chain), drive=rng.betavariate(2, 2))
    founded = company.facts["registered_on"]
    age = (_LAST_DAY - founded).days / 365.25 if isinstance(founded, date) else 0.0
    _carrier(rng, company.facts, bio)
    _product(rng, company.facts, age)
    _operations(rng, company, age)
    _tax(rng, company)
    return company
