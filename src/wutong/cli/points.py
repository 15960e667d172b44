"""Commands about point models: list, show, lint, template, import-weights, score, explain, compare."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import DsnOption, Engine, backend, day, existing_file, existing_folder, new_file
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.points.run import PointRun
    from wutong.tables import Snapshot

Model = Annotated[str, typer.Option("--model", metavar="MODEL", help="模型编号、编号@版本或文件 · id, id@version or file")]
Name = Annotated[str, typer.Argument(metavar="MODEL", help="模型编号、编号@版本或文件 · id, id@version or file")]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="评估日 · date of assessment")]


def register(app: typer.Typer) -> None:
    """Add the group ``points`` to the application."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="创新积分 · innovation points.")
    for name, command in (
        ("list", list_models), ("show", show), ("lint", lint), ("template", template),
        ("import-weights", import_weights), ("score", score), ("explain", explain), ("compare", compare),
    ):
        group.command(name)(command)
    app.add_typer(group, name="points")


def list_models() -> int:
    """列出积分模型及其状态 · list point models."""
    from wutong.cli import points_view
    from wutong.points.loader import load_model, model_files

    points_view.models(screen(), [load_model(p) for p in model_files()])
    return Exit.OK


def show(model: Name) -> int:
    """显示模型：指标、分档、权重、出处 · show a model."""
    from wutong.cli import points_view
    from wutong.points.loader import find_model

    points_view.model(screen(), find_model(model))
    return Exit.OK


def lint(model: Name, on: On = "2026-11-01") -> int:
    """检查模型文件：权重、分界、规则、单位 · check a model file."""
    from wutong.points.compile import compile_model
    from wutong.points.loader import find_model

    found, view = find_model(model), screen()
    if not found.empty:
        compile_model(found, {"companies": {"company": "string"}}, day(on))
    if view.as_json:
        view.json({"ok": True, "model": found.key, "version": found.version, "empty": list(found.empty)})
    view.say(f"{found.zh}：没有发现问题" + (f"；尚缺权重 {len(found.empty)} 项" if found.empty else ""),
             f"{found.en or found.id}: nothing wrong" + (f"; {len(found.empty)} weights are empty" if found.empty else ""))
    return Exit.OK


def template(
    model: Name,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="写到哪个文件夹 · folder to write to")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """写出模型所需的数据工作簿和权重表 · write the data workbook and the weights sheet of a model."""
    from wutong.points.loader import find_model
    from wutong.points.needs import write_data_template
    from wutong.points.sheet import write_weights

    found, view = find_model(model), screen()
    out.mkdir(parents=True, exist_ok=True)
    data, weights = (new_file(out / f"{found.id}-{n}.xlsx", force=force) for n in ("data", "weights"))
    write_data_template(found, data)
    write_weights(found, weights)
    if view.as_json:
        view.json({"ok": True, "data": str(data), "weights": str(weights)})
    view.say(f"已写 {data} 和 {weights}", f"Wrote {data} and {weights}")
    return Exit.OK


def import_weights(  # noqa: PLR0913, PLR0917 - one option per field of the origin
    file: Annotated[Path, typer.Argument(help="填好的权重表 · the filled weights sheet")],
    model: Model,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="要写的模型文件 · model file to write")],
    document: Annotated[str | None, typer.Option("--document", help="文号 · document number")] = None,
    clause: Annotated[str | None, typer.Option("--clause", help="条款 · clause")] = None,
    url: Annotated[str | None, typer.Option("--url", help="网址 · address")] = None,
    by: Annotated[str | None, typer.Option("--by", help="录入人 · who entered it")] = None,
    entered: Annotated[str | None, typer.Option("--date", metavar="DATE", help="录入日期 · when")] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """把官方权重读入模型：核对合计，注明文号、条款、网址、录入人和日期 · read official weights into a model."""
    from wutong.points.loader import find_file
    from wutong.points.sheet import import_weights as read

    target = new_file(out, force=force)
    given = {"document": document, "clause": clause, "url": url, "by": by, "on": entered}
    text, made = read(existing_file(file), find_file(model), given)
    target.write_text(text, "utf-8")
    view = screen()
    if view.as_json:
        view.json({"ok": True, "file": str(target), "model": made.key, "status": made.status, "provenance": dict(made.provenance)})
    view.say(f"已写 {target}；用 wutong points score --model {target} 计分",
             f"Wrote {target}; score with wutong points score --model {target}")
    return Exit.OK


