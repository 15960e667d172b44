"""Commands that ask about a run: nearmiss, decides, whatif, timeline, expiring."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import day, existing_file, existing_folder, names
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.packs.model import Policy
    from wutong.report.asked import Asked

Source = Annotated[Path, typer.Argument(metavar="RUN|FILE", help="结果文件夹或企业表格 · a run folder, or a table of companies")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="evaluate 写出的文件夹 · a run folder")]
Who = Annotated[str | None, typer.Option("--company", metavar="COMPANY", help="代码、名称或其一部分 · code, name or part of it")]
Which = Annotated[str | None, typer.Argument(metavar="[POLICY]", help="政策编号或名称 · id or name of a policy")]
OnDate = Annotated[str | None, typer.Option("--on", metavar="DATE", help="评估日，表格需要 · date, for a table")]
Packs = Annotated[str | None, typer.Option("--packs", metavar="A,B", help="政策包，仅用于表格 · packs, for a table")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (nearmiss, decides, whatif, timeline, expiring):
        app.command(rich_help_panel="提问 · questions")(command)


def _asked(path: Path, on: str | None = None, packs: str | None = None) -> Asked:
    """Open a run folder, or read a table of companies.

    Raises WutongError C100 for a table without a date, C108 for a folder that is no run.
    """
    from wutong.report.asked import asked_run, asked_table

    if path.is_dir() or not path.suffix:
        if not (existing_folder(path) / "manifest.json").is_file():
            raise WutongError.of("C108", Place(file=str(path)))
        return asked_run(path)
    if on is None:
        raise WutongError.of("C100", why="--on DATE ?")
    return asked_table(existing_file(path), day(on), names(packs))


def _chosen(about: Asked, text: str | None) -> tuple[Policy, ...]:
    """Return the policy meant by `text`, all without one. Raises C110."""
    from wutong.cli.library import find

    return about.policies if text is None else (find(list(about.policies), text),)


def nearmiss(
    source: Source,
    policy: Which = None,
    company: Who = None,
    effort: Annotated[Path | None, typer.Option("--effort", metavar="FILE", help="成本假设 · assumed costs")] = None,
    on: OnDate = None,
    packs: Packs = None,
) -> int:
    """差一点符合：差多少、最少要改什么（每条做法都重新判定过）· near misses and the cheapest changes."""
    from wutong.cli import answers
    from wutong.policy.levers import load_effort
    from wutong.policy.nearmiss import near_miss
    from wutong.report.plain import plain

    about, view = _asked(source, on, packs), screen()
    chosen = _chosen(about, policy)
    if company is None:
        return _near_registry(about, chosen, policy is not None)
    who, costs = about.company(company), load_effort(effort)
    found = []
    with view.progress() as progress:
        for done, one in enumerate(chosen, 1):
            found.append(near_miss(who, one, about.on, mode=about.mode, effort=costs))
            progress("search", done, len(chosen))
    if view.as_json:
        view.json({"ok": True, "on": about.on, "company": who.code, "name": who.name, "assumed_costs": costs.file,
                   "policies": plain(found)})
        return Exit.OK
    for stated, answer in zip(chosen, found, strict=True):
        if policy is not None or answer.verdict == "ineligible":
            answers.near_miss(view, who, stated, answer)
    if all(a.verdict != "ineligible" for a in found):
        view.say("没有一项政策判为不符合。", "No policy finds it ineligible.")
    answers.assumptions(view, costs, about.on)
    return Exit.OK


def _near_registry(about: Asked, chosen: Sequence[Policy], listed: bool) -> int:
    """Count near misses over all companies; list them for one policy."""
    from wutong.cli import answers
    from wutong.policy.near import near_counts, near_rows
    from wutong.report.plain import plain

    view = screen()
    results, prefixes = about.results()
    pairs = [(prefixes[p.key], p) for p in chosen]
    found = near_counts(results, pairs)
    rows = near_rows(results, *pairs[0]) if listed else []
    called = about.called() if listed else {}
    if view.as_json:
        view.json({"ok": True, "on": about.on, "policies": plain(found), "companies": [
            {"company": c, "name": called[c], "conditions": codes} for c, codes in rows]})
        return Exit.OK
    answers.near_registry(view, chosen, found)
    if listed:
        answers.near_rows(view, chosen[0], [(c, called[c], codes) for c, codes in rows])
    return Exit.OK


def decides(
    source: Source,
    policy: Which = None,
    company: Who = None,
    on: OnDate = None,
    packs: Packs = None,
) -> int:
    """未知由什么决定：补哪几项就能判定；全园区先问哪一项 · what would settle the unknowns."""
    from wutong.cli import answers
    from wutong.policy.decides import what_decides
    from wutong.report.plain import plain

    about, view = _asked(source, on, packs), screen()
    chosen = _chosen(about, policy)
    if company is None:
        return _ask_registry(about, chosen)
    who, found = about.company(company), []
    with view.progress() as progress:
        for done, one in enumerate(chosen, 1):
            found.append(what_decides(who, one, about.on, mode=about.mode))
            progress("search", done, len(chosen))
    if view.as_json:
        view.json({"ok": True, "on": about.on, "company": who.code, "name": who.name, "policies": plain(found)})
        return Exit.OK
    for stated, answer in zip(chosen, found, strict=True):
        if policy is not None or answer.missing:
            answers.settling(view, who, stated, answer)
    if policy is None and not any(a.missing for a in found):
        view.say("没有一项结论是未知的。", "No verdict is open.")
    return Exit.OK


def _ask_registry(about: Asked, chosen: Sequence[Policy]) -> int:
    """Rank the facts to ask for over all companies."""
    from wutong.cli import answers
    from wutong.policy.registry import open_patterns, questions
    from wutong.report.plain import plain

    view = screen()
    results, prefixes = about.results()
    found = open_patterns(results, about.tables["companies"], [(prefixes[p.key], p) for p in chosen], about.on, about.mode)
    ranked, order = questions(found)
    open_ = sum(p.companies for p in found)
    if view.as_json:
        view.json({"ok": True, "on": about.on, "open": open_, "ranked": plain(ranked), "order": plain(order)})
    else:
        answers.questions(view, open_, ranked, order, chosen)
    return Exit.OK


def whatif(
    run: Run,
    company: Annotated[str, typer.Argument(help="代码、名称或名称的一部分 · code, name or part of it")],
    sets: Annotated[list[str] | None, typer.Option("--set", metavar="FACT=VALUE", help="如 上年研发费用=300万元 · change a fact")] = None,
    adds: Annotated[list[str] | None, typer.Option("--add", metavar="LIST:A=B,…", help="如 知识产权:类别=I类 · add a row")] = None,
) -> int:
    """假如：改几个数，看各项政策和资金怎么变 · what if some facts were otherwise."""
    from wutong.backends.at_hand import shipped_catalogue
    from wutong.cli import answers
    from wutong.policy.facts import Variant
    from wutong.policy.whatif import parse_add, parse_set, what_if
    from wutong.report.plain import plain

    if not sets and not adds:
        raise WutongError.of("Q108")
    about, view, catalogue = _asked(run), screen(), shipped_catalogue()
    who = about.company(company)
    change = Variant(
        tuple(parse_set(text, about.on, catalogue) for text in sets or ()),
        tuple(parse_add(text, about.on, catalogue) for text in adds or ()),
    )
    found = what_if(who, about.policies, about.on, change, mode=about.mode)
    if view.as_json:
        view.json({"ok": True, "on": about.on, "name": who.name, **plain(found)})
    else:
        answers.what_if(view, who, found, catalogue)
    return Exit.OK


Months = Annotated[int, typer.Option("--months", help="往后看几个月 · months to look ahead")]


def timeline(
    run: Run,
    company: Annotated[str, typer.Argument(help="代码、名称或名称的一部分 · code, name or part of it")],
    policy: Which = None,
    months: Months = 24,
    carry: Annotated[bool, typer.Option("--carry", help="新年度沿用最近一年的数字 · carry figures into new years")] = False,
) -> int:
    """时间线：从哪天起符合、到哪天为止、为什么 · from when on and until when a company qualifies."""
    from wutong.cli import answers
    from wutong.policy.timeline import timelines
    from wutong.report.plain import plain

    about, view = _asked(run), screen()
    until = _until(about.on, months)
    code = about.code(company)
    chosen = {p.key for p in _chosen(about, policy)}
    tables = about.of_company(code)
    found = timelines(tables, about.versions(chosen), about.on, until, carry=carry)
    name = str(tables["companies"].column("name")[0].as_py() or code)
    if view.as_json:
        view.json({"ok": True, "on": about.on, "until": until, "carry": carry, "company": code, "name": name, "policies": plain(found)})
    else:
        answers.timeline(view, name, found, about.on, until, carry=carry)
    return Exit.OK


def expiring(run: Run, policy: Which = None, months: Months = 6) -> int:
    """即将到期：今后几个月里哪些资格、证书、知识产权到期 · what ends in the next months."""
    from wutong.backends.at_hand import shipped_catalogue
    from wutong.cli import answers
    from wutong.policy.timeline import expiring_rows, lost, timelines
    from wutong.report.plain import plain

    about, view = _asked(run), screen()
    until = _until(about.on, months)
    tables = {n: about.read(n) for n in about.tables}
    chosen = {p.key for p in _chosen(about, policy)}
    verdicts = lost(timelines(tables, about.versions(chosen), about.on, until, carry=True))
    rows = expiring_rows(tables, about.on, until, shipped_catalogue())
    called = about.called()
    if view.as_json:
        view.json({"ok": True, "on": about.on, "until": until, "verdicts": plain(verdicts), "rows": plain(rows)})
    else:
        answers.expiring(view, verdicts, rows, called, about.on, until)
    return Exit.OK


def _until(on: date, months: int) -> date:
    from wutong.policy.timeline import moved

    if not 1 <= months <= 120:
        raise WutongError.of("Q109", months=months)
    return moved(on, months)
