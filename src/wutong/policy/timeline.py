"""Timeline: from when on a company qualifies and until when, exactly, without looking at every day.

A verdict can change only on the days on which something turns: a date of the company, moved by the months and days
the rules mention; the first day of a policy version or of a parameter; New Year, when 上年 becomes another year. The
engine decides those days, many rows of one statement each with its own date of assessment.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from wutong.backends.protocol import Backend
from wutong.feel import ast
from wutong.ir.policy.syntax import children
from wutong.packs.model import Policy
from wutong.policy.evaluate import (
    VERDICTS,
    block_tables,
    columns_by_table,
    compile_block,
    default_backend,
    shipped_catalogue,
)
from wutong.policy.lab import stated
from wutong.policy.templates import trees
from wutong.tables import RELATIVE_YEARS, Catalogue
from wutong.values.units import Unit

DAY = timedelta(days=1)
_AROUND = range(-1, 4)
"""Days around a moved date: the end of a month is clipped by up to three days, and both sides of it count."""
Rows = Mapping[str, pa.Table]
Days = dict[date, dict[str, str]]
"""Days on which something may turn: what, and the item that conditions use it by, empty if it is of the policy."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A condition that changed on a day, and the dates of the company it rests on that turn then."""

    condition: str
    zh: str
    en: str
    before: bool | None
    after: bool | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One verdict from `start` to `end`, both inclusive; ``not_in_force`` where no version holds."""

    start: date
    end: date
    verdict: str
    version: str
    turns: tuple[Turn, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """What one policy says of one company, day by day."""

    company: str
    policy: str
    zh: str
    en: str
    stretches: tuple[Stretch, ...]
    windows: tuple[tuple[date, date], ...] = ()


def moved(day: date, months: int) -> date:
    """Return `day` some months later, clipped to the end of the month.

    >>> moved(date(2024, 1, 31), 1), moved(date(2024, 3, 31), -1)
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 29))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def timelines(
    tables: Rows, policies: Sequence[Policy], on: date, until: date, *, carry: bool = False,
    catalogue: Catalogue | None = None, backend: Backend | None = None,
) -> list[Timeline]:
    """Return what every policy says of every company of `tables` from `on` to `until`.

    Args:
        tables: companies and child tables, in Arrow.
        policies: every version; those of one key are one line.
        on: first day, the day on which the facts are known.
        until: last day.
        carry: from New Year on, take the figures of the last year known for those of the years not yet known;
            otherwise they are unknown, as they are today.
        catalogue: the catalogue of facts; the one that ships if None.
        backend: where the SQL runs; DuckDB in process if None.

    Raises:
        WutongError: F5xx for faulty rules, R190 if the engine refuses.
    """
    book = _Book(tables, on, until, carry, catalogue or shipped_catalogue(), backend or default_backend(1))
    found: list[Timeline] = []
    for key in dict.fromkeys(p.key for p in policies):
        found += book.lines([p for p in policies if p.key == key])
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """One company on one day under one version."""

    verdict: str
    version: Policy | None
    truths: tuple[tuple[str, bool | None], ...]
    uses: Mapping[str, frozenset[str]]


