"""Commands for developers and scripts: tck, errors, version."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wutong import __version__
from wutong.cli.arguments import DsnOption, backend, existing_folder
from wutong.cli.failure import Exit
from wutong.cli.screen import Screen, screen
from wutong.errors import Place, WutongError, messages

if TYPE_CHECKING:
    from wutong.dmn.tck import Tally


class Engine(StrEnum):
    """What the TCK runs on; ``sql`` is DuckDB."""

    sql = "sql"
    duckdb = "duckdb"
    postgres = "postgres"
    spark = "spark"
    interp = "interp"


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (tck, errors, version):
        app.command(rich_help_panel="工具 · tools")(command)


def tck(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="DMN TCK 用例文件夹 · folder of the cases")],
    engine: Annotated[Engine, typer.Option("--engine", help="编译为 SQL（sql 即 duckdb）或解释执行 · SQL or interpreter")] = Engine.sql,
    lift: Annotated[bool, typer.Option("--lift", help="把字面量提为列 · literals lifted into columns")] = False,
    dsn: DsnOption = None,
) -> int:
    """运行 DMN TCK 一致性用例 · run the DMN conformance cases."""
    from wutong.dmn.tck import run_dir

    view = screen()
    with _engine(engine, lift=lift, dsn=dsn) as chosen:
        found = run_dir(existing_folder(folder), chosen)
    total = found.total
    if total.cases == 0:
        raise WutongError.of("C117", Place(file=str(folder)))
    if view.as_json:
        view.json({"ok": not found.failures, **_counts(total), "folders": {n: _counts(t) for n, t in found.folders.items()},
                   "failures": [asdict(f) for f in found.failures]})
        return Exit.FINDINGS if found.failures else Exit.OK
    _print_folders(view, found.folders)
    if found.failures:
        view.table(["DMN", *(view.text(*t) for t in (("用例", "Case"), ("结果", "Result"), ("应为", "Expected"), ("实为", "Found")))],
                   [(f.file, f.case, f.result, str(f.expected), f.reason or str(f.found)) for f in found.failures])
    view.say(f"用例通过 {total.passed} / {total.cases}（下推 {total.pushed}，折叠 {total.folded}），拒绝 {total.refused}，"
             f"答错 {total.wrong}；结果通过 {total.results_passed} / {total.results}",
             f"{total.passed} of {total.cases} cases passed ({total.pushed} pushed down, {total.folded} folded), "
             f"{total.refused} refused, {total.wrong} wrong; {total.results_passed} of {total.results} results")
    return Exit.FINDINGS if found.failures else Exit.OK


def _counts(tally: Tally) -> dict[str, int]:
    return {**asdict(tally), "wrong": tally.wrong}


def _print_folders(view: Screen, folders: Mapping[str, Tally]) -> None:
    heads = (("文件夹", "Folder"), ("用例", "Cases"), ("通过", "Passed"), ("下推", "Pushed down"), ("折叠", "Folded"),
             ("拒绝", "Refused"), ("答错", "Wrong"))
    rows = [(name, *map(str, (t.cases, t.passed, t.pushed, t.folded, t.refused, t.wrong))) for name, t in folders.items()]
    view.table([view.text(*h) for h in heads], rows, right=range(1, len(heads)))


@contextmanager
def _engine(engine: Engine, *, lift: bool, dsn: str | None) -> Iterator[Any]:
    if engine is Engine.interp:
        from wutong.dmn.tck import InterpreterEngine

        yield InterpreterEngine()
        return
    from wutong.ir.dmn.engine import SqlEngine

    with backend("duckdb" if engine is Engine.sql else engine, dsn) as opened:
        yield SqlEngine(lift=lift, backend=opened)


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
