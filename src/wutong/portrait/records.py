"""Lists of a portrait: money received and raised, achievements and titles, what ends soon, the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wutong.policy.timeline import moved
from wutong.portrait.company import Company, Row
from wutong.portrait.model import Event, Sheet
from wutong.report.model import PolicyView, RunView

MONTHS = 12
_DATED = {
    "certificates": ("issued_on", ("type", "number")), "contests": ("won_on", ("contest", "level", "prize")),
    "awards": ("awarded_on", ("level", "title")), "financing": ("paid_on", ("round", "amount")),
    "milestones": ("reached_on", ("type", "number")), "platforms": ("recognised_on", ("level", "kind", "title")),
    "rd_bodies": ("recognised_on", ("level", "title")), "standards": ("issued_on", ("level", "title")),
    "awards_paid": ("paid_on", ("policy", "clause", "amount")), "incidents": ("happened_on", ("type",)),
    "ip": ("granted_on", ("type", "title")),
}
"""Lists whose rows are dated facts: their date, and what is said of them."""


def received(company: Company, run: RunView) -> Sheet:
    """Return the support received; policies of the run by their names."""
    rows = [(*_named(company, run, r), _amount(company, r), _day(company, r.get("paid_on")))
            for r in _ordered(company.rows("awards_paid"), "paid_on")]
    return _sheet(company, "awards_paid", "received", ("policy", "clause", "amount", "date"), rows, money=True)


def _named(company: Company, run: RunView, row: Row) -> tuple[str, str]:
    """Return policy and clause of support received by their names where the run knows them."""
    policy = next((p for p in run.policies if row.get("policy") in (p.id, p.key, p.name_zh)), None)
    known = company.texts["unknown"]
    if policy is None:
        return str(row.get("policy") or known), str(row.get("clause") or known)
    benefit = next((b.zh for b in policy.benefits if b.code == row.get("clause")), row.get("clause") or known)
    return company.texts.name(policy.name_zh, policy.name_en), str(benefit)


def raised(company: Company) -> Sheet:
    """Return the equity raised."""
    rows = [(_text(company, r, "round"), _text(company, r, "investor"), _amount(company, r), _day(company, r.get("paid_on")))
            for r in _ordered(company.rows("financing"), "paid_on")]
    return _sheet(company, "financing", "raised", ("round", "investor", "amount", "date"), rows, money=True)


def records(company: Company) -> tuple[Sheet, ...]:
    """Return certificates, contests, awards, IP in sums, platforms and R&D bodies, incidents."""
    def listed(child: str, day: str, heads: Sequence[str], columns: Sequence[str]) -> Sheet:
        rows = [tuple(_cell(company, r, c) for c in columns) for r in _ordered(company.rows(child), day)]
        return _sheet(company, child, child, heads, rows)

    found = [
        listed("certificates", "issued_on", ("name", "issued", "until", "standing"), ("type", "issued_on", "valid_until", "valid_until?")),
        _ip(company),
        listed("contests", "won_on", ("name", "level", "prize", "date"), ("contest", "level", "prize", "won_on")),
        listed("awards", "awarded_on", ("name", "level", "rank", "date"), ("title", "level", "rank", "awarded_on")),
        listed("platforms", "recognised_on", ("name", "level", "kind", "date"), ("title", "level", "kind", "recognised_on")),
        listed("rd_bodies", "recognised_on", ("name", "level", "date"), ("title", "level", "recognised_on")),
    ]
    if company.rows("incidents") or not company.whole("incidents"):
        found.append(listed("incidents", "happened_on", ("kind", "date"), ("type", "happened_on")))
    return tuple(found)


def _ip(company: Company) -> Sheet:
    """Count rights by type: in force, lapsed, of unknown validity, of high value."""
    tally: dict[str, Counter[str]] = {}
    for row in company.rows("ip"):
        kind = str(row.get("type") or row.get("kind") or company.texts["unknown"])
        tally.setdefault(kind, Counter()).update([_state(row.get("valid_until"), company.on), "all"])
        tally[kind]["high"] += row.get("high_value") is True
    order = sorted(tally, key=lambda k: (-tally[k]["all"], k))
    rows = [(k, *(str(tally[k][x]) for x in ("all", "in_force", "lapsed", "validity_unknown", "high"))) for k in order]
    return _sheet(company, "ip", "ip", ("kind", "count", "in_force", "lapsed", "validity_unknown", "high_value"), rows)


def _state(until: date | None, on: date) -> str:
    return "validity_unknown" if until is None else "in_force" if until >= on else "lapsed"


def _cell(company: Company, row: Row, column: str) -> str:
    if column == "valid_until?":
        return company.texts[_state(row.get("valid_until"), company.on)]
    return _text(company, row, column)


def _sheet(company: Company, child: str, title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]], *, money: bool = False) -> Sheet:
    whole = company.whole(child)
    note = company.texts[("whole" if whole else "part") + ("" if rows else "_none")]
    known = company.labels.catalogue.child(child)
    if rows and known is not None:
        note += f" {company.texts['source']}{company.texts['colon']}{company.source(known.zh)}"
    total = _total(company, company.rows(child), whole=whole) if money and rows else ""
    return Sheet(company.texts[title], tuple(company.texts[h] for h in heads), tuple(rows), note, total)


def _total(company: Company, rows: Iterable[Row], *, whole: bool) -> str:
    """Return the sum, "at least" where rows or amounts may be missing."""
    amounts = [r.get("amount") for r in rows]
    text = company.money(sum((a for a in amounts if a is not None), Decimal(0)))
    exact = whole and None not in amounts
    return company.texts.fill("total", text if exact else company.texts.fill("at_least", text))


def _ordered(rows: Iterable[Row], day: str) -> list[Row]:
    """Newest first, undated last; equal days in the order of the snapshot, which is sorted."""
    return sorted(rows, key=lambda r: r.get(day) or date.min, reverse=True)


def _text(company: Company, row: Row, column: str) -> str:
    return company.text(row.get(column))


def _amount(company: Company, row: Row) -> str:
    return company.text(row.get("amount"), "元")


def _day(company: Company, day: date | None) -> str:
    return company.text(day)


def timeline(company: Company, run: RunView) -> tuple[Event, ...]:
    """Return every dated fact up to the day of assessment, oldest first; rights granted on one day are one event."""
    say = company.texts
    events = [Event(day, say["identity"], text) for column, text in (
        ("registered_on", say["registered"]), ("moved_in_on", say["moved_in"]),
        ("entered_on", say.fill("entered", company.value("carrier") or ""))) if (day := company.value(column)) is not None]
    for child, (day_of, columns) in _DATED.items():
        known = company.labels.catalogue.child(child)
        kind = child if known is None else say.name(known.zh, known.en)
        rows = [r for r in company.rows(child) if r.get(day_of) is not None]
        if child == "awards_paid":
            rows = [{**r, **dict(zip(columns, _named(company, run, r), strict=False))} for r in rows]
        make: Callable[[Company, Sequence[Row], str, Sequence[str]], Iterator[tuple[date, str]]] = _grouped if child == "ip" else _single
        events += [Event(day, kind, text) for day, text in make(company, rows, day_of, columns)]
    return tuple(sorted((e for e in events if e.day <= company.on), key=lambda e: (e.day, e.kind, e.text)))


def _single(company: Company, rows: Sequence[Row], day: str, columns: Sequence[str]) -> Iterator[tuple[date, str]]:
    for row in rows:
        parts = [company.text(row[c], "元" if c == "amount" else "") for c in columns if row.get(c) is not None]
        yield row[day], " ".join(parts)


def _grouped(company: Company, rows: Sequence[Row], day: str, columns: Sequence[str]) -> Iterator[tuple[date, str]]:
    groups: dict[date, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[day], []).append(row)
    for when, found in groups.items():
        if len(found) == 1:
            yield from _single(company, found, day, columns)
        else:
            tally = Counter(str(r.get("type") or company.texts["unknown"]) for r in found)
            yield when, company.texts["comma"].join(f"{k} ×{n}" for k, n in sorted(tally.items()))


def expiring(company: Company, run: RunView, standing: Callable[[PolicyView], str]) -> tuple[Event, ...]:
    """Return what ends within twelve months: titles and rights, windows and versions of policies met or nearly met."""
    until, say = moved(company.on, MONTHS), company.texts
    found = [(row.get("valid_until"), say.name(child.zh, child.en), _what(row, child.zh))
             for child in company.labels.catalogue.children if child.column("valid_until") is not None
             for row in company.rows(child.code)]
    for policy in run.policies:
        if standing(policy) in ("eligible", "near"):
            name = say.name(policy.name_zh, policy.name_en)
            found += [(policy.window_to, say["window_ends"], name), (policy.in_force_to, say["version_ends"], name)]
    return tuple(sorted((Event(day, kind, text) for day, kind, text in found if day is not None and company.on <= day <= until),
                        key=lambda e: (e.day, e.kind, e.text)))


def _what(row: Row, otherwise: str) -> str:
    parts: list[Any] = [row.get("type"), row.get("title") or row.get("number")]
    return " ".join(str(p) for p in parts if p) or otherwise
