"""Which texts mean which fact: what the page on headers offers and checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wutong.errors import Place, WutongError
from wutong.site.registry.domain.queries.facts import catalogue, code_and_period


def fact_name(column: str, table: str = "companies") -> str:
    """Return the Chinese name of a column of a snapshot's table, with its year.

    >>> fact_name("revenue_2025"), fact_name("granted_on", "ip")
    ('2025年营业收入', '授权日期')
    """
    book = catalogue()
    child = book.child(table)
    if child is not None:
        own = child.column(column)
        if own is not None:
            return own.zh
    code, period = code_and_period(column)
    fact = book.fact(code)
    return column if fact is None else f"{period}年{fact.zh}" if period else fact.zh


def offered(tables: Iterable[str], on: date) -> list[str]:
    """Return the texts a header may mean in these tables: plain facts, yearly facts of four years, list columns."""
    book = catalogue()
    years = range(on.year, on.year - 4, -1)
    texts = [f.zh for f in book.facts] + [f"{year}年{f.zh}" for f in book.yearly for year in years]
    if "yearly" in tables:
        texts += [f.zh for f in book.yearly]
    return list(dict.fromkeys(texts + [c.zh for t in book.children if t.code in tables for c in t.columns]))


def check_meaning(text: str, table: str, on: date) -> None:
    """Raise WutongError W304 unless a header of this text fits exactly one fact of the table."""
    from wutong.tables.catalogue_file import by_folded_name  # noqa: PLC0415 - the engine loads slowly
    from wutong.tables.headers import Headers  # noqa: PLC0415 - the engine loads slowly

    book = catalogue()
    child = book.child(table)
    keys = tuple(f for f in book.facts if f.code in ("uscc", "internal_id", "name"))
    facts = (*keys, *child.columns) if child is not None else (*book.facts, *book.yearly)
    headers = Headers(by_folded_name(facts), Place(), on.year, None)
    bound = headers.bind([text])
    if not bound and table == "yearly" and any(f.zh == text for f in book.yearly):
        return
    if not bound:
        reason = headers.faults[0].text("zh") if headers.faults else "—"
        raise WutongError.of("W304", text=text, reason=reason)
