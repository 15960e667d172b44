"""The command ``letter``: one company, one policy, one letter."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wutong.cli.arguments import existing_file, new_file
from wutong.cli.companies import open_company
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.report.letter import Letter

_KINDS = (".txt", ".html", ".docx", ".json")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="企业 · companies")(letter)


def letter(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="evaluate 写出的文件夹 · a run folder")],
    company: Annotated[str, typer.Argument(help="代码、名称或名称的一部分 · code, name or part of it")],
    policy: Annotated[str, typer.Argument(help="政策编号或名称 · policy")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=".txt .html .docx .json；默认打印 · default: print")] = None,
    template: Annotated[Path | None, typer.Option("--template", metavar="DOCX", help="自备的 Word 模板 · a Word template of your own")] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """写给一家企业的告知书：结论、原因、要做什么、依据 · a verdict letter in plain words."""
    from wutong.report import plain
    from wutong.report.find import find_policy
    from wutong.report.letter import as_text
    from wutong.report.letter import letter as written
    from wutong.report.texts import Words

    target = _target(out, force=force)
    run = open_company(folder, company, policy)
    found, chosen = run.companies[0], find_policy(run.policies, policy)
    view = screen()
    made = written(run, found, chosen, view.lang)
    trace = {"letter": plain.plain(made), **plain.company(run, found, chosen, Words(view.lang))}
    if target is not None:
        target.write_bytes(_bytes(made, trace, target.suffix, template))
    if view.as_json:
        view.json({"ok": True, "file": str(out) if out else None, **trace})
    elif target is not None:
        view.say(f"已写 {out}", f"Wrote {out}")
    else:
        view.out.print(as_text(made), markup=False, soft_wrap=True, end="")
    return Exit.OK


def _target(out: Path | None, *, force: bool) -> Path | None:
    if out is None:
        return None
    if out.suffix not in _KINDS:
        raise WutongError.of("C130", Place(file=str(out)), kinds=" ".join(_KINDS))
    return new_file(out, force=force)


def _bytes(made: Letter, trace: dict[str, Any], kind: str, template: Path | None) -> bytes:
    from wutong.report.letter import as_html, as_text, as_word

    if kind == ".docx":
        return as_word(made, existing_file(template).read_bytes() if template else None)
    if kind == ".json":
        return (json.dumps(trace, ensure_ascii=False, indent=2) + "\n").encode()
    return (as_html(made) if kind == ".html" else as_text(made)).encode()
