"""A policy file as a document in one normal form, so that YAML, Excel and DMN hold the same and none loses anything.

Texts are stripped, what is empty is left out, every figure is text as the loader reads it, dates are dates, and a
parameter always has a list of dated values. Comments of a YAML file are not part of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from wutong.errors import Place, WutongError
from wutong.packs.file import KEYS
from wutong.packs.text import load_yaml

Document = dict[str, Any]

HEAD = ("policy", "pack", "version", "kind", "status", "issuer", "supersedes", "note")
PERIODS = ("in_force", "window")
_FIRST: dict[str, tuple[str, ...]] = {
    "parameters": ("code", "zh", "en", "unit"),
    "let": ("code", "zh", "en", "expr", "unit", "source"),
    "conditions": ("code", "zh", "en", "when", "manual", "source"),
    "benefits": ("code", "zh", "en", "amount", "when", "cap", "once", "group", "pays_for", "kind", "source"),
    "limits": ("code", "zh", "en", "benefits", "amount", "source"),
    "figures": ("code", "zh", "en", "at"),
    "sources": ("doc_no", "clause", "grade", "url", "checked_on", "title"),
    "tables": ("code", "zh", "en", "hit", "default", "source"),
}
_APART = {"value", "values", "inputs", "output", "rules", "remarks"}
"""What a parameter or a table holds besides plain fields."""
FIELDS: dict[str, tuple[str, ...]] = {
    section: (*first, *sorted(KEYS[section] - {*first} - _APART)) for section, first in _FIRST.items()
}
"""The fields of each section, in the order of columns; what the loader learns to read comes last by itself."""
FIELDS["parameters"] = tuple(f for f in FIELDS["parameters"] if f != "source")
FIELDS["values"] = ("value", "from", "to", "source")
SECTIONS = ("let", "conditions", "benefits", "limits", "figures")
LISTS = {"group", "pays_for", "benefits", "at"}
DATES = {"from", "to", "checked_on", "effective_from", "effective_to"}
FLAGS = {"manual", "once"}
NAMES = {"zh"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def document(text: str, file: str) -> Document:
    """Return a policy file in normal form.

    Raises:
        WutongError: P101 not YAML, P102 a key twice, P122 a character that no spreadsheet or XML holds.
    """
    raw = load_yaml(text, file)
    if not isinstance(raw, Mapping):
        raise WutongError.of("P104", Place(file=file), section="policy")
    return normal(raw, file)


def normal(raw: Mapping[str, Any], file: str = "") -> Document:
    """Return raw sections in normal form. Raises P122.

    >>> normal({"policy": " a ", "parameters": [{"code": "x", "zh": "X", "value": 5, "source": "s"}]})["parameters"]
    [{'code': 'x', 'zh': 'X', 'values': [{'value': '5', 'source': 's'}]}]
    """
    cleaner = _Cleaner(file)
    found: Document = cleaner.entry(raw, HEAD)
    name = raw.get("name")
    found["name"] = cleaner.entry(name if isinstance(name, Mapping) else {"zh": name}, ("zh", "en"))
    for key in PERIODS:
        found[key] = cleaner.entry(raw.get(key) or {}, ("from", "to"))
    found["sources"] = {
        cleaner.text(k): cleaner.entry(v, FIELDS["sources"]) for k, v in (raw.get("sources") or {}).items()
    }
    found["parameters"] = [cleaner.parameter(e) for e in raw.get("parameters") or []]
    for key in SECTIONS:
        found[key] = [cleaner.entry(e, FIELDS[key]) for e in raw.get(key) or []]
    found["tables"] = [cleaner.table(e) for e in raw.get("tables") or []]
    found["decide"] = cleaner.tree(raw.get("decide"))
    found["outputs"] = [cleaner.line(o) for o in raw.get("outputs") or []]
    return {k: found[k] for k in ORDER if k == "in_force" or found.get(k) not in (None, "", {}, [])}


ORDER = ("policy", "pack", "version", "name", "kind", "status", "in_force", "issuer", "window", "supersedes", "note",
         "sources", "parameters", "let", "tables", "conditions", "decide", "outputs", "benefits", "limits", "figures")


class _Cleaner:
    """Brings values into normal form; `file` is named in faults."""

    def __init__(self, file: str) -> None:
        self.file = file

    def text(self, value: Any) -> str:
        said = str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
        if bad := _CONTROL.search(said):
            raise WutongError.of("P122", Place(file=self.file or None), found=f"U+{ord(bad.group()):04X}", text=said[:40])
        return said.replace("\r\n", "\n").replace("\r", "\n").strip()

    def entry(self, raw: Any, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise WutongError.of("P104", Place(file=self.file or None), section=str(raw)[:40])
        found = {key: self.field(key, raw[key]) for key in keys if raw.get(key) not in (None, "")}
        return {k: v for k, v in found.items() if v not in ("", []) and not (v is False and k in FLAGS)}

    def field(self, key: str, value: Any) -> Any:
        if key in DATES:
            return self.day(value)
        if key in FLAGS:
            return value is True or str(value).strip().lower() in ("true", "是")
        if key == "value" and isinstance(value, bool):
            return value
        if key in LISTS:
            items = value if isinstance(value, list) else str(value).split("\n")
            return [t for t in map(self.line, items) if t]
        text = self.text(value)
        return self.line(value) if key in NAMES else text

    def line(self, value: Any) -> str:
        """Return a text on one line: a name, or an item of a list that Excel keeps as lines of one cell."""
        return " ".join(self.text(value).split())

    def day(self, value: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            raise WutongError.of("P108", Place(file=self.file or None), value=str(value)[:40]) from None

    def parameter(self, raw: Any) -> dict[str, Any]:
        found = self.entry(raw, FIELDS["parameters"])
        history = raw.get("values") or [{"value": raw.get("value")}]
        values = [self.entry({"source": raw.get("source"), **item}, FIELDS["values"]) for item in history]
        found["values"] = values
        return found

    def table(self, raw: Any) -> dict[str, Any]:
        found = self.entry(raw, FIELDS["tables"])
        found["inputs"] = [self.text(i) for i in raw.get("inputs") or []]
        output = raw.get("output") or {}
        found["output"] = self.entry(output, ("type", "unit"))
        if output.get("values"):
            found["output"]["values"] = [self.line(v) for v in output["values"]]
        rows = raw.get("rules") or []
        found["rules"] = [[*((self.text(c) or "-") for c in row[:-1]), self.text(row[-1])] for row in rows]
        remarks = [self.text(r or "") for r in raw.get("remarks") or []][: len(rows)]
        if any(remarks):
            found["remarks"] = remarks + [""] * (len(rows) - len(remarks))
        return found

    def tree(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {self.text(k): self.tree(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.tree(v) for v in value]
        return None if value is None else self.text(value)


class _Dumper(yaml.SafeDumper):
    """Writes text plain wherever the packs' loader reads it back as text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        """Indent lists inside mappings, as the packs are written."""
        super().increase_indent(flow, False)