class _Book:
    """The tables, the horizon and the engine of one question."""

    def __init__(
        self, tables: Rows, on: date, until: date, carry: bool, catalogue: Catalogue, engine: Backend
    ) -> None:
        self.tables = {n: t for n, t in tables.items() if n != "sources"}
        self.on, self.until, self.carry = on, until, carry
        self.catalogue, self.engine = catalogue, engine
        self.companies: list[str] = tables["companies"].column("company").to_pylist()
        self.rows = {n: _by_company(t, self.companies) for n, t in self.tables.items() if n != "companies"}
        self.facts: dict[str, list[Any]] = {
            n: tables["companies"].column(n).to_pylist() for n in tables["companies"].column_names
            if pa.types.is_date(tables["companies"].schema.field(n).type)
        }

    def lines(self, versions: Sequence[Policy]) -> Iterator[Timeline]:
        """Yield one timeline per company for the versions of one policy."""
        days = [self._days(n, versions) for n in range(len(self.companies))]
        seen = self._decided(versions, days)
        for n, company in enumerate(self.companies):
            stretches = tuple(self._stretches([(d, seen[n, d]) for d in sorted(days[n])], days[n]))
            newest = versions[-1]
            windows = tuple((a, b) for v in versions if v.window and (a := v.window[0]) and (b := v.window[1])
                            and b >= self.on and a <= self.until)
            yield Timeline(company, newest.key, newest.zh, newest.en, stretches, windows)

    def _days(self, n: int, versions: Sequence[Policy]) -> Days:
        """Return the days on which something may turn for company `n`, with what turns."""
        days: Days = {self.on: {}}
        for version in versions:
            for day, why in _dated(version):
                if self.on < day <= self.until:
                    days.setdefault(day, {})[why] = ""
        for year in range(self.on.year + 1, self.until.year + 1):
            days.setdefault(date(year, 1, 1), {})["年份更替 · new year"] = ""
        offsets = {o for v in versions for o in _offsets(v, self.catalogue)}
        for day, said, item in self._own(n):
            for unit, size in offsets:
                base = moved(day, size) if unit == "m" else day + timedelta(days=size)
                for shift in _AROUND if unit == "m" else (0, 1):
                    if self.on < base + shift * DAY <= self.until:
                        days.setdefault(base + shift * DAY, {})[f"{said} {day}"] = item
        return days

    def _own(self, n: int) -> Iterator[tuple[date, str, str]]:
        """Yield the dates of company `n`, what they are called and the item a condition uses them by."""
        for column, values in self.facts.items():
            fact = self.catalogue.fact(column)
            if values[n] is not None and fact is not None:
                yield values[n], fact.zh, column
        for name, rows in self.rows.items():
            child = self.catalogue.child(name)
            for fact in () if child is None else child.columns:
                if fact.type == "date" and fact.code in self.tables[name].column_names:
                    column = self.tables[name].column(fact.code)
                    dates = [d for r in rows[n] if (d := column[r].as_py()) is not None]
                    yield from ((d, f"{child.zh}·{fact.zh}", f"{name}.") for d in dates if child)

    def _decided(self, versions: Sequence[Policy], days: Sequence[Iterable[date]]) -> dict[tuple[int, date], _Seen]:
        groups: dict[tuple[Any, ...], tuple[Policy, list[tuple[int, date]]]] = {}
        seen: dict[tuple[int, date], _Seen] = {}
        for n, own in enumerate(days):
            for day in own:
                version = next((v for v in versions if v.in_force(day)), None)
                if version is None:
                    seen[n, day] = _Seen("not_in_force", None, (), {})
                    continue
                key = (version.version, day.year, tuple(p.at(day) for p in version.parameters))
                groups.setdefault(key, (version, []))[1].append((n, day))
        for version, wanted in groups.values():
            seen |= self._asked(version, wanted)
        return seen

    def _asked(self, version: Policy, wanted: Sequence[tuple[int, date]]) -> dict[tuple[int, date], _Seen]:
        bare = replace(version, outputs=(), benefits=())
        tables = self._copies(wanted, wanted[0][1].year)
        block = compile_block([bare], columns_by_table(tables), wanted[0][1], moving=True, catalogue=self.catalogue,
                              dialect=self.engine.dialect)
        needed = {n: t for n, t in tables.items() if n in block_tables(block)}
        rows = self.engine.query(block.sql, needed).sort_by("company").to_pylist()
        compiled = block.policies[0]
        uses = {c.code: c.uses for c in compiled.conditions}
        return {
            at: _Seen(VERDICTS[row[f"{compiled.prefix}_verdict"]], version, tuple(stated(row, compiled).items()), uses)
            for at, row in zip(wanted, rows, strict=True)
        }

    def _copies(self, wanted: Sequence[tuple[int, date]], year: int) -> dict[str, pa.Table]:
        """Return every table with one copy of a company for each day wanted, named in their order."""
        names = [f"r{k:07d}" for k in range(len(wanted))]
        source = self._carried(year) if self.carry and year > self.on.year else self.tables["companies"]
        tables = {"companies": _copied(source, [n for n, _ in wanted], names, [d for _, d in wanted])}
        for name, rows in self.rows.items():
            places = [(r, k) for k, (n, _) in enumerate(wanted) for r in rows[n]]
            tables[name] = _copied(self.tables[name], [r for r, _ in places], [names[k] for _, k in places],
                                   [wanted[k][1] for _, k in places])
        return tables

    def _carried(self, year: int) -> pa.Table:
        """Return the company table with the figures of today's years under those of `year` where these are missing."""
        table = self.tables["companies"]
        for fact in self.catalogue.yearly:
            for back in RELATIVE_YEARS.values():
                old, new = f"{fact.code}_{self.on.year - back}", f"{fact.code}_{year - back}"
                if old not in self.tables["companies"].column_names:
                    continue
                values = self.tables["companies"].column(old)
                if new not in table.column_names:
                    table = table.append_column(new, values)
                else:
                    known = pa.compute.coalesce(self.tables["companies"].column(new), values) \
                        if new in self.tables["companies"].column_names else values
                    table = table.set_column(table.column_names.index(new), new, known)
        return table

    def _stretches(self, seen: Sequence[tuple[date, _Seen]], days: Days) -> Iterator[Stretch]:
        start, first = seen[0]
        turns: tuple[Turn, ...] = ()
        causes: tuple[str, ...] = ()
        for day, now in [*seen[1:], (self.until + DAY, None)]:
            if now is not None and (now.verdict, now.version) == (first.verdict, first.version):
                first = now
                continue
            yield Stretch(start, day - DAY, first.verdict, first.version.version if first.version else "", turns, causes)
            if now is not None:
                turns = _turns(first, now)
                read = frozenset[str]().union(*(now.uses[t.condition] for t in turns))
                causes = tuple(text for text, item in days[day].items() if not item or item in read)
                start, first = day, now


