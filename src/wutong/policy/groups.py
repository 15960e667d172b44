"""Groups of companies that officers ask about: sector, size class, age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wutong.policy.evaluate import Results

AGES = ((1, "不满1年"), (3, "1–3年"), (5, "3–5年"), (10, "5–10年"), (20, "10–20年"), (10**6, "20年以上"))
"""Upper bounds of age in full years, and their names."""
MISSING = "未填"
SIZES = ("大型", "中型", "小型", "微型")


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to group: ``sector``, ``size`` or ``age``; `of` holds the position of each company's label."""

    code: str
    labels: tuple[str, ...]
    of: npt.NDArray[np.int64]

    @property
    def counts(self) -> list[int]:
        """How many companies each label has."""
        return [int(n) for n in np.bincount(self.of, minlength=len(self.labels))]


def groupings(companies: pa.Table, on: date, size: Any = None) -> list[Grouping]:
    """Return the groups of companies by sector, size class and age on `on`.

    Args:
        companies: facts, one row per company.
        on: the day of the age.
        size: size classes computed by a policy, used where the fact is missing.
    """
    rows = companies.num_rows
    nothing = pa.nulls(rows, pa.string())

    def column(name: str) -> Any:
        return companies.column(name).combine_chunks() if name in companies.column_names else nothing

    sizes = column("size_class") if size is None else pc.coalesce(column("size_class"), size)
    founded = companies.column("registered_on").combine_chunks() if "registered_on" in companies.column_names else None
    return [_texts("sector", column("industry_section")), _texts("size", sizes, SIZES), _ages(founded, on, rows)]


def _texts(code: str, column: Any, known: tuple[str, ...] = ()) -> Grouping:
    """Group by a text; labels in the given order, else by number of companies, missing last."""
    filled = pc.fill_null(pc.cast(column, pa.string()), MISSING)
    if isinstance(filled, pa.ChunkedArray):
        filled = filled.combine_chunks()
    encoded = filled.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    of = np.asarray(encoded.indices, dtype=np.int64)
    count = np.bincount(of, minlength=len(names))
    order = sorted(range(len(names)), key=lambda n: (names[n] == MISSING, known.index(names[n]) if names[n] in known else 99,
                                                     -count[n], names[n]))
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return Grouping(code, tuple(names[n] for n in order), place[of])


def _ages(founded: Any, on: date, rows: int) -> Grouping:
    """Group by full years since registration: the anniversary counts as reached on its day."""
    labels = (*(label for _, label in AGES), MISSING)
    if founded is None:
        return Grouping("age", labels, np.full(rows, len(AGES), dtype=np.int64))
    missing = np.asarray(founded.is_null())
    year, month, day = (np.asarray(pc.fill_null(part(founded), 1), dtype=np.int64) for part in (pc.year, pc.month, pc.day))
    years = on.year - year - ((month > on.month) | ((month == on.month) & (day > on.day)))
    of = np.searchsorted([bound for bound, _ in AGES], years, side="right").clip(0, len(AGES) - 1)
    return Grouping("age", labels, np.where(missing, len(AGES), of).astype(np.int64))


def size_of(results: Results) -> Any:
    """Return the size classes that a policy of the results computes, or None."""
    for compiled in results.policies:
        if compiled.policy.kind != "class":
            continue
        for _, _, shown in compiled.outputs:
            if shown.kind == "text":
                found: Any = next(t for t in results.tables if shown.low in t.column_names).column(shown.low)
                return found.combine_chunks()
    return None