def score(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: Annotated[Path, typer.Argument(metavar="DATA", help="企业表格、快照或运行文件夹 · table, snapshot or run folder")],
    model: Model,
    on: On,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder of the results")],
    top: Annotated[int, typer.Option("--top", min=0, help="名额 · how many places there are")] = 0,
    bands: Annotated[int, typer.Option("--bands", min=0, help="名次区间抽样次数，0 为不算 · samples of the rank bands")] = 1_000,
    engine: Annotated[Engine, typer.Option("--engine", help="计算引擎，结果相同 · engine; all give the same results")] = Engine.duckdb,
    dsn: DsnOption = None,
) -> int:
    """给每家企业计分、排名，写出结果文件夹 · score and rank every company."""
    from wutong.cli import points_view
    from wutong.points.compile import incomplete
    from wutong.points.loader import find_file, load_model
    from wutong.points.rank import at_line
    from wutong.points.research import sure_bands, write_bands
    from wutong.points.run import write_run
    from wutong.points.workbook import write_ranking
    from wutong.report.folder import staged

    assessed, view = day(on), screen()
    source = find_file(model, assessed)
    found = load_model(source)
    if found.empty:
        raise incomplete(found)
    with backend(engine, dsn) as opened, view.progress() as progress, staged(out) as temp:
        progress("read", 0, 1)
        snapshot = _snapshot(data, assessed, temp / "snapshot")
        progress("read", 1, 1)
        run_id, result = write_run(snapshot, source, found, assessed, temp, opened)
        write_ranking(result, temp / "ranking.xlsx", view.lang)
        made = sure_bands(result, bands)
        if made is not None:
            write_bands(made, temp / "bands.parquet")
    line = at_line(result.table, top, found.ranking.cut) if top else None
    points_view.scored(view, result, run_id, out, top, line, made)
    return Exit.OK


def _snapshot(data: Path, on: date, target: Path) -> Snapshot:
    """Put the snapshot of `data` at `target`: a table is read, a snapshot or the one of a run is copied."""
    from wutong.tables import Snapshot, read_workbook, write_snapshot

    if data.is_dir():
        inner = data / "snapshot" if (data / "snapshot").is_dir() else data
        Snapshot.open(inner)
        shutil.copytree(inner, target)
        return Snapshot.open(target)
    reading = read_workbook(existing_file(data), on=on).usable()
    if reading.companies.num_rows == 0:
        raise WutongError.of("R101", Place(file=data.name))
    names = reading.companies.column_names
    nature = reading.companies.column("data_nature").unique().to_pylist() if "data_nature" in names else []
    return write_snapshot(reading, target, demo=any(str(v or "").startswith("演示") for v in nature))


def _open(folder: Path, company: str) -> tuple[PointRun, str]:
    from wutong.points.run import open_points
    from wutong.report.find import find_code

    run = open_points(existing_folder(folder))
    table = run.table(["company", "name"])
    pairs = zip(*(table.column(n).to_pylist() for n in ("company", "name")), strict=True)
    return run, find_code([(c, n or "") for c, n in pairs], company)


def explain(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="score 写出的文件夹 · a run folder")],
    company: Annotated[str, typer.Argument(help="代码、名称或名称的一部分 · code, name or part of it")],
    gain: Annotated[str | None, typer.Option("--raise", metavar="POINTS", help="最省力地提高多少分 · cheapest way to so many points")] = None,
    since: Annotated[Path | None, typer.Option("--since", metavar="DIR", help="与哪次运行相比 · an earlier run")] = None,
) -> int:
    """说明一家企业的得分：数值、分档、得分、权重、失分、下一档、同类位置 · why a company has its points."""
    from wutong.cli import points_view
    from wutong.points.change import since as changed
    from wutong.points.explain import proven
    from wutong.points.recourse import raise_by
    from wutong.points.run import open_points

    run, code = _open(folder, company)
    found = run.explain(code)
    wanted = _points(gain) if gain is not None else None
    plan = None
    if wanted is not None and found.profile is not None:
        plan = raise_by(run.model, found.profile, proven(run.model, run.row(code)), wanted)
    change = None if since is None else changed(open_points(existing_folder(since)), run, code)
    points_view.explained(screen(), found, run, wanted, plan, change)
    return Exit.OK


def _points(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number <= 0:
        raise WutongError.of("S304", value=text)
    return number


def compare(
    left: Annotated[Path, typer.Argument(metavar="LEFT", help="一次运行 · a run folder")],
    right: Annotated[Path, typer.Argument(metavar="RIGHT", help="另一次运行 · another one")],
    movers: Annotated[int, typer.Option("--movers", min=0, help="列出名次变动最大的几家 · how many movers to list")] = 10,
) -> int:
    """比较两次运行（两个模型或两个时点）的名次 · compare two runs or two models."""
    from wutong.cli import points_view
    from wutong.points.change import compare as compared
    from wutong.points.run import open_points

    runs = [open_points(existing_folder(f)) for f in (left, right)]
    points_view.compared(screen(), runs[0], runs[1], compared(runs[0], runs[1], movers))
    return Exit.OK
