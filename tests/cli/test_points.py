"""The commands about points, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.points.made import tables

from wutong.cli.app import main
from wutong.tables.snapshot import write_tables

COMPANY = {
    "注册日期": "2023-05-01", "所属产业链": "精密仪器仪表", "康复类产品": False, "职工总数": {2025: 20}, "研发人员数": {2025: 8},
    "营业收入": {2025: "300万元", 2024: "200万元"}, "研发费用": {2025: "60万元"}, "列入严重违法失信名单": False, "产品属禁止限制淘汰类": False,
    "负面事件已填全": True, "全职创始人数": 2, "核心创始人行业年限": 8, "知识产权已填全": True, "竞赛获奖已填全": True, "股权融资已填全": True,
    "里程碑已填全": True, "里程碑": [{"类型": "原型样机", "达成日期": "2024-05-01"}],
}
DATE = ["--on", "2026-11-01"]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("points") / "snapshot"
    write_tables(tables(COMPANY, {**COMPANY, "研发费用": {2025: "20万元"}}, {"注册日期": "2001-01-01"}), folder)
    return folder


@pytest.fixture(scope="module")
def run(data) -> Path:
    out = data.parent / "run"
    assert main(["points", "score", str(data), "--model", "qingdao-early-stage-demo", *DATE, "--out", str(out)]) == 0
    return out


def as_json(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    main(["--json", "points", *arguments])
    return json.loads(capsys.readouterr().out)


def test_equal_runs_have_equal_bytes(data, run):
    again = data.parent / "again"
    assert main(["points", "score", str(data), "--model", "qingdao-early-stage-demo", *DATE, "--out", str(again)]) == 0
    files = sorted(p.relative_to(run) for p in run.rglob("*") if p.is_file())
    assert [f for f in files if (run / f).read_bytes() != (again / f).read_bytes()] == []
    assert Path("ranking.xlsx") in files


@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_every_engine_writes_the_same_folder(engine, data, run, request):
    again = data.parent / engine
    needs = ["--dsn", request.getfixturevalue("postgres_dsn")] if engine == "postgres" else []
    if engine == "spark":
        request.getfixturevalue("spark_session")
    assert main(["points", "score", str(data), "--model", "qingdao-early-stage-demo", *DATE, "--out", str(again),
                 "--engine", engine, *needs]) == 0
    for name in ("manifest.json", "scores.parquet", "references.parquet"):
        assert (again / name).read_bytes() == (run / name).read_bytes()


def test_the_label_of_a_demo_model_stands_on_every_sheet(run):
    book = load_workbook(run / "ranking.xlsx")
    assert [s.cell(1, 1).value for s in book] == ["示范模型，非官方权重"] * 4


def test_an_explanation_tells_parts_losses_and_a_plan(run, capsys):
    told = as_json(capsys, "explain", str(run), "case0001", "--raise", "3")
    added = sum(float(x["added"]) for x in told["lines"]) + float(told["base"]) + float(told["rounding"])
    assert added == pytest.approx(float(told["score"][0]), abs=1e-9)
    assert len(told["losses"]) == 4
    assert told["plan"]["possible"]
    assert told["position"]["rank"] == 2


def test_a_company_too_old_has_no_score_and_the_reason(run, capsys):
    told = as_json(capsys, "explain", str(run), "case0002")
    assert (told["score"], told["failed"]) == ([None, None], ["g_young"])


def test_the_change_since_a_run_is_split_exactly(data, run, capsys):
    later = data.parent / "later"
    write_tables(tables(COMPANY, {**COMPANY, "研发费用": {2025: "40万元"}}), later / "in")
    assert main(["points", "score", str(later / "in"), "--model", "qingdao-early-stage-demo", *DATE, "--out", str(later / "run")]) == 0
    change = as_json(capsys, "explain", str(later / "run"), "case0001", "--since", str(run))["change"]
    assert float(change["data"]) == pytest.approx(float(change["now"]) - float(change["then"]))
    assert float(change["data"]) > 0
    assert (float(change["model"]), float(change["cohort"])) == (0, 0)
    assert {code for code, _ in change["by_indicator"]} == {"rd_intensity", "rd_amount"}


def test_two_runs_are_compared_company_by_company(data, run, capsys):
    later = data.parent / "other"
    write_tables(tables(COMPANY, {**COMPANY, "研发费用": {2025: "90万元"}}), later / "in")
    assert main(["points", "score", str(later / "in"), "--model", "qingdao-early-stage-demo", *DATE, "--out", str(later / "run")]) == 0
    told = as_json(capsys, "compare", str(run), str(later / "run"))
    assert (told["companies"], told["only_left"], told["only_right"]) == (2, 0, 0)
    assert [m[:1] + m[2:4] for m in told["movers"]] == [["case0000", 1, 2], ["case0001", 2, 1]]
    alike = as_json(capsys, "compare", str(run), str(run))
    assert (alike["kendall"], alike["mean_shift"], alike["movers"]) == (1.0, 0.0, [])


def test_official_weights_come_in_through_a_sheet_and_the_model_then_runs(data, tmp_path, capsys):
    assert main(["points", "score", str(data), "--model", "cxjf-mst-2025-v2", *DATE, "--out", str(tmp_path / "no")]) == 4
    assert "S122" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    assert main(["points", "template", "cxjf-mst-2025-v2", "--out", str(tmp_path)]) == 0
    sheet, made = tmp_path / "cxjf-mst-2025-v2-weights.xlsx", tmp_path / "mine.yaml"
    book = load_workbook(sheet)
    for row in book["权重"].iter_rows(min_row=2):
        if row[1].value:
            row[4].value = 10 if row[1].value.startswith("b") else 12 if row[1].value == "q1" else 11
    book.save(sheet)
    arguments = ["points", "import-weights", str(sheet), "--model", "cxjf-mst-2025-v2", "--out", str(made)]
    assert main(arguments) == 3
    assert "S313" in capsys.readouterr().err
    origin = ["--document", "测试〔2026〕1号", "--clause", "附件", "--url", "https://example.org", "--by", "测试员", "--date", "2026-11-01"]
    assert main([*arguments, *origin]) == 0
    assert main(["points", "score", str(data), "--model", str(made), *DATE, "--out", str(tmp_path / "run")]) == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    assert manifest["model"]["provenance"]["document"] == "测试〔2026〕1号"


@pytest.mark.parametrize("name", ["tsme-points", "hnte-innovation", "cxjf-mst-2024-v1", "qingdao-early-stage-demo"])
def test_models_are_shown_and_found_whole(name, capsys):
    assert main(["points", "show", name]) == 0
    assert main(["points", "lint", name]) == 0
    assert as_json(capsys, "show", name)["tree"]["children"] != []
