"""An invented run for the report's tests: 演示数据, no real company, no real policy."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from wutong.errors import Diagnostic, Place
from wutong.report.model import (
    BenefitLine,
    BenefitView,
    CompanyView,
    ConditionResult,
    ConditionView,
    FactView,
    Measure,
    NearMiss,
    PackView,
    ParameterView,
    PolicyView,
    Range,
    RunView,
    ScoreLine,
    SourceView,
    TableView,
    VerdictView,
)

ON = date(2026, 11, 1)
_KINDS = ("qualification", "tax", "grant", "class", "veto")
_CONDITIONS = (
    ("注册满365天", "Registered 365 days ago", "天", "评估日 - 注册日期 >= 365天", ">=", Decimal(365)),
    ("职工总数不超过500人", "At most 500 staff", "人", "上年职工总数 <= 职工人数上限", "<=", Decimal(500)),
    ("营业收入不超过2亿元", "Revenue at most 200m", "元", "上年营业收入 <= 2亿元", "<=", Decimal(200000000)),
    ("研发费用占营业收入比例不低于3%", "R&D ratio at least 3%", "%", "percent(上年研发费用 / 上年营业收入) >= 3%",
     ">=", Decimal(3)),
    ("科技人员占比不低于10%", "Scientific staff at least 10%", "%", "percent(科技人员占比) >= 10%", ">=", Decimal(10)),
    ("综合得分不低于60分", "Score at least 60", "分", "综合得分 >= 60分", ">=", Decimal(60)),
    ("拥有有效期内的I类知识产权", "Has class I IP in force", "件", 'count(知识产权[类别 = "I类"]) >= 1件', ">=", Decimal(1)),
    ("产品和服务不属于禁止、限制和淘汰类", "Not a prohibited business", "", "", "", None),
)


def policy(index: int) -> PolicyView:
    """Return the invented policy with this number."""
    conditions = tuple(
        ConditionView(f"c{i}", zh, en, text, "art1" if i % 2 else "art2", not text, i in {2, 4, 5})
        for i, (zh, en, _, text, _, _) in enumerate(_CONDITIONS, 1)
    )
    pays = index % 3 != 0
    return PolicyView(
        pack="national" if index < 12 else "qingdao", id=f"p{index:02d}", version="demo-1",
        name_zh=f"演示政策{index:02d}：" + ("科技型企业认定", "研发费用补助", "首次认定奖励")[index % 3],
        name_en=f"Demo policy {index:02d}", kind=_KINDS[index % 5], status="draft" if index % 7 == 0 else "official",
        issuer="演示发文机关", in_force_from=date(2024, 1, 1), in_force_to=None,
        window_from=date(2026, 6, 1) if index % 2 else None, window_to=date(2026, 8, 31) if index % 2 else None,
        sources={
            "art1": SourceView("演示字〔2024〕1号", "第六条(二)", "https://example.invalid/a", "V", date(2026, 11, 23)),
            "art2": SourceView("演示字〔2024〕2号", "第八条", "", "S", None, "转载页面"),
        },
        conditions=conditions,
        decide=("all", ()) if index % 4 else ("all", ("c1", "c2", "c3", "c8", ("any", ("c7", ("all", ("c4", "c5", "c6")))))),
        tables=(TableView("staff", "科技人员得分", "FIRST", ("percent(科技人员占比)",), "分",
                          ((">= 30%", "20"), ("[25%..30%)", "16"), ("< 25%", "0")), "art1"),),
        parameters=(ParameterView("staff_max", "职工人数上限", Decimal(500), "人", "art1"),),
        benefits=(BenefitView("b1", "首次认定奖励", "30万元", "", "art2", "grant", "g1", None, True),
                  BenefitView("b2", "研发费用补助", "上年研发费用 * 5%", "", "art2", "grant", "", Decimal(2000000)))
        if pays else (),
    )


def _result(rng: random.Random, index: int) -> ConditionResult:
    code = f"c{index}"
    _, _, unit, text, op, limit = _CONDITIONS[index - 1]
    if not text or limit is None:
        return ConditionResult(code, rng.choice((True, True, "manual")))
    left = text.split(op)[0].strip()
    draw = rng.random()
    if draw < 0.08:
        return ConditionResult(code, None, (Measure(left, None, None, op, limit, unit),), (left.split("(")[-1].rstrip(")"),))
    if draw < 0.13:
        low, high = limit * Decimal("0.8"), limit * Decimal("1.2")
        return ConditionResult(code, None, (Measure(left, low, high, op, limit, unit),), ("上年研发费用", "上年营业收入"))
    share = Decimal(rng.randrange(20, 99) if (op == "<=") == (draw < 0.9) else rng.randrange(101, 300)) / 100
    value = (limit * share).quantize(Decimal("0.01"))
    met = value >= limit if op == ">=" else value <= limit
    return ConditionResult(code, met, (Measure(left, value, value, op, limit, unit, None if met else abs(value - limit)),))


def _score(rng: random.Random) -> tuple[ScoreLine, ...]:
    parts = [("科技人员", 20), ("研发投入", 50), ("科技成果", 30)]
    lines = []
    for i, (zh, full) in enumerate(parts):
        low = Decimal(rng.randrange(full))
        high = low if rng.random() < 0.8 else Decimal(full)
        lines.append(ScoreLine(f"s{i}", zh, low, high, Decimal(full)))
    low = sum((x.low or Decimal(0) for x in lines), Decimal(0))
    high = sum((x.high or Decimal(0) for x in lines), Decimal(0))
    return (*lines, ScoreLine("total", "综合得分", low, high, Decimal(100), "分", True, Decimal(60)))


def _benefits(rng: random.Random, pol: PolicyView) -> tuple[BenefitLine, ...]:
    support = Decimal(rng.randrange(10000, 2000000))
    open_end = rng.random() < 0.05
    return (
        BenefitLine("b1", "首次认定奖励", Decimal(300000), Decimal(300000), rng.random() < 0.6, "同组就高不重复",
                    "grant", "g1", None, True, pol.key),
        BenefitLine("b2", "研发费用补助", support, None if open_end else support + rng.choice((0, 250000)), True, "",
                    "grant", "", Decimal(2000000), False, pol.key),
    )


def _verdict(rng: random.Random, pol: PolicyView) -> VerdictView:
    results = tuple(_result(rng, i) for i in range(1, len(_CONDITIONS) + 1))
    bad = [r for r in results if r.truth is False]
    near = None
    if len(bad) == 1 and bad[0].code in {"c2", "c4", "c5"}:
        near = NearMiss(bad[0].code, bad[0].measures[0].gap, bad[0].measures[0].unit)
    missing = tuple(dict.fromkeys(n for r in results if r.truth is None for n in r.missing))
    kind = "ineligible" if bad else "unknown" if missing else "manual" if results[-1].truth == "manual" else "eligible"
    scores = _score(rng)
    lines = _benefits(rng, pol) if pol.benefits and kind == "eligible" else ()
    counted = [x for x in lines if x.counted]
    high = None if any(x.high is None for x in counted) else sum((x.high or Decimal(0) for x in counted), Decimal(0))
    money = Range(sum((x.low or Decimal(0) for x in counted), Decimal(0)), high) if pol.benefits else None
    return VerdictView(kind, results, Range(scores[-1].low, scores[-1].high), money, near,  # type: ignore[arg-type]
                       missing if kind == "unknown" else (), lines, scores)


def company(rng: random.Random, index: int, policies: tuple[PolicyView, ...]) -> CompanyView:
    """Return the invented company with this number."""
    verdicts = {p.key: _verdict(rng, p) for p in policies}
    lines = tuple(x for v in verdicts.values() for x in v.benefits)
    counted = [x for x in lines if x.counted]
    high = None if any(x.high is None for x in counted) else sum((x.high or Decimal(0) for x in counted), Decimal(0))
    return CompanyView(
        code=f"91370200DEMO{index:06d}", name=f"演示企业{index:03d}生物医药（青岛）有限公司", nature="demo",
        facts=(
            FactView("注册日期", "2018-05-01", "", "", "演示数据"),
            FactView("营业收入", str(rng.randrange(10**6, 10**9)), "元", "2025", "演示数据"),
            FactView("研发费用", str(rng.randrange(10**5, 10**7)) + ".50", "元", "2025", "演示数据"),
            FactView("职工总数", str(rng.randrange(5, 900)), "人", "2025", "演示数据"),
            FactView("所属行业", "生物医药"), FactView("资产总额", "", "元", "2025"),
        ),
        verdicts=verdicts, combination=lines,
        total=Range(sum((x.low or Decimal(0) for x in counted), Decimal(0)), high),
    )


def run(companies: int = 626, policies: int = 20, seed: int = 7) -> RunView:
    """Return an invented run of this size; the same seed gives the same run."""
    rng = random.Random(seed)
    pols = tuple(policy(i) for i in range(1, policies + 1))
    return RunView(
        run_id="a1b2c3d4e5f6", on=ON, mode="interval", engine_version="0.1.0", snapshot_hash="9f" * 32, demo=True,
        packs=(PackView("national", "2026.11", "ab" * 32), PackView("qingdao", "2026.11", "cd" * 32)),
        policies=pols, companies=tuple(company(rng, i, pols) for i in range(1, companies + 1)),
        diagnostics=(Diagnostic.of("C102", Place(file="demo.xlsx", sheet="企业", row=7, column="营业收入"), "warning",
                                   date="2026-13-01"),),
        zone="演示高新区",
    )
