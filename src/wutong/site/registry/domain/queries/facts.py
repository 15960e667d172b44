"""Reading facts with the catalogue's names."""

from __future__ import annotations

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


def facts_of(company: Company, user: User) -> list[Fact]:
    """Return what is known of a company now, in the catalogue's order, newest period first."""
    order = {code: at for at, code in enumerate(fact_names())}
    found = Fact.objects.filter(company=company).visible_to(user).current().select_related("evidence")
    return sorted(found, key=lambda f: (order.get(f.code, len(order)), -int(f.period or 0), f.source))
