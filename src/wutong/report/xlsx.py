"""The workbook of a run: summary, one sheet per policy, companies × policies, notes.

Text is always written as text, and text that a spreadsheet could take for a formula (``= + - @``, tab,
line break first) carries the quote prefix too, so that editing the cell does not turn it into one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from wutong.errors import Lang
from wutong.report import summary
from wutong.report.format import exact_range
from wutong.report.model import CompanyView, PolicyView, Range, RunView, VerdictView
from wutong.report.texts import STANDINGS, Words

RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text starts that a spreadsheet could take for a formula."""
_SHEET_NAME: Final = 31
_CELL: Final = 32_767
_COLOURS: Final = {
    "eligible": ("#E6F1EC", "#1F5C43"), "near": ("#FDF3E2", "#8A560A"), "manual": ("#EDF2F9", "#32588A"),
    "unknown": ("#F2F4F5", "#58636B"), "ineligible": ("#FBEEED", "#96352F"), "none": ("#FFFFFF", "#8A949A"),
}
_FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}


def write_workbook(view: RunView, path: Path, lang: Lang = "zh") -> None:
    """Write ``results.xlsx``; the same view gives the same bytes. Raises OSError when the disk refuses."""
    book = xlsxwriter.Workbook(str(path), {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    })
    try:
        # A clock inside the file would make equal runs differ.
        book.set_properties({"created": datetime.combine(view.on, time()), "title": f"Wutong {view.run_id}"})
        _Book(book, view, Words(lang)).write()
    finally:
        book.close()


