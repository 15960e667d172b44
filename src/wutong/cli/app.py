"""The command `wutong`: global options, the list of commands, one way out for every error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

import typer

from wutong import __version__
from wutong.cli import (
    backup,
    companies,
    demo,
    letters,
    library,
    money,
    points,
    points_research,
    portraits,
    questions,
    site,
    tools,
)
from wutong.cli.failure import Exit, report
from wutong.cli.screen import Screen, use
from wutong.errors import Lang

app = typer.Typer(
    name="wutong", no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="梧桐：企业表格进，政策结论与理由出。\n\nWutong: a company table in, policy decisions with reasons out.",
    epilog="退出码 Exit codes: 0 ok · 1 findings · 2 usage · 3 bad input · 4 pack fault · 5 internal · 130 interrupted. "
           "--lang and --json may stand anywhere. ",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Language(StrEnum):
    """Languages of the output."""

    zh = "zh"
    en = "en"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    lang: Annotated[Language, typer.Option(envvar="WUTONG_LANG", help="输出语言 · language of the output")] = Language.zh,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用 · JSON for scripts")] = False,
    version: Annotated[bool, typer.Option(  # noqa: ARG001 - acts through its callback
        "--version", callback=_version, is_eager=True, help="版本 · version")] = False,
) -> None:
    use(Screen("zh" if lang is Language.zh else "en", as_json))


for group in (companies, demo, questions, letters, portraits, money, library, points, points_research, site, backup, tools):
    group.register(app)


def hoist(args: Sequence[str]) -> list[str]:
    """Return the arguments with ``--json`` and ``--lang X`` in front, where the options of all commands stand.

    >>> hoist(["check", "a.xlsx", "--lang", "en", "--json"])
    ['--lang', 'en', '--json', 'check', 'a.xlsx']
    """
    front: list[str] = []
    rest: list[str] = []
    items = iter(args)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item == "--json" or item.startswith("--lang="):
            front.append(item)
        elif item == "--lang":
            front += [item, *([value] if (value := next(items, None)) is not None else [])]
        else:
            rest.append(item)
    return front + rest


def _first_screen(args: Sequence[str]) -> Screen:
    """Return a screen for errors that come before the options are read."""
    asked = next((b for a, b in pairwise(args) if a == "--lang"), None)
    asked = asked or next((a.removeprefix("--lang=") for a in args if a.startswith("--lang=")), None)
    lang: Lang = "en" if (asked or os.environ.get("WUTONG_LANG")) == "en" else "zh"
    return Screen(lang, "--json" in args)


def _speak_utf8() -> None:
    # Windows consoles and pipes may default to a code page without Chinese.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="replace")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no exception leaves."""
    _speak_utf8()
    hoisted = hoist(sys.argv[1:] if args is None else args)
    first = use(Screen("zh", False) if not hoisted else _first_screen(hoisted))
    try:
        result = app(hoisted, prog_name="wutong", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python must not complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place where every error ends
        return report(error, first)
    if result == Exit.INTERRUPTED:
        return report(KeyboardInterrupt(), first)
    return result if isinstance(result, int) else int(Exit.OK)


if __name__ == "__main__":
    sys.exit(main())
