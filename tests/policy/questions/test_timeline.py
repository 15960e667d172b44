"""Timeline: the same answers as looking at every day, and why they change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from tests.policy.made import HEAD
from tests.policy.questions.asked import CODE, ON, conditions, policy

from wutong.backends.at_hand import shipped_catalogue
from wutong.packs.loader import parse_policy
from wutong.policy.evaluate import VERDICTS, evaluate
from wutong.policy.timeline import expiring_rows, lost, moved, timelines


def zone(certificates=(), **facts) -> dict[str, pa.Table]:
    """The tables of one company."""
    catalogue = shipped_catalogue()
    types = {n: (catalogue.fact(n) or catalogue.fact(n.rpartition("_")[0])).arrow for n in facts}
    columns = {"company": pa.array([CODE]), "name": pa.array(["甲"])}
    tables = {"companies": pa.table(columns | {n: pa.array([v], types[n]) for n, v in facts.items()})}
    child = catalogue.child("certificates")
    schema = pa.schema([("company", pa.string()), *((c.code, c.arrow) for c in child.columns)])
    rows = [{"company": CODE, **r} for r in certificates]
    return tables | ({"certificates": pa.Table.from_pylist(rows, schema=schema)} if rows else {})


def stretches(tables, made, until, **options) -> list[tuple[str, str, str]]:
    line = timelines(tables, made, ON, until, **options)[0]
    return [(str(s.start), str(s.end), s.verdict) for s in line.stretches]


HNTE = {"type": "高新技术企业", "issued_on": date(2024, 3, 1), "valid_until": date(2027, 2, 28)}
TITLE = 'exists(资质证书[类型 = "高新技术企业" and 发证日期 <= 评估日 and 有效期至 >= 评估日])'


def test_an_age_of_twelve_months_comes_on_the_day() -> None:
    made = policy(conditions(a="months between(注册日期, 评估日) >= 12"))
    found = stretches(zone(registered_on=date(2026, 2, 4)), [made], date(2027, 6, 1))
    assert found == [("2026-11-01", "2027-02-03", "ineligible"), ("2027-02-04", "2027-06-01", "eligible")]


def test_a_title_holds_through_its_last_day() -> None:
    tables = zone([HNTE], certificates_complete=True)
    line = timelines(tables, [policy(conditions(a=TITLE))], ON, date(2027, 6, 1))[0]
    assert [(str(s.end), s.verdict) for s in line.stretches] == [("2027-02-28", "eligible"), ("2027-06-01", "ineligible")]
    after = line.stretches[1]
    assert [(t.condition, t.before, t.after) for t in after.turns] == [("a", True, False)]
    assert after.causes == ("资质证书·有效期至 2027-02-28",)


def test_a_date_no_rule_reads_is_no_cause() -> None:
    tables = zone([HNTE], certificates_complete=True, moved_in_on=date(2024, 2, 29))
    after = timelines(tables, [policy(conditions(a=TITLE))], ON, date(2027, 6, 1))[0].stretches[1]
    assert after.causes == ("资质证书·有效期至 2027-02-28",)


def test_new_year_makes_last_year_unknown_unless_carried() -> None:
    tables = zone(rd_cost_2025=Decimal(200000))
    made = [policy(conditions(a="上年研发费用 >= 10万元"))]
    assert stretches(tables, made, date(2027, 3, 1)) == [
        ("2026-11-01", "2026-12-31", "eligible"), ("2027-01-01", "2027-03-01", "unknown")]
    assert stretches(tables, made, date(2027, 3, 1), carry=True) == [("2026-11-01", "2027-03-01", "eligible")]


def test_carrying_never_replaces_a_figure_that_is_known() -> None:
    tables = zone(rd_cost_2025=Decimal(200000), rd_cost_2026=Decimal(5))
    made = [policy(conditions(a="上年研发费用 >= 10万元"))]
    assert stretches(tables, made, date(2027, 3, 1), carry=True)[1] == ("2027-01-01", "2027-03-01", "ineligible")


def test_versions_and_figures_switch_on_their_days() -> None:
    old = parse_policy(HEAD.replace("to: null", "to: 2026-12-31") + conditions(a="1 = 1"), "old.yaml")
    new = parse_policy(HEAD.replace("from: 2020-01-01", "from: 2027-02-01").replace('version: "1"', 'version: "2"') + """
parameters: [{code: m, zh: 年龄, unit: 月, values: [{from: 2027-01-01, to: 2027-03-31, value: 24, source: s}, {from: 2027-04-01, to: null, value: 12, source: s}]}]
""" + conditions(a="months between(注册日期, 评估日) >= 年龄"), "new.yaml")
    found = timelines(zone(registered_on=date(2026, 1, 15)), [old, new], ON, date(2027, 5, 1))[0]
    assert [(str(s.start), s.verdict, s.version) for s in found.stretches] == [
        ("2026-11-01", "eligible", "1"), ("2027-01-01", "not_in_force", ""), ("2027-02-01", "ineligible", "2"),
        ("2027-04-01", "eligible", "2")]


@pytest.mark.parametrize("rule", [
    "months between(注册日期, 评估日) > 12", "注册日期 + 13个月 <= 评估日", "days between(注册日期, 评估日) >= 400",
    "注册日期 > 评估日 - 14个月", "years between(注册日期, 评估日) < 2", "评估日.year - 注册日期.year >= 2", TITLE,
    "exists(资质证书[发证日期 + 36个月 >= 评估日 and 发证日期 < 评估日 - 33个月])",
])
@pytest.mark.parametrize("born", [date(2025, 12, 31), date(2026, 2, 28)])
def test_the_same_as_looking_at_every_day(rule: str, born: date) -> None:
    made = policy(conditions(a=rule))
    tables = zone([HNTE], certificates_complete=True, registered_on=born)
    until = date(2027, 4, 10)
    expected = {s.start + timedelta(days=n): s.verdict for s in timelines(tables, [made], ON, until)[0].stretches
                for n in range((s.end - s.start).days + 1)}
    assert (min(expected), max(expected), len(expected)) == (ON, until, (until - ON).days + 1)
    turns = [d for d in expected if expected[d] != expected.get(d - timedelta(days=1))]
    looked = {d + timedelta(days=n) for d in turns for n in (-1, 0)} | {ON + timedelta(days=n) for n in range(0, 160, 11)}
    for day in sorted(looked & set(expected)):
        row = evaluate(tables, [made], day).wide.to_pylist()[0]
        assert VERDICTS[row["p00_verdict"]] == expected[day], day


def test_what_ends_is_listed_once_with_its_reason() -> None:
    tables = zone([HNTE, {**HNTE, "type": "科技型中小企业", "valid_until": date(2027, 8, 1)}], certificates_complete=True)
    found = lost(timelines(tables, [policy(conditions(a=TITLE))], ON, date(2027, 5, 1)))
    assert [(e.day, e.then, e.conditions) for e in found] == [(date(2027, 3, 1), "ineligible", ("条件a",))]
    rows = expiring_rows(tables, ON, date(2027, 5, 1), shipped_catalogue())
    assert [(e.day, e.what) for e in rows] == [(date(2027, 2, 28), "高新技术企业")]


def test_moving_months_clips_to_the_end() -> None:
    assert [moved(date(2026, 8, 31), n) for n in (1, 6, -2)] == [date(2026, 9, 30), date(2027, 2, 28), date(2026, 6, 30)]
