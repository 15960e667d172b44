"""A part of a draft as fields of a page: how it is posted, and how rows are added, moved and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wutong.policy.edit import layout

if TYPE_CHECKING:
    from wutong.policy.edit.fields import Part

MOST_FIELDS = 900
"""Fields of one part a page can post; longer tables are for Excel."""
TITLES = {
    "head": _("概况"), "sources": _("出处"), "parameters": _("参数"), "let": _("中间量"), "conditions": _("条件"),
    "benefits": _("收益"), "limits": _("限额"), "figures": _("可调数字"),
}
ENGLISH = {
    "version": "Version", "kind": "Kind", "status": "Status", "issuer": "Issuer", "supersedes": "Supersedes", "name.zh": "Name",
    "name.en": "English name", "in_force.from": "In force from", "in_force.to": "In force to", "window.from": "Window from",
    "window.to": "Window to", "decide": "Conclusion", "outputs": "Outputs shown", "id": "Id", "code": "Code", "zh": "Name",
    "en": "English", "unit": "Unit", "note": "Note", "value": "Value", "from": "From", "to": "To", "source": "Source",
    "expr": "Expression", "when": "When", "manual": "Judged by people", "amount": "Amount", "cap": "Cap", "once": "Once only",
    "group": "Exclusive group", "pays_for": "Pays for", "benefits": "Benefits", "doc_no": "Document", "clause": "Clause",
    "grade": "Grade", "url": "Address", "checked_on": "Checked on", "title": "Title", "effective_from": "Effective from",
    "effective_to": "Effective to", "checked_by": "Checked by", "at": "Places", "hit": "Hit policy", "default": "Default",
    "output.type": "Output type", "output.unit": "Output unit", "output.values": "Output values",
}
WORDS = {
    "qualification": _("资质认定"), "tax": _("税收优惠"), "grant": _("奖补资金"), "class": _("分类划型"), "veto": _("否决事项"),
    "official": _("正式"), "draft": _("待核实"), "number": _("数字"), "text": _("文字"), "boolean": _("是或否"), "date": _("日期"),
}
DATES = {"in_force.from", "in_force.to", "window.from", "window.to", "from", "to", "checked_on", "effective_from", "effective_to"}
LONG = {"decide", "outputs", "output.values", "note", "expr", "when", "amount", "clause", "group", "pays_for", "benefits", "at"}
KNOWN = {"source": "known-sources", "unit": "known-units", "output.unit": "known-units"}
SIZES = dict.fromkeys(("unit", "value", "grade", "manual", "once"), "short") | dict.fromkeys(("zh", "en", "doc_no", "url", "title"), "wide")
TABLE_ENDS = ("output", "remark")


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: its name in the form, what it is called, its text, and how it is typed."""

    name: str
    label: str
    text: str
    kind: str  # text, area, date, choice
    choices: tuple[str, ...] = ()
    known: str = ""  # the list of texts to choose from: sources, units
    size: str = ""  # short, wide

    @property
    def options(self) -> list[tuple[str, Any]]:
        """The choices with their words."""
        return [(c, WORDS.get(c, c)) for c in self.choices]

    @property
    def lines(self) -> int:
        """Lines an area shows."""
        return min(8, max(self.text.count("\n") + 1, 1 + len(self.text) // 60))


def called(key: str) -> str:
    """Return the name of a field in the language of the page."""
    return ENGLISH.get(key, key) if get_language() == "en" else layout.label(key)


def cell(name: str, key: str, text: str, label: str = "") -> Cell:
    """Return the field of a key."""
    label = label or called(key)
    choices = layout.CHOICES.get(key, ())
    if choices and (not text or text in choices):
        return Cell(name, label, text, "choice", choices, size=SIZES.get(key, ""))
    if key in DATES:
        return Cell(name, label, text, "date")
    kind = "area" if key in LONG or "\n" in text else "text"
    return Cell(name, label, text, kind, known=KNOWN.get(key, ""), size=SIZES.get(key, ""))


def pairs_of(part: Part) -> list[Cell]:
    """Return the fields above the grid."""
    return [cell(f"p.{key}", key, text) for key, text in part.pairs.items()]


def heads_of(part: Part) -> list[str | Cell]:
    """Return the heads of the grid: names, for a table the inputs as fields."""
    if not part.is_table:
        return [called(key) for key in part.columns]
    inputs = [cell(f"c.{n}", "", text, str(_("输入项"))) for n, text in enumerate(part.columns)]
    return [*inputs, str(_("输出")), str(_("备注"))]


def rows_of(part: Part) -> list[list[Cell]]:
    """Return the fields of the grid."""
    keys = [*part.columns, *TABLE_ENDS] if part.is_table else part.columns
    labels = [*part.columns, str(_("输出")), str(_("备注"))] if part.is_table else [called(k) for k in keys]
    return [[
        cell(f"r.{n}.{c}", "" if part.is_table else key, _shown(key, row[c]), f"{labels[c]} {n + 1}") for c, key in enumerate(keys)
    ] for n, row in enumerate(part.rows)]


def _shown(key: str, text: str) -> str:
    return "是" if key in ("manual", "once") and text == "true" else text


def posted(part: Part, data: Mapping[str, str]) -> Part:
    """Return the part as it was posted; what was not posted stays."""
    from wutong.policy.edit.fields import Part  # noqa: PLC0415 - the engine loads slowly

    pairs = {key: data.get(f"p.{key}", text).replace("\r\n", "\n") for key, text in part.pairs.items()}
    columns = [data.get(f"c.{n}", "") for n in range(_count(data, "c."))] if part.is_table else list(part.columns)
    width = len(columns) + (2 if part.is_table else 0)
    rows = [[data.get(f"r.{n}.{c}", "").replace("\r\n", "\n") for c in range(width)] for n in range(_count(data, "r."))]
    return Part(part.name, pairs, columns, rows)


def _count(data: Mapping[str, str], prefix: str) -> int:
    numbers = [int(n) for key in data if key.startswith(prefix) and (n := key[len(prefix):].split(".")[0]).isdecimal()]
    return min(max(numbers, default=-1) + 1, MOST_FIELDS)


def changed(part: Part, action: str) -> bool:
    """Carry out a button, ``add:3``, ``cut:3``, ``up:3``, ``down:3``, ``wider:1``, ``narrower:1``; False if it is none."""
    verb, _line, number = action.partition(":")
    if not number.isdecimal() or verb not in VERBS:
        return False
    VERBS[verb](part, int(number))
    return True


def _add(part: Part, at: int) -> None:
    part.rows.insert(at, [""] * (len(part.columns) + (2 if part.is_table else 0)))


def _cut(part: Part, at: int) -> None:
    del part.rows[at:at + 1]


def _up(part: Part, at: int) -> None:
    if 0 < at < len(part.rows):
        part.rows[at - 1], part.rows[at] = part.rows[at], part.rows[at - 1]


def _down(part: Part, at: int) -> None:
    _up(part, at + 1)


def _wider(part: Part, at: int) -> None:
    if part.is_table and at <= len(part.columns):
        part.columns.insert(at, "")
        for row in part.rows:
            row.insert(at, "-")


def _narrower(part: Part, at: int) -> None:
    if part.is_table and len(part.columns) > 1 and at < len(part.columns):
        for line in (part.columns, *part.rows):
            del line[at]


VERBS = {"add": _add, "cut": _cut, "up": _up, "down": _down, "wider": _wider, "narrower": _narrower}


def size_of(part: Part) -> int:
    """Return how many fields a part has."""
    return len(part.pairs) + len(part.columns) + sum(map(len, part.rows))
