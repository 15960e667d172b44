"""Commands about grants without application: the list for publicity, the payment after objections."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wutong.cli.arguments import day, existing_file, existing_folder, names
from wutong.cli.failure import Exit
from wutong.cli.giving import give
from wutong.cli.screen import screen

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder of the results")]


def register(app: typer.Typer) -> None:
    """Add the group ``grants`` to the application."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="免申即享：公示、异议、付款 · grants without application.")
    group.command("list")(publish)
    group.command("pay")(pay)
    app.add_typer(group, name="grants")


def publish(
    source: Annotated[Path, typer.Argument(metavar="RUN|FILE", help="运行文件夹，或企业表格 · a run folder, or a table")],
    out: Out,
    policy: Annotated[list[str] | None, typer.Option("--policy", help="只列这些政策，可多次 · only these policies")] = None,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="演练：草案和申报期外的政策也列，不能付款 · rehearse with drafts, cannot be paid")] = False,
    mask: Annotated[bool, typer.Option("--mask", help="信用代码打码 · mask credit codes")] = False,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="评估日 · date of assessment")] = None,
    packs: Annotated[str | None, typer.Option("--packs", metavar="A,B", help="政策包 · packs")] = None,
) -> int:
    """生成公示名单：全部条款由数据判定的政策，网页、Excel、Word · make the list for publicity."""
    from wutong.policy.autogrant import grant_list
    from wutong.policy.evaluate import evaluate
    from wutong.report import grants as report
    from wutong.report.document import write_word
    from wutong.report.opened import open_any
    from wutong.report.texts import Words

    opened = open_any(source, day(on) if on else None, names(packs))
    view, words = screen(), Words(screen().lang)
    with view.progress() as progress:
        results = evaluate(opened.tables, opened.policies, opened.on, progress=progress)
    known = dict(zip(*(opened.companies.column(n).to_pylist() for n in ("company", "name")), strict=True))
    found = grant_list(results, known, opened.run, policies=policy or (), rehearsal=rehearse)
    answer = report.document(found, words, demo=opened.demo, mask=mask)
    give(answer, report.data(found, demo=opened.demo), out, show=2, more=lambda f: write_word(answer, f / "公示.docx", words))
    return Exit.OK


def pay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="grants list 生成的文件夹 · folder of the list")],
    ledger: Annotated[Path, typer.Option("--ledger", metavar="FILE", help="付款台账，没有则新建 · ledger of payments, made if new")],
    out: Out,
    objections: Annotated[Path | None, typer.Option("--objections", metavar="FILE", help="异议：YAML 或 Excel · objections")] = None,
) -> int:
    """公示期满后决定并生成付款文件；台账保证不重复付款 · decide after objections and write the payment file."""
    from wutong.policy.autogrant import decided, due
    from wutong.report import grants as report
    from wutong.report.texts import Words

    listed, demo = report.load_list(existing_folder(folder))
    settled = decided(listed, report.read_objections(existing_file(objections)) if objections else [])
    view = screen()
    with report.locked(ledger):
        known = report.read_ledger(ledger)
        found = due(settled, known)
        answer = report.document(found, Words(view.lang), demo=demo, batch=settled.batch)
        # the ledger first: if writing the files fails, the same command makes the same files again
        new = report.write_ledger(ledger, found, known, settled.batch)
        text = "\ufeff" + report.payment_file(found)
        give(answer, {**report.data(found, demo=demo), "list": listed.id, "batch": settled.batch, "new": new}, out, show=1,
             more=lambda f: (f / "付款.csv").write_text(text, "utf-8", newline=""))
    return Exit.OK
