"""The research commands as a user runs them: on an indicator table, on a stored step, on a points run."""

from __future__ import annotations

import csv
import json
from datetime import date

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml

from wutong.cli.app import main
from wutong.demo import build
from wutong.points.loader import find_file, load_model
from wutong.points.run import write_run
from wutong.tables import read_workbook, write_snapshot

META = """iCode,Parent,Weight,Direction,Type
rd,input,2,1,Indicator
team,input,1,1,Indicator
debt,output,1,-1,Indicator
input,index,1,1,Aggregate
output,index,1,1,Aggregate
index,,1,1,Aggregate
zone,,,,Group
"""


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(3)
    rows = [f"u{i},单位{i},{'东' if i % 2 else '西'},{a:.3f},{b:.3f},{'' if i == 4 else f'{c:.3f}'}"
            for i, (a, b, c) in enumerate(rng.random((30, 3)) * 90 + 5)]
    (tmp_path / "data.csv").write_text("uCode,uName,zone,rd,team,debt\n" + "\n".join(rows) + "\n", "utf-8")
    (tmp_path / "meta.csv").write_text(META, "utf-8")
    return tmp_path


@pytest.fixture
def call(capsys):
    def run(*args, code=0):
        assert main([str(a) for a in args]) == code
        return capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def points_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("points")
    build(folder / "demo.xlsx")
    on = date(2026, 11, 1)
    out = folder / "run"
    out.mkdir()
    snapshot = write_snapshot(read_workbook(folder / "demo.xlsx", on=on).usable(), out / "snapshot", demo=True)
    source = find_file("qingdao-early-stage-demo", on)
    write_run(snapshot, source, load_model(source), on, out)
    return out


