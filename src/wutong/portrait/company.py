"""The facts of one company as a portrait reads them: values, rows of lists, sources, formatted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wutong.portrait.model import Cell, Figure, Series
from wutong.portrait.texts import Texts
from wutong.report import format as fmt
from wutong.report.labels import Labels
from wutong.report.texts import Words

Row = Mapping[str, Any]
BACK = 4
"""Years before that of the assessment that a portrait looks at."""
YEARLY = ("revenue", "rd_cost", "staff", "rd_staff", "net_profit", "tax_paid", "assets", "liabilities", "net_assets")
IDENTITY = ("registered_on", "legal_form", "industry_section", "size_sector", "tech_field", "industry_chain", "zone",
            "district", "moved_in_on", "carrier", "entered_on", "profile")


@dataclass(frozen=True)
class Company:
    """One company of a snapshot."""

    code: str
    labels: Labels
    lists: Mapping[str, list[Row]]
    """Rows by code of the child table; a table the snapshot lacks is absent."""
    on: date
    texts: Texts
    words: Words

    def value(self, column: str) -> Any:
        """Return a stored value, None when unknown."""
        return self.labels.value(self.code, column)

    def rows(self, child: str) -> list[Row]:
        """Return the rows of a list."""
        return self.lists.get(child, [])

    def whole(self, child: str) -> bool:
        """Tell whether somebody says that the list holds all there is."""
        found = self.labels.catalogue.child(child)
        return found is not None and found.complete is not None and self.value(found.complete) is True

    def source(self, fact: str, year: int | None = None, *, known: bool = True) -> str:
        """Return source and date of a fact by its Chinese name; what stands there when the data do not say."""
        stated = self.labels.source(self.code, fact, year)
        if stated:
            return stated
        if not known:
            return self.texts["not_given"]
        return self.texts["invented" if self.labels.nature(self.code) == "demo" else "reported"]

    def text(self, value: Any, unit: str = "") -> str:
        """Return a value as people read it."""
        return self.texts["unknown"] if value is None else fmt.scalar(value, unit, self.words)

    def money(self, amount: Decimal, *, rough: bool = False) -> str:
        """Return an amount of 元."""
        return fmt.money(amount, self.words, rough=rough)

    def figure(self, column: str) -> Figure | None:
        """Return a fact of the catalogue with its source."""
        fact, value = self.labels.catalogue.fact(column), self.value(column)
        if fact is None:
            return None
        label = self.texts.name(fact.zh, fact.en)
        return Figure(label, value, self.text(value, str(fact.unit or "")), self.source(fact.zh, known=value is not None))

    def identity(self) -> tuple[Figure, ...]:
        """Return who the company is; facts nobody gave are left out but for the date of registration."""
        found = [f for c in IDENTITY if (f := self.figure(c)) is not None and (f.value is not None or c == "registered_on")]
        since = self.value("registered_on")
        if since is not None:
            years, months = divmod(whole_months(since, self.on), 12)
            text = self.texts.fill("age_text", years, months)
            found.insert(1, Figure(self.texts["age"], years * 12 + months, text, self.texts["computed"]))
        return tuple(found)

    def yearly(self, fact: str, back: int) -> Decimal | None:
        """Return a yearly fact of so many years before the assessment."""
        found: Decimal | None = self.value(f"{fact}_{self.on.year - back}")
        return found

    def years(self) -> range:
        """Return the years to show: from the first that holds a fact to the last, last year in any case."""
        backs = [b for b in range(BACK + 1) for f in YEARLY if self.yearly(f, b) is not None] or [1]
        return range(self.on.year - max(1, *backs), self.on.year - min(1, *backs) + 1)

    def series(self) -> tuple[Series, ...]:
        """Return the yearly facts with growth and sources."""
        return tuple(self._series(code) for code in YEARLY)

    def _series(self, code: str) -> Series:
        fact = self.labels.catalogue.fact(code)
        if fact is None:
            raise KeyError(code)
        unit = str(fact.unit or "")
        cells = []
        for year in self.years():
            value = self.yearly(code, self.on.year - year)
            growth = growth_of(self.yearly(code, self.on.year - year + 1), value)
            cells.append(Cell(year, value, self.text(value, unit), growth, self.source(fact.zh, year, known=value is not None)))
        return Series(code, self.texts.name(fact.zh, fact.en), unit, tuple(cells))


def whole_months(start: date, end: date) -> int:
    """Return whole months between two days.

    >>> whole_months(date(2025, 2, 14), date(2026, 11, 1)), whole_months(date(2026, 1, 1), date(2026, 2, 1))
    (20, 1)
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def growth_of(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    """Return growth in % to one decimal, half up; None where either is unknown or the base is not positive.

    >>> growth_of(Decimal(80), Decimal(100)), growth_of(Decimal(-5), Decimal(10)), growth_of(None, Decimal(1))
    (Decimal('25.0'), None, None)
    """
    if before is None or now is None or before <= 0:
        return None
    return share(now - before, before)


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Return a share in % to one decimal, half up.

    >>> share(Decimal(1), Decimal(3))
    Decimal('33.3')
    """
    return (100 * part / whole).quantize(Decimal("0.1"), "ROUND_HALF_UP")
