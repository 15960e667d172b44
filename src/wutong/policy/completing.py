"""Filling what is missing from companies of the same kind, so that a cost can be expected and not only bounded.

Method: random hot-deck imputation within classes (Andridge and Little, 2010, International Statistical Review
78:40–64). A company's missing facts come from one donor of the same sector and size class, what that donor lacks from
further donors, so that figures that belong together stay together. Draws follow a published seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wutong.tables import Catalogue, Child

Ints = npt.NDArray[np.int64]
ROUNDS = 4
"""Donors asked before a fact is taken from any company that knows it."""
ENOUGH = 5
"""A class with fewer companies borrows from the whole sector, a sector with fewer from all."""


def generator(seed: str, draw: int) -> np.random.Generator:
    """Return the random numbers of one draw, the same for the same published seed.

    >>> float(generator("2026", 0).random()) == float(generator("2026", 0).random())
    True
    """
    digest = hashlib.sha256(f"{seed}:{draw}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


class Donors:
    """Who may stand in for whom."""

    def __init__(self, companies: pa.Table) -> None:
        self.size = companies.num_rows
        self.classes = [self._class(companies, names) for names in (("industry_section", "size_class"), ("industry_section",), ())]

    def _class(self, companies: pa.Table, names: Sequence[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Return each company's class, companies in order of class, and where each class starts and how many it has."""
        key = np.zeros(self.size, dtype=np.int64)
        for name in names:
            if name in companies.column_names:
                codes = companies.column(name).combine_chunks().dictionary_encode(null_encoding="encode").indices
                key = key * 64 + np.asarray(codes.fill_null(0), dtype=np.int64)
        _, of, count = np.unique(key, return_inverse=True, return_counts=True)
        order = np.argsort(of, kind="stable").astype(np.int64)
        return of.astype(np.int64), order, np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64), count.astype(np.int64)

    def draw(self, rows: Ints, random: np.random.Generator) -> Ints:
        """Return one donor for each of `rows`, from its own class if that is large enough."""
        chosen = np.full(len(rows), -1, dtype=np.int64)
        share = random.random(len(rows))
        for of, order, start, count in self.classes:
            group = of[rows]
            picked = order[start[group] + (share * count[group]).astype(np.int64)]
            chosen = np.where((chosen < 0) & (count[group] >= ENOUGH), picked, chosen)
        return np.where(chosen < 0, (share * self.size).astype(np.int64), chosen)


def completed(
    tables: dict[str, pa.Table], rows: Ints, catalogue: Catalogue, seed: str, draws: int
) -> dict[str, pa.Table]:
    """Return the companies at `rows`, each `draws` times, with what they lack filled in.

    Company codes become ``000:code``, ``001:code`` …. Lists: where nobody says that a list is whole, the rows
    given are taken as all there are; a company that lists nothing takes over the rows of its donor.
    """
    donors = Donors(tables["companies"])
    parts: dict[str, list[pa.Table]] = {}
    for number in range(draws):
        random = generator(seed, number)
        for name, table in _drawn(tables, rows, catalogue, donors, random).items():
            named = pc.binary_join_element_wise(f"{number:03d}", table.column("company"), ":")
            parts.setdefault(name, []).append(table.set_column(0, "company", named))
    return {name: pa.concat_tables(found) for name, found in parts.items()}


def _drawn(
    tables: dict[str, pa.Table], rows: Ints, catalogue: Catalogue, donors: Donors, random: np.random.Generator
) -> dict[str, pa.Table]:
    whole = tables["companies"]
    asked = [donors.draw(rows, random) for _ in range(ROUNDS)]
    own = whole.take(pa.array(rows))
    columns = {name: _filled(whole.column(name), own.column(name), asked, random) if name not in ("company", "name")
               else own.column(name) for name in whole.column_names}
    made = {}
    for child in catalogue.children:
        if child.code not in tables or child.code == "sources":
            continue
        open_list = _unsaid(own, child)
        made[child.code] = _list(tables[child.code], whole.column("company"), rows, asked[0], open_list, random)
        if child.complete:
            columns[child.complete] = pa.array(np.ones(len(rows), dtype=bool))
    return {"companies": pa.table({"company": columns.pop("company"), **columns}), **made}


def _filled(column: Any, own: Any, asked: Sequence[Ints], random: np.random.Generator) -> Any:
    """Return `own` with its gaps filled by donors, in the end by any company that knows."""
    for donors in asked:
        if not own.null_count:
            return own
        own = pc.coalesce(own, column.take(pa.array(donors)))
    known = np.flatnonzero(np.asarray(column.is_valid()))
    if own.null_count and len(known):
        any_one = known[(random.random(len(own)) * len(known)).astype(np.int64)]
        own = pc.coalesce(own, column.take(pa.array(any_one)))
    return own


def _unsaid(own: pa.Table, child: Child) -> npt.NDArray[np.bool_]:
    """Return where a company does not say that its list is whole."""
    if not child.complete or child.complete not in own.column_names:
        return np.ones(own.num_rows, dtype=bool)
    return ~np.asarray(own.column(child.complete).fill_null(False))


def _list(
    table: pa.Table, companies: Any, rows: Ints, donors: Ints, unsaid: npt.NDArray[np.bool_], random: np.random.Generator
) -> pa.Table:
    """Return the child rows of the drawn companies, empty open lists taken over from the donor; cells filled."""
    owner = np.asarray(pc.index_in(table.column("company"), companies.combine_chunks()).fill_null(-1), dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    first, last = (np.searchsorted(owner[order], np.arange(len(companies)), side) for side in ("left", "right"))
    source = np.where(unsaid & (first[rows] == last[rows]), donors, rows)
    count = last[source] - first[source]
    at = np.repeat(first[source] - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    taken = table.take(pa.array(order[at.astype(np.int64)]))
    names = companies.take(pa.array(np.repeat(rows, count)))
    columns = {n: _filled(table.column(n), taken.column(n), (), random) for n in table.column_names if n != "company"}
    return pa.table({"company": names, **columns})
