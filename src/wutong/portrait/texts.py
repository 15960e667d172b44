"""Words of a portrait in Chinese and English. What is data stays in its own language."""

from __future__ import annotations

from typing import Final

from wutong.errors import Lang

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("企业画像", "Company portrait"),
    "demo": ("演示数据", "Demo data"),
    "demo_long": ("演示数据：虚构企业，不代表任何真实企业。", "Demo data: an invented company that stands for no real one."),
    "draft_mark": ("含草案政策", "Holds draft policies"),
    "code": ("统一社会信用代码", "Credit code"),
    "internal": ("园区编号", "Zone number"),
    "on": ("评估日", "Assessed on"),
    "run": ("运行编号", "Run"),
    "points_run": ("积分运行", "Points run"),
    "snapshot": ("数据快照", "Snapshot"),
    "engine": ("引擎版本", "Engine"),
    "glance": ("概览", "At a glance"),
    "identity": ("基本信息", "Identity"),
    "tags": ("标签与理由", "Tags and their reasons"),
    "tag": ("标签", "Tag"),
    "why": ("理由", "Reason"),
    "points": ("创新积分", "Innovation points"),
    "years": ("历年数据", "Over the years"),
    "policies": ("政策", "Policies"),
    "policy": ("政策", "Policy"),
    "money": ("资金", "Money"),
    "records": ("成果与资质", "Achievements and titles"),
    "expiring": ("十二个月内到期", "Ends within twelve months"),
    "timeline": ("大事记", "Timeline"),
    "questions": ("待补数据", "Open questions"),
    "questions_note": (
        "按能解开的政策数、再按待定的积分排序；补齐前相关结论保持“未知”，不作不利推定。",
        "By the policies a fact leaves open, then by the points. Until it is given they stay unknown: no refusal."),
    "sources": ("数据来源", "Sources"),
    "fact": ("事实", "Fact"),
    "value": ("数值", "Value"),
    "source": ("来源", "Source"),
    "date": ("日期", "Date"),
    "item": ("事项", "Item"),
    "kind": ("类别", "Kind"),
    "wan": ("万元", "10,000 yuan"),
    "year": ("年度", "Year"),
    "growth": ("同比", "Growth"),
    "unknown": ("未知", "unknown"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "standing": ("结论", "Standing"),
    "benefit": ("可得", "Benefit"),
    "basis": ("依据", "Basis"),
    "draft": ("草案", "draft"),
    "reported": ("企业填报，来源未注明", "As reported; source not stated"),
    "invented": ("演示数据（虚构）", "Invented (demo data)"),
    "not_given": ("未填报", "Not given"),
    "computed": ("按评估日计算", "Computed for the day of assessment"),
    "age": ("成立时间", "Age"),
    "age_text": ("{}年{}个月", "{} years {} months"),
    "expected": ("可得支持（最优组合）", "Support within reach (best combination)"),
    "received": ("已获支持", "Support received"),
    "raised": ("股权融资", "Equity raised"),
    "amount": ("金额", "Amount"),
    "clause": ("条款", "Clause"),
    "round": ("轮次", "Round"),
    "investor": ("投资方", "Investor"),
    "total": ("合计 {}", "Total {}"),
    "at_least": ("至少 {}", "at least {}"),
    "whole": ("清单已填全。", "The list is complete."),
    "whole_none": ("清单已填全：没有。", "The list is complete: none."),
    "part": ("清单未注明填全，可能还有。", "The list is not said to be complete; there may be more."),
    "part_none": ("没有记录，也未注明填全：不等于没有。", "No record, and the list is not said to be complete: that does not mean none."),
    "contests": ("竞赛获奖", "Contest prizes"),
    "awards": ("科技奖励", "S&T awards"),
    "certificates": ("资质证书", "Titles and certificates"),
    "ip": ("知识产权", "Intellectual property"),
    "platforms": ("创新平台", "Platforms"),
    "rd_bodies": ("研发机构", "R&D bodies"),
    "incidents": ("负面事件", "Incidents"),
    "count": ("件数", "Count"),
    "in_force": ("有效", "In force"),
    "lapsed": ("已失效", "Lapsed"),
    "validity_unknown": ("有效期未注明", "Validity not stated"),
    "high_value": ("高价值", "High value"),
    "level": ("级别", "Level"),
    "prize": ("奖项", "Prize"),
    "rank": ("名次", "Rank"),
    "name": ("名称", "Name"),
    "until": ("有效期至", "Valid until"),
    "issued": ("发证日期", "Issued on"),
    "score": ("得分", "Score"),
    "grade": ("等级", "Grade"),
    "coverage": ("数据覆盖", "Coverage"),
    "place": ("第 {} 名", "Place {}"),
    "place_open": ("第 {} 名（缺失数据使名次可在 {}–{} 之间）", "Place {} (missing data leave {}–{} open)"),
    "band": ("权重扰动下 90% 名次区间 {}–{}（最好 {}，最差 {}）", "90 % band when weights are drawn anew {}–{} (best {}, worst {})"),
    "peer_place": ("同类 {} 家中第 {}", "{1} of {0} peers"),
    "peer_ahead": ("，不低于其中 {}%", ", not behind {} % of them"),
    "peers": ("同类（阶段×行业）中位", "Median of peers (stage × sector)"),
    "peers_all": ("全部企业中位（同类不足五家）", "Median of all (fewer than five peers)"),
    "this": ("本企业（已证实）", "This company (proven)"),
    "open_part": ("数据缺失待定", "Open: data missing"),
    "axis_note": ("各项为占满分的百分比。", "Shares of the full points, in %."),
    "indicator": ("指标", "Indicator"),
    "got": ("得分/满分", "Points/full"),
    "weight": ("权重", "Weight"),
    "added": ("计入总分", "In the total"),
    "rest": ("底分与取整", "Floors and rounding"),
    "sum": ("合计", "Total"),
    "versus": ("比同类中位", "Versus median"),
    "next": ("下一档", "Next step"),
    "losses": ("失分最多的四项", "The four that cost most"),
    "lost": ("失 {} 分", "costs {}"),
    "no_score": ("没有得分", "No score"),
    "no_points": ("没有积分。", "No points."),
    "bonus": ("加分", "bonus"),
    "deduction": ("扣分", "deduction"),
    "opens": ("会影响的政策", "Policies it would decide"),
    "points_open": ("待定积分", "Points open"),
    "none_open": ("没有待补数据：每项结论都已确定或待人工认定。", "Nothing is open: every verdict is settled or for a person."),
    "nothing": ("无。", "None."),
    "ends": ("到期", "ends"),
    "window_ends": ("申报截止", "applications close"),
    "version_ends": ("政策失效", "policy ends"),
    "registered": ("注册成立", "Registered"),
    "moved_in": ("迁入园区", "Moved into the zone"),
    "entered": ("入驻{}", "Entered {}"),
    "earlier": ("另有 {} 项更早的记录，见 JSON。", "{} earlier ones are in the JSON."),
    "ineligible_list": ("不符合的政策", "Policies not met"),
    "foot": (
        "本画像由规则和数据自动生成，供参考；政策结论以主管部门认定为准。缺失的数据写“未知”，不当作零或“否”。",
        "Made from rules and data, for orientation; the authorities decide. Unknown counts neither as zero nor as no."),
    "eligible_count": ("符合的政策", "Policies met"),
    "near_count": ("只差一步", "one step away"),
    "tile_open": ("项数据待补", "facts to give"),
    "in_force_tag": ("{}，有效期至 {}", "{}, valid until {}"),
    "no_validity": ("{}，有效期未注明", "{}, validity not stated"),
    "page": ("第 {} 页，共 {} 页", "Page {} of {}"),
    "sep": ("；", "; "),
    "comma": ("、", ", "),
    "colon": ("：", ": "),
    # tags
    "t_young": ("初创（不足三年）", "Young (under three years)"),
    "t_rd": ("研发强度高", "R&D-intensive"),
    "t_rd_why": ("{}年研发费用 {} ÷ 营业收入 {} = {}%（≥10%）", "{} R&D {} ÷ revenue {} = {} % (≥ 10 %)"),
    "t_growth": ("收入快增长", "Fast-growing"),
    "t_growth_why": ("{}年营业收入比上年 {}%（≥20%）", "{} revenue {} % over the year before (≥ 20 %)"),
    "t_shrink": ("收入下降", "Shrinking"),
    "t_shrink_why": ("{}年营业收入比上年 {}%（≤−20%）", "{} revenue {} % over the year before (≤ −20 %)"),
    "t_loss": ("亏损", "Loss-making"),
    "t_loss_why": ("{}年净利润 {}", "{} net profit {}"),
    "t_debt": ("负债率高", "High leverage"),
    "t_debt_why": ("{}年负债 {} ÷ 资产 {} = {}%（≥70%）", "{} liabilities {} ÷ assets {} = {} % (≥ 70 %)"),
    "t_funded": ("获股权融资", "Equity-funded"),
    "t_contest": ("赛事获奖", "Contest winner"),
    "t_platform": ("有创新平台", "Runs a platform"),
    "t_rehab": ("康复类产品", "Rehabilitation"),
    "t_rehab_why": ("企业填报：产品属康复类", "Reported: rehabilitation products"),
    "t_carrier": ("在载体内", "In a carrier"),
    "t_incident": ("有负面事件", "Incident on record"),
    "t_abnormal": ("经营异常", "Abnormal operation"),
    "t_abnormal_why": ("列入经营异常名录", "On the abnormal-operation list"),
    "t_violation": ("严重违法失信", "Serious violation"),
    "t_violation_why": ("列入严重违法失信名单", "On the serious-violation list"),
    "t_size_why": ("按“{}”判定", "Decided under {}"),
}


class Texts:
    """The texts of one language.

    >>> Texts("zh")["demo"], Texts("en").fill("place", 3)
    ('演示数据', 'Place 3')
    """

    __slots__ = ("_at", "lang")

    def __init__(self, lang: Lang = "zh") -> None:
        self.lang: Lang = lang
        self._at = 0 if lang == "zh" else 1

    def __getitem__(self, key: str) -> str:
        return TEXTS[key][self._at]

    def fill(self, key: str, *values: object) -> str:
        """Return the text with its gaps filled."""
        return self[key].format(*values)

    def name(self, zh: str, en: str | None) -> str:
        """Return the name in this language, Chinese where there is no English one."""
        return en if self.lang == "en" and en else zh
