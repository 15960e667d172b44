"""Words of the report in Chinese and English. What is data (names, reasons) stays in its own language."""

from __future__ import annotations

from typing import Final

from wutong.errors import Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    # where a company stands with a policy
    "eligible": ("符合", "Eligible"),
    "near": ("接近", "Near miss"),
    "manual": ("待人工认定", "For a person"),
    "unknown": ("未知", "Unknown"),
    "ineligible": ("不符合", "Ineligible"),
    "none": ("不适用", "Not decided"),
    # truth of a condition
    "true": ("✓ 符合", "✓ Met"),
    "false": ("✗ 不符合", "✗ Not met"),
    "open": ("? 未知", "? Unknown"),
    "by_hand": ("✍ 待人工认定", "✍ For a person"),
    # kinds
    "qualification": ("资格认定", "Qualification"),
    "tax": ("税收优惠", "Tax relief"),
    "grant": ("资金奖补", "Grant"),
    "class": ("企业划型", "Size class"),
    "veto": ("否决事项", "Veto"),
    "tax_saving": ("节税", "Tax saving"),
    "quota": ("额度", "Quota"),
    "official": ("正式", "Official"),
    "draft": ("草案", "Draft"),
    "real": ("真实企业", "Real company"),
    "demo": ("演示数据", "Demo data"),
    "interval": ("区间判定", "Interval"),
    "three_valued": ("三值判定", "Three-valued"),
    # page furniture
    "title": ("政策评估结果", "Policy results"),
    "demo_banner": (
        "演示数据：本页含虚构企业，不代表任何真实企业的资格或收益。",
        "Demo data: this page holds invented companies and says nothing about any real one.",
    ),
    "draft_note": (
        "草案：部分数字尚未核对原文，结论仅供参考。",
        "Draft: some figures are not yet checked against the original; for orientation only.",
    ),
    "overview": ("总览", "Overview"),
    "company": ("企业", "Company"),
    "companies": ("企业", "Companies"),
    "policy": ("政策", "Policy"),
    "policies": ("政策", "Policies"),
    "policy_count": ("项政策", "policies"),
    "company_count": ("家企业", "companies"),
    "on": ("评估日", "Assessed on"),
    "mode": ("判定方式", "Mode"),
    "packs": ("政策包", "Packs"),
    "run": ("运行编号", "Run"),
    "snapshot": ("数据快照", "Snapshot"),
    "engine": ("引擎版本", "Engine"),
    "findings": ("数据问题", "Findings"),
    "findings_hint": ("输入数据中发现的问题", "What was found wrong in the input"),
    "money_total": ("可得资金合计", "Money within reach"),
    "money_hint": ("各企业最优组合之和", "Sum of every company's best combination"),
    "benefit": ("收益", "Benefit"),
    "benefits": ("收益明细", "Benefits"),
    "amount": ("金额", "Amount"),
    "details": ("逐项依据", "Reasons, clause by clause"),
    "combination": ("最优组合", "Best combination"),
    "search": ("搜索企业名称或代码", "Search by name or code"),
    "all_policies": ("全部政策", "All policies"),
    "all_verdicts": ("全部结论", "All verdicts"),
    "all_natures": ("真实与演示", "Real and demo"),
    "reset": ("清除筛选", "Clear"),
    "prev": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "nothing_found": ("没有符合条件的企业，请放宽筛选。", "No company matches; widen the filter."),
    "need_script": ("搜索与列表需要启用 JavaScript。", "Search and list need JavaScript."),
    "no_companies": ("本次运行没有企业。", "This run holds no company."),
    "no_policies": ("本次运行没有可用的政策。", "This run holds no policy."),
    "no_facts": ("没有填写任何指标。", "No fact was given."),
    "no_benefits": ("此政策不直接给付资金。", "This policy pays no money."),
    "none_here": ("无", "None"),
    "identity": ("统一社会信用代码", "Credit code"),
    "facts": ("主要指标", "Key facts"),
    "fact": ("指标", "Fact"),
    "value": ("数值", "Value"),
    "period": ("期间", "Period"),
    "source": ("来源", "Source"),
    "basis": ("依据", "Basis"),
    "result": ("结果", "Result"),
    "conclusion": ("结论", "Verdict"),
    "condition": ("条件", "Condition"),
    "conditions": ("条件", "Conditions"),
    "company_value": ("企业数值", "Company"),
    "threshold": ("门槛", "Threshold"),
    "gap": ("差距", "Gap"),
    "unit": ("单位", "Unit"),
    "score": ("评分", "Score"),
    "total_score": ("总分", "Total"),
    "pass_at": ("及格线", "Pass mark"),
    "missing": ("缺少的数据", "Missing data"),
    "would_decide": ("补齐后可判定", "Would help decide"),
    "logic": ("判定规则", "Decided by"),
    "all_conditions": ("全部条件同时满足", "every condition"),
    "and": ("且", "and"),
    "or": ("或", "or"),
    "not": ("非", "not"),
    "counted": ("计入", "Counted"),
    "not_counted": ("不计入", "Not counted"),
    "cap": ("上限", "Cap"),
    "once": ("仅一次", "Once only"),
    "group": ("互斥组", "Exclusive group"),
    "rules": ("适用规则", "Rules"),
    "item": ("项目", "Item"),
    "rule": ("规则", "Rule"),
    "rule_text": ("规则原文", "Rule"),
    "changeable": ("企业可改进", "Can be improved"),
    "issuer": ("发文机关", "Issuer"),
    "in_force": ("施行", "In force"),
    "window": ("申报期", "Window"),
    "version": ("版本", "Version"),
    "status": ("状态", "Status"),
    "kind": ("类别", "Kind"),
    "to": ("至", "to"),
    "open_end": ("今", "now"),
    "doc_no": ("文号", "Document"),
    "clause": ("条款", "Clause"),
    "grade": ("可信度", "Grade"),
    "checked_on": ("核对日期", "Checked on"),
    "parameters": ("数字参数", "Figures"),
    "tables": ("评分与档次表", "Decision tables"),
    "input": ("输入", "Input"),
    "output": ("输出", "Output"),
    "sources": ("政策来源", "Sources"),
    "distribution": ("企业分布", "Companies"),
    "grade_V": ("原文核对", "read in the original"),
    "grade_S": ("二手资料", "second-hand"),
    "grade_M": ("凭记忆，待核对", "from memory, to be checked"),
    "grade_C": ("本系统推算", "computed here"),
    "short": ("差", "short by "),
    "over": ("超出", "over by "),
    "points": ("个百分点", " percentage points"),
    "at_least": ("至少 {}", "at least {}"),
    "at_most": ("至多 {}", "at most {}"),
    "no_ceiling": ("至少 {}，上限未知", "at least {}, no known ceiling"),
    "no_floor": ("至多 {}，下限未知", "at most {}, no known floor"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "in": ("属于", "in"),
    "between": ("介于", "between"),
    "by_person": ("需人工认定", "a person must find"),
    "found_by_person": ("已由人工认定", "found by a person"),
    "reason_near": ("仅差一项：{}", "One step away: {}"),
    "reason_failed": ("{} 项未满足：{}", "{} not met: {}"),
    "headline": ("评分 / 类型", "Score / class"),
    "figures": ("计算结果", "Figures"),
    "any": ("任意", "any"),
    "either": ("（{}）至少其一", "one of ({})"),
    "reason_unknown": ("缺少：{}", "Missing: {}"),
    "reason_manual": ("需人工认定：{}", "For a person: {}"),
    "reason_eligible": ("已满足判定所需条件", "What the rule asks for is met"),
    "sep": ("；", "; "),
    "comma": ("、", ", "),
    "summary_sheet": ("汇总", "Summary"),
    "company_sheet": ("企业", "Companies"),
    "notes_sheet": ("说明", "Notes"),
    "reason": ("说明", "Reason"),
    "score_low": ("结果下限", "Figure low"),
    "score_high": ("结果上限", "Figure high"),
    "low_yuan": ("收益下限（元）", "Benefit low (yuan)"),
    "high_yuan": ("收益上限（元）", "Benefit high (yuan)"),
    "unbounded": ("上限未知", "no ceiling"),
    "code": ("代码", "Code"),
    "nature": ("性质", "Nature"),
    "generated": ("由梧桐生成", "Made by Wutong"),
    "interval_note": (
        "数据缺失时给出所有可能的上下限；只有补什么数据都不会改变时才下结论。",
        "Where data is missing every result is a range; a verdict is given only when nothing could change it.",
    ),
    "severity_error": ("错误", "Error"),
    "severity_warning": ("警告", "Warning"),
    "severity_note": ("提示", "Note"),
    "per_page": ("每页 {} 家", "{} per page"),
    "hash": ("校验值", "Hash"),
    "more_findings": ("另有 {} 条，见 results.xlsx 的“说明”。", "{} more, see the notes sheet of results.xlsx."),
    "hit": ("命中方式", "Hit policy"),
    "print": ("打印", "Print"),
    "expand": ("全部展开", "Expand all"),
    "collapse": ("全部收起", "Collapse all"),
    "and_more": ("等 {} 家", "and more, {} in all"),
    "workbook": ("下载工作簿", "Workbook"),
    "rows_shown": ("只显示前 {} 行，共 {} 行；全部见工作簿。", "The first {} of {} rows; the workbook holds all."),
}

STANDINGS: Final = ("eligible", "near", "manual", "unknown", "ineligible")
"""Where a company may stand with a policy, best first; near = ineligible, one changeable step away."""


class Words:
    """The words of one language.

    >>> Words("zh")["eligible"], Words("en")["near"], Words("zh").fill("at_least", "3 人")
    ('符合', 'Near miss', '至少 3 人')
    """

    __slots__ = ("_at", "lang")

    def __init__(self, lang: Lang = "zh") -> None:
        self.lang: Lang = lang
        self._at = 0 if lang == "zh" else 1

    def __getitem__(self, key: str) -> str:
        return WORDS[key][self._at]

    def get(self, key: str) -> str:
        """Return the word, or the key itself when it has none (a kind a newer pack invented)."""
        return WORDS[key][self._at] if key in WORDS else key

    def fill(self, key: str, *values: object) -> str:
        """Return the text with its gaps filled."""
        return self[key].format(*values)

    def name(self, zh: str, en: str) -> str:
        """Return the name in this language, Chinese when there is no English one."""
        return en if self.lang == "en" and en else zh
