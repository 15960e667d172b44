"""Matching headers to facts by name, alias, code, year and unit suffix. Two readings are an error, never a guess."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wutong.errors import Diagnostic, Place
from wutong.tables.catalogue import KEY, RELATIVE_YEARS, Fact
from wutong.tables.names import fold_name
from wutong.tables.safety import column_letters
from wutong.values import Unit

_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_UNIT_WORD = re.compile(r"^(?:计量|货币)?(?:单位)?(?:[:：]|为)?(.+)$")
_UNIT_TAIL = re.compile(r"(?:/|,|，|-|计量单位|单位)([^/,，-]+)$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年度|年末|年底|年|$|(?!\d))")
_RELATIVE = {"本年度": 0, "今年": 0, "本年": 0, "大前年": 3, "上上年": 2, "前年": 2, "上一年度": 1, "上年度": 1, "上一年": 1,
             "去年": 1, "上年末": 1, "上年": 1}
_REMARK = re.compile(r"[(\[【](?:必填|必填项|选填|非必填|可选|可不填|18位|下拉选择|是/否|年月日|yyyy-mm-dd|yyyy/mm/dd)[)\]】]")
_PREAMBLE_UNIT = re.compile(r"单位[:：]?\s*([^\s;；,，)）]+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet bound to a fact: its number from 0, header, year of a yearly fact, unit of bare figures."""

    index: int
    header: str
    fact: Fact
    year: int | None = None
    unit: Unit | None = None

    @property
    def id(self) -> str:
        """The column of the snapshot."""
        return self.fact.code if self.year is None else f"{self.fact.code}_{self.year}"

    @property
    def label(self) -> str:
        """Letters and header, as places show them."""
        return label(self.index, self.header)


def label(index: int, header: str) -> str:
    """Return the letters of a column (`index` from 0) with its header.

    >>> label(2, "营业收入(万元)")
    'C 营业收入(万元)'
    """
    return f"{column_letters(index + 1)} {' '.join(header.split())}".strip()


@dataclass(frozen=True, slots=True)
class _Parts:
    name: str
    unit: Unit | None
    year: int | None
    relative: int | None


def _readings(header: str) -> Iterator[_Parts]:
    """Yield the header whole, then with a stated unit split off, then with the year split off as well."""
    text = _REMARK.sub("", fold_name(header))
    yield _Parts(text, None, None, None)
    name, unit = _split_unit(text)
    yield _Parts(name, unit, None, None)
    for match in _YEAR.finditer(name):
        rest = re.sub(r"[(\[【][)\]】]", "", name[:match.start()] + name[match.end():]).strip("-—/的,")
        yield _Parts(rest, unit, int(match[1]), None)
    for word, back in _RELATIVE.items():
        if name.startswith(word):
            yield _Parts(name[len(word):].lstrip("的"), unit, None, back)


def _split_unit(text: str) -> tuple[str, Unit | None]:
    for match in reversed(list(_BRACKETS.finditer(text))):
        unit = _unit(match[1])
        if unit is not None:
            return text[:match.start()] + text[match.end():], unit
    tail = _UNIT_TAIL.search(text)
    unit = _unit(tail[1]) if tail else None
    return (text[:tail.start()], unit) if tail and unit else (text, None)


def _unit(text: str) -> Unit | None:
    word = _UNIT_WORD.match(text)
    return Unit.find(word[1]) if word else None


def preamble_unit(rows: Sequence[Sequence[Any]]) -> Unit | None:
    """Return the money unit stated above the header (``单位：万元``), if there is exactly one."""
    units = {
        unit for row in rows for cell in row if isinstance(cell, str)
        for match in _PREAMBLE_UNIT.finditer(cell) if (unit := Unit.find(match[1])) is not None and unit.is_money
    }
    return units.pop() if len(units) == 1 else None


class Headers:
    """Binds the header row of one sheet; faults are collected in `faults`."""

    def __init__(self, facts: Mapping[str, Fact], place: Place, year: int | None, default: Unit | None) -> None:
        self.facts, self.place, self.year, self.default = facts, place, year, default
        self.faults: list[Diagnostic] = []

    def fault(self, code: str, index: int, header: str, severity: Any = "error", **values: Any) -> None:
        """Note a fault of one header."""
        place = self.place.merged(column=label(index, header))
        self.faults.append(Diagnostic.of(code, place, severity, header=header, **values))

    def bind(self, row: Sequence[Any]) -> list[Column]:
        """Return the bound columns of a header row; unknown headers are warnings, clashes are errors."""
        columns: dict[str, Column] = {}
        for index, cell in enumerate(row):
            header = str(cell).strip() if cell is not None else ""
            column = self._column(index, header) if header else None
            if column is None:
                continue
            other = columns.setdefault(column.id, column)
            if other is not column:
                self.fault("T121", index, header, other=other.label, fact=column.fact.zh)
        return list(columns.values())

    def _column(self, index: int, header: str) -> Column | None:
        found: list[tuple[_Parts, Fact]] = []
        for parts in _readings(header):
            fact = self.facts.get(parts.name)
            if fact is not None:
                found.append((parts, fact))
        fits = [(p, f) for p, f in found if f.yearly or (p.year is None and p.relative is None)]
        if not fits:
            near = difflib.get_close_matches(fold_name(header), self.facts, 1, 0.75)
            hint = self.facts[near[0]].zh if near else "—"
            self.fault("T122", index, header, "warning", near=hint)
            return None
        parts, fact = next(((p, f) for p, f in fits if not f.yearly or p.year or p.relative is not None), fits[0])
        return self._bound(index, header, parts, fact)

    def _bound(self, index: int, header: str, parts: _Parts, fact: Fact) -> Column | None:
        year = parts.year
        if fact.yearly and year is None:
            if parts.relative is None:
                self.fault("T123", index, header, fact=fact.zh)
                return None
            if self.year is None:
                self.fault("T124", index, header, fact=fact.zh)
                return None
            year = self.year - parts.relative
        unit = parts.unit
        if unit is not None and (fact.unit is None or unit.dimension != fact.unit.dimension):
            self.fault("T125", index, header, fact=fact.zh, unit=unit.text,
                       expected=fact.unit.text if fact.unit else "无单位")
            return None
        if unit is None and fact.unit is not None:
            unit = fact.unit if fact.unit.is_count else self.default if fact.unit.is_money else None
        return Column(index, header, fact, year if fact.yearly else None, unit)


def find_header(rows: Sequence[Sequence[Any]], facts: Mapping[str, Fact], depth: int = 15) -> int | None:
    """Return the index of the header row: the first one in which the company code's header stands."""
    keys = {fold_name(name) for name in facts[KEY].names}
    for index, row in enumerate(rows[:depth]):
        if any(isinstance(cell, str) and _REMARK.sub("", fold_name(cell)) in keys for cell in row):
            return index
    return None


def relative_words() -> tuple[str, ...]:
    """Return the words for years relative to the assessment that headers may use."""
    return tuple(dict.fromkeys((*RELATIVE_YEARS, *_RELATIVE)))