class _Row(dict[str, Any]):
    """A mapping written on one line."""


class _Cells(list[Any]):
    """A list written on one line."""


_Dumper.add_representer(_Row, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v, flow_style=True))
_Dumper.add_representer(_Cells, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))


def to_yaml(found: Document) -> str:
    """Return a document as a policy file; ``document(to_yaml(d)) == d``."""
    shown: dict[str, Any] = {}
    for key in ORDER:
        if key in found:
            shown[key] = _shown(key, found[key])
    return yaml.dump(shown, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=False)


def _shown(key: str, value: Any) -> Any:
    match key:
        case "in_force" if not value:
            return _Row({"from": None})
        case "name" | "in_force" | "window" | "decide":
            return _inline(value)
        case "sources":
            return {k: _Row(v) for k, v in value.items()}
        case "parameters":
            return [_parameter(p) for p in value]
        case "tables":
            return [_table(t) for t in value]
        case "outputs":
            return _Cells(value)
        case "let" | "conditions" | "benefits" | "limits" | "figures":
            return [_inline(e) for e in value]
    return value


def _inline(value: Any) -> Any:
    if isinstance(value, dict):
        return _Row({k: _inline(v) for k, v in value.items()})
    return _Cells([_inline(v) for v in value]) if isinstance(value, list) else value


def _parameter(value: dict[str, Any]) -> _Row:
    rest = {k: v for k, v in value.items() if k != "values"}
    if len(value["values"]) == 1 and not {"from", "to"} & value["values"][0].keys():
        return _Row({**rest, **value["values"][0]})
    return _Row({**rest, "values": _Cells([_Row(v) for v in value["values"]])})


def _table(value: dict[str, Any]) -> dict[str, Any]:
    return {k: _inline(v) if k != "rules" else [_Cells(row) for row in v] for k, v in value.items()}


def to_flow(value: Any) -> str:
    """Return a tree of conditions on one line, as the packs write it.

    >>> to_flow({"all": ["c1", {"any": ["c2", "c3"]}]})
    '{all: [c1, {any: [c2, c3]}]}'
    """
    text: str = yaml.dump(_inline(value), Dumper=_Dumper, allow_unicode=True, width=100_000, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def from_flow(text: str) -> Any:
    """Return the tree of conditions that one line says. Raises P101 for a line that is no YAML."""
    return load_yaml(text, "decide")
