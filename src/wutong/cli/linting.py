"""The command ``packs lint``."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import day
from wutong.cli.failure import Exit
from wutong.cli.screen import Screen, screen

if TYPE_CHECKING:
    from wutong.policy.lint import Linted


def lint(
    packs: Annotated[list[str] | None, typer.Argument(
        metavar="[PACK|FILE]…", help="政策包或政策文件，默认全部 · packs or policy files, default all")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="检查日，默认今天 · day of the check, default today")] = None,
    months: Annotated[int, typer.Option("--months", min=0, max=120, help="提前几个月提示到期 · months to look ahead")] = 6,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算不通过 · warnings fail, too")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不列提示 · leave out notes")] = False,
) -> int:
    """检查政策包：表格重叠与空缺、条件矛盾、单位、出处、到期、用例 · lint policy packs."""
    from wutong.packs.loader import known_packs
    from wutong.policy.lint import lint as run

    view = screen()
    asked = day(on) if on else datetime.now(UTC).date()
    with view.progress() as progress:
        found = run(packs or known_packs(), asked, months=months, progress=progress)
    tally: Counter[str] = Counter(d.severity for linted in found for d in linted.findings)
    failed = bool(tally["error"] or (strict and tally["warning"]))
    if view.as_json:
        view.json({"ok": not failed, "on": asked, **{s: tally[s] for s in ("error", "warning", "note")}, "policies": [
            {"file": x.file, "policy": x.policy, "version": x.version, "findings": [d.as_dict() for d in x.findings]}
            for x in found]})
    else:
        _print(view, found, tally, quiet=quiet)
    return Exit.FINDINGS if failed else Exit.OK


def _print(view: Screen, found: list[Linted], tally: Counter[str], *, quiet: bool) -> None:
    for linted in found:
        shown = [d for d in linted.findings if not (quiet and d.severity == "note")]
        if shown:
            view.out.rule(linted.file, align="left", style="dim")
            view.diagnostics(shown, to_out=True)
    view.say(f"政策文件 {len(found)} 个：错误 {tally['error']}，警告 {tally['warning']}，提示 {tally['note']}",
             f"{len(found)} policy files: {tally['error']} errors, {tally['warning']} warnings, {tally['note']} notes")
