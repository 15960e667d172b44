"""Commands about companies: check, template, evaluate, explain."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import (
    DsnOption,
    Engine,
    EngineOption,
    backend,
    day,
    existing_file,
    existing_folder,
    names,
    new_file,
)
from wutong.cli.failure import Exit
from wutong.cli.screen import Screen, screen
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.backends.protocol import Backend
    from wutong.report.model import RunView
    from wutong.tables.reading import Reading

_SHOWN = 20


class Mode(StrEnum):
    """How missing data count."""

    interval = "interval"
    three_valued = "three_valued"


On = Annotated[str, typer.Option("--on", metavar="DATE", help="评估日，如 2026-11-01 · date of assessment")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder of the results")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (check, template, evaluate, explain):
        app.command(rich_help_panel="企业 · companies")(command)


def check(
    file: Annotated[Path, typer.Argument(help="Excel、CSV 或 Parquet · Excel, CSV or Parquet")],
    out: Annotated[Path | None, typer.Option("--out", help="标注后的副本，默认 文件名.checked.xlsx · marked copy")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="评估日 · date of assessment")] = None,
) -> int:
    """检查企业表格：列出问题，并在副本中标出每个有问题的单元格 · check a table of companies."""
    from wutong.tables import read_workbook

    reading = read_workbook(existing_file(file), on=day(on) if on else None)
    findings = [d for d in reading.diagnostics if d.severity != "note"]
    marked = _write_marked(reading, file, out) if reading.diagnostics or out else None
    view = screen()
    if view.as_json:
        view.json({
            "ok": not findings, "marked": str(marked) if marked else None,
            "sheets": [{"sheet": s.sheet, "table": s.table, "rows": s.rows, "good": s.good} for s in reading.sheets],
            "findings": [d.as_dict() for d in reading.diagnostics],
        })
    else:
        _print_check(view, reading, marked)
    return Exit.FINDINGS if findings else Exit.OK


def _write_marked(reading: Reading, file: Path, out: Path | None) -> Path:
    from wutong.tables import write_marked

    target = out or file.with_name(f"{file.stem}.checked.xlsx")
    return write_marked(file, reading, target)


def _print_check(view: Screen, reading: Reading, marked: Path | None) -> None:
    heads = [view.text(*t) for t in (("工作表", "Sheet"), ("内容", "Table"), ("行", "Rows"), ("可用", "Good"), ("有错", "Faulty"))]
    view.table(heads, [(s.sheet, s.table, str(s.rows), str(s.good), str(s.rows - s.good)) for s in reading.sheets], (2, 3, 4))
    tally = Counter(d.severity for d in reading.diagnostics)
    if not reading.diagnostics:
        view.say("没有发现问题。", "Nothing wrong was found.")
        return
    view.say(f"\n错误 {tally['error']}，警告 {tally['warning']}，提示 {tally['note']}",
             f"\n{tally['error']} errors, {tally['warning']} warnings, {tally['note']} notes")
    view.diagnostics(reading.diagnostics, to_out=True, limit=_SHOWN)
    if marked:
        view.say(f"\n已标注的副本：{marked}", f"\nMarked copy: {marked}")


def template(
    file: Annotated[Path, typer.Argument(help="要写的工作簿 · workbook to write")] = Path("企业.xlsx"),
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """写空白工作簿：单位、下拉选项、填写说明、示例行 · write the empty workbook."""
    from wutong.tables import write_template

    write_template(new_file(file, force=force))
    view = screen()
    if view.as_json:
        view.json({"ok": True, "file": str(file)})
    view.say(f"已写 {file}", f"Wrote {file}")
    return Exit.OK


def evaluate(
    file: Annotated[Path, typer.Argument(help="企业表格或快照文件夹 · table of companies or snapshot folder")],
    on: On,
    out: Out,
    packs: Annotated[str | None, typer.Option("--packs", metavar="A,B", help="政策包，默认全部 · packs, default all")] = None,
    mode: Annotated[Mode, typer.Option("--mode", help="缺失数据的处理 · how missing data count")] = Mode.interval,
    engine: EngineOption = Engine.duckdb,
    dsn: DsnOption = None,
) -> int:
    """按政策逐条判定每家企业，写出工作簿和网页；FILE 为快照文件夹时只写 Parquet 结果 · decide every policy for every company."""
    if file.is_dir():
        with backend(engine, dsn) as opened:
            return _evaluate_parts(file, day(on), out, names(packs), mode.value, opened)
    if engine is Engine.duckdb:
        run = run_to_folder(existing_file(file), day(on), out, names(packs), mode.value)
    else:
        with backend(engine, dsn) as opened:
            run = run_to_folder(existing_file(file), day(on), out, names(packs), mode.value, engine=opened)
    print_run(screen(), run, out)
    return Exit.OK


def _evaluate_parts(folder: Path, on: date, out: Path, packs: Sequence[str] | None, mode: str, engine: Backend) -> int:
    """Evaluate a snapshot folder into Parquet alone: as many companies as the engine bears."""
    from wutong.packs import choose, load_packs
    from wutong.policy.parts import evaluate_parts
    from wutong.report.folder import staged
    from wutong.report.run import checked_mode
    from wutong.tables import Snapshot

    view = screen()
    snapshot, policies = Snapshot.open(folder), choose(load_packs(packs), on)
    with view.progress() as progress, staged(out) as temp:
        made = evaluate_parts(snapshot, policies, on, out=temp, backend=engine, mode=checked_mode(mode), progress=progress)
    if view.as_json:
        view.json({"ok": True, "out": str(out), **made})
        return Exit.OK
    heads = [view.text(*t) for t in (("政策", "Policy"), ("符合", "Eligible"), ("不符合", "Ineligible"), ("待定", "Unknown"),
                                    ("需人工", "Manual"))]
    counts = [(key, p["counts"]) for block in made["blocks"] for key, p in block["policies"].items()]
    view.table(heads, [(k, *(f"{c[v]:,}" for v in ("eligible", "ineligible", "unknown", "manual"))) for k, c in counts],
               right=range(1, len(heads)))
    view.say(f"{made['companies']:,} 家企业，结果在 {out}/results", f"{made['companies']:,} companies, results in {out}/results")
    return Exit.OK


def run_to_folder(
    file: Path, on: date, out: Path, packs: Sequence[str] | None, mode: str, *, keep_input: bool = False,
    engine: Backend | None = None,
) -> RunView:
    """Evaluate `file` and put the whole run folder in place of `out` in one step."""
    from wutong.report.folder import staged, write_pages, write_workbook
    from wutong.report.run import evaluate_file

    view = screen()
    with _no_collection(), view.progress() as progress, staged(out) as temp:
        run = evaluate_file(file, on, packs, temp, mode, progress, engine)
        progress("workbook", 0, 1)
        write_workbook(run, temp / "results.xlsx", view.lang)
        progress("workbook", 1, 1)
        write_pages(run, temp, progress, view.lang)
        if keep_input:
            shutil.copyfile(file, temp / file.name)
    return run


@contextmanager
def _no_collection() -> Iterator[None]:
    """A run makes millions of small objects that live until its end: looking for cycles among them costs a fifth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def print_run(view: Screen, run: RunView, out: Path) -> None:
    """Print the one-screen summary of a run, or its JSON."""
    from wutong.report import plain

    page = out / "index.html"
    if view.as_json:
        view.json({"ok": True, "out": str(out), "page": str(page), **plain.run_summary(run)})
        return
    _summary_table(view, run)
    if run.diagnostics:
        count = len(run.diagnostics)
        view.say(f"数据问题 {count} 条，详见网页和工作簿的“说明”；用 wutong check 可标出每个单元格。",
                 f"{count} findings in the data, see the page; wutong check marks every cell.")
    view.say(f"运行编号 {run.run_id} · 打开 {page}", f"Run {run.run_id} · open {page}")


