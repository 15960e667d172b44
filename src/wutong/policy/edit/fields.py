"""A policy document in parts a form can hold: the head, a section, or a decision table, all as texts.

A part has pairs (field and text) and a grid (columns and rows); both are the workbook's. Reading a part back gives
the document it came from, so that what a form does not show is not lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wutong.errors import Diagnostic, Place, WutongError
from wutong.policy.edit import layout
from wutong.policy.edit.document import DATES, FLAGS, Document, from_flow, normal, to_flow
from wutong.policy.edit.xlsx_writer import columns, rows_of

HEAD = "head"
FIXED = ("policy", "pack")
"""What a draft may not change: which policy it is."""
LINES = ("outputs", "output.values")


@dataclass(slots=True)
class Part:
    """One part: `head`, a section, or ``tables.0``; a row of a table is its tests, its output and its remark."""

    name: str
    pairs: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def is_table(self) -> bool:
        """Whether it is a decision table."""
        return self.name.startswith("tables.")


def part_names(found: Document) -> list[str]:
    """Return the parts of a document in the order people read them.

    >>> part_names({"tables": [{}]})
    ['head', 'sources', 'parameters', 'let', 'tables.0', 'conditions', 'benefits', 'limits', 'figures']
    """
    tables = [f"tables.{n}" for n in range(len(found.get("tables", [])))]
    return [HEAD, *_BEFORE, *tables, *(s for s in layout.SHEETS if s not in _BEFORE)]


def part_of(found: Document, name: str) -> Part:
    """Return a part as texts. Raises KeyError for a part the document does not have."""
    if name not in part_names(found):
        raise KeyError(name)
    if name == HEAD:
        keys = [k for k in layout.HEAD_KEYS if k not in FIXED]
        return Part(name, {k: _head_text(found, k) for k in keys})
    if name.startswith("tables."):
        table = found["tables"][_number(name)]
        remarks = table.get("remarks") or [""] * len(table["rules"])
        rows = [[*map(_text, rule), remark] for rule, remark in zip(table["rules"], remarks, strict=True)]
        return Part(name, {k: _text(_dig(table, k)) for k in layout.TABLE_KEYS}, list(table["inputs"]), rows)
    keys = list(columns(name))
    return Part(name, {}, keys, [[_text(row.get(k)) for k in keys] for row in rows_of(found, name)])


def with_part(found: Document, part: Part) -> Document:
    """Return the document with a part as the form has it.

    Raises:
        WutongError: P101 a conclusion that cannot be read, P108 not a date, P122 a character nothing holds, P158 two
            sources of one name.
    """
    raw: Document = {k: v for k, v in found.items() if part.name != HEAD or k not in _HEAD}
    if part.name == HEAD:
        raw |= _head(part.pairs)
    elif part.is_table:
        raw["tables"] = [*found["tables"]]
        raw["tables"][_number(part.name)] = _table(part)
    else:
        raw[part.name] = _section(part)
    return normal(raw)


_BEFORE = ("sources", "parameters", "let")
_HEAD = {key.partition(".")[0] for key in layout.HEAD_KEYS} - {*FIXED}


def _number(name: str) -> int:
    return int(name.partition(".")[2])


def _dig(found: dict[str, Any], key: str) -> Any:
    first, _, rest = key.partition(".")
    return (found.get(first) or {}).get(rest) if rest else found.get(first)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value).lower() if isinstance(value, bool) else value


def _head_text(found: Document, key: str) -> str:
    value = _dig(found, key)
    return to_flow(value) if key == "decide" and value is not None else _text(value)


def _head(pairs: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = _nested(pairs)
    if "decide" in made:
        made["decide"] = from_flow(made["decide"])
    return made


def _nested(pairs: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, text in pairs.items():
        if not text.strip():
            continue
        first, _, rest = key.partition(".")
        value = [t for t in text.splitlines() if t.strip()] if key in LINES else text
        if rest:
            made.setdefault(first, {})[rest] = value
        else:
            made[first] = value
    return made


def _table(part: Part) -> dict[str, Any]:
    return {
        **_nested(part.pairs), "inputs": part.columns,
        "rules": [[*(c.strip() or "-" for c in row[:-2]), row[-2]] for row in part.rows],
        "remarks": [row[-1] for row in part.rows],
    }


def _section(part: Part) -> Any:
    entries = [{k: _value(k, v) for k, v in zip(part.columns, row, strict=True) if v.strip()} for row in part.rows]
    entries = [e for e in entries if e]
    if part.name == "sources":
        return _sources(entries)
    return _parameters(entries) if part.name == "parameters" else entries


def _value(key: str, text: str) -> Any:
    if key == "value" and text in ("true", "false"):
        return text == "true"
    return text.strip() if key in DATES | FLAGS else text


def _sources(entries: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in entries:
        key = str(entry.pop("id", "")).strip()
        if key in made or not key:
            raise WutongError.of("P158", Place(clause=f"sources.{key}"), name=key)
        made[key] = entry
    return made


def _parameters(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put rows of one code together: a figure's second row adds a value to the first."""
    made: dict[str, dict[str, Any]] = {}
    for entry in entries:
        value = {k: entry.pop(k) for k in ("value", "from", "to", "source") if k in entry}
        made.setdefault(str(entry.get("code", "")).strip(), {**entry, "values": []})["values"].append(value)
    return list(made.values())


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the parts a finding belongs: the name of a field, as ``p.name.zh``, ``r.3.1``, ``c.0``, or "" for the part."""

    part: str
    field: str


def spot_of(found: Document, diagnostic: Diagnostic) -> Spot:
    """Return the cell that a finding names, or the head where it names none."""
    clause, text = diagnostic.place.clause or "", diagnostic.place.expression
    code, _, number = clause.partition(" #")
    for name in part_names(found):
        part = part_of(found, name)
        for row, key in _rows(part):
            if clause == key or (code == key and not number):
                return Spot(name, _cell(part, row, text))
        if part.is_table and code == part.pairs["code"]:
            rule = int(number) - 1 if number.isdigit() else None
            return Spot(name, _table_cell(part, rule, text))
    return Spot(HEAD, next((f"p.{k}" for k in layout.HEAD_KEYS if k.split(".")[0] == code.split(".")[0] and k not in FIXED), ""))


def _rows(part: Part) -> Iterator[tuple[int, str]]:
    if part.name == HEAD or part.is_table:
        return
    for number, row in enumerate(part.rows):
        entry = f"{part.name}[{number + 1}]"  # what the loader calls an entry without a code
        key = f"sources.{row[0]}" if part.name == "sources" else row[0]
        yield number, key or entry


def _cell(part: Part, row: int, text: str | None) -> str:
    column = next((n for n, value in enumerate(part.rows[row]) if text and value == text), 0)
    return f"r.{row}.{column}"


def _table_cell(part: Part, row: int | None, text: str | None) -> str:
    if row is not None and row < len(part.rows):
        return _cell(part, row, text)
    column = next((n for n, value in enumerate(part.columns) if text and value == text), None)
    if column is not None:
        return f"c.{column}"
    cells = (f"r.{n}.{c}" for n, rule in enumerate(part.rows) for c, value in enumerate(rule[:-1]) if text and value == text)
    return next(cells, "p.code")
