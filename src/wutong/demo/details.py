"""Child rows of invented companies: IP, certificates, awards, standards, platforms, financing, contests, money paid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import cast

from wutong.demo.invent import LATEST
from wutong.demo.model import Company, Row, money

TODAY = date(2026, 10, 31)
_CLASS_TWO = ("实用新型", "实用新型", "外观设计", "软件著作权")
FINDINGS = (("hnte", "c3_field"), ("srdi", "c0_general"), ("srdi", "c5_market"), ("little-giant", "c0_general"),
            ("incubatee", "c1_tsme"), ("htz-veto", "c3_other"))
"""Clauses a person decides, of the policies in force on the day of the demo; the other companies await their finding."""
COMPLETE = ("ip", "certificates", "awards", "standards", "rd_bodies", "financing", "platforms", "transformations",
            "contests", "incidents", "awards_paid")


def _founded(company: Company) -> date:
    return cast("date", company.facts["registered_on"])


def _day(rng: Random, first: date, last: date = TODAY) -> date:
    return first + timedelta(days=rng.randrange(0, max(1, (last - first).days)))


def _poisson(rng: Random, mean: float) -> int:
    """Knuth's method; means here are small."""
    limit, count, product = 2.718281828459045 ** -mean, 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def _ip(rng: Random, company: Company, age: float) -> list[Row]:
    rows: list[Row] = []
    for index in range(_poisson(rng, min(16.0, 0.6 + age * 1.4 * company.drive))):
        first = rng.random() < 0.28
        kind = ("发明专利" if rng.random() < 0.95 else "国家新药") if first else rng.choice(_CLASS_TWO)
        granted = _day(rng, _founded(company) + timedelta(days=150))
        years = {"发明专利": 20, "国家新药": 5, "实用新型": 10, "外观设计": 15, "软件著作权": 50}[kind]
        moved = rng.random() < 0.1
        rows.append({
            "title": f"演示{kind}{index + 1}", "number": f"演示-{company.facts['uscc']}-{index + 1:02d}",
            "kind": "I类" if first else "II类", "type": kind, "obtained": "受让" if moved else "自主研发",
            "granted_on": granted, "transferred_on": _day(rng, granted) if moved else None,
            "valid_until": date(granted.year + years - 1, 12, 31) if rng.random() < 0.93 else date(2026, 9, 30),
            "main_product": rng.random() < 0.9, "high_value": first and not moved and rng.random() < 0.5,
            "in_use": rng.random() < 0.8, "granted_in_china": True, "used_for_hnte": not first and rng.random() < 0.3,
            "holder_rank": 1 if rng.random() < 0.92 else 2,
        })
    return rows


def _certificate(kind: str, number: str, issued: date, until: date, mode: str) -> Row:
    return {"type": kind, "number": f"演示-{number}", "issued_on": issued, "valid_until": until, "mode": mode, "place": "青岛市"}


def _certificates(rng: Random, company: Company, age: float) -> list[Row]:
    rows, number = [], str(company.facts["uscc"])[-6:]
    invention = any(r["kind"] == "I类" for r in company.children.get("ip", ()))
    if age > 1.5 and rng.random() < min(0.8, 0.12 + age * 0.05) * (0.5 + company.drive):
        issued = _day(rng, date(2023, 11, 1))
        mode = "首次认定" if age < 6 or rng.random() < 0.3 else "重新认定"
        until = date(issued.year + 3, issued.month, min(issued.day, 28)) - timedelta(days=1)
        rows.append(_certificate("高新技术企业", f"GR{number}", issued, until, mode))
    if rng.random() < 0.55:
        issued = _day(rng, date(2026, 1, 5)) if rng.random() < 0.7 else _day(rng, date(2025, 4, 1), date(2025, 12, 1))
        until = date(issued.year, 12, 31) if issued.year == 2026 else date(2026, 3, 31)
        rows.append(_certificate("科技型中小企业", f"KX{number}", issued, until, "首次认定"))
    if age > 2 and invention and rng.random() < 0.4:
        issued = _day(rng, date(2023, 6, 1))
        rows.append(_certificate("创新型中小企业", f"CX{number}", issued, date(issued.year + 3, 6, 30), "首次认定"))
        if age > 4 and rng.random() < 0.4:
            rows.append(_certificate("专精特新中小企业", f"ZJ{number}", issued, date(issued.year + 3, 6, 30), "首次认定"))
    return rows


