"""Units × indicators with their groups and denominators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wutong.errors import Diagnostic, Place, WutongError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_LISTED = 20


@dataclass(frozen=True)
class Table:
    """Values of indicators (or indicators and aggregates) per unit.

    Attributes:
        units: codes of the rows, all different within one time.
        codes: codes of the columns.
        values: n × p doubles, NaN = missing.
        groups: grouping columns, one text per unit, None = no group.
        denominators: further numeric columns that are not indicators.
        names: names of the units for people, by code.
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]
    values: Floats
    groups: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    denominators: Mapping[str, Floats] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[Iterable[float | None]], codes: Sequence[str], units: Sequence[str] | None = None) -> Table:
        """Build a table from rows. Raises WutongError S211 at infinite values.

        >>> Table.of([[1, None], [2, 3]], ["a", "b"]).available().tolist()
        [0.5, 1.0]
        """
        rows = np.array([[np.nan if v is None else v for v in row] for row in values], dtype=np.float64)
        rows = rows.reshape(-1, len(codes))
        names = tuple(units) if units is not None else tuple(str(i + 1) for i in range(len(rows)))
        return cls(names, tuple(codes), rows).checked()

    def checked(self) -> Table:
        """Return the table if all its values are finite or missing. Raises WutongError S210, S211.

        The addition of zero turns signalling NaNs, which R writes for NA, into quiet ones; `nanmin` returns NaN on
        the former.
        """
        if not self.units or not self.codes:
            raise WutongError.of("S210")
        infinite = np.argwhere(np.isinf(self.values))
        if len(infinite):
            raise WutongError(*(
                Diagnostic.of("S211", Place(row=int(i) + 1, column=self.codes[j]), unit=self.units[i])
                for i, j in infinite[:_LISTED]
            ))
        return replace(self, values=self.values + 0.0)

    def column(self, code: str) -> Floats:
        """Return one column. Raises WutongError S212."""
        if code not in self.codes:
            raise WutongError.of("S212", Place(column=code), item=code)
        return self.values[:, self.codes.index(code)]

    def pick(self, codes: Sequence[str]) -> Table:
        """Return the table with these columns in this order. Raises WutongError S212."""
        missing = [code for code in codes if code not in self.codes]
        if missing:
            raise WutongError(*(Diagnostic.of("S212", Place(column=code), item=code) for code in missing))
        return replace(self, codes=tuple(codes), values=self.values[:, [self.codes.index(c) for c in codes]])

    def take(self, rows: Bools) -> Table:
        """Return the table of the units chosen."""
        return replace(
            self, units=tuple(np.array(self.units, dtype=object)[rows]), values=self.values[rows],
            groups={k: tuple(np.array(v, dtype=object)[rows]) for k, v in self.groups.items()},
            denominators={k: v[rows] for k, v in self.denominators.items()},
        )

    def complete(self) -> Table:
        """Return the table of the units without gaps."""
        return self.take(np.asarray(~np.isnan(self.values).any(axis=1)))

    def with_values(self, values: Floats, codes: Sequence[str] | None = None) -> Table:
        """Return the table with other values."""
        return replace(self, values=values, codes=tuple(codes) if codes is not None else self.codes)

    def available(self) -> Floats:
        """Return the share of values present, per unit."""
        return np.asarray(np.mean(~np.isnan(self.values), axis=1))

    def group(self, name: str) -> tuple[str | None, ...]:
        """Return a grouping column. Raises WutongError S213."""
        if name not in self.groups:
            raise WutongError.of("S213", Place(column=name), name=name, names="、".join(self.groups) or "—")
        return self.groups[name]


def group_rows(labels: Sequence[str | None]) -> dict[str, NDArray[np.intp]]:
    """Return the rows of each group, groups in order of appearance; rows without a group belong to none."""
    found: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        if label is not None:
            found.setdefault(label, []).append(row)
    return {label: np.array(rows, dtype=np.intp) for label, rows in found.items()}


def need_spread(table: Table, what: str) -> None:
    """Refuse columns in which a method has nothing to work with. Raises WutongError S214 (empty), S215 (constant)."""
    found = []
    for code, column in zip(table.codes, table.values.T, strict=True):
        present = column[~np.isnan(column)]
        if len(present) == 0:
            found.append(Diagnostic.of("S214", Place(column=code), item=code, what=what))
        elif present.min() == present.max():
            found.append(Diagnostic.of("S215", Place(column=code), item=code, what=what, value=f"{present[0]:g}"))
    if found:
        raise WutongError(*found)
