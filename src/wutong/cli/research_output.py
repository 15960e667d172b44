"""What a research command writes: a folder with CSV tables, a workbook and a manifest; and what it prints."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wutong.cli import research_reports as reports
from wutong.cli.research_source import Source
from wutong.cli.screen import screen
from wutong.composite.recipe import Chain
from wutong.composite.sheets import Sheet, write_book
from wutong.composite.store import plain, write_csv, write_manifest, write_study
from wutong.composite.table import Table
from wutong.report.folder import staged


class Output:
    """Collects tables; on a clean exit the folder appears whole, else nothing is left.

    `file` names a sheet's CSV; headers and titles are in the language of the screen.
    """

    def __init__(self, out: Path, command: str, source: Source, options: Mapping[str, Any]) -> None:
        self.out, self.command, self.source, self.options = out, command, source, options
        self.view = screen()
        self.sheets: list[Sheet] = []
        self.run_id = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder = self._stack.enter_context(staged(self.out))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            write_book(self.folder / "results.xlsx", self.sheets)
            self.run_id = write_manifest(self.folder, self.command, self.options, self.source.hash)
        self._stack.__exit__(kind, error, trace)

    def add(self, sheet: Sheet, file: str | None = None) -> None:
        """Add a table to the workbook and as CSV; what marks the source as invented or unofficial stands above it."""
        mark = self.source.mark(self.view.lang)
        sheet = replace(sheet, note=" · ".join(part for part in (mark, sheet.note) if part))
        self.sheets.append(sheet)
        write_csv(self.folder / f"{file or f'table{len(self.sheets)}'}.csv", sheet.heads, sheet.rows)

    def data(self, name: str, value: Any) -> None:
        """Write JSON that a later step reads."""
        text = json.dumps(plain(value), ensure_ascii=False, indent=1, sort_keys=True)
        (self.folder / name).write_text(text + "\n", "utf-8", newline="\n")

    def step(self, chain: Chain, name: str) -> None:
        """Write the table after one step as a source of the next."""
        table = chain.stages[name]
        write_study(self.folder, table, chain.study.tree, chain.study.times)
        self.add(reports.step(chain, name), "report")
        if chain.treatments:
            self.data("treatments.json", [t.as_dict() for t in chain.treatments])

    def chain(self, chain: Chain) -> None:
        """Write every stage of a chain; raw data and metadata stay the source for what follows."""
        write_study(self.folder, chain.study.table, chain.study.tree, chain.study.times)
        for sheet, file in ((reports.results(chain), "results"), (reports.ranks(chain), "ranks")):
            self.add(sheet, file)
        for name, table in chain.stages.items():
            self.add(stage(name, table), f"stage_{name}")
        if chain.treatments:
            self.data("treatments.json", [t.as_dict() for t in chain.treatments])
        if chain.scales:
            self.data("scales.json", {code: scale.as_dict() for code, scale in chain.scales.items()})

    def show(self, sheet: Sheet, limit: int) -> None:
        """Print a table, or once the whole result as JSON."""
        if self.view.as_json:
            if sheet is self.sheets[-1] or self.command in ("index", "remove", "uncertainty", "sensitivity"):
                self.view.json({"ok": True, "run": self.run_id, "out": str(self.out), "tables": [
                    {"title": s.title, "columns": list(s.heads), "rows": plain([list(r) for r in s.rows])} for s in self.sheets
                ]})
            return
        numeric = [at for at in range(len(sheet.heads)) if any(isinstance(r[at], int | float) for r in sheet.rows)]
        self.view.say(f"\n{sheet.title}" + (f"：{sheet.note}" if sheet.note else ""),
                      f"\n{sheet.title}" + (f": {sheet.note}" if sheet.note else ""))
        self.view.table(sheet.heads, [[figure(c) for c in row] for row in sheet.rows[:limit]], numeric)
        rest = len(sheet.rows) - limit
        if rest > 0:
            self.view.say(f"… 另有 {rest} 行，见 {self.out / 'results.xlsx'}", f"… {rest} more, see {self.out / 'results.xlsx'}")
        if sheet is self.sheets[-1] or self.command not in ("analyse", "audit"):
            self.view.say(f"运行编号 {self.run_id} · {self.out}", f"Run {self.run_id} · {self.out}")


def figure(cell: Any) -> str:
    """Return a cell for people.

    >>> [figure(c) for c in (0.123456, 3, None, float("nan"), 1234567.0)]
    ['0.1235', '3', '', '', '1234567']
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return reports.text("是", "yes") if cell else reports.text("否", "no")
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 10_000 or cell.is_integer() else f"{cell:.4g}"
    return str(cell)


def stage(name: str, table: Table) -> Sheet:
    """Return a table of one stage."""
    rows = [(unit, *map(float, row)) for unit, row in zip(table.units, table.values, strict=True)]
    return Sheet(name, ["uCode", *table.codes], rows)
