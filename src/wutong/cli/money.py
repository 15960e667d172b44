"""Commands about money before it is spent: reform, combine, budget, grants."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli import grants
from wutong.cli.arguments import day, existing_file, names
from wutong.cli.failure import Exit
from wutong.cli.giving import give
from wutong.cli.screen import screen
from wutong.errors import WutongError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wutong.packs.model import Policy
    from wutong.policy.reform import Options
    from wutong.policy.reform_model import Draft
    from wutong.report.opened import Opened

Run = Annotated[Path, typer.Argument(metavar="RUN|FILE", help="运行文件夹，或企业表格 · a run folder, or a table")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="评估日，默认运行的评估日 · date, default that of the run")]
Packs = Annotated[str | None, typer.Option("--packs", metavar="A,B", help="政策包 · packs")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder of the results")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (reform, combine, budget):
        app.command(rich_help_panel="资金 · money")(command)
    grants.register(app)


def reform(  # noqa: PLR0913, PLR0917 - one option each
    source: Annotated[Path | None, typer.Argument(metavar="RUN|FILE", help="运行文件夹，或企业表格 · a run folder, or a table")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="改一个数字，如 tsme.score_min=55；逗号分开的值各成一个方案 · change a figure; values with commas make one draft each")] = None,
    drafts: Annotated[list[Path] | None, typer.Option("--draft", metavar="PATH", help="草案：政策文件或文件夹，可多次 · a policy file or a folder, repeatable")] = None,
    list_: Annotated[str | None, typer.Option("--list", metavar="POLICY", help="列出一项政策中可改的数字 · list the figures of a policy")] = None,
    on: On = None, out: Out = None, packs: Packs = None,
    seed: Annotated[str, typer.Option("--seed", help="抽取缺失数据的种子 · seed of the draws")] = "wutong",
    draws: Annotated[int, typer.Option("--draws", min=0, max=200, help="抽取次数，0 不估预期 · draws, 0 for none")] = 20,
    manual: Annotated[float, typer.Option("--manual", min=0, max=1, help="待人工认定计入的比例 · share of open manual clauses")] = 0.5,
) -> int:
    """试算改革：草案或改动的数字会让谁得、谁失、花多少 · back-test drafts against the registry."""
    from wutong.policy.reform import Options
    from wutong.report.opened import open_any

    if list_ is not None:
        return _list_figures(list_, day(on) if on else None, packs)
    if source is None:
        raise WutongError.of("C100", why="RUN|FILE")
    opened = open_any(source, day(on) if on else None, names(packs))
    proposals = _drafts(opened.policies, settings or [], drafts or [], opened.on)
    return _reform(opened, proposals, out, Options(seed=seed, draws=draws, manual=Decimal(str(manual))))


def _reform(opened: Opened, proposals: Sequence[Draft], out: Path | None, options: Options) -> int:
    from wutong.policy.reform import reform as run
    from wutong.report import reform as report
    from wutong.report.texts import Words

    view = screen()
    with view.progress() as progress:
        found = run(opened.tables, opened.policies, proposals, opened.on, replace(options, progress=progress))
    answer = report.document(found, Words(view.lang), opened.run, demo=opened.demo)
    give(answer, report.data(found), out, show=2)
    return Exit.OK


def _list_figures(text: str, on: date | None, packs: str | None) -> int:
    from wutong.cli.library import find
    from wutong.packs import choose, load_packs
    from wutong.policy.figures import figures

    known = load_packs(names(packs))
    policy = find(choose(known, on) if on else known, text)
    found = figures(policy, on or policy.end or policy.start or date.max)
    view = screen()
    if view.as_json:
        view.json({"ok": True, "policy": policy.key, "figures": [
            {"name": f.name, "zh": f.zh, "value": f.text, "rule": f.rule} for f in found]})
        return Exit.OK
    heads = [view.text(*t) for t in (("数字", "Figure"), ("含义", "Meaning"), ("现值", "Value"), ("所在规则", "Rule"))]
    view.table(heads, [(f.name, f.zh, f.text, f.rule[:48]) for f in found], (2,))
    return Exit.OK


def _drafts(policies: Sequence[Policy], settings: Sequence[str], paths: Sequence[Path], on: date) -> list[Draft]:
    """Return one draft per combination of the values set, and one per path."""
    from wutong.policy.figures import changed
    from wutong.policy.reform import DRAFTS
    from wutong.policy.reform_model import Draft
    from wutong.report.opened import draft_policies

    chosen = [p for p in policies if p.in_force(on)]
    options = [[(name, value) for value in values] for name, values in map(_setting, settings)]
    count = prod(len(option) for option in options)
    if count > DRAFTS:
        raise WutongError.of("R305", count=count, most=DRAFTS)
    found = []
    for number, combination in enumerate(product(*options) if options else (), start=1):
        touched, said = changed(chosen, combination, on)
        found.append(Draft(screen().text(f"方案{number}", f"Draft {number}"), touched, tuple(said)))
    return [*found, *(Draft(path.stem or str(path), {p.key: p for p in draft_policies(path)}) for path in paths)]


def _setting(text: str) -> tuple[str, list[str]]:
    """Return the name and the values of ``name=a,b``. Raises R303.

    >>> _setting("tsme.score_min = 60, 55")
    ('tsme.score_min', ['60', '55'])
    """
    name, sign, values = text.partition("=")
    parts = [v.strip() for v in values.replace("，", ",").split(",") if v.strip()]
    if not sign or not name.strip() or not parts:
        raise WutongError.of("R303", text=text)
    return name.strip(), parts


def combine(
    source: Run,
    company: Annotated[str | None, typer.Argument(help="只看一家企业 · one company only")] = None,
    no_double: Annotated[bool, typer.Option("--no-double", help="同一事项只计一项 · one benefit per matter")] = False,
    on: On = None, out: Out = None, packs: Packs = None,
) -> int:
    """每家企业的最优合法组合：就高不重复、合计上限，逐项理由；同一事项重复资助 · best legal combination, double funding."""
    from wutong.policy.amounts import Combined, amounts_of
    from wutong.policy.double import doubled
    from wutong.policy.evaluate import evaluate
    from wutong.report import combined as report
    from wutong.report.find import find_code
    from wutong.report.opened import open_any
    from wutong.report.texts import Words

    opened = open_any(source, day(on) if on else None, names(packs))
    table = opened.companies
    known = dict(zip(*(table.column(n).to_pylist() for n in ("company", "name")), strict=True))
    if company is not None:
        code = find_code([(c, n or "") for c, n in known.items()], company)
        opened.tables["companies"] = table.slice(list(known).index(code), 1)
    view = screen()
    with view.progress() as progress:
        results = evaluate(opened.tables, opened.policies, opened.on, progress=progress)
    found = Combined.of(amounts_of(results), one_per_matter=no_double)
    codes = results.tables[0].column("company").to_pylist() if results.tables else []
    answer = report.answer_of(found, codes, known, [c.policy for c in results.policies], doubled(found), on=opened.on,
                              run=opened.run, demo=opened.demo, one_per_matter=no_double)
    give(report.document(answer, Words(view.lang)), report.data(answer), out, show=3 if company else 1)
    return Exit.OK


def budget(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="预算计划 YAML · the plan")],
    source: Annotated[Path, typer.Option("--run", metavar="RUN|FILE", help="运行文件夹，或企业表格 · a run folder, or a table")],
    amount: Annotated[str | None, typer.Option("--amount", help="预算，如 2000万元；默认计划中的 · the budget, default that of the plan")] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="抽签种子，默认计划中的 · seed of the draw")] = None,
    on: On = None, out: Out = None, packs: Packs = None,
) -> int:
    """在限额和优先级下把预算分给符合的企业：精确最优，公平抽签 · allocate a budget."""
    import pyarrow.parquet as pq

    from wutong.policy.budget import allocate, claims_of
    from wutong.policy.evaluate import evaluate
    from wutong.policy.plan import load_plan
    from wutong.report import budget as report
    from wutong.report.opened import open_any
    from wutong.report.texts import Words

    loaded = load_plan(existing_file(plan), amount=amount, seed=seed)
    opened = open_any(source, day(on) if on else None, names(packs))
    view = screen()
    with view.progress() as progress:
        results = evaluate(opened.tables, opened.policies, opened.on, progress=progress)
    paid = opened.tables.get("awards_paid")
    claims = claims_of(results, opened.companies, pq.read_table(paid) if isinstance(paid, Path) else paid, loaded)
    found = allocate(claims, loaded, opened.on)
    policies = {c.policy.key: c.policy for c in results.policies}
    give(report.document(found, policies, Words(view.lang), opened.run, demo=opened.demo), report.data(found), out, show=3)
    return Exit.OK
