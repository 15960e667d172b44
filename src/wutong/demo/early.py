"""What early-stage scoring asks of an invented company: founders, degrees, steps on the approval path, contests.

Each company draws from its own seed, made of its code, so that adding these facts leaves all others as they were.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from wutong.demo.details import TODAY
from wutong.demo.invent import YEARS
from wutong.demo.model import BIO, Company, Row

DEVICE_STEPS = ("原型样机", "注册检验", "临床试验启动", "临床试验完成", "注册受理", "取得注册证")
INSTRUMENT_STEPS = ("原型样机", "型式试验", "用户试用", "小批试产", "型式批准受理", "取得型式批准")
REHAB = ("康复器械",)


def add_early_stage(company: Company) -> None:
    """Fill founders, staff with postgraduate degrees, milestones and young companies' contests; one in seven is blank."""
    facts, rng = company.facts, Random(f"early-{company.facts['uscc']}")  # noqa: S311 - demo data, no secret
    founded = facts["registered_on"]
    if not isinstance(founded, date):
        return
    careful = rng.random() < 0.86
    facts["rehab_product"] = any(kind in str(facts["name"]) for kind in REHAB)
    facts["founders_full_time"] = rng.choice((1, 1, 2, 2, 3, 4)) if careful or rng.random() < 0.5 else None
    years = round(2 + 14 * company.drive * rng.uniform(0.5, 1.3))
    facts["founder_years"] = Decimal(years) if careful or rng.random() < 0.5 else None
    _degrees(rng, company, careful=careful)
    _milestones(rng, company, founded)
    facts["milestones_complete"] = True if careful else None
    if (TODAY - founded).days < 8 * 365 and rng.random() < 0.22 and "contests" not in company.children:
        company.children["contests"] = [_prize(rng, company, founded)]


def _degrees(rng: Random, company: Company, *, careful: bool) -> None:
    share = min(0.8, rng.betavariate(2, 6) * (0.6 + company.drive))
    for year in YEARS:
        staff = company.yearly.get(("staff", year))
        if staff is not None and (careful or rng.random() < 0.5):
            company.yearly["graduate_staff", year] = Decimal(round(float(staff) * share))


def _milestones(rng: Random, company: Company, founded: date) -> None:
    """Steps come in order, a year or so apart; strong companies get further."""
    steps = DEVICE_STEPS if company.facts["industry_chain"] == BIO else INSTRUMENT_STEPS
    rows: list[Row] = []
    day = founded
    for step in steps:
        day += timedelta(days=round(rng.uniform(150, 900) * (1.6 - company.drive)))
        if day > TODAY:
            break
        rows.append({"type": step, "reached_on": day, "number": f"演示-{rng.randrange(10_000, 99_999)}"})
    if rows:
        company.children["milestones"] = rows


def _prize(rng: Random, company: Company, founded: date) -> Row:
    strong = rng.random() < company.drive
    return {
        "contest": "演示创新创业大赛", "level": rng.choice(("省级", "国家级") if strong else ("区级", "市级")),
        "group": "初创企业组", "prize": rng.choice(("一等奖", "二等奖", "三等奖", "优秀奖")),
        "won_on": founded + timedelta(days=rng.randrange(1, max(2, (TODAY - founded).days))),
    }
