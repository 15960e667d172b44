"""Many statements of one source at once, as an import brings them, and taking them back. Idempotent by content."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import StoredFile, User, Zone
from wutong.site.registry.domain.queries.facts import catalogue, code_and_period, same_value
from wutong.site.registry.domain.snapshot import BELIEVED_LAST
from wutong.site.registry.enums import CompanyState, SourceRank
from wutong.site.registry.models import Company, Fact, ListRow

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 500
"""Companies of one transaction at most: it stays short, and parameters stay below what databases take."""
_SHOWN = {"name": "name", "registered_on": "registered_on", "industry_chain": "sector"}  # facts the company's row shows


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says of one company: stored texts by column of a snapshot, and whole lists by table."""

    company: str
    facts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def statements_of(tables: Mapping[str, pa.Table]) -> list[Statement]:
    """Return what the tables of a reading say, company by company, in the order of the table of companies.

    A list that a table holds for a company is whole; companies without rows in it say nothing of it.
    """
    companies = tables["companies"]
    keys = companies["company"].to_pylist()
    facts: dict[str, dict[str, str]] = {key: {} for key in keys}
    for name in companies.column_names[1:]:
        for key, text in zip(keys, companies[name].cast("string").to_pylist(), strict=True):
            if text is not None:
                facts[key][name] = text
    lists: dict[str, dict[str, list[str]]] = {key: {} for key in keys}
    for table in tables.keys() - {"companies"}:
        for row in _text_rows(tables[table]):
            content = {name: text for name, text in row.items() if text is not None}
            key = content.pop("company")
            lists[key].setdefault(table, []).append(json.dumps(content, ensure_ascii=False, sort_keys=True))
    return [Statement(key, facts[key], lists[key]) for key in keys]


