"""The catalogue of facts: what may be known about a company, with names, types, units and domains."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyarrow as pa

from wutong.values import Unit

FactType = Literal["text", "number", "integer", "boolean", "date", "code"]
Sensitivity = Literal["public", "internal", "confidential", "personal"]

COMPANIES = "companies"
KEY = "uscc"
INTERNAL = "internal_id"
"""The number a zone gives a company; it identifies the company where the credit code is not known."""
RELATIVE_YEARS = {"本年": 0, "上年": 1, "前年": 2, "大前年": 3}
"""Prefix of a yearly fact in rules → years before the year of the assessment date."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, or one column of a child table.

    `unit` is the stored unit of numbers; `min` and `max` bound the domain (dates for type ``date``).
    """

    code: str
    zh: str
    type: FactType
    en: str | None = None
    aliases: tuple[str, ...] = ()
    unit: Unit | None = None
    min: Decimal | date | None = None
    max: Decimal | date | None = None
    values: tuple[str, ...] = ()
    definition: str | None = None
    source: str | None = None
    sensitivity: Sensitivity = "internal"
    changeable: bool = False
    yearly: bool = False
    line: int | None = field(default=None, compare=False)

    @property
    def scale(self) -> int:
        """Decimal places stored: 6 for ratios and plain numbers, 2 for all else."""
        return 6 if self.unit is None or self.unit.dimension == "ratio" else 2

    @property
    def arrow(self) -> pa.DataType:
        """The stored type."""
        return {
            "text": pa.string(), "code": pa.string(), "boolean": pa.bool_(), "date": pa.date32(),
            "integer": pa.int64(), "number": pa.decimal128(18, self.scale),
        }[self.type]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a header may use: Chinese name, code, aliases."""
        return (self.zh, self.code, *self.aliases)


@dataclass(frozen=True, slots=True)
class Child:
    """A table of many rows per company; `complete` is the boolean fact that says the rows are all there are."""

    code: str
    zh: str
    columns: tuple[Fact, ...]
    en: str | None = None
    aliases: tuple[str, ...] = ()
    complete: str | None = None
    line: int | None = field(default=None, compare=False)

    def column(self, name: str) -> Fact | None:
        """Return the column of this Chinese name or code."""
        return next((c for c in self.columns if name in (c.zh, c.code)), None)


@dataclass(frozen=True, slots=True)
class Check:
    """Cross-field logic in FEEL: false is reported on `cells`, unknown says nothing."""

    id: str
    zh: str
    when: str
    cells: tuple[str, ...]
    severity: Literal["error", "warning"] = "error"
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Catalogue:
    """All facts, yearly facts, child tables and checks.

    >>> catalogue = Catalogue.load()
    >>> catalogue.fact("营业收入").code, catalogue.fact("revenue").yearly, str(catalogue.fact("营业收入").unit)
    ('revenue', True, '元')
    """

    facts: tuple[Fact, ...]
    yearly: tuple[Fact, ...]
    children: tuple[Child, ...]
    checks: tuple[Check, ...]
    text: str = field(default="", repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Catalogue:
        """Read and validate a catalogue; without `path` the one of the package.

        Raises T201–T212 with file and line, all faults at once.
        """
        from wutong.tables.catalogue_file import load_catalogue  # noqa: PLC0415 - it builds Catalogue

        return load_catalogue(path)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the catalogue's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def _by_name(self) -> dict[str, Fact]:
        every = (*self.facts, *self.yearly)
        return {f.code: f for f in every} | {f.zh: f for f in every}

    def fact(self, name: str) -> Fact | None:
        """Return the fact or yearly fact of this Chinese name or code."""
        return self._by_name.get(name)

    def child(self, name: str) -> Child | None:
        """Return the child table of this Chinese name or code."""
        return next((c for c in self.children if name in (c.zh, c.code)), None)

    def resolve(self, name: str, year: int) -> tuple[Fact, str] | None:
        """Return fact and snapshot column of a name as rules write it, `year` being that of the assessment date.

        >>> Catalogue.load().resolve("上年营业收入", 2026)[1], Catalogue.load().resolve("注册日期", 2026)[1]
        ('revenue_2025', 'registered_on')
        """
        fact = self.fact(name)
        if fact is not None and not fact.yearly:
            return fact, "company" if fact.code == KEY else fact.code
        for prefix, back in RELATIVE_YEARS.items():
            yearly = self.fact(name[len(prefix):]) if name.startswith(prefix) else None
            if yearly is not None and yearly.yearly:
                return yearly, f"{yearly.code}_{year - back}"
        return None
