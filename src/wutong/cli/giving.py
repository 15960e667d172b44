"""Giving an answer: printed, as JSON, and as a folder with a page and a workbook."""
# ruff: noqa: PLC0415 - the report is imported when there is something to report

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wutong.cli.screen import Screen, screen

if TYPE_CHECKING:
    from wutong.report.document import Document, Grid

_ROWS = 40


def give(
    answer: Document, data: Mapping[str, object], out: Path | None, *, show: int, more: Callable[[Path], object] | None = None
) -> None:
    """Print an answer (or its JSON) and write its folder: page, workbook, JSON, and what `more` adds."""
    from wutong.report.document import write_page, write_workbook
    from wutong.report.folder import staged
    from wutong.report.texts import Words

    view = screen()
    words = Words(view.lang)
    if out is not None:
        with staged(out) as folder:
            write_page(answer, folder / "index.html", words)
            write_workbook(answer, folder / "answer.xlsx", words)
            text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            (folder / "manifest.json").write_text(text, "utf-8", newline="\n")
            if more is not None:
                more(folder)
    if view.as_json:
        view.json({"ok": True, "out": str(out) if out else None, **data})
        return
    print_document(view, answer, show)
    if out is not None:
        view.say(f"打开 {out / 'index.html'}", f"Open {out / 'index.html'}")


def print_document(view: Screen, answer: Document, show: int) -> None:
    """Print the conclusion, the facts and the first tables."""
    view.say(answer.lead, answer.lead)
    for label, text in answer.facts:
        view.say(f"  {label} {text}", f"  {label} {text}")
    for grid in answer.grids[:show]:
        _print_grid(view, grid)
    for note in answer.notes:
        view.say(note, note)


def _print_grid(view: Screen, grid: Grid) -> None:
    from wutong.report.document import texts
    from wutong.report.texts import Words

    if not grid.rows:
        return
    words = Words(view.lang)
    view.say(f"\n{grid.title}", f"\n{grid.title}")
    view.table([c.title for c in grid.columns], texts(grid, words, _ROWS), [n for n, c in enumerate(grid.columns) if c.right])
    if len(grid.rows) > _ROWS:
        view.say(words.fill("rows_shown", _ROWS, len(grid.rows)), words.fill("rows_shown", _ROWS, len(grid.rows)))
