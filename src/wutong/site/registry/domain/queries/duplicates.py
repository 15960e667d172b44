"""Entries that may be one company: equal or nearly equal names. People decide."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from wutong.site.core.models import User
from wutong.site.registry.models import Company

LIKE = 90.0
"""Similarity (0 to 100) from which two names are shown: one letter of ten differs."""
SHOWN = 200
_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|公司|\(.*?\))")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries and how alike their names are."""

    one: Company
    other: Company
    likeness: float


def core_of(name: str) -> str:
    """Return what tells companies apart: the name without legal form, brackets, blanks and width.

    >>> core_of("青岛 梧桐机器人（集团）有限公司"), core_of("有限公司")
    ('青岛梧桐机器人', '有限公司')
    """
    from wutong.tables.names import fold_name  # noqa: PLC0415 - the engine loads slowly

    folded = fold_name(name)
    return _FORM.sub("", folded) or folded


def duplicates(user: User) -> list[Pair]:
    """Return pairs of companies in the zone's care with like names, most alike first.

    Only names that share their first or their last four letters are compared: 20,000 names make few pairs so.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - needed on this page only

    names = {c: core_of(c.name) for c in Company.objects.all().visible_to(user).in_care()}
    pairs = {}
    for one, other in _neighbours(names):
        likeness = fuzz.ratio(names[one], names[other], score_cutoff=LIKE)
        if likeness:
            pairs[one.pk, other.pk] = Pair(one, other, likeness)
    return sorted(pairs.values(), key=lambda p: (-p.likeness, p.one.name_pinyin, p.one.pk, p.other.pk))[:SHOWN]


def _neighbours(names: dict[Company, str]) -> Iterator[tuple[Company, Company]]:
    for part in (slice(None, 4), slice(-4, None)):
        groups: dict[str, list[Company]] = defaultdict(list)
        for company, name in names.items():
            groups[name[part]].append(company)
        for group in groups.values():
            yield from combinations(sorted(group, key=lambda c: c.pk), 2)
