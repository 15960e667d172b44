"""Columns of list pages and the cells they give: text, class, link; the same for page and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wutong.site.core.masks import field_of, masked_value

Kind = Literal["text", "number", "money", "percent", "date", "time", "tag", "yes_no", "code"]
NUMERIC = frozenset({"number", "money", "percent"})
BLANK = "—"  # unknown is shown as such, never as 0 and never as "no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` is an attribute path (``zone.name``) or a function in `value`; `sort` the field to order by."""

    key: str
    label: str | Promise
    kind: Kind = "text"
    unit: str | Promise = ""
    sort: str = ""
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None  # class of a tag: good, bad, warn, muted, info
    places: int = 0
    hide_small: bool = False
    permission: str = ""  # who else sees the list does not see the column

    @property
    def numeric(self) -> bool:
        """True if the column is right-aligned."""
        return self.kind in NUMERIC

    def read(self, row: Any) -> Any:
        """Return the value of the row, masked where the field is registered as personal."""
        if self.value is not None:
            return self.value(row)
        *path, last = self.key.split(".")
        for name in path:
            row = getattr(row, name, None)
        if row is None:
            return None
        if field_of(row, last):
            return masked_value(row, last)
        display = getattr(row, f"get_{last}_display", None)
        found = display() if display else getattr(row, last)
        return found() if callable(found) else found


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the template shows it."""

    text: str
    css: str = ""
    href: str = ""
    tag: str = ""
    label: str = ""  # the head of the column, shown beside the value on small screens

    def html(self, href: str = "") -> SafeString:
        """Return the cell as HTML; `href` is where it leads without an address of its own.

        Python writes a row in a tenth of the time the template language takes, and lists are what people open most.
        """
        inner, href = escape(self.text), self.href or href
        if self.tag:
            inner = f'<span class="tag tag-{escape(self.tag)}">{inner}</span>'
        elif href:
            inner = f'<a href="{escape(href)}">{inner}</a>'
        return mark_safe(f"{_opening(self.css, self.label)}{inner}</td>")


@lru_cache(maxsize=1024)
def _opening(css: str, label: str) -> str:
    """Return the opening tag: the same in every row of a column."""
    return f'<td role="cell" class="{escape(css)}" data-label="{escape(label)}">'


def row_html(cells: Sequence[Cell], href: str = "") -> SafeString:
    """Return a row of a table as HTML; its first cell leads to `href`.

    >>> row_html([Cell("<甲>", "is-text", label="企业"), Cell("符合", "is-tag", tag="good", label="结论")], "/c/1/")
    ... # doctest: +NORMALIZE_WHITESPACE
    '<tr role="row"><td role="cell" class="is-text" data-label="企业"><a href="/c/1/">&lt;甲&gt;</a></td><td role="cell"
    class="is-tag" data-label="结论"><span class="tag tag-good">符合</span></td></tr>'
    """
    return mark_safe(f'<tr role="row">{"".join(c.html("" if n else href) for n, c in enumerate(cells))}</tr>')


def number_text(value: Any, places: int = 0) -> str:
    """Return a number with thousands separators; unknown as a dash.

    >>> number_text(Decimal("1234567.5"), 2), number_text(None)
    ('1,234,567.50', '—')
    """
    if value is None or value == "":
        return BLANK
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{number:,.{places}f}"


def text_of(value: Any, kind: Kind, places: int = 0) -> str:
    """Return a value as people read it in a table of that kind of column."""
    if value is None or value == "":
        return BLANK
    if kind in NUMERIC:
        return number_text(value, places)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def cells_of(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the cells of each row."""
    heads = [f"{c.label}{f'（{c.unit}）' if c.unit else ''}" for c in columns]
    for row in rows:
        yield tuple(cell(column, row, head) for column, head in zip(columns, heads, strict=True))


def cell(column: Column, row: Any, label: str) -> Cell:
    """Return the cell of a row in a column."""
    return Cell(
        text_of(column.read(row), column.kind, column.places),
        css=("num" if column.numeric else f"is-{column.kind}") + (" hide-small" if column.hide_small else ""),
        href=column.href(row) if column.href else "", tag=(column.tone(row) or "") if column.tone else "",
        label=label)
