"""`wutong portrait` from a run folder: one company, all of them, and everything that may be wrong."""

from __future__ import annotations

import json
import shutil
from datetime import date

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wutong.cli.app import main
from wutong.packs.loader import pack_files
from wutong.portrait import open_zone
from wutong.portrait.model import Band


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two companies, decided."""
    base = tmp_path_factory.mktemp("portrait")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "企业"
    sheet.append(["统一社会信用代码", "企业名称", "内部编号", "注册日期", "2025年营业收入(万元)", "2025年研发费用(万元)", "2025年职工总数"])
    sheet.append([None, "甲公司", "A-1", date(2024, 5, 1), 300, 60, 12])
    sheet.append([None, "乙公司", "B-2", date(2010, 5, 1), 9000, None, None])
    book.save(base / "table.xlsx")
    (base / "small").mkdir()
    for name in ("sme-size-300-2011.yaml", "incubatee-miit.yaml"):
        shutil.copy(next(p for p in pack_files("national") if p.name == name), base / "small")
    assert main(["evaluate", str(base / "table.xlsx"), "--on", "2026-11-01", "--out", str(base / "run"), "--packs", str(base / "small")]) == 0
    return base / "run"


def _refused(capsys, *args):
    code = main(["portrait", *map(str, args), "--json"])
    return code, [e["code"] for e in json.loads(capsys.readouterr().out)["errors"]]


def test_one_company_as_page_and_data(run, tmp_path, capsys):
    capsys.readouterr()
    assert main(["portrait", str(run), "甲", "--out", str(tmp_path / "a.html")]) == 0
    assert capsys.readouterr().out == f"已写 {tmp_path / 'a.html'}：甲公司【示范模型，非官方权重】【含草案政策】\n"
    assert main(["portrait", str(run), "甲", "--out", str(tmp_path / "a.json")]) == 0
    data = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert (data["name"], data["points"]["model"]) == ("甲公司", "早期企业创新积分示范模型")
    assert data["stamp"]["run"] == json.loads((run / "manifest.json").read_text())["run"]


def test_all_companies_each_equal_to_the_single_one(run, tmp_path, capsys):
    assert main(["portrait", str(run), "--all", "--out", str(tmp_path / "all")]) == 0
    assert main(["portrait", str(run), "乙公司", "--out", str(tmp_path / "b.html")]) == 0
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == ["A-1.html", "B-2.html"]
    assert (tmp_path / "all" / "B-2.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_company_too_old_for_the_demo_model_has_no_score_but_a_reason(run):
    made = next(open_zone(run, "B-2").portraits())
    assert made.points is not None
    assert (made.points.score, made.points.reasons[0]) == (None, "成立不超过八年：不满足")


def test_a_points_run_of_the_same_data_gives_the_same_points_and_its_id(run, tmp_path):
    assert main(["points", "score", str(run), "--model", "qingdao-early-stage-demo", "--on", "2026-11-01",
                 "--out", str(tmp_path / "p")]) == 0
    own, given = next(open_zone(run, "A-1").portraits()), next(open_zone(run, "A-1", tmp_path / "p").portraits())
    assert given.points == own.points
    assert given.questions == own.questions
    assert given.stamp.points_run == json.loads((tmp_path / "p" / "manifest.json").read_text())["run"]


def test_bands_stand_beside_the_rank(run, tmp_path):
    bands = {"company": ["A-1"], "rank_low": [1], "rank_high": [2], "rank_best": [1], "rank_worst": [2]}
    pq.write_table(pa.table(bands), tmp_path / "bands.parquet")
    made = next(open_zone(run, "A-1", bands=tmp_path).portraits())
    assert made.points is not None
    assert made.points.band == Band(1, 2, 1, 2)


def test_points_of_other_data_are_refused(run, tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active.title = "企业"
    book.active.append(["统一社会信用代码", "企业名称", "内部编号", "注册日期"])
    book.active.append([None, "丙公司", "C-3", date(2024, 5, 1)])
    book.save(tmp_path / "other.xlsx")
    assert main(["points", "score", str(tmp_path / "other.xlsx"), "--model", "qingdao-early-stage-demo", "--on", "2026-11-01",
                 "--out", str(tmp_path / "p")]) == 0
    capsys.readouterr()
    assert _refused(capsys, run, "甲", "--out", tmp_path / "x.html", "--points", tmp_path / "p") == (3, ["D101"])
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize(("args", "answer"), [
    (("甲",), (2, ["D100"])), (("甲", "--all", "--out", "x"), (2, ["D100"])), (("--out", "x.html"), (2, ["D100"])),
    (("甲", "--out", "x.png"), (2, ["D103"])), (("丁", "--out", "x.html"), (3, ["C103"])),
    (("甲", "--out", "x.html", "--bands", "no.parquet"), (3, ["D102"])),
    (("甲", "--out", "x.html", "--points", "no"), (3, ["C113"])),
])
def test_what_is_refused(run, tmp_path, capsys, monkeypatch, args, answer):
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert _refused(capsys, run, *args) == answer
    assert list(tmp_path.iterdir()) == []


def test_existing_files_are_kept(run, tmp_path, capsys):
    (tmp_path / "a.html").write_text("mine")
    capsys.readouterr()
    assert _refused(capsys, run, "甲", "--out", tmp_path / "a.html") == (2, ["C115"])
    assert _refused(capsys, run, "--all", "--out", tmp_path) == (2, ["D104"])
    assert (tmp_path / "a.html").read_text() == "mine"


def test_a_batch_that_is_interrupted_leaves_nothing(run, tmp_path, monkeypatch):
    from wutong.portrait import write

    def stopped(portrait, kind, template=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "as_bytes", stopped)
    assert main(["portrait", str(run), "--all", "--out", str(tmp_path / "all")]) == 130
    assert list(tmp_path.iterdir()) == []
