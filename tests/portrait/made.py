"""Made-up companies under real policies and a made-up point model, decided and scored by the real engine."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from wutong.errors import Lang
from wutong.packs import load_file
from wutong.packs.cases import Case, case_tables
from wutong.packs.loader import known_packs, pack_files
from wutong.points.loader import parse_model
from wutong.points.reference import references
from wutong.points.score import score
from wutong.policy.evaluate import evaluate, shipped_catalogue
from wutong.portrait import Portrait, Zone
from wutong.portrait.standing import Scored
from wutong.report.build import Builder
from wutong.report.labels import Labels
from wutong.report.model import RunView
from wutong.report.policies import policy_view

ON = date(2026, 11, 1)
POLICIES = ("sme-size-300-2011", "tsme-115-2017", "htz-qualified-2024")
MODEL = """
model: made
pack: tests
version: "1"
name: {zh: 测试模型, en: Made-up model}
status: demo
banner: {zh: 示范模型, en: Demo model}
in_force: {from: 2020-01-01, to: null}
grades: [{code: A, zh: 优, en: good, from: 60}, {code: B, zh: 良, en: fair, from: 0}]
root:
  code: total
  zh: 总分
  aggregate: arithmetic
  children:
    - {code: rd, zh: 研发强度, en: R&D intensity, weight: 5000, value: percent(上年研发费用 / 上年营业收入), unit: "%",
       ramp: [[0, 0], [20, 100]], actionable: yes, advice: {zh: 增加研发, en: Spend more}}
    - {code: staff, zh: 职工, en: Staff, weight: 3000, value: 上年职工总数, unit: 人, tiers: [[100, 100], [20, 40]], otherwise: 0}
    - {code: brand, zh: 品牌, en: Brand, weight: 2000, value: 拥有自主品牌, flag: 100}
"""

FULL: dict[str, Any] = {
    "数据性质": "演示数据", "注册日期": date(2024, 5, 15), "所属产业链": "精密仪器仪表", "拥有自主品牌": False,
    "营业收入": {2024: 1000000, 2025: 1250000}, "研发费用": {2025: 125000}, "职工总数": {2025: 20}, "净利润": {2025: -50000},
    "资产总额": {2025: 2000000}, "负债总额": {2025: 1500000},
    "股权融资已填全": True, "已获支持已填全": False,
    "股权融资": [{"轮次": "天使轮", "实缴金额": 2000000, "到账日期": date(2025, 6, 1), "投资机构": "甲创投"},
                 {"轮次": "A轮", "实缴金额": 3000000, "到账日期": date(2026, 3, 1)}],
    "已获支持": [{"政策": "htz-qualified", "条款": "b4_moved", "金额": 300000, "拨付日期": date(2026, 2, 20)},
                 {"政策": "别的办法", "金额": None}],
    "资质证书": [{"类型": "科技型中小企业", "证书编号": "K1", "发证日期": date(2026, 2, 24), "有效期至": date(2026, 12, 31)},
                 {"类型": "瞪羚企业", "证书编号": "D1", "发证日期": date(2020, 1, 1), "有效期至": date(2023, 1, 1)}],
    "竞赛获奖": [{"赛事": "某赛", "级别": "省级", "奖项": "二等奖", "获奖日期": date(2025, 9, 18)}],
    "知识产权": [
        {"名称": "甲", "类型": "发明专利", "授权日期": date(2025, 3, 1), "有效期至": date(2044, 3, 1), "高价值": True},
        {"名称": "乙", "类型": "实用新型", "授权日期": date(2025, 3, 1), "有效期至": date(2026, 10, 31)},
        {"名称": "丙", "类型": "实用新型", "授权日期": date(2025, 3, 1)}],
    "来源": [{"事实": "营业收入", "年度": "2025", "出处": "审计报告", "取得日期": date(2026, 4, 1)},
             {"事实": "注册日期", "出处": "营业执照"}],
}


def zone(*companies: dict[str, Any], names: tuple[str, ...] = (), lang: Lang = "zh", scored: bool = True, demo: bool = False) -> Zone:
    """Return companies given by Chinese facts, decided under `POLICIES` and scored by `MODEL`; codes are case0000 and on."""
    catalogue = shipped_catalogue()
    cases = [Case(names[n] if n < len(names) else f"甲{n}", ON, facts, {}) for n, facts in enumerate(companies)]
    tables = case_tables(cases, catalogue)
    files = [p for pack in known_packs() for p in pack_files(pack) if p.stem in POLICIES]
    results = evaluate(tables, [load_file(f) for f in files], ON, explain=True)
    builder = Builder(results, Labels(tables, catalogue, ON.year))
    view = RunView(
        "0123456789ab", ON, "interval", "0", "f" * 64, demo, (), tuple(policy_view(c, ON, catalogue) for c in results.policies),
        tuple(builder.company(n) for n in range(len(companies))))
    if not scored:
        return Zone(view, tables, None, lang)
    result = score(tables, parse_model(MODEL, "made.yaml"), ON)
    rows = {r["company"]: r for r in result.table.to_pylist()}
    return Zone(view, tables, Scored(result.model, rows, references(result.model, result.table), result.uses), lang)


def portrait(*companies: dict[str, Any], **more: Any) -> Portrait:
    """Return the portrait of the first of some companies."""
    return next(zone(*companies, **more).portraits())


@cache
def full() -> Portrait:
    """Return the portrait of `FULL`, made once."""
    return portrait(FULL)


@cache
def bare() -> Portrait:
    """Return the portrait of a company of which nothing is known."""
    return portrait({})
