"""The empty workbook: units in the headers, drop-downs, input hints, an example row, and what each item means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from wutong.errors import Place, WutongError
from wutong.tables.catalogue import KEY, Catalogue, Child, Fact
from wutong.tables.reader import GUIDE_SHEET
from wutong.tables.sheet import EXAMPLE

_ROWS = 5_000
_CHOICES = "选项"
_FONT = "Microsoft YaHei"
_SENSITIVITY = {"public": "公开", "internal": "内部", "confidential": "商业秘密", "personal": "个人信息"}
_TYPES = {"text": "文本", "number": "数字", "integer": "整数", "boolean": "是 / 否", "date": "日期", "code": "从列表选择"}
_EXAMPLE_KEY = f"{EXAMPLE}（本行不读取）"
_GUIDE_HEAD = ("表", "项目", "列名可用的别名", "类型", "单位", "范围或选项", "含义", "依据", "敏感级别")
_GUIDE_WIDTHS = (14, 26, 40, 12, 8, 40, 60, 34, 10)
_INTRO = (
    "一行一家企业，以统一社会信用代码为准；不知道的格子请留空（按“未知”处理），不要填 0。",
    "金额列的单位写在列名里，可以改成 元、千元、万元、亿元，系统按列名换算；请勿删除单位。",
    "子表（知识产权等）一行一项，可多行；确认已全部填完时，在“企业”表对应的“…已填全”列填“是”。",
    "以“示例”开头的行是示例，不会被读取，可以删除。",
)


@dataclass(frozen=True, slots=True)
class _Header:
    fact: Fact
    text: str


def write_template(
    path: Path | str, catalogue: Catalogue | None = None, *, on: date | None = None, years: int = 3,
) -> Path:
    """Write the empty workbook for `catalogue` to `path` (.xlsx).

    Yearly facts get one column for each of the `years` accounting years before the year of `on` (default:
    today). Raises T161 if `path` is not an .xlsx.
    """
    path, catalogue = Path(path), catalogue or Catalogue.load()
    if path.suffix.lower() != ".xlsx":
        raise WutongError.of("T161", Place(file=path.name))
    last = (on or datetime.now().astimezone().date()).year - 1
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "企业数据填报模板", "created": datetime(2000, 1, 1)})  # noqa: DTZ001 - same bytes
        writer = _Writer(book)
        writer.sheet("企业", _company_headers(catalogue, range(last, last - years, -1)))
        for child in catalogue.children:
            writer.sheet(child.zh, _child_headers(catalogue, child))
        writer.guide(catalogue)
        writer.choices()
    return path


def _company_headers(catalogue: Catalogue, years: Iterable[int]) -> list[_Header]:
    once = [_Header(f, header_text(f)) for f in catalogue.facts]
    return once + [_Header(f, f"{year}年{header_text(f)}") for f in catalogue.yearly for year in years]


def _child_headers(catalogue: Catalogue, child: Child) -> list[_Header]:
    keys = [_Header(f, f.zh) for f in catalogue.facts if f.code in (KEY, "name")]
    return keys + [_Header(f, header_text(f)) for f in child.columns]


def header_text(fact: Fact) -> str:
    """Return a fact's name with its unit as a header; money is asked in 万元, as books of companies are kept."""
    if fact.unit is None:
        return fact.zh
    return f"{fact.zh}(万元)" if fact.unit.text == "元" else f"{fact.zh}({fact.unit.text})"


def _example(fact: Fact) -> Any:
    if fact.code == KEY:
        return _EXAMPLE_KEY
    if fact.code == "name":
        return "某某科技有限公司"
    if fact.type == "code":
        return fact.values[0]
    return {"text": "文字", "number": _inside(fact), "integer": _inside(fact), "boolean": "是",
            "date": date(2020, 3, 1)}[fact.type]


def _inside(fact: Fact) -> float:
    low = fact.min if isinstance(fact.min, Decimal) else None
    high = fact.max if isinstance(fact.max, Decimal) else None
    if high is not None and high < 100:
        return float(high)
    return float(max(low, Decimal(100))) if low is not None else 100.0