def rows(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_steps_follow_each_other(table, call):
    call("points", "screen", table / "data.csv", "--meta", table / "meta.csv", "--drop", "u0", "--out", table / "a")
    call("points", "impute", table / "a", "--group", "zone", "--out", table / "b")
    call("points", "treat", table / "b", "--out", table / "c")
    call("points", "index", table / "c", "--out", table / "d")
    found = rows(table / "d" / "results.csv")
    assert len(found) == 29
    assert [int(r["名次"]) for r in found] == sorted(int(r["名次"]) for r in found)
    assert "" not in {r["debt"] for r in rows(table / "b" / "data.csv")}


def test_the_same_call_gives_the_same_bytes(table, call):
    for name in ("one", "two"):
        call("points", "uncertainty", table / "data.csv", "--meta", table / "meta.csv", "--samples", 200, "--out", table / name)
    first, second = ({p.name: p.read_bytes() for p in (table / n).iterdir()} for n in ("one", "two"))
    assert first == second
    assert sorted(first) == ["bands.csv", "manifest.json", "results.xlsx"]


def test_bands_hold_the_rank_and_json_is_one_document(table, call):
    call("points", "impute", table / "data.csv", "--meta", table / "meta.csv", "--out", table / "full")
    shown = call("points", "uncertainty", table / "full", "--samples", 500, "--out", table / "u", "--json", "--lang", "en")
    (bands,) = json.loads(shown.out)["tables"]
    at = {name: i for i, name in enumerate(bands["columns"])}
    assert all(r[at["Best"]] <= r[at["5 %"]] <= r[at["Median"]] <= r[at["95 %"]] <= r[at["Worst"]] for r in bands["rows"])
    assert sum(r[at["P(top 10)"]] for r in bands["rows"]) == pytest.approx(10)


def test_a_recipe_varies_what_it_says(table, call):
    recipe = {"steps": [{"impute": {"method": "mean"}}, {"normalise": {"method": "min_max", "parameters": {"low": 1, "high": 100}}}],
              "vary": {"aggregate.method": ["arithmetic", "geometric"], "weights": 0.25}}
    (table / "r.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
    call("points", "sensitivity", table / "data.csv", "--meta", table / "meta.csv", "--recipe", table / "r.yaml", "--n", 16,
         "--out", table / "s")
    assert [r["选择"] for r in rows(table / "s" / "sensitivity.csv")] == ["aggregate.method", "weights"]


@pytest.mark.parametrize("method", ["equal", "entropy", "critic", "pca", "bod"])
def test_candidates_go_to_a_file_that_an_index_can_use(table, call, method):
    call("points", "impute", table / "data.csv", "--meta", table / "meta.csv", "--out", table / "full")
    call("points", "weights", table / "full", "--method", method, "--out", table / "w.yaml")
    made = yaml.safe_load((table / "w.yaml").read_text("utf-8"))
    assert made["candidate"] is True
    assert {sum(g["basis_points"].values()) for g in made["groups"].values()} == {10_000}
    call("points", "index", table / "full", "--weights", table / "w.yaml", "--out", table / "i")
    call("points", "weights", table / "full", "--method", method, "--out", table / "w.yaml", code=2)


def test_ahp_reads_fractions_and_names_the_worst_judgement(table, call):
    (table / "good.csv").write_text(",a,b,c\na,1,3,5\nb,1/3,1,2\nc,1/5,1/2,1\n", "utf-8")
    (table / "bad.csv").write_text(",a,b,c\na,1,9,1/9\nb,1/9,1,9\nc,9,1/9,1\n", "utf-8")
    args = ("points", "weights", table / "data.csv", "--meta", table / "meta.csv", "--method", "ahp")
    call(*args, "--pairs", table / "good.csv", "--out", table / "w.yaml")
    weights = yaml.safe_load((table / "w.yaml").read_text("utf-8"))["groups"]["good"]["weights"]
    assert weights == {"a": 0.648329, "b": 0.229651, "c": 0.12202}
    assert "S277" in call(*args, "--pairs", table / "bad.csv", "--out", table / "v.yaml", code=3).err
    assert not (table / "v.yaml").exists()


@pytest.mark.parametrize("command", ["analyse", "effective", "remove", "audit"])
def test_reports_on_a_table(table, call, command):
    call("points", command, table / "data.csv", "--meta", table / "meta.csv", "--out", table / "x")
    book = openpyxl.load_workbook(table / "x" / "results.xlsx")
    assert all(sheet.max_row >= 1 for sheet in book)


@pytest.mark.parametrize(("change", "code"), [
    (lambda t: t.replace("u1,", "u0,"), "S225"),
    (lambda t: t.replace("uCode", "unit"), "S222"),
    (lambda t: t.replace(",team,", ",rd,"), "S223"),
    (lambda t: t.replace("u2,单位2,西,", "u2,单位2,西,很多"), "S224"),
    (lambda t: t.split("\n", 1)[0] + "\n", "S210"),
])
def test_faulty_tables_are_told_and_leave_nothing(table, call, change, code):
    text = (table / "data.csv").read_text("utf-8")
    (table / "data.csv").write_text(change(text), "utf-8")
    shown = call("points", "index", table / "data.csv", "--meta", table / "meta.csv", "--out", table / "x", code=3)
    assert f"[{code}]" in shown.err
    assert not (table / "x").exists()


@pytest.mark.parametrize(("recipe", "code"), [
    ("steps: [{impute: {methd: mean}}]", "S232"), ("steps: [smooth]", "S230"), ("steps: [aggregate, normalise]", "S233"),
    ("step: []", "S229"), ("steps: [{impute: {method: guess}}]", "S234"), ("steps: [{impute: {method: latest}}]", "S231"),
    ("steps: [{impute: {group: county}}]", "S213"),
])
def test_faulty_recipes_are_told(table, call, recipe, code):
    (table / "r.yaml").write_text(recipe, "utf-8")
    args = ("points", "index", table / "data.csv", "--meta", table / "meta.csv", "--recipe", table / "r.yaml")
    assert f"[{code}]" in call(*args, "--out", table / "x", code=3).err


def test_a_changed_step_is_noticed(table, call):
    call("points", "impute", table / "data.csv", "--meta", table / "meta.csv", "--out", table / "a")
    with (table / "a" / "data.csv").open("a", encoding="utf-8") as file:
        file.write("x,x,东,1,2,3\n")
    assert "[S239]" in call("points", "treat", table / "a", "--out", table / "b", code=3).err
    assert "[S286]" in call("points", "treat", table / "data.csv", "--out", table / "b", code=3).err


def test_every_scored_company_of_a_run_gets_a_band_and_the_model_s_mark(points_run, tmp_path, call):
    shown = call("points", "uncertainty", points_run, "--samples", 300, "--out", tmp_path / "u")
    assert "示范模型" in shown.out
    found = rows(tmp_path / "u" / "bands.csv")
    counts = json.loads((points_run / "manifest.json").read_text("utf-8"))["counts"]
    assert len(found) == counts["0"] + counts["1"]
    assert all(int(r["最好"]) <= int(r["5%"]) <= int(r["95%"]) <= int(r["最差"]) for r in found)


def test_the_audit_of_a_run_finds_what_was_planted(points_run, tmp_path, call):
    call("points", "audit", points_run, "--out", tmp_path / "a", "--lang", "en")
    book = openpyxl.load_workbook(tmp_path / "a" / "results.xlsx")
    assert book.sheetnames == ["Bunching", "Just above", "At the floor", "Jumps", "Without a source", "Constant indicators",
                               "Weights and effects"]
    floors = [row[0] for row in book["At the floor"].iter_rows(min_row=3, values_only=True)]
    assert any("强度分母下限" in where for where in floors)


def test_table_commands_refuse_a_points_run(points_run, tmp_path, call):
    assert "[S287]" in call("points", "impute", points_run, "--out", tmp_path / "x", code=3).err


def test_a_printed_rank_carries_its_band(points_run, tmp_path, call):
    args = ("points", "score", points_run, "--model", "qingdao-early-stage-demo", "--on", "2026-11-01")
    shown = call(*args, "--out", tmp_path / "s", "--bands", 50, "--top", 1)
    assert "90% 名次区间" in shown.out
    found = pq.read_table(tmp_path / "s" / "bands.parquet").to_pylist()
    scores = pq.read_table(points_run / "scores.parquet", columns=["company", "rank", "status"]).to_pylist()
    assert {r["company"]: r["rank"] for r in found} == {r["company"]: r["rank"] for r in scores if r["status"] != 2}
    call(*args, "--out", tmp_path / "t", "--bands", 0)
    assert not (tmp_path / "t" / "bands.parquet").exists()
