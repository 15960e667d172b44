"""The real companies of 青岛高新区: only what the newspaper page of January 2024 says, each cell with its source.

The page is ``shared/seed/000_05f8b70f58b3f3c5.txt``; the facts are listed in ``shared/facts/seed_facts.md``. The
page prints no credit codes, so these companies carry an internal number instead; what it does not say is empty.
"""

from __future__ import annotations

from decimal import Decimal

from wutong.demo.model import BIO, INSTRUMENTS, REAL, SOFTWARE, ZONE, Company, Row

PAGE = "《青岛高新区催创新“种子”竞相萌发》（肖玲玲），报纸2024年1月版面"
_CONTEST = "第十二届中国创新创业大赛"


def _company(number: int, name: str, chain: str, profile: str, **facts: str | Decimal) -> Company:
    row: Row = {"internal_id": f"GX-R{number:03d}", "name": name, "data_nature": REAL, "zone": ZONE,
                "industry_chain": chain, "profile": profile, **facts}
    company = Company(row)
    told = [key for key in row if key not in ("internal_id", "data_nature")]
    company.children["sources"] = [{"fact": key, "source": PAGE} for key in told]
    return company


def _add(company: Company, table: str, row: Row, what: str) -> None:
    company.children.setdefault(table, []).append(row)
    company.children["sources"].append({"fact": what, "source": PAGE})


def _jianxin() -> Company:
    company = _company(
        1, "青岛健新医疗科技有限公司", BIO,
        "报载：从上海引进；产品为国内首创的智能双引擎动态混合能量手术系统；纳入“创新积分制初期企业打分体系”；"
        "获浦发银行青岛高新科技支行1000万元信贷支持；完成A轮千万元级融资（具体金额未载）。",
        carrier="康复产业孵化器", carrier_kind="专业孵化器", entry_area=Decimal(1700),
    )
    _add(company, "contests", {
        "contest": "2023粤港澳大湾区国际医疗器械创新创业大赛暨第六届中国医疗器械创新创业大赛光电产品决赛", "prize": "一等奖",
    }, "竞赛获奖：光电产品决赛一等奖")
    _add(company, "contests", {"contest": f"{_CONTEST}生物医药全国赛", "level": "国家级", "prize": "优秀奖"},
         "竞赛获奖：生物医药全国赛优秀奖（1494个竞争项目）")
    _add(company, "financing", {"round": "A轮"}, "股权融资：A轮千万元级，具体金额未载")
    _add(company, "awards_paid", {"policy": "青岛市“硕果金”政策", "clause": "奖励投资", "amount": Decimal(5_000_000)},
         "已获支持：硕果金500万元投资")
    return company


def _kuaiji() -> Company:
    company = _company(
        6, "快际新云", SOFTWARE,
        "报载：2023年12月18日“快际新云AI智算平台”项目签约落地；产品线为PaaS云+平台、融合集成平台、AI智算云平台；"
        "用户有中国石油、中国海油、赛轮集团。",
    )
    _add(company, "contests", {"contest": _CONTEST, "prize": "三等奖", "group": "成长企业组"}, "竞赛获奖：成长组三等奖")
    return company


def real_companies() -> list[Company]:
    """Return the six companies the page names in 青岛高新区: two biomedical, three instrument makers, one software.

    >>> [c.facts["name"] for c in real_companies()][1:5]
    ['阿斯利康', '海克斯康', '鼎信通讯', '艾普智能']
    """
    return [
        _jianxin(),
        _company(2, "阿斯利康", BIO, "报载：吸入气雾剂生产供应基地；2023年3月签约，总投资约4.5亿美元；不到半年追加投资2.5亿美元，"
                 "增加罐装产能和一条包装生产线。"),
        _company(3, "海克斯康", INSTRUMENTS, "报载：全球最大的三坐标测量仪器制造商；精密仪器仪表产业园企业。"),
        _company(4, "鼎信通讯", INSTRUMENTS, "报载：国内单相电能表产量最高的生产企业；精密仪器仪表产业园企业。"),
        _company(5, "艾普智能", INSTRUMENTS, "报载：微电机检测系统连续5年在国内排名第一；精密仪器仪表产业园企业。"),
        _kuaiji(),
    ]