def _rare(rng: Random, company: Company) -> None:
    """Awards, standards, R&D bodies and platforms: few companies have any."""
    since, rows = _founded(company), company.children
    if rng.random() < 0.05:
        rows["awards"] = [{"title": "演示科学技术奖", "level": rng.choice(("省部级", "市级", "国家级")),
                           "rank": rng.randrange(1, 6), "awarded_on": _day(rng, since)}]
    if rng.random() < 0.09:
        rows["standards"] = [{
            "title": "演示标准", "number": f"演示-{rng.randrange(1000, 9999)}", "level": rng.choice(("国家标准", "行业标准", "团体标准")),
            "rank": rng.randrange(1, 9), "leading": rng.random() < 0.3, "issued_on": _day(rng, since),
        }]
    if rng.random() < 0.12:
        found = _day(rng, since)
        rows["rd_bodies"] = [{"title": "演示研发机构", "level": rng.choice(("市级", "市级", "省部级", "市级以下")),
                              "recognised_on": found, "valid_until": date(found.year + 5, 12, 31)}]
    if rng.random() < 0.07:
        level = rng.choice(("市级", "市级", "省级", "国家级"))
        grant = {"市级": 300_000, "省级": 1_500_000, "国家级": 4_000_000}[level] * rng.uniform(0.5, 1.8)
        rows["platforms"] = [{
            "title": "演示创新平台", "kind": rng.choice(("重点实验室", "技术创新中心", "工程研究中心", "企业技术中心", "中试平台")),
            "level": level, "recognised_on": _day(rng, max(since, date(2024, 6, 1))), "upper_grant": money(grant),
            "rating": rng.choice(("优秀", "良好", "合格")), "rated_on": _day(rng, date(2025, 6, 1)),
        }]


def _deals(rng: Random, company: Company, age: float) -> None:
    """Financing rounds, contest prizes, transformations, incidents and money already paid."""
    since, rows = _founded(company), company.children
    if rng.random() < (0.3 if age < 8 else 0.1):
        rounds = ("天使轮", "Pre-A轮", "A轮", "B轮")[: 1 + _poisson(rng, 0.7)]
        rows["financing"] = [{
            "round": name, "amount": money(rng.lognormvariate(14.5 + step * 0.9, 0.6)), "paid_on": _day(rng, since),
            "qualified": rng.random() < 0.85, "kind": "天使投资" if step == 0 else "风险投资", "investor": "演示投资机构",
        } for step, name in enumerate(rounds)]
    if rng.random() < 0.06:
        rows["contests"] = [{"contest": "演示创新创业大赛", "level": rng.choice(("市级", "省级", "国家级")), "group": "初创企业组",
                             "prize": rng.choice(("一等奖", "二等奖", "三等奖", "优秀奖")), "won_on": _day(rng, since)}]
    results = _poisson(rng, min(age, 4) * 7 * company.drive)
    rows["transformations"] = [{
        "title": f"演示成果{i + 1}", "form": rng.choice(("自行投资实施转化", "自行投资实施转化", "合作实施", "许可")), "product": "演示产品",
        "done_on": _day(rng, max(since, date(LATEST - 2, 1, 1)), date(LATEST, 12, 31)),
    } for i in range(results)]
    if rng.random() < 0.012:
        rows["incidents"] = [{"type": rng.choice(("较大安全事故", "重大质量事故", "严重环境违法")), "note": "演示",
                              "happened_on": _day(rng, date(2024, 1, 1))}]
    if rng.random() < 0.05:
        rows["awards_paid"] = [{"policy": "htz-qualified", "clause": "b4_moved", "amount": Decimal(300_000),
                                "paid_on": _day(rng, date(2025, 1, 1))}]


def add_details(rng: Random, company: Company) -> None:
    """Fill the child tables of one invented company and say for each whether its list is complete."""
    age = (TODAY - _founded(company)).days / 365.25
    company.children["ip"] = _ip(rng, company, age)
    company.children["certificates"] = _certificates(rng, company, age)
    _rare(rng, company)
    _deals(rng, company, age)
    certificates = {r["type"] for r in company.children["certificates"]}
    company.facts["in_tsme_database"] = "科技型中小企业" in certificates
    company.facts["tsme_first_time"] = "科技型中小企业" not in certificates
    careful = rng.random() < 0.75
    for table in COMPLETE:
        company.facts[f"{table}_complete"] = True if careful or rng.random() < 0.8 else None
    if rng.random() < 0.4:
        _expert_points(rng, company)
    if "创新型中小企业" in certificates or rng.random() < 0.05:
        score = min(900, round(1000 * (0.35 + 0.5 * company.drive) * rng.uniform(0.9, 1.1)))
        for year in (LATEST, LATEST + 1):
            company.yearly["development_score", year] = Decimal(score + 10 * (year - LATEST)) / 10
    if rng.random() < 0.6:
        company.children["manual_findings"] = [{
            "policy": policy, "clause": clause, "result": rng.random() < 0.95, "by": "演示经办人", "date": _day(rng, date(2026, 8, 1)),
        } for policy, clause in FINDINGS]


def _expert_points(rng: Random, company: Company) -> None:
    """Points a panel gave: only where a panel has met, else the engine returns a range."""
    tops = {"exp_advancement": 8, "exp_core_support": 8, "exp_ip_count": 8, "exp_ip_way": 6, "exp_standard": 2,
            "exp_transformation": 30, "exp_rd_rules": 6, "exp_rd_body": 6, "exp_incentive": 4, "exp_talent": 4}
    for code, top in tops.items():
        company.facts[code] = min(top, round(top * (0.55 + 0.45 * company.drive) * rng.uniform(0.85, 1.15)))
