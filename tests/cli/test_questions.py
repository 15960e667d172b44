"""The commands that ask: on a small run, in both languages, and refused in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.cli.asked import document, said

from wutong.cli.app import main

HEADS = "统一社会信用代码,企业名称,注册日期,居民企业,2025年职工总数,2025年科技人员数,2025年营业收入(元),2025年研发费用(元),2025年成本费用支出(元),2025年资产总额(元),产品属禁止限制淘汰类,列入经营异常名录,列入严重违法失信名单,知识产权已填全,负面事件已填全,资质证书已填全,科技奖励已填全,研发机构已填全,标准已填全"
WHOLE = "否,否,否,是,是,是,是,是,是"
ROWS = [
    f"91370200MA0DEM0132,差一点有限公司,2020-01-01,是,100,20,10000000,400000,9000000,5000000,{WHOLE}",
    f"91370200MA0DEM021W,缺一项有限公司,2020-01-01,是,100,,10000000,600000,9000000,5000000,{WHOLE}",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    (folder / "zone.csv").write_text("\n".join([HEADS, *ROWS]) + "\n", "utf-8")
    assert main(["evaluate", str(folder / "zone.csv"), "--on", "2026-11-01", "--out", str(folder / "run"), "--packs", "national"]) == 0
    return folder / "run"


def test_near_miss_of_a_company(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "nearmiss", run, "tsme", "--company", "差一点")
    assert code == 0
    assert out.splitlines()[0] == "差一点有限公司 · 科技型中小企业 · 不符合"
    assert "差18分" in out
    assert "假设，不是官方数字" in out
    data = document(capsys, "nearmiss", run, "tsme", "--company", "差一点")["policies"][0]
    # 30 points for 4 %, 12 for 20 % of the staff: 18 more, the cheapest by own patents
    assert [(c["code"].partition("#")[0], c["amount"]) for c in data["ways"][0]["changes"]] == [("ip", "3")]
    assert data["gaps"][0]["gap"] == "18"


def test_near_miss_of_a_table_and_of_all(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = run.parent / "zone.csv"
    found = document(capsys, "nearmiss", table, "tsme", "--on", "2026-11-01", "--packs", "national")
    assert [(c["company"], "c5_score" in c["conditions"]) for c in found["companies"]] == [("91370200MA0DEM0132", True)]
    assert said(capsys, "nearmiss", table)[0] == 2


def test_what_decides(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = document(capsys, "decides", run, "tsme", "--company", "缺一项")["policies"][0]
    assert (data["missing"], data["will"], data["complete"]) == (["st_staff_2025"], [["st_staff_2025"]], True)
    code, out = said(capsys, "decides", run, "tsme", "--company", "缺一项", "--lang", "en")
    assert (code, out.splitlines()[0]) == (0, "缺一项有限公司 · Technology SME · Unknown")
    order = document(capsys, "decides", run, "tsme")["order"]
    assert [(q["item"], q["total"]) for q in order] == [("st_staff_2025", 1)]


def test_what_if(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = document(capsys, "whatif", run, "差一点", "--set", "上年研发费用=60万元")
    changed = {d["policy"]: (d["before"], d["after"]) for d in data["policies"] if d["before"] != d["after"]}
    assert changed["national.tsme"] == ("ineligible", "eligible")
    code, out = said(capsys, "whatif", run, "差一点", "--set", "上年研发费用=60万元")
    assert code == 0
    assert "科技型中小企业  不符合 → 符合" in out


def test_timeline_and_what_expires(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = document(capsys, "timeline", run, "缺一项", "tsme", "--months", "3")
    assert [s["verdict"] for s in data["policies"][0]["stretches"]] == ["unknown"]
    assert said(capsys, "timeline", run, "缺一项", "tsme", "--months", "3")[0] == 0
    assert document(capsys, "expiring", run, "tsme")["verdicts"] == []
    assert date.fromisoformat(document(capsys, "expiring", run, "tsme", "--months", "4")["until"]) == date(2027, 3, 1)


@pytest.mark.parametrize(("args", "code", "said_code"), [
    (("nearmiss", "RUN", "nothing"), 2, "C110"), (("nearmiss", "RUN", "tsme", "--company", "无此"), 3, "C103"),
    (("whatif", "RUN", "差一点"), 2, "Q108"), (("whatif", "RUN", "差一点", "--set", "上年研发=1"), 2, "Q103"),
    (("timeline", "RUN", "差一点", "--months", "0"), 2, "Q109"), (("nearmiss", "nowhere"), 3, "C113"),
])
def test_faults_are_told(run: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, said_code: str) -> None:
    got, out = said(capsys, *(str(run) if a == "RUN" else a for a in args))
    assert (got, f"[{said_code}]" in out) == (code, True), out
