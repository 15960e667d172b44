"""The registry as a snapshot of ``wutong.tables``: what the engine decides on. Reads only, in bulk, without models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import F
from django_scopes import scope

from wutong.site.core.models import Zone
from wutong.site.registry.domain.queries.facts import catalogue
from wutong.site.registry.models import Company, Fact, ListRow
from wutong.site.registry.models.facts import KnownQuerySet

if TYPE_CHECKING:
    import pyarrow as pa

    from wutong.tables import Catalogue, Child, Snapshot
    from wutong.tables import Fact as Entry

KEY = "uscc"  # a company's code is its key, no column beside it
BELIEVED_LAST = ("-rank", F("valid_from").asc(nulls_first=True), "known_from", "pk")
"""Order in which a later row beats an earlier one: rank of the source, then what is true and known since later."""


def snapshot_zone(zone: Zone, on: date, folder: Path, *, known: datetime | None = None) -> Snapshot:
    """Write the facts of a zone that are true on `on`, as known now or at `known`, as a snapshot folder.

    Where sources disagree, the one of the best rank counts (`SourceRank`), then the latest. A list is taken whole
    from the one source that counts for its company. Equal contents give equal bytes. Raises T304 if `folder` holds
    anything but a snapshot.
    """
    from wutong.tables import write_tables  # noqa: PLC0415 - the engine loads slowly

    source = {"kind": "registry", "zone": zone.code, "on": on.isoformat(), "catalogue": catalogue().hash}
    if known is not None:
        source["known"] = known.isoformat()
    return write_tables(zone_tables(zone, on, known=known), folder, source=source, demo=zone.is_demo)


def zone_tables(zone: Zone, on: date, *, known: datetime | None = None) -> dict[str, pa.Table]:
    """Return the tables of `snapshot_zone` by code."""
    with scope(zone=zone):
        return _Reader(zone, on, known).tables()


@dataclass(slots=True)
class _Reader:
    zone: Zone
    on: date
    known: datetime | None
    keys: dict[int, str] = field(default_factory=dict)  # company's row → its code

    @property
    def book(self) -> Catalogue:
        """The catalogue of facts."""
        return catalogue()

    def tables(self) -> dict[str, pa.Table]:
        """Return the table of companies, and every list that has rows or that some company calls whole."""
        companies = self._companies()
        lists = {child.code: self._list(child) for child in self.book.children}
        whole = {child.code for child in self.book.children if child.complete in companies.column_names}
        return {"companies": companies} | {code: t for code, t in lists.items() if t.num_rows or code in whole}

    def _at(self, rows: KnownQuerySet) -> KnownQuerySet:
        rows = rows.filter(zone=self.zone).valid_on(self.on).order_by()
        return rows.current() if self.known is None else rows.known_at(self.known)

    def _companies(self) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415 - loads slowly

        rows = Company.objects.filter(zone=self.zone).in_care(self.known).order_by("pk")
        found = list(rows.values_list("pk", "uscc", "name", "registered_on"))
        self.keys = {pk: code for pk, code, _name, _day in found}
        names = {pk: name for pk, _code, name, _day in found}
        days = {pk: day.isoformat() for pk, _code, _name, day in found if day}
        # What the company's own row says counts where no fact says it.
        own = {"name": names, "registered_on": days}
        arrays = {"company": pa.array(self.keys.values(), pa.string()), "name": pa.array(names.values(), pa.string())}
        facts = {f.code: f for f in (*self.book.facts, *self.book.yearly)}
        for code, period in self._present(own):
            values = own.get(code, {}) | self._values(code, period)
            arrays[f"{code}_{period}" if period else code] = _array([values.get(pk) for pk in self.keys], facts[code])
        return pa.table(arrays)

    def _present(self, own: Mapping[str, Mapping[int, str]]) -> Iterable[tuple[str, str]]:
        """Return code and period of every fact of which something is known, in the catalogue's order."""
        known = set(Fact.objects.filter(zone=self.zone).order_by().values_list("code", "period").distinct())
        known |= {(code, "") for code, values in own.items() if values}
        plain = [(f.code, "") for f in self.book.facts if (f.code, "") in known and f.code != KEY]
        return plain + [(f.code, p) for f in self.book.yearly for c, p in sorted(known) if c == f.code and p]

    def _values(self, code: str, period: str) -> dict[int, str]:
        """Return the value that counts, by company."""
        rows = self._at(Fact.objects.filter(code=code, period=period)).values_list("company_id", "value")
        found = list(rows)
        values = dict(found)
        return values if len(values) == len(found) else dict(rows.order_by(*BELIEVED_LAST))

    def _list(self, child: Child) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415 - loads slowly

        rows = self._at(ListRow.objects.filter(table=child.code)).order_by("company_id", *BELIEVED_LAST)
        keys: list[str] = []
        contents: list[dict[str, str]] = []
        for company, group in groupby(rows.values_list("company_id", "source", "valid_from", "content"), lambda r: r[0]):
            told = list(group)
            if company in self.keys:
                kept = [json.loads(r[3]) for r in told if r[1:3] == told[-1][1:3]]
                contents += kept
                keys += [self.keys[company]] * len(kept)
        arrays = {"company": pa.array(keys, pa.string())}
        arrays |= {c.code: _array([row.get(c.code) for row in contents], c) for c in child.columns}
        return pa.table(arrays)


def _array(values: list[str | None], entry: Entry) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - loads slowly

    texts = pa.array(values, pa.string())
    return texts if entry.arrow == pa.string() else texts.cast(entry.arrow)
