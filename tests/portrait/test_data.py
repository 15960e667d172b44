"""The data of a portrait, recomputed by hand; what is missing stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.portrait.made import FULL, bare, full, portrait, zone

from wutong.portrait.model import Axis, Cell, Event, Figure, Points, Question, Sheet, Tag
from wutong.report.model import Range

D = Decimal
NOT_SAID = "演示数据（虚构）"


def test_identity_with_age_and_sources():
    assert full().identity == (
        Figure("注册日期", date(2024, 5, 15), "2024-05-15", "营业执照"),
        Figure("成立时间", 29, "2年5个月", "按评估日计算"),
        Figure("所属产业链", "精密仪器仪表", "精密仪器仪表", NOT_SAID),
    )


def test_tags_each_with_the_figures_that_made_it_true():
    assert full().tags == (
        Tag("科技型中小企业", "K1，有效期至 2026-12-31", "good"),
        Tag("初创（不足三年）", "注册成立 2024-05-15"),
        Tag("研发强度高", "2025年研发费用 12.5万元 ÷ 营业收入 125万元 = 10%（≥10%）", "good"),
        Tag("收入快增长", "2025年营业收入比上年 +25.0%（≥20%）", "good"),
        Tag("亏损", "2025年净利润 -5万元", "warn"),
        Tag("负债率高", "2025年负债 150万元 ÷ 资产 200万元 = 75%（≥70%）", "warn"),
        Tag("获股权融资", "天使轮 2025-06-01、A轮 2026-03-01", "good"),
        Tag("赛事获奖", "某赛 二等奖", "good"),
    )


def test_size_is_a_tag_once_a_policy_decides_it():
    assert portrait({**FULL, "划型行业": "软件和信息技术服务业"}).tags[0] == Tag("小型", "按“中小企业划型”判定")


def test_a_figure_just_below_its_threshold_gives_no_tag():
    below = portrait({**FULL, "研发费用": {2025: D("124300")}, "营业收入": {2024: 1042000, 2025: 1250000}, "负债总额": {2025: 1398000}})
    assert [t.text for t in below.tags] == ["科技型中小企业", "初创（不足三年）", "亏损", "获股权融资", "赛事获奖"]


def test_points_of_one_company_beside_the_median_of_all():
    # rd 10 % → 50 · 0.5, staff 20 → 40 · 0.3, no brand; the others: 20 %, 100 people, brand and 0, 5 people, none
    best = {"研发费用": {2025: 20}, "营业收入": {2025: 100}, "职工总数": {2025: 100}, "拥有自主品牌": True}
    least = {"研发费用": {2025: 0}, "营业收入": {2025: 100}, "职工总数": {2025: 5}, "拥有自主品牌": False}
    found = portrait(FULL, best, least).points
    assert isinstance(found, Points)
    assert (found.score, found.text, found.full, found.grade) == ((D(37), D(37)), "37", D(100), "良")
    assert (found.rank, found.peer_place) == ("第 2 名", "同类 3 家中第 2，不低于其中 50.0%")
    assert found.reference == D(37)
    assert found.axes == (
        Axis("研发强度", D(50), D(50), D(50), "50/100", "50%"),
        Axis("职工", D(40), D(40), D(40), "40/100", "30%"),
        Axis("品牌", D(0), D(0), D(0), "0/100", "20%"),
    )
    assert [(x.label, x.value, x.points, x.weight, x.added, x.next) for x in found.lines] == [
        ("研发强度", "10%", "50/100", "50%", D(25), "≥ 20% +25.00"),
        ("职工", "20人", "40/100", "30%", D(12), "≥ 100人 +18.00"),
        ("品牌", "否", "0/100", "20%", D(0), "是 +20.00"),
    ]
    assert [(x.label, x.lost, x.advice) for x in found.losses] == [("研发强度", D(25), "增加研发"), ("品牌", D(20), ""), ("职工", D(18), "")]


def test_lines_and_the_rest_sum_to_the_score():
    for made in zone(FULL, {}, {"职工总数": {2025: 33}}).portraits():
        assert made.points is not None
        assert made.points.score is not None
        assert sum((x.added for x in made.points.lines), made.points.rest) == made.points.score[0]


def test_years_with_growth_and_source_of_each_figure():
    revenue, rd, *_ = full().series
    assert revenue.cells == (
        Cell(2024, D(1000000), "100万元", None, NOT_SAID),
        Cell(2025, D(1250000), "125万元", D("25.0"), "审计报告（2026-04-01）"),
    )
    assert rd.cells == (Cell(2024, None, "未知", None, "未填报"), Cell(2025, D(125000), "12.5万元", None, NOT_SAID))


def test_money_received_is_at_least_what_the_open_list_says():
    made = full()
    assert made.received == Sheet(
        "已获支持", ("政策", "条款", "金额", "日期"),
        (("青岛高新区科技企业培育奖励（第二条）", "新迁入并在区内重新认定高企一次性奖励", "30万元", "2026-02-20"),
         ("别的办法", "未知", "未知", "未知")),
        f"清单未注明填全，可能还有。 来源：{NOT_SAID}", "合计 至少 30万元")
    assert made.raised.total == "合计 500万元"
    assert made.raised.note == f"清单已填全。 来源：{NOT_SAID}"
    assert made.expected == Range(D(0), D(710000))


def test_rights_are_counted_by_what_is_known_of_their_validity():
    assert full().records[1].rows == (("实用新型", "2", "0", "1", "1", "0"), ("发明专利", "1", "1", "0", "0", "1"))


def test_timeline_in_order_and_nothing_after_the_day():
    later = {**FULL, "竞赛获奖": [*FULL["竞赛获奖"], {"赛事": "明年的", "获奖日期": date(2027, 1, 1)}]}
    assert portrait(later).timeline == (
        Event(date(2020, 1, 1), "资质证书", "瞪羚企业 D1"),
        Event(date(2024, 5, 15), "基本信息", "注册成立"),
        Event(date(2025, 3, 1), "知识产权", "发明专利 ×1、实用新型 ×2"),
        Event(date(2025, 6, 1), "股权融资", "天使轮 200万元"),
        Event(date(2025, 9, 18), "竞赛获奖", "某赛 省级 二等奖"),
        Event(date(2026, 2, 20), "已获支持", "青岛高新区科技企业培育奖励（第二条） 新迁入并在区内重新认定高企一次性奖励 30万元"),
        Event(date(2026, 2, 24), "资质证书", "科技型中小企业 K1"),
        Event(date(2026, 3, 1), "股权融资", "A轮 300万元"),
    )


def test_what_ends_within_twelve_months_to_the_day():
    dated = [{"类型": "瞪羚企业", "证书编号": n, "有效期至": d} for n, d in (
        ("gone", date(2026, 10, 31)), ("today", date(2026, 11, 1)), ("last", date(2027, 11, 1)), ("after", date(2027, 11, 2)))]
    assert portrait({"资质证书": dated}).expiring == (
        Event(date(2026, 11, 1), "资质证书", "瞪羚企业 today"), Event(date(2027, 11, 1), "资质证书", "瞪羚企业 last"))


def test_questions_by_policies_then_points():
    questions = bare().questions
    assert questions[:4] == (
        Question("2025年营业收入", ("中小企业划型", "科技型中小企业"), D(50)),
        Question("2025年职工总数", ("中小企业划型", "科技型中小企业"), D(30)),
        Question("2025年资产总额", ("中小企业划型", "科技型中小企业"), D(0)),
        Question("资质证书清单（是否填全）", ("科技型中小企业", "青岛高新区科技企业培育奖励（第二条）"), D(0)),
    )
    assert questions[-1] == Question("拥有自主品牌", (), D(20))


def test_a_company_of_which_nothing_is_known():
    made = bare()
    assert made.identity == (Figure("注册日期", None, "未知", "未填报"),)
    assert made.tags == made.timeline == made.expiring == made.sources == ()
    assert {c.text for s in made.series for c in s.cells} == {"未知"}
    assert {p.standing for p in made.policies} == {"unknown"}
    assert {s.note for s in (*made.records, made.received, made.raised)} == {"没有记录，也未注明填全：不等于没有。"}
    assert made.points is not None
    assert made.points.score == (D(0), D(100))
    assert [line.known for line in made.points.lines] == [False] * 3


def test_a_complete_empty_list_is_said_to_be_empty():
    assert portrait({"竞赛获奖已填全": True}).records[2].note == "清单已填全：没有。"


def test_marks_say_what_is_invented_and_what_is_draft():
    assert full().marks == ("演示数据", "示范模型", "含草案政策")
    assert portrait({"数据性质": "真实·来源见报"}, demo=True).marks == ("示范模型", "含草案政策")
    assert portrait({}, scored=False).marks == ("含草案政策",)


def test_without_points_there_are_none():
    assert portrait(FULL, scored=False).points is None
