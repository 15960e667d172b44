"""The ranking as a workbook: places with their bands, points by indicator, who has no score and why, the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from wutong.errors import Lang
from wutong.points.compile import NONE
from wutong.points.explain import profile_at
from wutong.points.model import WEIGHTED
from wutong.points.score import Result
from wutong.points.text import Words, points_range, reason_texts

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_ranking(result: Result, path: Path, lang: Lang = "zh") -> None:
    """Write ``ranking.xlsx``; the same result gives the same bytes. Raises OSError when the disk refuses."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime.combine(result.on, time()), "title": result.model.zh})
        _Book(book, result, Words(lang)).write()


class _Book:
    def __init__(self, book: Any, result: Result, words: Words) -> None:
        self.book, self.result, self.words, self.model = book, result, words, result.model
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.plain, self.quoted = book.add_format(font), book.add_format({**font, "quote_prefix": True})
        self.head = book.add_format({**font, "bold": True, "bg_color": "#E6F1EC", "text_wrap": True})
        self.figure = book.add_format({**font, "num_format": "0.00"})
        self.label = book.add_format({**font, "bold": True, "bg_color": "#FFF3C4"})
        self.rows = result.table.to_pylist()

    def write(self) -> None:
        ranked = sorted((r for r in self.rows if r["status"] != NONE), key=lambda r: (r["rank"], r["company"]))
        self._ranking(ranked)
        self._points(ranked)
        self._unscored([r for r in self.rows if r["status"] == NONE])
        self._model()

    def _sheet(self, name: tuple[str, str], heads: Sequence[str], widths: Sequence[float]) -> tuple[Any, int]:
        sheet, row = self.book.add_worksheet(self.words.of(*name)), 0
        banner = self.words.of(self.model.banner, self.model.banner_en)
        if banner:
            sheet.write_string(0, 0, banner, self.label)
            row = 1
        for at, head in enumerate(heads):
            sheet.write_string(row, at, head, self.head)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.freeze_panes(row + 1, 2)
        return sheet, row + 1

    def _row(self, sheet: Any, row: int, cells: Iterable[Any]) -> None:
        for at, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, Decimal):
                sheet.write_number(row, at, float(cell), self.figure)
            elif isinstance(cell, int):
                sheet.write_number(row, at, cell, self.plain)
            else:
                sheet.write_string(row, at, str(cell), self.quoted if str(cell).startswith(_RISKY) else self.plain)

    def _ranking(self, ranked: list[dict[str, Any]]) -> None:
        w, model = self.words, self.model
        pillars = [(n, node) for n, node in enumerate(model.nodes) if node in model.root.children]
        heads = [w["rank"], w["company"], w["code"], w["band"], w["proven"], w["most"], w["grade"], w["stage"], w["sector"],
                 w["peer_rank"], w["coverage"], *(w.name(node) for _, node in pillars)]
        sheet, first = self._sheet(("排名", "Ranking"), heads, (8, 32, 22, 14, 10, 10, 12, 12, 18, 14, 10, *(12 for _ in pillars)))
        for at, row in enumerate(ranked, first):
            grade = "" if row["grade_lo"] is None else w.name(model.grades[row["grade_lo"]])
            peers = "" if row["peers"] is None else f"{row['peer_rank']}/{row['peers']}"
            self._row(sheet, at, (
                row["rank"], row["name"], row["company"], f"{row['rank_best']}–{row['rank_worst']}", row["score_lo"],
                row["score_hi"], grade, *self._groups(row), peers, row["coverage"],
                *(points_range(row[f"n{n}_lo"], row[f"n{n}_hi"]) for n, _ in pillars),
            ))

    def _groups(self, row: dict[str, Any]) -> tuple[str, str]:
        profile = profile_at(self.model, row)
        if profile is None:
            return self.words["undecided"], ""
        stage, sector = self.model.stages, self.model.sectors
        return (self.words.name(stage[profile.stage]) if stage else "", self.words.name(sector[profile.sector]) if sector else "")

    def _points(self, ranked: list[dict[str, Any]]) -> None:
        w = self.words
        heads = [w["rank"], w["company"], *(w.name(i) for i in self.model.indicators)]
        sheet, first = self._sheet(("指标得分", "Points"), heads, (8, 32, *(14 for _ in self.model.indicators)))
        for at, row in enumerate(ranked, first):
            cells = []
            for k in range(len(self.model.indicators)):
                lo, hi = row[f"i{k}_lo"], row[f"i{k}_hi"]
                cells.append(lo if lo == hi else points_range(lo, hi))
            self._row(sheet, at, (row["rank"], row["name"], *cells))

    def _unscored(self, rows: list[dict[str, Any]]) -> None:
        w = self.words
        sheet, first = self._sheet(("未计分", "No score"), [w["company"], w["code"], w["why"]], (32, 22, 90))
        for at, row in enumerate(rows, first):
            self._row(sheet, at, (row["name"], row["company"], "；".join(reason_texts(self.model, row, w))))

    def _model(self) -> None:
        w, model = self.words, self.model
        keys = [p.key for p in model.profiles]
        sheet, row = self._sheet(("模型", "Model"), [w["parent"], w["indicator"], w["most"], w["source"], *keys], (22, 40, 8, 40))
        for node in model.nodes:
            for child in node.children:
                source = model.sources.get(child.source or "")
                cited = "" if source is None else f"{source.doc_no} {source.clause}（{source.grade}）"
                weights = [model.weight(child, p) for p in model.profiles] if node.aggregate in WEIGHTED else []
                self._row(sheet, row, (w.name(node), w.name(child), child.max, cited, *(None if x is None else Decimal(x) / 100 for x in weights)))
                row += 1

