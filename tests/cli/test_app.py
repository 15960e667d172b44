from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from stdnum.cn import uscc

import wutong
from wutong.cli.app import main
from wutong.cli.failure import Exit
from wutong.errors import messages

# Invented codes whose check digit is right.
GOOD, FAULTY = (body + uscc.calc_check_digit(body) for body in ("91370200MA3C00001", "91370200MA3C00002"))
SOURCE = Path(wutong.__file__).parent.parent


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A workbook of two invented companies, the second with a faulty cell."""
    path = tmp_path_factory.mktemp("table") / "企业.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "企业"
    sheet.append(["企业名称", "统一社会信用代码", "注册日期", "2025年营业收入(万元)", "2025年职工总数"])
    sheet.append(["演示甲公司", GOOD, date(2018, 5, 1), 3000, 100])
    sheet.append(["演示乙公司", FAULTY, date(2019, 5, 1), "很多", 20])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def folder(table, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    assert main(["evaluate", str(table), "--on", "2026-11-01", "--out", str(out), "--packs", "national", "--json"]) == Exit.OK
    return out


def read(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def codes(data: dict) -> list[str]:
    return [e["code"] for e in data["errors"]]


@pytest.mark.parametrize(("args", "code", "number"), [
    (["evaluate"], "C100", Exit.USAGE),
    (["nonsense"], "C100", Exit.USAGE),
    (["check", "--nonsense", "x"], "C100", Exit.USAGE),
    (["check", "nowhere.xlsx"], "C101", Exit.INPUT),
    (["check", "."], "C112", Exit.INPUT),
    (["explain", "nowhere", "x"], "C113", Exit.INPUT),
    (["explain", ".", "x"], "C108", Exit.INPUT),
    (["packs", "list", "--on", "tomorrow"], "C102", Exit.USAGE),
    (["packs", "list", "--packs", "atlantis"], "P119", Exit.PACK),
    (["packs", "show", "nonsense"], "C110", Exit.USAGE),
    (["errors", "X999"], "C116", Exit.USAGE),
    (["tck", "nowhere"], "C113", Exit.INPUT),
    (["tck", "."], "C117", Exit.INPUT),
    (["--lang", "fr", "version"], "C100", Exit.USAGE),
])
def test_every_refusal_has_code_exit_and_both_languages(capsys, tmp_path, monkeypatch, args, code, number):
    monkeypatch.chdir(tmp_path)
    assert main([*args, "--json"]) == number
    data = read(capsys)
    assert codes(data) == [code]
    assert all(data["errors"][0][key] for key in ("zh", "en", "fix_zh", "fix_en"))
    assert main(args) == number
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"[{code}]" in shown.err
    assert "Traceback" not in shown.err


def test_named_figures_are_shown_and_listed_first(capsys):
    assert main(["packs", "show", "tsme"]) == Exit.OK
    shown = capsys.readouterr().out
    assert shown.index("tsme.rd_ratio") < shown.index("tsme.score_min")
    assert main(["--lang", "en", "packs", "show", "tsme"]) == Exit.OK
    assert "R&D to sales, the tiers" in capsys.readouterr().out
    assert main(["reform", "--list", "tsme", "--json"]) == Exit.OK
    assert [(f["name"], f["value"]) for f in read(capsys)["figures"]][:2] == [("tsme.rd_ratio", "5%"), ("tsme.rd_to_cost", "25%")]


def test_a_named_figure_is_set_on_the_command_line(capsys, folder):
    ask = ["reform", str(folder), "--draws", "0", "--json", "--set"]
    assert main([*ask, "tsme.rd_ratio=0.04"]) == Exit.OK
    assert "5% → 4%" in json.dumps(read(capsys), ensure_ascii=False)
    assert main([*ask, "tsme.rd_ratios=0.04"]) != Exit.OK
    error = read(capsys)["errors"][0]
    assert (error["code"], "tsme.rd_ratio（" in error["zh"]) == ("R301", True)


def test_language_of_an_error(capsys):
    assert main(["check", "nowhere.xlsx", "--lang", "en"]) == Exit.INPUT
    assert "There is no file nowhere.xlsx" in capsys.readouterr().err


def test_language_from_the_environment(capsys, monkeypatch):
    monkeypatch.setenv("WUTONG_LANG", "en")
    main(["check", "nowhere.xlsx"])
    assert "There is no file nowhere.xlsx" in capsys.readouterr().err


def test_check_counts_and_marks(capsys, table, tmp_path):
    marked = tmp_path / "marked.xlsx"
    assert main(["check", str(table), "--out", str(marked), "--json"]) == Exit.FINDINGS
    data = read(capsys)
    places = [f["place"] for f in data["findings"] if f["severity"] != "note"]
    assert [p["row"] for p in places if "营业收入" in p.get("column", "")] == [3]
    assert data["sheets"][0]["rows"] == 2
    assert openpyxl.load_workbook(marked)["企业"]["A2"].value == "演示甲公司"


def test_check_without_findings_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(["template", "t.xlsx"])
    capsys.readouterr()
    assert main(["check", "t.xlsx", "--json"]) in (Exit.OK, Exit.FINDINGS)
    data = read(capsys)
    assert bool(data["marked"]) == bool(data["findings"])


def test_template_is_not_overwritten_unless_asked(capsys, tmp_path):
    path = tmp_path / "t.xlsx"
    assert main(["template", str(path)]) == Exit.OK
    first = path.read_bytes()
    capsys.readouterr()
    assert main(["template", str(path), "--json"]) == Exit.USAGE
    assert codes(read(capsys)) == ["C115"]
    assert path.read_bytes() == first
    assert main(["template", str(path), "--force"]) == Exit.OK


def test_evaluate_writes_the_whole_folder(folder):
    names = {p.name for p in folder.iterdir()}
    assert {"manifest.json", "results.parquet", "detail.parquet", "results.xlsx", "index.html", "companies",
            "policies", "snapshot"} <= names
    assert (folder / "companies" / f"{GOOD}.html").is_file()


def test_evaluate_twice_gives_the_same_bytes(folder, table, tmp_path, capsys):
    again = tmp_path / "again"
    main(["evaluate", str(table), "--on", "2026-11-01", "--out", str(again), "--packs", "national", "--json"])
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert [f for f in files if (folder / f).read_bytes() != (again / f).read_bytes()] == []


def test_evaluate_keeps_a_foreign_folder(capsys, table, tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert main(["evaluate", str(table), "--on", "2026-11-01", "--out", str(tmp_path), "--json"]) == Exit.INPUT
    assert codes(read(capsys)) == ["C107"]
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_evaluate_of_bad_input_leaves_nothing(capsys, tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"not a workbook")
    assert main(["evaluate", str(bad), "--on", "2026-11-01", "--out", str(tmp_path / "out"), "--json"]) == Exit.INPUT
    assert codes(read(capsys))[0].startswith("T1")
    assert [p.name for p in tmp_path.iterdir()] == ["bad.xlsx"]


def test_explain_by_name_gives_the_conditions_with_values(capsys, folder):
    assert main(["explain", str(folder), "甲公司", "tsme", "--json"]) == Exit.OK
    data = read(capsys)
    assert (data["company"], len(data["policies"])) == (GOOD, 1)
    measures = [m for c in data["policies"][0]["conditions"] for m in c["measures"]]
    staff = next(m for m in measures if m["left"] == "上年职工总数")
    assert (Decimal(staff["value_lo"]), staff["op"], Decimal(staff["threshold"])) == (100, "<=", 500)


def test_explain_prints_for_people(capsys, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # a narrow terminal wraps the text in its columns
    assert main(["explain", str(folder), "甲公司", "tsme"]) == Exit.OK
    out = capsys.readouterr().out
    assert "职工总数不超过500人" in out
    assert "国科发政〔2017〕115号" in out


@pytest.mark.parametrize(("args", "code", "number"), [
    (["无此公司"], "C103", Exit.INPUT), (["甲公司", "nonsense"], "C105", Exit.USAGE), (["甲公司", "企业"], "C106", Exit.USAGE),
])
def test_explain_of_what_is_not_there(capsys, folder, args, code, number):
    assert main(["explain", str(folder), *args, "--json"]) == number
    assert codes(read(capsys)) == [code]


def test_packs_list_on_a_day_holds_one_version_each(capsys):
    main(["packs", "list", "--on", "2026-11-01", "--json"])
    keys = [p["policy"] for p in read(capsys)["policies"]]
    assert "national.tsme" in keys
    assert len(keys) == len(set(keys))


def test_packs_diff_shows_only_what_changed(capsys):
    assert main(["packs", "diff", "srdi@63-2022", "srdi@2-2026", "--json"]) == Exit.OK
    at = {c["at"]: (c["left"], c["right"]) for c in read(capsys)["changes"]}
    assert at["version"] == ("63-2022", "2-2026")
    assert "id" not in at
    assert main(["packs", "diff", "tsme", "tsme", "--json"]) == Exit.OK
    assert read(capsys)["changes"] == []


def test_errors_lists_every_code(capsys):
    assert main(["errors", "--json"]) == Exit.OK
    assert [e["code"] for e in read(capsys)["errors"]] == sorted(messages())


def test_tck_passes(capsys, shared):
    level = shared / "data" / "dmn-tck" / "compliance-level-2" / "0004-simpletable-U"
    for more in (["--engine", "interp"], [], ["--lift"]):
        assert main(["tck", str(level), *more, "--json"]) == Exit.OK
        data = read(capsys)
        assert data["passed"] == data["cases"] > 0


def test_defect_becomes_a_coded_message_with_a_crash_file(capsys, monkeypatch):
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wutong.cli.tools.messages", broken)
    assert main(["errors", "--json"]) == Exit.INTERNAL
    error = read(capsys)["errors"][0]
    assert error["code"] == "C190"
    crash = Path(error["place"]["file"])
    assert "ZeroDivisionError" in crash.read_text("utf-8")
    crash.unlink()


def run_cli(*args: str, **more) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "wutong", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(SOURCE)}, **more)


def test_help_names_every_command():
    out, _ = run_cli("--help").communicate(timeout=60)
    assert [c for c in ("check", "template", "evaluate", "explain", "packs", "tck", "demo", "errors", "version") if c not in out] == []


def test_help_loads_no_engine():
    code = "import sys, wutong.cli.app; print([m for m in ('duckdb', 'pyarrow', 'sqlglot', 'jinja2') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_closed_pipe_is_no_error():
    with run_cli("errors") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == Exit.OK


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one child")
def test_interrupt_leaves_nothing_behind(tmp_path):
    def attended() -> None:  # a detached shell starts its programs deaf to interrupts
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = run_cli("demo", "--out", str(tmp_path / "demo"), cwd=tmp_path, preexec_fn=attended)
    deadline = time.monotonic() + 60
    while process.poll() is None and not list(tmp_path.glob(".demo.*.part")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert "[C114]" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
