"""Reading facts with the catalogue's names."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from wutong.site.core.models import User
from wutong.site.registry.models import Company, Fact

if TYPE_CHECKING:
    from wutong.tables import Catalogue


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of facts, read once."""
    from wutong.tables import Catalogue  # noqa: PLC0415 - the engine loads slowly

    return Catalogue.load()


@cache
def fact_names() -> dict[str, str]:
    """Return the Chinese name of every fact by its code."""
    book = catalogue()
    return {entry.code: entry.zh for entry in (*book.facts, *book.yearly)}


def code_and_period(column: str) -> tuple[str, str]:
    """Return code and period of a column of a snapshot.

    >>> code_and_period("revenue_2025"), code_and_period("registered_on")
    (('revenue', '2025'), ('registered_on', ''))
    """
    fact = catalogue().fact(column)
    if fact is not None and not fact.yearly:
        return column, ""
    code, _line, year = column.rpartition("_")
    return code, year


def same_value(code: str, one: str, other: str) -> bool:
    """Return whether two stored texts are one value: 1.5 and 1.50 are.

    >>> same_value("revenue", "1.5", "1.50"), same_value("name", "1.5", "1.50")
    (True, False)
    """
    if one == other:
        return True
    fact = catalogue().fact(code)
    return fact is not None and fact.type == "number" and Decimal(one) == Decimal(other)


def facts_of(company: Company, user: User) -> list[Fact]:
    """Return what is known of a company now, in the catalogue's order, newest period first."""
    order = {code: at for at, code in enumerate(fact_names())}
    found = Fact.objects.filter(company=company).visible_to(user).current().select_related("evidence")
    return sorted(found, key=lambda f: (order.get(f.code, len(order)), -int(f.period or 0), f.source))