def _turns(before: _Seen, after: _Seen) -> tuple[Turn, ...]:
    """Return the conditions whose truth changed; nothing to compare where the version changed."""
    if after.version is None or before.version != after.version:
        return ()
    old = dict(before.truths)
    named = {c.code: c for c in after.version.conditions}
    return tuple(Turn(c, named[c].zh, named[c].en, old[c], t) for c, t in after.truths if old[c] is not t)


def _dated(version: Policy) -> Iterator[tuple[date, str]]:
    """Yield the days on which a version or one of its figures starts or has ended."""
    said = f"{version.zh} {version.version}"
    if version.start:
        yield version.start, f"{said} 施行 · in force"
    if version.end:
        yield version.end + DAY, f"{said} 失效 · no longer in force"
    for parameter in version.parameters:
        for value in parameter.values:
            if value.start:
                yield value.start, f"{parameter.zh} = {value.value}"
            if value.end:
                yield value.end + DAY, f"{parameter.zh} ≠ {value.value}"


def _offsets(version: Policy, catalogue: Catalogue) -> set[tuple[str, int]]:
    """Return by how much the rules may move a date: every figure they mention, as months, years and days; none too."""
    found = {("d", 0)}
    figures = [(p.unit, d.value) for p in version.parameters for d in p.values if isinstance(d.value, Decimal)]
    stack: list[ast.Node] = list(trees(version, catalogue, cells=True))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Literal) and isinstance(node.value, Decimal):
            figures.append((node.unit, node.value))
        stack += children(node)
    for name, value in figures:
        unit = Unit.find(name) if name else None
        if value == int(value) and abs(value) <= 1200:
            found |= set(_as_offsets(unit, int(value)))
    return found


def _as_offsets(unit: Unit | None, value: int) -> Iterator[tuple[str, int]]:
    if unit is None or unit.dimension == "month":
        factors = (1, 12) if unit is None else (int(unit.factor),)
        # "more than 24 months" turns a month later than "24 months"
        yield from (("m", sign * f * v) for f in factors for v in (value, value + 1) for sign in (1, -1))
    if unit is None or unit.dimension == "day":
        yield from (("d", sign * v) for v in (value, value + 1) for sign in (1, -1))


def _by_company(table: pa.Table, companies: Sequence[str]) -> list[list[int]]:
    """Return the row numbers of each company."""
    places: dict[str, list[int]] = {}
    for row, company in enumerate(table.column("company").to_pylist()):
        places.setdefault(company, []).append(row)
    return [places.get(c, []) for c in companies]


def _copied(table: pa.Table, rows: Sequence[int], names: Sequence[str], days: Sequence[date]) -> pa.Table:
    found = table.take(pa.array(rows, pa.int64()))
    at = found.column_names.index("company")
    return found.set_column(at, "company", pa.array(names, pa.string())).append_column("as_of", pa.array(days, pa.date32()))


@dataclass(frozen=True, slots=True)
class Expiry:
    """A title, right or verdict that ends: what, when, and what then."""

    company: str
    day: date
    kind: str
    """``verdict`` or the code of a child table."""
    what: str
    then: str = ""
    conditions: tuple[str, ...] = ()


def lost(lines: Iterable[Timeline]) -> list[Expiry]:
    """Return where a company that qualifies first ceases to, earliest first."""
    found = []
    for line in lines:
        for before, after in zip(line.stretches, line.stretches[1:], strict=False):
            if before.verdict == "eligible":
                found.append(Expiry(line.company, after.start, "verdict", line.zh, after.verdict, tuple(t.zh for t in after.turns)))
                break
    return sorted(found, key=lambda e: (e.day, e.company, e.what))


def expiring_rows(tables: Rows, on: date, until: date, catalogue: Catalogue) -> list[Expiry]:
    """Return the child rows whose ``valid_until`` lies from `on` to `until`: titles, certificates, rights."""
    found = []
    for child in catalogue.children:
        if child.code not in tables or child.column("valid_until") is None:
            continue
        for row in tables[child.code].to_pylist():
            day = row.get("valid_until")
            if day is not None and on <= day <= until:
                what = row.get("title") or row.get("type") or child.zh
                number = f" {row['number']}" if row.get("number") else ""
                found.append(Expiry(row["company"], day, child.code, f"{what}{number}"))
    return sorted(found, key=lambda e: (e.day, e.company, e.what))
