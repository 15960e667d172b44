"""The command ``portrait``: one company as a page, a Word file, a PDF or data; or all companies of a run."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import existing_file, existing_folder, new_file
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.portrait import Zone


class Form(StrEnum):
    """Forms of a portrait."""

    html = "html"
    docx = "docx"
    pdf = "pdf"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="企业 · companies")(portrait)


def portrait(  # noqa: PLR0913, PLR0917 - one parameter per option
    run: Annotated[Path, typer.Argument(metavar="RUN", help="evaluate 写出的文件夹 · a run folder")],
    company: Annotated[str | None, typer.Argument(help="代码、名称或名称的一部分；用 --all 时不填 · code, name or part of it")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE|DIR", help="要写的文件；用 --all 时为文件夹 · file, a folder with --all")] = None,
    every: Annotated[bool, typer.Option("--all", help="每家企业一份 · one per company")] = False,
    form: Annotated[Form, typer.Option("--form", help="用 --all 时的格式 · form, with --all")] = Form.html,
    points: Annotated[Path | None, typer.Option("--points", metavar="DIR", help="points score 写出的文件夹；默认用示范模型计分 · a points run")] = None,
    bands: Annotated[Path | None, typer.Option("--bands", metavar="FILE", help="points uncertainty 写出的名次区间 · rank bands")] = None,
    template: Annotated[Path | None, typer.Option("--template", metavar="DOCX", help="自备的 Word 模板 · a Word template of your own")] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """企业画像：基本信息、标签、积分、历年数据、政策、资金、大事记、待补数据 · a company portrait."""
    if out is None or every == (company is not None):
        raise WutongError.of("D100")
    word = existing_file(template).read_bytes() if template else None
    if not every:
        return _one(run, company, out, points, bands, word, force=force)
    return _all(run, out, form, points, bands, word)


def _open(run: Path, company: str | None, points: Path | None, bands: Path | None) -> Zone:
    from wutong.portrait import open_zone
    from wutong.report.find import find_code
    from wutong.tables import Snapshot

    if not (existing_folder(run) / "manifest.json").is_file():
        raise WutongError.of("C108", Place(file=str(run)))
    code = None
    if company is not None:
        table = Snapshot.open(run / "snapshot").read()
        pairs = zip(*(table.column(n).to_pylist() for n in ("company", "name")), strict=True)
        code = find_code([(c, n or "") for c, n in pairs], company)
    return open_zone(run, code, existing_folder(points) if points else None, bands, screen().lang)


def _one(
    run: Path, company: str | None, out: Path, points: Path | None, bands: Path | None, word: bytes | None, *, force: bool,
) -> int:
    from wutong.portrait.write import KINDS, as_bytes
    from wutong.report.plain import plain

    if out.suffix not in KINDS:
        raise WutongError.of("D103", Place(file=str(out)), kinds=" ".join(KINDS))
    target, view = new_file(out, force=force), screen()
    made = next(_open(run, company, points, bands).portraits())
    target.write_bytes(as_bytes(made, out.suffix, word))
    if view.as_json:
        view.json({"ok": True, "file": str(out), "portrait": plain(made)})
    view.say(f"已写 {out}：{made.name}" + "".join(f"【{m}】" for m in made.marks),
             f"Wrote {out}: {made.name}" + "".join(f" [{m}]" for m in made.marks))
    return Exit.OK


def _all(
    run: Path, out: Path, form: str, points: Path | None, bands: Path | None, word: bytes | None,
) -> int:
    from wutong.portrait.write import write_all
    from wutong.report.folder import staged

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WutongError.of("D104", Place(file=str(out)))
    view = screen()
    with view.progress() as progress, staged(out) as folder:
        count = write_all(_open(run, None, points, bands), folder, f".{form}", progress, word)
    if view.as_json:
        view.json({"ok": True, "folder": str(out), "portraits": count})
    view.say(f"已写 {count:,} 份企业画像到 {out}", f"Wrote {count:,} portraits to {out}")
    return Exit.OK