def _summary_table(view: Screen, run: RunView) -> None:
    from rich.text import Text

    from wutong.report import summary
    from wutong.report.explain import STYLES
    from wutong.report.format import money_range
    from wutong.report.texts import STANDINGS, Words

    words = Words(view.lang)
    if run.demo:
        view.out.print(Text(words["demo_banner"], style="black on yellow"))
    heads = [words["policy"], *(words[s] for s in STANDINGS), words["benefit"]]
    rows: list[list[object]] = []
    for t in summary.policy_totals(run):
        draft = f" [{words['draft']}]" if t.policy.status == "draft" else ""
        counts = [Text(str(n), style=STYLES[s] if n else "dim") for s, n in t.counts.items()]
        rows.append([words.name(t.policy.name_zh, t.policy.name_en) + draft, *counts,
                     money_range(t.money, words, rough=True) if t.pays else ""])
    view.table(heads, rows, right=range(1, len(heads)))
    total = money_range(summary.run_total(run), words, rough=True)
    count = f"{len(run.companies):,} {words['company_count']}"
    view.say(f"\n{count} · {words['on']} {run.on} · {words['money_total']} {total}",
             f"\n{count} · {words['on']} {run.on} · {words['money_total']} {total}")


def explain(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="evaluate 写出的文件夹 · a run folder")],
    company: Annotated[str, typer.Argument(help="代码、名称或名称的一部分 · code, name or part of it")],
    policy: Annotated[str | None, typer.Argument(help="只看一项政策 · one policy only")] = None,
) -> int:
    """说明一家企业的结论：逐条数值、门槛、差距、依据 · the reasons of one company."""
    from wutong.report import plain
    from wutong.report.explain import explain as print_company
    from wutong.report.find import find_policy
    from wutong.report.texts import Words

    run = open_company(folder, company, policy)
    found = run.companies[0]
    chosen = find_policy(run.policies, policy) if policy else None
    view, words = screen(), Words(screen().lang)
    if view.as_json:
        view.json({"ok": True, **plain.company(run, found, chosen, words)})
    else:
        print_company(run, found, chosen, view.out, words)
    return Exit.OK


def open_company(folder: Path, text: str, policy: str | None = None) -> RunView:
    """Return the run in `folder` with the one company meant by `text`; only that company is decided again.

    Raises WutongError C113, C108 for the folder, C103, C104 for the company.
    """
    from wutong.report.find import find_code
    from wutong.report.run import open_run
    from wutong.tables import Snapshot

    if not (existing_folder(folder) / "manifest.json").is_file():
        raise WutongError.of("C108", Place(file=str(folder)))
    table = Snapshot.open(folder / "snapshot").read()
    pairs = zip(*(table.column(name).to_pylist() for name in ("company", "name")), strict=True)
    return open_run(folder, find_code([(code, name or "") for code, name in pairs], text), policy)