class _Writer:
    """Writes the sheets of one template."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.lists: dict[tuple[str, ...], str] = {}
        base = {"font_name": _FONT, "font_size": 10}
        self.head = book.add_format({**base, "bold": True, "bg_color": "#D9E7F5", "border": 1, "text_wrap": True,
                                     "valign": "vcenter", "align": "center"})
        self.key = book.add_format({**base, "bold": True, "bg_color": "#F8D7A8", "border": 1, "text_wrap": True,
                                    "valign": "vcenter", "align": "center"})
        self.wrap = book.add_format({**base, "text_wrap": True, "valign": "top"})
        formats = {"text": "@", "code": "@", "boolean": "@", "date": "yyyy-mm-dd", "number": "#,##0.00####",
                   "integer": "0"}
        self.cells = {k: book.add_format({**base, "num_format": v}) for k, v in formats.items()}
        self.examples = {k: book.add_format({**base, "num_format": v, "italic": True, "font_color": "#7F7F7F",
                                             "bg_color": "#F2F2F2"}) for k, v in formats.items()}

    def sheet(self, name: str, headers: list[_Header]) -> None:
        """Write the header, one example row and the rules of entry of one table."""
        page = self.book.add_worksheet(name)
        page.set_row(0, 42)
        page.freeze_panes(1, 2)
        for column, header in enumerate(headers):
            fact = header.fact
            key = fact.code in (KEY, "name")
            page.set_column(column, column, _width(header), self.cells[fact.type])
            page.write_string(0, column, header.text, self.key if key else self.head)
            example = _example(fact)
            style = self.examples[fact.type]
            if isinstance(example, date):
                page.write_datetime(1, column, datetime(example.year, example.month, example.day), style)  # noqa: DTZ001
            else:
                page.write(1, column, example, style)
            page.data_validation(2, column, _ROWS, column, self._rule(header))

    def _rule(self, header: _Header) -> dict[str, Any]:
        fact = header.fact
        rule: dict[str, Any] = {
            "input_title": header.text[:32], "input_message": _hint(fact)[:255], "error_title": "请核对",
            "error_message": f"{header.text}：{_TYPES[fact.type]}"[:255], "error_type": "warning",
        }
        if fact.type in ("code", "boolean"):
            return rule | {"validate": "list", "source": self._list(fact.values or ("是", "否"))}
        if fact.type == "date":
            first = date(1900, 1, 2)
            return rule | {"validate": "date", "criteria": ">=", "value": first}
        if fact.code == KEY:
            return rule | {"validate": "length", "criteria": "==", "value": 18}
        if fact.type in ("number", "integer"):
            kind = "decimal" if fact.type == "number" else "integer"
            low = fact.min if isinstance(fact.min, Decimal) else Decimal(-10) ** 15
            return rule | {"validate": kind, "criteria": ">=", "value": int(low)}
        return rule | {"validate": "any"}

    def _list(self, values: tuple[str, ...]) -> Any:
        """Short lists stand in the rule; long ones on a hidden sheet, for Excel's limit of 255 characters."""
        if len(",".join(values)) <= 255 and not any("," in v for v in values):
            return list(values)
        if values not in self.lists:
            column = xlsxwriter.utility.xl_col_to_name(len(self.lists))
            self.lists[values] = f"={_CHOICES}!${column}$1:${column}${len(values)}"
        return self.lists[values]

    def choices(self) -> None:
        """Write the hidden sheet of long lists."""
        if self.lists:
            page = self.book.add_worksheet(_CHOICES)
            page.hide()
            for column, values in enumerate(self.lists):
                page.write_column(0, column, values)

    def guide(self, catalogue: Catalogue) -> None:
        """Write 填写说明: every item with unit, meaning, legal source and sensitivity."""
        page = self.book.add_worksheet(GUIDE_SHEET)
        for row, line in enumerate(_INTRO):
            page.write_string(row, 0, line)
        top = len(_INTRO) + 1
        for column, (text, width) in enumerate(zip(_GUIDE_HEAD, _GUIDE_WIDTHS, strict=True)):
            page.set_column(column, column, width)
            page.write_string(top, column, text, self.head)
        page.freeze_panes(top + 1, 2)
        for row, cells in enumerate(_guide_rows(catalogue), top + 1):
            page.write_row(row, 0, cells, self.wrap)


def _width(header: _Header) -> int:
    if header.fact.code in (KEY, "name"):
        return 26
    return min(max(len(header.text) + 4, 12), 24)


def _hint(fact: Fact) -> str:
    parts = [fact.definition or "", f"依据：{fact.source}" if fact.source else "", f"类型：{_TYPES[fact.type]}",
             "不知道请留空。"]
    return "\n".join(p for p in parts if p)


def _guide_rows(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    tables = [("企业", catalogue.facts), ("企业（按年）", catalogue.yearly), *((c.zh, c.columns) for c in catalogue.children)]
    for table, facts in tables:
        for fact in facts:
            yield (table, fact.zh, "、".join(fact.aliases), _TYPES[fact.type], fact.unit.text if fact.unit else "",
                   "、".join(fact.values) or _bounds(fact), fact.definition or "", fact.source or "",
                   _SENSITIVITY[fact.sensitivity])


def _bounds(fact: Fact) -> str:
    low = "" if fact.min is None else f"不小于 {fact.min}"
    high = "" if fact.max is None else f"不大于 {fact.max}"
    return "，".join(p for p in (low, high) if p)
