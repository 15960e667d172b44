"""What a file would change: every company's statements against what the registry knows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from wutong.site.imports.enums import LineKind
from wutong.site.imports.models import ImportBatch, ImportLine
from wutong.site.registry.domain.bulk import AT_ONCE, Statement
from wutong.site.registry.domain.queries.facts import code_and_period, same_value
from wutong.site.registry.models import Company, Fact, ListRow

NOTES_AT_MOST = 40
"""Differences kept of one company; their number is kept whole."""
_NOT_MINE = ("name",)  # a company's registered name from another source is told as a change, not as a conflict


@dataclass(slots=True)
class _Known:
    """What the registry knows of some companies, by the batch's source and by others."""

    names: dict[str, str]
    mine: dict[tuple[str, str, str], str] = field(default_factory=dict)
    others: dict[tuple[str, str, str], list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def compared(batch: ImportBatch, statements: Sequence[Statement], rows: Sequence[int]) -> Iterator[ImportLine]:
    """Yield a line for every company of the file: new, changed, in conflict with another source, or the same."""
    for start in range(0, len(statements), AT_ONCE):
        part = statements[start:start + AT_ONCE]
        known = _known(batch, [s.company for s in part])
        for statement, row in zip(part, rows[start:start + AT_ONCE], strict=True):
            yield _line(batch, statement, row, known)


def _known(batch: ImportBatch, codes: Sequence[str]) -> _Known:
    companies = Company.objects.filter(zone=batch.zone, uscc__in=codes).in_care()
    known = _Known(dict(companies.values_list("uscc", "name")))
    facts = Fact.objects.current().filter(zone=batch.zone, company__uscc__in=list(known.names)).order_by()
    for company, code, period, value, source, rank, valid_from in facts.values_list(
            "company__uscc", "code", "period", "value", "source", "rank", "valid_from"):
        if source == batch.source and valid_from == batch.valid_from:
            known.mine[company, code, period] = value
        elif source != batch.source:
            known.others[company, code, period].append((value, source, rank))
    rows = ListRow.objects.current().filter(
        zone=batch.zone, company__uscc__in=list(known.names), source=batch.source, valid_from=batch.valid_from).order_by()
    for company, table, content in rows.values_list("company__uscc", "table", "content"):
        known.lists[company, table][content] += 1
    return known


def _line(batch: ImportBatch, statement: Statement, row: int, known: _Known) -> ImportLine:
    notes = [] if statement.company not in known.names else [
        *_fact_notes(batch, statement, known), *_list_notes(statement, known)]
    conflict = any(note["kind"] == "conflict" for note in notes)
    changed = LineKind.CONFLICTING if conflict else LineKind.CHANGED if notes else LineKind.SAME
    content = json.dumps({"facts": dict(statement.facts), "lists": dict(statement.lists)}, ensure_ascii=False)
    return ImportLine(
        zone=batch.zone, batch=batch, key=statement.company, name=statement.facts.get("name", "")[:200], row=row,
        kind=changed if statement.company in known.names else LineKind.NEW, content=content,
        notes=notes[:NOTES_AT_MOST])


def _fact_notes(batch: ImportBatch, statement: Statement, known: _Known) -> Iterator[dict[str, Any]]:
    for column, text in statement.facts.items():
        code, period = code_and_period(column)
        key = (statement.company, code, period)
        mine = known.mine.get(key)
        shown = known.names[statement.company] if code == "name" else mine
        if shown is not None and same_value(code, shown, text):
            continue
        other = next((o for o in known.others.get(key, ()) if not same_value(code, o[0], text)), None)
        note = {"column": column, "new": text, "was": mine}
        if other is not None and code not in _NOT_MINE:
            yield {**note, "kind": "conflict", "was": other[0], "source": other[1], "counts": batch.rank <= other[2]}
        else:
            yield {**note, "kind": "changed" if mine is not None else "added"}


def _list_notes(statement: Statement, known: _Known) -> Iterator[dict[str, Any]]:
    for table, rows in statement.lists.items():
        before, now = known.lists.get((statement.company, table), Counter()), Counter(rows)
        more, less = (now - before).total(), (before - now).total()
        if more or less:
            yield {"kind": "list", "table": table, "added": more, "ended": less}
