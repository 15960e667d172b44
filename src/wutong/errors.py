"""Errors as part of the product: a stable code, a place, a reason and a remedy, in Chinese and English.

Texts live in ``wutong/messages/*.yaml``, one file per area, keyed by code:

    T101:
      zh: 第 {row} 行…            # what is wrong and why; {fields} come from the values of the error
      en: Row {row} …
      fix_zh: 请…                # what to do
      fix_en: Please …

Areas: ``V`` values, ``F`` FEEL and decision tables, ``P`` packs, ``L`` findings of the linter, ``T`` tables, ``R`` runs, ``S`` points, ``D`` portraits, ``C`` command line.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Lang = Literal["zh", "en"]
Severity = Literal["error", "warning", "note"]

_PLACE_ZH = {
    "file": "文件", "sheet": "工作表", "row": "第{}行", "column": "列", "pack": "政策包", "policy": "政策",
    "clause": "条款", "expression": "表达式", "line": "第{}行", "offset": "第{}个字符",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong. Rows, lines and offsets count from 1, as people do.

    >>> str(Place(file="a.xlsx", sheet="企业", row=7, column="营业收入"))
    '文件 a.xlsx · 工作表 企业 · 第7行 · 列 营业收入'
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    pack: str | None = None
    policy: str | None = None
    clause: str | None = None
    expression: str | None = None
    line: int | None = None
    offset: int | None = None

    def merged(self, **known: Any) -> Place:
        """Return a copy in which fields still unknown are filled from `known`."""
        return replace(self, **{k: v for k, v in known.items() if getattr(self, k) is None})

    def as_dict(self) -> dict[str, Any]:
        """Return the known fields only, in declaration order."""
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}

    def text(self, lang: Lang = "zh") -> str:
        """Return the place as one line for people."""
        parts = []
        for name, value in self.as_dict().items():
            label = _PLACE_ZH[name] if lang == "zh" else name
            parts.append(label.format(value) if "{}" in label else f"{label} {value}")
        return " · ".join(parts)

    def __str__(self) -> str:
        return self.text("zh")


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return every message text by code, read once from ``wutong/messages``."""
    table: dict[str, dict[str, str]] = {}
    for entry in sorted(resources.files("wutong.messages").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            for code, texts in (yaml.safe_load(entry.read_text("utf-8")) or {}).items():
                if code in table:
                    raise ValueError(f"message code {code} is declared twice")
                table[code] = texts
    return table


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about an input: code, place, values for its text, severity."""

    code: str
    place: Place = Place()
    values: tuple[tuple[str, Any], ...] = ()
    severity: Severity = "error"

    @classmethod
    def of(cls, code: str, place: Place | None = None, severity: Severity = "error", **values: Any) -> Diagnostic:
        """Build a diagnostic from keyword values."""
        return cls(code, place or Place(), tuple(sorted(values.items())), severity)

    def _fill(self, key: str) -> str:
        known = {**self.place.as_dict(), **dict(self.values)}
        return messages()[self.code].get(key, "").format_map(_Blank(known))

    def text(self, lang: Lang = "zh") -> str:
        """Return what is wrong and why."""
        return self._fill(lang)

    def remedy(self, lang: Lang = "zh") -> str:
        """Return what to do."""
        return self._fill(f"fix_{lang}")

    def line(self, lang: Lang = "zh") -> str:
        """Return code, place, reason and remedy as one line."""
        where = self.place.text(lang)
        parts = [f"[{self.code}]", *([where] if where else []), self.text(lang), self.remedy(lang)]
        return " ".join(p for p in parts if p)

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnostic as JSON-ready data."""
        return {
            "code": self.code, "severity": self.severity, "place": self.place.as_dict(),
            "zh": self.text("zh"), "en": self.text("en"),
            "fix_zh": self.remedy("zh"), "fix_en": self.remedy("en"),
        }


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class WutongError(Exception):
    """An error a person can act on; carries one or more diagnostics."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(d.line() for d in diagnostics))

    @classmethod
    def of(cls, code: str, place: Place | None = None, **values: Any) -> WutongError:
        """Build an error of one diagnostic."""
        return cls(Diagnostic.of(code, place, **values))

    @property
    def code(self) -> str:
        """The code of the first diagnostic."""
        return self.diagnostics[0].code
