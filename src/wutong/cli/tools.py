"""Commands for developers and scripts: tck, errors, version."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

import platform
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wutong import __version__
from wutong.cli.arguments import existing_folder
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import Place, WutongError, messages


class Engine(StrEnum):
    """What the TCK runs on."""

    sql = "sql"
    interp = "interp"


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (tck, errors, version):
        app.command(rich_help_panel="工具 · tools")(command)


def tck(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="DMN TCK 用例文件夹 · folder of the cases")],
    engine: Annotated[Engine, typer.Option("--engine", help="编译为 SQL 或解释执行 · SQL or interpreter")] = Engine.sql,
    lift: Annotated[bool, typer.Option("--lift", help="把字面量提为列 · literals lifted into columns")] = False,
) -> int:
    """运行 DMN TCK 一致性用例 · run the DMN conformance cases."""
    from wutong.dmn.tck import run_dir

    view = screen()
    found = run_dir(existing_folder(folder), _engine(engine, lift=lift))
    total = found.total
    if total.cases == 0:
        raise WutongError.of("C117", Place(file=str(folder)))
    if view.as_json:
        view.json({"ok": not found.failures, "cases": total.cases, "passed": total.passed, "failures": [
            {"file": f.file, "case": f.case, "result": f.result, "expected": f.expected, "found": f.found,
             "reason": f.reason} for f in found.failures
        ]})
        return Exit.FINDINGS if found.failures else Exit.OK
    if found.failures:
        view.table(["DMN", *(view.text(*t) for t in (("用例", "Case"), ("结果", "Result"), ("应为", "Expected"), ("实为", "Found")))],
                   [(f.file, f.case, f.result, str(f.expected), f.reason or str(f.found)) for f in found.failures])
    view.say(f"用例通过 {total.passed} / {total.cases}，结果通过 {total.results_passed} / {total.results}",
             f"{total.passed} of {total.cases} cases, {total.results_passed} of {total.results} results passed")
    return Exit.FINDINGS if found.failures else Exit.OK


def _engine(engine: Engine, *, lift: bool) -> Any:
    if engine is Engine.interp:
        from wutong.dmn.tck import InterpreterEngine

        return InterpreterEngine()
    from wutong.ir.dmn.engine import SqlEngine

    return SqlEngine(lift=lift)


def errors(code: Annotated[str | None, typer.Argument(help="只看一个代码 · one code only")] = None) -> int:
    """列出全部错误代码、原因和处理办法 · list every error code."""
    table = messages()
    if code is not None and code.upper() not in table:
        raise WutongError.of("C116", text=code)
    chosen = [code.upper()] if code is not None else sorted(table)
    view = screen()
    if view.as_json:
        view.json({"ok": True, "errors": [{"code": c, **table[c]} for c in chosen]})
    else:
        view.table([view.text("代码", "Code"), view.text("原因", "Reason"), view.text("处理", "Remedy")],
                   [(c, table[c][view.lang], table[c][f"fix_{view.lang}"]) for c in chosen])
    return Exit.OK


def version() -> int:
    """显示版本 · show versions."""
    from importlib import metadata

    view = screen()
    parts = {"wutong": __version__, "python": platform.python_version(),
             **{name: metadata.version(name) for name in ("duckdb", "pyarrow", "sqlglot")}}
    if view.as_json:
        view.json({"ok": True, **parts})
    view.say(" · ".join(f"{k} {v}" for k, v in parts.items()), " · ".join(f"{k} {v}" for k, v in parts.items()))
    return Exit.OK
