"""What is believed of one company at two clocks: the value that counts, and what other sources say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from wutong.site.core.models import User
from wutong.site.registry.domain.queries.facts import catalogue, same_value
from wutong.site.registry.domain.snapshot import BELIEVED_LAST
from wutong.site.registry.models import Company, Fact, ListRow
from wutong.site.registry.models.facts import KnownQuerySet

if TYPE_CHECKING:
    from wutong.tables import Child  # noqa: TC004 - in annotations only; the engine loads slowly
    from wutong.tables import Fact as Entry  # noqa: TC004 - the same

YEARS = 5
"""Accounting years shown side by side at most."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The day on which something was true, and the moment at which it was known; None is now."""

    on: date | None = None
    known: datetime | None = None

    def pick(self, rows: KnownQuerySet) -> KnownQuerySet:
        """Return what was true and known then."""
        rows = rows.current() if self.known is None else rows.known_at(self.known)
        return rows if self.on is None else rows.valid_on(self.on)


@dataclass(frozen=True, slots=True)
class Told:
    """The fact that counts, its entry of the catalogue, and facts of other sources that say otherwise."""

    entry: Entry
    fact: Fact
    against: tuple[Fact, ...] = ()

    @property
    def value(self) -> Any:
        """The value in its own type."""
        return typed(self.entry, self.fact.value)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One yearly fact and what is told of it by year."""

    entry: Entry
    told: dict[str, Told]


@dataclass(slots=True)
class Known:
    """All that is known of a company."""

    plain: list[Told] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    yearly: list[YearRow] = field(default_factory=list)
    lists: list[tuple[Child, list[dict[str, Any]]]] = field(default_factory=list)


def typed(entry: Entry, text: str | None) -> Any:
    """Return a stored text in its own type.

    >>> typed(catalogue().fact("staff"), "12"), typed(catalogue().fact("registered_on"), "2026-01-02")
    (Decimal('12'), datetime.date(2026, 1, 2))
    """
    if text is None:
        return None
    read: dict[str, Callable[[str], Any]] = {
        "number": Decimal, "integer": int, "date": date.fromisoformat, "boolean": lambda t: t == "true"}
    return read.get(entry.type, str)(text)


def known_of(company: Company, user: User, clocks: Clocks) -> Known:
    """Return what was true of a company and known at the clocks, in the catalogue's order."""
    rows = clocks.pick(Fact.objects.filter(company=company).visible_to(user)).order_by(*BELIEVED_LAST)
    told: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in rows.select_related("evidence"):
        told[fact.code, fact.period].append(fact)
    known = Known()
    known.plain = [_told(f, told[f.code, ""]) for f in catalogue().facts if (f.code, "") in told]
    known.years = sorted({period for _code, period in told if period}, reverse=True)[:YEARS]
    for entry in catalogue().yearly:
        cells = {year: _told(entry, told[entry.code, year]) for year in known.years if (entry.code, year) in told}
        if cells:
            known.yearly.append(YearRow(entry, cells))
    known.lists = list(_lists(company, user, clocks))
    return known


def _told(entry: Entry, facts: Sequence[Fact]) -> Told:
    *rest, fact = facts
    others = (f for f in rest if f.source != fact.source and not same_value(entry.code, f.value, fact.value))
    return Told(entry, fact, tuple(others))


def _lists(company: Company, user: User, clocks: Clocks) -> Iterable[tuple[Child, list[dict[str, Any]]]]:
    rows = clocks.pick(ListRow.objects.filter(company=company).visible_to(user)).order_by("table", *BELIEVED_LAST)
    by_table = {table: list(found) for table, found in groupby(rows, lambda row: row.table)}
    for child in catalogue().children:
        found = by_table.get(child.code)
        if found:
            last = found[-1]
            kept = [row for row in found if (row.source, row.valid_from) == (last.source, last.valid_from)]
            yield child, [_typed_row(child, row) for row in kept]


def _typed_row(child: Child, row: ListRow) -> dict[str, Any]:
    content = json.loads(row.content)
    return {**{c.code: typed(c, content.get(c.code)) for c in child.columns}, "source": row.source}


def missing_facts(known: Known) -> list[Entry]:
    """Return the facts of the catalogue of which nothing is known, those the company itself can change first."""
    present = {t.entry.code for t in known.plain} | {row.entry.code for row in known.yearly}
    entries = [f for f in (*catalogue().facts, *catalogue().yearly) if f.code not in present and f.code not in ("uscc", "name")]
    return sorted(entries, key=lambda f: not f.changeable)
