"""What the commands print with: results to stdout, progress and errors to stderr, or JSON for scripts."""
# ruff: noqa: PLC0415 - rich is imported when something is printed: help must come at once

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wutong.errors import Diagnostic, Lang

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[str, int, int], None]

_STAGES = {
    "read": ("读取表格", "Reading"), "check": ("检查", "Checking"), "snapshot": ("写快照", "Snapshot"),
    "packs": ("载入政策", "Policies"), "compile": ("编译规则", "Compiling"), "evaluate": ("判定", "Deciding"),
    "detail": ("生成理由", "Reasons"), "benefits": ("组合收益", "Benefits"), "workbook": ("写工作簿", "Workbook"),
    "pages": ("写网页", "Pages"), "build": ("生成演示数据", "Demo data"), "cases": ("运行用例", "Cases"),
    "portraits": ("写企业画像", "Portraits"), "lint": ("检查规则", "Linting"), "tck": ("运行 DMN TCK", "DMN TCK"), "search": ("求解", "Searching"),
    "tables": ("建表", "Tables"), "people": ("账号", "People"), "import": ("导入企业", "Companies"), "runs": ("政策与积分运行", "Runs"),
    "seeds": ("业务样例", "Samples"), "dump": ("导出数据库", "Database"), "files": ("文件", "Files"),
}
_SEVERITY = {"error": "red", "warning": "yellow", "note": "blue"}
_WIDE_ENOUGH = 100


@dataclass
class Screen:
    """The two streams of one command, its language and whether it speaks JSON."""

    lang: Lang = "zh"
    as_json: bool = False

    @cached_property
    def out(self) -> Console:
        """The console of results."""
        return self._console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """The console of progress and errors."""
        return self._console(stderr=True)

    @staticmethod
    def _console(*, stderr: bool) -> Console:
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        # A pipe or file has no width; 80 columns would fold the tables scripts and people read later.
        width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDE_ENOUGH * 2
        return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False)

    def text(self, zh: str, en: str) -> str:
        """Return the text of the language in use."""
        return zh if self.lang == "zh" else en

    def say(self, zh: str, en: str) -> None:
        """Print one line for people; silent when the command speaks JSON."""
        if not self.as_json:
            self.out.print(self.text(zh, en), markup=False, soft_wrap=True)

    def json(self, data: Any) -> None:
        """Print the one JSON document of this command."""
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> None:
        """Print a table; cells are text or rich renderables, and markup inside text is not read."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        for at, head in enumerate(heads):
            table.add_column(head, justify="right" if at in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))  # type: ignore[arg-type]
        self.out.print(table)

    def diagnostics(self, found: Sequence[Diagnostic], *, to_out: bool = False, limit: int | None = None) -> None:
        """Print findings: code, place, reason, remedy."""
        from rich.text import Text

        console = self.out if to_out else self.err
        for d in found[:limit]:
            place = d.place.text(self.lang)
            console.print(Text.assemble((f"[{d.code}] ", f"bold {_SEVERITY[d.severity]}"), (f"{place} " if place else "", "dim"),
                                        d.text(self.lang)), soft_wrap=True)
            if remedy := d.remedy(self.lang):
                console.print(Text(f"  → {remedy}", style="dim"), soft_wrap=True)
        if limit is not None and len(found) > limit:
            rest = len(found) - limit
            console.print(self.text(f"… 另有 {rest} 条", f"… {rest} more"))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give a progress callback: bars on a terminal, silence in a pipe and with JSON."""
        if self.as_json or not sys.stderr.isatty():
            yield lambda *_: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, Any] = {}

            def step(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(self.text(*_STAGES.get(stage, (stage, stage))), total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield step


_CURRENT: ContextVar[Screen] = ContextVar("screen")


def screen() -> Screen:
    """Return the screen of the command that runs."""
    return _CURRENT.get()


def use(new: Screen) -> Screen:
    """Make `new` the screen from here on."""
    _CURRENT.set(new)
    return new