def _text_rows(table: pa.Table) -> Iterable[dict[str, str | None]]:
    columns = [table[name].cast("string").to_pylist() for name in table.column_names]
    return (dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Source:
    """Whose statements they are, since when they are true, and what brought them."""

    name: str
    rank: SourceRank = SourceRank.DECLARED
    origin: str = ""
    valid_from: date | None = None
    evidence: StoredFile | None = None


@dataclass(slots=True)
class Taken:
    """How much was new."""

    companies: int = 0
    facts: int = 0
    rows: int = 0
    superseded: int = 0


@writes("statements.take")
def take_statements(*, actor: User | None, zone: Zone, statements: Sequence[Statement], source: Source) -> Taken:
    """Record what a source says of up to 500 companies; what it said before and says no more is superseded.

    Companies not known yet are entered. Values equal to those of the same source change nothing, so taking the same
    twice is taking it once. Raises WutongError W202 without a source, W203 for more than 500 companies.
    """
    if not source.name.strip():
        raise WutongError.of("W202", fact="")
    if len(statements) > AT_ONCE:
        raise WutongError.of("W203", most=AT_ONCE)
    job = _Taking(actor, zone, source, timezone.now())
    job.take(statements)
    done = job.taken
    record(actor, None, zone=zone, source=source.name, origin=source.origin, companies=done.companies, facts=done.facts,
           rows=done.rows, superseded=done.superseded)
    return done


@dataclass(slots=True)
class _Taking:
    actor: User | None
    zone: Zone
    source: Source
    now: datetime
    taken: Taken = field(default_factory=Taken)

    def take(self, statements: Sequence[Statement]) -> None:
        """Write companies, facts, lists; then what their rows show."""
        companies = self._companies(statements)
        self._facts({companies[s.company]: s.facts for s in statements})
        self._lists({companies[s.company]: s.lists for s in statements if s.lists})
        _show_facts(companies.values())

    def _companies(self, statements: Sequence[Statement]) -> dict[str, Company]:
        names = {s.company: s.facts.get("name", s.company) for s in statements}
        known = {c.uscc: c for c in Company.objects.filter(zone=self.zone, uscc__in=names)}
        fresh = [Company(zone=self.zone, uscc=code, name=name[:128], origin=self.source.origin, created_at=self.now)
                 for code, name in names.items() if code not in known]
        for company in fresh:
            company.index_name()
        Company.objects.bulk_create(fresh)
        back = [c for c in known.values() if c.state == CompanyState.WITHDRAWN]
        for company in back:
            company.state, company.known_until, company.origin = CompanyState.ACTIVE, None, self.source.origin
        Company.objects.bulk_update(back, ("state", "known_until", "origin"))
        self.taken.companies = len(fresh) + len(back)
        return known | {c.uscc: c for c in fresh}

    def _said_before(self, model: Any, companies: Iterable[Company]) -> Any:
        return model.objects.current().filter(
            company__in=list(companies), source=self.source.name, valid_from=self.source.valid_from).order_by()

    def _common(self) -> dict[str, Any]:
        return {
            "zone": self.zone, "source": self.source.name, "rank": self.source.rank, "origin": self.source.origin,
            "valid_from": self.source.valid_from, "evidence": self.source.evidence, "known_from": self.now,
            "recorded_by": self.actor}

    def _facts(self, said: Mapping[Company, Mapping[str, str]]) -> None:
        rows = self._said_before(Fact, said).values_list("company_id", "code", "period", "pk", "value")
        before = {(company, code, period): (pk, value) for company, code, period, pk, value in rows}
        ended: list[int] = []
        fresh: list[Fact] = []
        for company, facts in said.items():
            for column, text in facts.items():
                code, period = code_and_period(column)
                pk, value = before.get((company.pk, code, period), (None, None))
                if value is not None and same_value(code, value, text):
                    continue
                ended += [pk] if pk is not None else []
                fresh.append(new_fact(company, code, period, text, **self._common()))
        self._end(Fact, ended)
        Fact.objects.bulk_create(fresh, batch_size=1000)
        self.taken.facts += len(fresh)

    def _lists(self, said: Mapping[Company, Mapping[str, Sequence[str]]]) -> None:
        """A source's list of a table is taken whole: rows it names no more are ended, equal rows counted."""
        before: dict[tuple[int, str, str], list[int]] = defaultdict(list)
        rows = self._said_before(ListRow, said).values_list("company_id", "table", "content", "pk")
        for company, table, content, pk in rows:
            before[company, table, content].append(pk)
        wanted = Counter((c.pk, table, content) for c, lists in said.items() for table, rows in lists.items() for content in rows)
        touched = {(c.pk, table) for c, lists in said.items() for table in lists}
        ended = [pk for key, pks in before.items() if key[:2] in touched for pk in pks[wanted[key]:]]
        fresh = [
            ListRow(company_id=company, table=table, content=content, **self._common())
            for (company, table, content), times in wanted.items()
            for _copy in range(times - len(before[company, table, content]))]
        self._end(ListRow, ended)
        ListRow.objects.bulk_create(fresh, batch_size=1000)
        self.taken.rows += len(fresh)

    def _end(self, model: Any, pks: Sequence[int]) -> None:
        _end_rows(model, pks, self.now, self.source.origin)
        self.taken.superseded += len(pks)


def new_fact(company: Company, code: str, period: str, text: str, **common: Any) -> Fact:
    """Return a fact of the catalogue, unsaved."""
    entry = catalogue().fact(code)
    numeric = entry is not None and entry.type in ("number", "integer")
    unit = entry.unit.text if entry is not None and entry.unit is not None else ""
    return Fact(company=company, code=code, period=period, value=text, number=Decimal(text) if numeric else None,
                unit=unit, **common)


def _end_rows(model: Any, pks: Sequence[int], now: datetime, by: str = "") -> None:
    for start in range(0, len(pks), AT_ONCE):
        model.objects.filter(pk__in=pks[start:start + AT_ONCE]).update(known_until=now, ended_by=by)


def _show_facts(companies: Iterable[Company]) -> None:
    """Bring name, registration day and sector of companies in line with the facts that count."""
    touched = {c.pk: c for c in companies}
    rows = Fact.objects.current().filter(company__in=list(touched), code__in=_SHOWN).order_by(*BELIEVED_LAST)
    counts = {(company, code): value for company, code, value in rows.values_list("company_id", "code", "value")}
    changed = []
    for (pk, code), text in counts.items():
        company, attribute = touched[pk], _SHOWN[code]
        value = date.fromisoformat(text) if code == "registered_on" else text[:Company._meta.get_field(attribute).max_length]
        if getattr(company, attribute) != value:
            setattr(company, attribute, value)
            changed.append(company)
    for company in changed:
        company.index_name()
    Company.objects.bulk_update(changed, ("name", "name_pinyin", "name_initials", "registered_on", "sector"), batch_size=100)


@writes("statements.undo")
def undo_statements(*, actor: User | None, zone: Zone, companies: Sequence[str], origin: str) -> int:
    """Take back what `origin` brought of up to 500 companies; return how many statements were ended.

    What it had superseded is known again; what has been superseded since stays as it is; companies it entered of
    which nothing else is known are withdrawn. Nothing is deleted. Raises WutongError W203 for more than 500.
    """
    if len(companies) > AT_ONCE:
        raise WutongError.of("W203", most=AT_ONCE)
    now = timezone.now()
    found = list(Company.objects.filter(zone=zone, uscc__in=companies))
    ended = sum(_take_back(model, found, origin, now) for model in (Fact, ListRow))
    _withdraw(found, origin, now)
    _show_facts(found)
    record(actor, None, zone=zone, origin=origin, companies=len(found), ended=ended)
    return ended


def _take_back(model: Any, companies: Sequence[Company], origin: str, now: datetime) -> int:
    rows = model.objects.filter(company__in=companies)
    mine = list(rows.current().filter(origin=origin).values_list("pk", flat=True))
    _end_rows(model, mine, now)
    before = list(rows.filter(ended_by=origin))
    taken = {_slot(row) for row in rows.current()} if model is Fact else set()
    again = [copy(row) for row in before if model is ListRow or _slot(row) not in taken]
    for row in again:
        row.pk, row.known_from, row.known_until, row.ended_by = None, now, None, ""
    model.objects.bulk_create(again, batch_size=1000)
    rows.filter(ended_by=origin).update(ended_by="")
    return len(mine)


def _slot(fact: Fact) -> tuple[Any, ...]:
    return fact.company_id, fact.code, fact.period, fact.source, fact.valid_from


def _withdraw(companies: Sequence[Company], origin: str, now: datetime) -> None:
    fresh = [c for c in companies if c.origin == origin]
    busy = {pk for model in (Fact, ListRow)
            for pk in model.objects.current().filter(company__in=fresh).values_list("company_id", flat=True)}
    gone = [c for c in fresh if c.pk not in busy]
    for company in gone:
        company.state, company.known_until = CompanyState.WITHDRAWN, now
    Company.objects.bulk_update(gone, ("state", "known_until"), batch_size=100)
