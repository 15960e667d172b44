"""From the names in which runs tell what is missing to the facts of the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wutong.site.registry.domain.queries.facts import catalogue

if TYPE_CHECKING:
    from wutong.tables import Fact as Entry

YEAR, LIST = re.compile(r"(\d{4})年(.+)"), re.compile(r"(.+)清单（是否填全）")


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that can be asked for: code, period, and what it is called."""

    code: str
    period: str
    fact: str


def asked_of(said: str) -> Asked | None:
    """Return the fact a name means, None where it means none.

    >>> asked_of("2025年研发费用"), asked_of("知识产权清单（是否填全）")
    (Asked(code='rd_cost', period='2025', fact='2025年研发费用'), Asked(code='ip_complete', period='', fact='知识产权清单（是否填全）'))
    >>> asked_of("没有这个事实") is None
    True
    """
    book = catalogue()
    if (part := LIST.fullmatch(said)) and (child := book.child(part[1])) is not None and child.complete:
        return Asked(child.complete, "", said)
    if (part := YEAR.fullmatch(said)) and (entry := book.fact(part[2])) is not None and entry.yearly:
        return Asked(entry.code, part[1], said)
    entry = book.fact(said)
    return None if entry is None or entry.yearly else Asked(entry.code, "", said)


def entry_of(code: str) -> Entry:
    """Return the entry of the catalogue."""
    found = catalogue().fact(code)
    assert found is not None, code  # noqa: S101 - only codes of the catalogue are stored
    return found
