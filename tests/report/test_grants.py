"""Grants without application: who is listed, what objections do, that nothing is ever paid twice."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.policy.made import ON, policy

from wutong.errors import Place, WutongError
from wutong.packs.cases import Case, case_tables
from wutong.packs.model import Policy
from wutong.policy.autogrant import GrantList, Objection, decided, due, grant_list, hindrances
from wutong.policy.evaluate import evaluate, shipped_catalogue
from wutong.report import grants as report
from wutong.report.document import page, write_word, write_workbook
from wutong.report.texts import Words

D = Decimal
BODY = """
conditions:
  - {code: c, zh: 有收入, when: 上年营业收入 > 0元, source: s}
benefits:
  - {code: a, zh: 年度奖, amount: 10万元, source: s}
  - {code: o, zh: 一次奖, amount: 5万元, source: s, when: 上年职工总数 >= 10人, once: true}
  - {code: t, zh: 减税, amount: 7万元, source: s, kind: tax_saving}
"""
PLACE = Place(file="o.yaml")


def listing(made: Policy | None = None, on: date = ON, **options: object) -> GrantList:
    names = ("甲公司", "=cmd()", "丙公司", "丁公司")
    facts = [{"营业收入": {2025: "1元"}, "职工总数": {2025: 20}, "已获支持": [], "已获支持已填全": True},
             {"营业收入": {2025: "1元"}, "职工总数": {2025: 5}, "已获支持已填全": True},
             {"营业收入": {2025: "0元"}}, {"职工总数": {2025: 20}}]
    tables = case_tables([Case(n, on, f, {}) for n, f in zip(names, facts, strict=True)], shipped_catalogue())
    results = evaluate(tables, [made or policy(BODY)], on)
    return grant_list(results, {f"case{n:04d}": name for n, name in enumerate(names)}, "run", **options)


def rows(found: GrantList) -> list[tuple[str, str, Decimal, str]]:
    return [(g.company[-1], g.benefit, g.amount, g.state) for g in found.grants]


def objection(company: int, upheld: bool | None, amount: int | None = None) -> Objection:
    return Objection(f"case{company:04d}", "made", "有异议", upheld, None if amount is None else D(amount), PLACE)


def test_only_eligible_companies_and_sure_grants_are_listed() -> None:
    found = listing()
    assert rows(found) == [("0", "a", D(100000), "listed"), ("0", "o", D(50000), "listed"), ("1", "a", D(100000), "listed")]
    assert (found.open, [g.year for g in found.grants]) == (1, ["2026", "once", "2026"])


def test_keys_depend_on_the_year_but_not_for_what_is_paid_once() -> None:
    assert listing().grants[0].key == listing().grants[0].key
    one, other = (replace(listing(), on=day) for day in (ON, date(2027, 1, 1)))
    assert [g.key for g in one.grants] == [g.key for g in other.grants]
    assert one.id != other.id


@pytest.mark.parametrize(("change", "why"), [
    ({"status": "draft"}, ("draft",)), ({"window": (date(2026, 12, 1), None)}, ("window",)), ({"benefits": ()}, ("no_grant",)), ({}, ())])
def test_policies_that_cannot_be_granted_say_why(change: dict[str, object], why: tuple[str, ...]) -> None:
    assert hindrances(replace(policy(BODY), **change), ON) == why


def test_a_manual_clause_hinders_only_where_it_decides() -> None:
    body = BODY.replace("benefits:", "  - {code: m, zh: 人工, manual: true, source: s}\nbenefits:")
    assert hindrances(policy(body), ON) == ("manual",)
    assert hindrances(policy(body + "decide: {all: [c]}\n"), ON) == ()


def test_a_draft_is_refused_but_can_be_rehearsed_and_never_paid() -> None:
    draft = replace(policy(BODY), status="draft")
    assert (rows(listing(draft)), listing(draft).refused) == ([], {"tests.made": ("draft",)})
    for wanted, code in ((["made"], "R330"), (["nobody"], "R331")):
        with pytest.raises(WutongError) as caught:
            listing(draft, policies=wanted)
        assert caught.value.code == code
    rehearsed = listing(draft, rehearsal=True)
    assert len(rehearsed.grants) == 3
    with pytest.raises(WutongError) as caught:
        due(decided(rehearsed, []), {})
    assert caught.value.code == "R335"


def test_objections_withdraw_change_hold_or_fall() -> None:
    found = decided(listing(), [objection(0, True, 20000), objection(1, None)])
    assert rows(found) == [("0", "a", D(20000), "changed"), ("0", "o", D(20000), "changed"), ("1", "a", D(100000), "held")]
    found = decided(listing(), [objection(0, True), objection(1, False)])
    assert rows(found) == [("0", "a", D(0), "withdrawn"), ("0", "o", D(0), "withdrawn"), ("1", "a", D(100000), "confirmed")]


@pytest.mark.parametrize(("objections", "code"), [
    ([objection(2, True)], "R332"), ([objection(0, True), objection(0, False)], "R333"), ([objection(0, True, 60000)], "R334")])
def test_objections_that_do_not_fit_are_told(objections: list[Objection], code: str) -> None:
    with pytest.raises(WutongError) as caught:
        decided(listing(), objections)
    assert caught.value.code == code


def settle(ledger: Path, objections: list[Objection]) -> tuple[str, int, GrantList]:
    settled = decided(listing(), objections)
    known = report.read_ledger(ledger)
    found = due(settled, known)
    return report.payment_file(found), report.write_ledger(ledger, found, known, settled.batch), found


def test_twice_the_same_gives_the_same_file_and_pays_once(tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    first, new, _ = settle(ledger, [objection(1, None)])
    before = ledger.read_bytes()
    again, none, _ = settle(ledger, [objection(1, None)])
    assert (new, none, first, ledger.read_bytes()) == (2, 0, again, before)


def test_a_later_decision_pays_only_what_was_held(tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    settle(ledger, [objection(1, None)])
    text, new, found = settle(ledger, [objection(1, False)])
    assert (new, [g.state for g in found.grants]) == (1, ["paid_before", "paid_before", "confirmed"])
    lines = text.split("\r\n")
    assert len(lines) == 3
    assert lines[1].startswith(f"1,{found.grants[2].key},'=cmd(),case0001,自拟政策,年度奖,2026,100000.00")
    assert len(report.read_ledger(ledger)) == 3
    third, none, _ = settle(ledger, [objection(1, False)])
    assert (third, none) == (text, 0)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "key,batch,company,policy,benefit,year,amount\nk,b,c\n",
                                  "key,batch,company,policy,benefit,year,amount\nk,b,c,p,b,y,1\nk,b,c,p,b,y,1\n"])
def test_a_foreign_or_damaged_ledger_is_refused(tmp_path: Path, text: str) -> None:
    ledger = tmp_path / "l.csv"
    ledger.write_text(text, "utf-8")
    with pytest.raises(WutongError) as caught:
        report.read_ledger(ledger)
    assert caught.value.code == "R337"


def test_a_ledger_is_used_by_one_payment_at_a_time(tmp_path: Path) -> None:
    ledger = tmp_path / "l.csv"
    with report.locked(ledger), pytest.raises(WutongError) as caught, report.locked(ledger):
        pass
    assert caught.value.code == "R339"
    assert list(tmp_path.iterdir()) == []


def test_a_list_is_read_again_and_a_changed_one_refused(tmp_path: Path) -> None:
    import json

    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(report.data(listing(), demo=True)), "utf-8")
    assert report.load_list(tmp_path) == (listing(), True)
    file.write_text(file.read_text("utf-8").replace("100000.00", "900000.00"), "utf-8")
    with pytest.raises(WutongError) as caught:
        report.load_list(tmp_path)
    assert caught.value.code == "R338"


def test_objections_come_from_yaml_or_excel_alike(tmp_path: Path) -> None:
    yaml, xlsx = tmp_path / "o.yaml", tmp_path / "o.xlsx"
    yaml.write_text("objections:\n  - {企业: case0000, 政策: made, 异议内容: 有误, 是否成立: 是, 改为金额: 2万元}\n"
                    "  - {company: case0001, policy: made, text: 待查}\n", "utf-8")
    book = openpyxl.Workbook()
    for row in (["统一社会信用代码", "政策", "异议内容", "是否成立", "改为金额"], ["case0000", "made", "有误", "是", 20000],
                ["case0001", "made", "待查", None, None]):
        book.active.append(row)
    book.save(xlsx)
    one, other = ([replace(o, place=PLACE) for o in report.read_objections(f)] for f in (yaml, xlsx))
    assert one == other == [Objection("case0000", "made", "有误", True, D("20000.00"), PLACE),
                            Objection("case0001", "made", "待查", None, None, PLACE)]


@pytest.mark.parametrize("text", ["[]", "objections: 3", "objections: [3]", "objections: [{policy: a}]",
                                  "objections: [{company: a, policy: b, upheld: 也许}]",
                                  "objections: [{company: a, policy: b, amount: 多}]"])
def test_faulty_objections_are_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "o.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(WutongError) as caught:
        report.read_objections(file)
    assert caught.value.code == "R336"


def test_publicity_masks_codes_and_escapes_names_and_equal_lists_give_equal_files(tmp_path: Path) -> None:
    words = Words("zh")
    document = report.document(listing(), words, demo=False, mask=True)
    text = page(document, words)
    assert "case0000" not in text
    assert "case*000" in text
    for name in ("a", "b"):
        write_workbook(document, tmp_path / f"{name}.xlsx", words)
        write_word(document, tmp_path / f"{name}.docx", words)
        time.sleep(2.1)  # a zip file tells time in steps of two seconds
    for kind in ("xlsx", "docx"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["名单"]
    assert [sheet.cell(4, 2).value, sheet.cell(4, 2).data_type, sheet.cell(4, 2).quotePrefix] == ["=cmd()", "s", True]