def sheet_names(texts: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Return sheet names Excel accepts: at most 31 characters, none forbidden, all different.

    >>> sheet_names(["科技型/中小企业", "a" * 40, "A" * 40])
    ['科技型 中小企业', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAA~2']
    """
    used = {name.lower() for name in taken} | {"history"}
    names = []
    for text in texts:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip().strip("'")[:_SHEET_NAME] or "_"
        name, count = base, 1
        while name.lower() in used:
            count += 1
            name = f"{base[:_SHEET_NAME - 1 - len(str(count))]}~{count}"
        used.add(name.lower())
        names.append(name)
    return names


class _Book:
    def __init__(self, book: xlsxwriter.Workbook, view: RunView, words: Words) -> None:
        self.book, self.view, self.words = book, view, words
        self.formats = {
            "text": self._format(), "quoted": self._format(quote_prefix=True), "wrap": self._format(text_wrap=True),
            "wrap_quoted": self._format(text_wrap=True, quote_prefix=True),
            "money": self._format(num_format="#,##0.00"), "number": self._format(num_format="#,##0.######"),
            "count": self._format(num_format="#,##0"), "title": self._format(bold=True, font_size=15),
            "head": self._format(bold=True, bg_color="#2C7A5A", font_color="#FFFFFF", text_wrap=True, valign="vcenter"),
            "demo": self._format(bold=True, bg_color="#FDF3DC", font_color="#6D4A08"),
            **{s: self._format(bg_color=b, font_color=f) for s, (b, f) in _COLOURS.items()},
        }

    def _format(self, **options: Any) -> Any:
        return self.book.add_format({**_FONT, **options})

    def write(self) -> None:
        """Write every sheet in reading order."""
        words, policies = self.words, self.view.policies
        fixed = [words["summary_sheet"], words["company_sheet"], words["notes_sheet"]]
        names = sheet_names([words.name(p.name_zh, p.name_en) for p in policies], fixed)
        self._summary(fixed[0], names)
        for policy, name in zip(policies, names, strict=True):
            self._policy(name, policy)
        self._companies(fixed[1])
        self._notes(fixed[2])

    # cells ----------------------------------------------------------------------------------------

    def _text(self, sheet: Any, row: int, column: int, text: str, *, wrap: bool = False) -> None:
        kind = ("wrap_quoted" if wrap else "quoted") if text.startswith(RISKY) else "wrap" if wrap else "text"
        sheet.write_string(row, column, text[:_CELL], self.formats[kind])

    def _number(self, sheet: Any, row: int, column: int, value: Decimal | int | None, kind: str = "money") -> None:
        if value is not None:
            sheet.write_number(row, column, float(value), self.formats[kind])

    def _standing(self, sheet: Any, row: int, column: int, standing: str) -> None:
        sheet.write_string(row, column, self.words[standing], self.formats[standing])

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], top: int = 0, freeze: int = 1) -> Any:
        """Make a sheet with a header at row `top`, widths, frozen panes; the filter comes with the rows."""
        sheet = self.book.add_worksheet(name)
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(top, at, title, self.formats["head"])
        sheet.freeze_panes(top + 1, freeze)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        return sheet

    def _money(self, sheet: Any, row: int, column: int, value: Range | None) -> None:
        """Write low and high side by side; an open ceiling is said in words, never as an empty cell."""
        if value is None:
            return
        for at, end in enumerate(value, column):
            if end is None:
                self._text(sheet, row, at, self.words["unknown"])
            self._number(sheet, row, at, end)

    # sheets ---------------------------------------------------------------------------------------

    def _summary(self, name: str, sheets: Sequence[str]) -> None:
        words, view = self.words, self.view
        columns = [(words["policy"], 44), (words["kind"], 12), (words["status"], 10), (words["version"], 16),
                   *((words[s], 12) for s in STANDINGS), (words["low_yuan"], 20), (words["high_yuan"], 20)]
        sheet = self._sheet(name, columns, top=3)
        sheet.write_string(0, 0, f"{view.zone} {words['title']} {view.on}".strip(), self.formats["title"])
        note = f"{words['run']} {view.run_id} · {len(view.companies)} {words['company_count']}"
        self._text(sheet, 1, 0, note)
        if view.demo:
            sheet.write_string(2, 0, words["demo_banner"], self.formats["demo"])
        rows = summary.policy_totals(view)
        for row, (totals, target) in enumerate(zip(rows, sheets, strict=True), 4):
            self._summary_row(sheet, row, totals, target)
        last = 4 + len(rows)
        self._text(sheet, last, 0, f"{words['money_total']}（{words['money_hint']}）")
        self._money(sheet, last, 9, summary.run_total(view))
        if rows:
            sheet.autofilter(3, 0, last - 1, len(columns) - 1)

    def _summary_row(self, sheet: Any, row: int, totals: summary.PolicyTotals, target: str) -> None:
        words, policy = self.words, totals.policy
        name = words.name(policy.name_zh, policy.name_en)
        quoted = target.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", self.formats["text"], name)
        for at, text in enumerate((words.get(policy.kind), words.get(policy.status), policy.version), 1):
            self._text(sheet, row, at, text)
        for at, count in enumerate(totals.counts.values(), 4):
            self._number(sheet, row, at, count, "count")
        if totals.pays:
            self._money(sheet, row, 9, totals.money)

    def _policy(self, name: str, policy: PolicyView) -> None:
        words = self.words
        columns = [(words["conclusion"], 12), (words["company"], 36), (words["identity"], 22), (words["reason"], 64),
                   (words["gap"], 14), (words["unit"], 8), (words["missing"], 32), (words["headline"], 16),
                   (words["score_low"], 12), (words["score_high"], 12), (words["low_yuan"], 18), (words["high_yuan"], 18)]
        sheet = self._sheet(name, columns, freeze=2)
        rows = [(c, v) for c in self.view.companies if (v := c.verdicts.get(policy.key))]
        rows.sort(key=lambda cv: STANDINGS.index(summary.standing(cv[1])))
        for row, (company, verdict) in enumerate(rows, 1):
            self._policy_row(sheet, row, policy, company, verdict)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        else:
            self._text(sheet, 1, 0, words["none_here"])

    def _policy_row(self, sheet: Any, row: int, policy: PolicyView, company: CompanyView, v: VerdictView) -> None:
        self._standing(sheet, row, 0, summary.standing(v))
        self._text(sheet, row, 1, company.name)
        self._text(sheet, row, 2, company.code)
        self._text(sheet, row, 3, summary.reason(policy, v, self.words), wrap=True)
        if v.near_miss:
            self._number(sheet, row, 4, v.near_miss.gap, "number")
            self._text(sheet, row, 5, v.near_miss.unit)
        if v.missing:
            self._text(sheet, row, 6, self.words["comma"].join(v.missing), wrap=True)
        self._text(sheet, row, 7, summary.headline(v, self.words))
        if v.score:
            self._number(sheet, row, 8, v.score.low, "number")
            self._number(sheet, row, 9, v.score.high, "number")
        if v.verdict != "ineligible":
            self._money(sheet, row, 10, v.benefit)

    def _companies(self, name: str) -> None:
        words, policies = self.words, self.view.policies
        columns = [(words["company"], 36), (words["identity"], 22), (words["nature"], 10), (words["low_yuan"], 18),
                   (words["high_yuan"], 18), *((words.name(p.name_zh, p.name_en), 16) for p in policies)]
        sheet = self._sheet(name, columns, freeze=2)
        for row, company in enumerate(self.view.companies, 1):
            self._text(sheet, row, 0, company.name)
            self._text(sheet, row, 1, company.code)
            self._text(sheet, row, 2, words[company.nature] if company.nature else "")
            self._money(sheet, row, 3, company.total)
            for at, policy in enumerate(policies, 5):
                self._standing(sheet, row, at, summary.standing(company.verdicts.get(policy.key)))
        if self.view.companies:
            sheet.autofilter(0, 0, len(self.view.companies), len(columns) - 1)

    def _notes(self, name: str) -> None:
        words, view = self.words, self.view
        sheet = self._sheet(name, [(words["item"], 26), (words["value"], 90)], freeze=0)
        lines = [
            (words["run"], view.run_id), (words["on"], view.on.isoformat()), (words["mode"], words.get(view.mode)),
            (words["engine"], view.engine_version), (words["snapshot"], view.snapshot_hash),
            *((f"{words['packs']} {p.id}", f"{p.version} · sha256 {p.sha256}") for p in view.packs),
            (words["money_total"], exact_range(summary.run_total(view), words)),
            *([(words["interval"], words["interval_note"])] if view.mode == "interval" else []),
            *([(words["demo"], words["demo_banner"])] if view.demo else []),
            *((f"{words['findings']} {d.code}", d.line(words.lang)) for d in view.diagnostics),
        ]
        for row, (label, text) in enumerate(lines, 1):
            self._text(sheet, row, 0, label)
            self._text(sheet, row, 1, text, wrap=True)
