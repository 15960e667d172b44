"""Denominate, screen and impute: what happens before values are looked at as distributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wutong.composite.framework import Framework
from wutong.composite.table import Bools, Floats, Table, group_rows
from wutong.errors import Diagnostic, Place, WutongError

ScreenBy = Literal["available", "nonzero", "both"]
Filling = Literal["mean", "median"]


def denominate(table: Table, by: Mapping[str, str], scale: Mapping[str, float] | None = None) -> Table:
    """Divide indicators by denominators, as COINr `Denominate`.

    Args:
        table: with its denominators.
        by: denominator of each indicator to divide.
        scale: factor by which the quotient is multiplied, default 1.

    Raises:
        WutongError: S212, S216 unknown columns; S217 a denominator of zero.

    >>> table = Table.of([[6.0], [8.0]], ["goods"])
    >>> table = Table(table.units, table.codes, table.values, denominators={"gdp": np.array([2.0, 4.0])})
    >>> denominate(table, {"goods": "gdp"}, {"goods": 10}).values.ravel().tolist()
    [30.0, 20.0]
    """
    values = table.values.copy()
    factors = scale or {}
    for code, name in by.items():
        table.column(code)
        if name not in table.denominators:
            raise WutongError.of("S216", Place(column=code), item=code, name=name)
        below = table.denominators[name] / factors.get(code, 1.0)
        zero = np.flatnonzero(below == 0)
        if len(zero):
            raise WutongError.of("S217", Place(row=int(zero[0]) + 1, column=name), name=name, unit=table.units[zero[0]])
        at = table.codes.index(code)
        values[:, at] = values[:, at] / below
    return table.with_values(values)


def denominators_of(tree: Framework) -> dict[str, str]:
    """Return the denominators named in the metadata."""
    return {node.code: node.denominator for node in tree.nodes if node.denominator}


@dataclass(frozen=True, slots=True)
class Screening:
    """Availability of each unit (COINr `get_data_avail`) and whether it stays."""

    missing: Sequence[int]
    zero: Sequence[int]
    available: Floats
    nonzero: Floats
    kept: Bools


def screen(table: Table, by: ScreenBy = "available", at_least: float = 2 / 3, nonzero: float = 0.05,
           force: Mapping[str, bool] | None = None) -> Screening:
    """Decide which units have enough data, as COINr `Screen`.

    Args:
        table: units to judge.
        by: ``available`` share of values present, ``nonzero`` share of present values that are not zero, or ``both``.
        at_least: units below this availability go.
        nonzero: units below this share of non-zero values go.
        force: units to keep (True) or drop (False) whatever the data say.

    Raises:
        WutongError: S218 a threshold outside [0, 1], S219 a forced unit that does not exist.

    >>> screen(Table.of([[1, None], [1, 0], [2, 3]], ["a", "b"])).kept.tolist()
    [False, True, True]
    """
    if not (0 <= at_least <= 1 and 0 <= nonzero <= 1):
        raise WutongError.of("S218", value=at_least if not 0 <= at_least <= 1 else nonzero)
    absent = np.isnan(table.values)
    missing, zero = absent.sum(axis=1), (table.values == 0).sum(axis=1)
    columns = len(table.codes)
    available = 1 - missing / columns
    present = columns - missing
    share = np.where(present > 0, 1 - zero / np.maximum(present, 1), np.nan)
    enough, alive = available >= at_least, share >= nonzero
    kept = {"available": enough, "nonzero": alive, "both": enough & alive}[by]
    for unit, stays in (force or {}).items():
        if unit not in table.units:
            raise WutongError.of("S219", unit=unit)
        kept[table.units.index(unit)] = stays
    return Screening(missing.tolist(), zero.tolist(), np.asarray(available), share, kept)


def impute(table: Table, method: Filling = "mean", group: str | None = None) -> Table:
    """Fill missing values by the mean or median of the column, or of the unit's group in the column.

    A cell whose unit has no group, or whose group has no value, stays missing (COINr `i_mean_grp`).

    Raises:
        WutongError: S213 unknown group, S214 a column without any value.

    >>> impute(Table.of([[1], [3], [None]], ["a"])).values.ravel().tolist()
    [1.0, 3.0, 2.0]
    """
    _need_values(table)
    middle: Callable[[Floats], np.floating] = np.mean if method == "mean" else np.median
    labels = table.group(group) if group is not None else ("",) * len(table.units)
    values = table.values.copy()
    for rows in group_rows(labels).values():
        block = values[rows]
        for j in range(block.shape[1]):
            absent = np.isnan(block[:, j])
            if absent.any() and not absent.all():
                block[absent, j] = middle(block[~absent, j])
        values[rows] = block
    return _kept_observed(table, values)


def impute_rows(table: Table, tree: Framework, method: Filling = "mean", level: int | None = None) -> Table:
    """Fill a unit's missing values from its own other indicators, each brought to 0–1 and its direction first.

    Args:
        table: indicators of `tree`.
        tree: gives directions and groups.
        method: mean or median over the unit's row.
        level: only indicators of the same aggregate at this level count; None for all.

    Raises:
        WutongError: S214 an empty column.
    """
    _need_values(table)
    direction = np.array([tree.by_code[c].direction for c in table.codes], dtype=float)
    turned = table.values * direction
    low, high = np.nanmin(turned, axis=0), np.nanmax(turned, axis=0)
    span = np.where(high > low, high - low, 1.0)
    scaled = (turned - low) / span
    families = [next(a for a in tree.ancestors(c) if tree.by_code[a].level == level) if level else "" for c in table.codes]
    middle = np.nanmean if method == "mean" else np.nanmedian
    filled = scaled.copy()
    for columns in group_rows(families).values():
        block = scaled[:, columns]
        some = ~np.isnan(block).all(axis=1)
        centre = middle(block[some], axis=1)
        filled[np.ix_(some, columns)] = np.where(np.isnan(block[some]), centre[:, None], block[some])
    back = (filled * span + low) * direction
    return _kept_observed(table, np.where(np.isnan(table.values), back, table.values))


def impute_panel(table: Table, times: Sequence[float], how: Literal["latest", "constant", "linear"] = "latest",
                 back: int | None = None) -> Table:
    """Fill a unit's missing values from its other times (COINr `impute_panel`).

    Args:
        table: one row per unit and time; the same unit code at several times.
        times: time of each row.
        how: ``latest`` takes the last earlier value; ``constant`` and ``linear`` follow R's `approx(rule = 2)`:
            the value before, or the line between two, and the nearest value outside the observed range.
        back: for ``latest``, how many time points of the panel may be looked back.

    Raises:
        WutongError: S220 only one time, S221 a unit twice at one time.

    >>> table = Table(("u", "u", "u"), ("a",), np.array([[1.0], [np.nan], [3.0]]))
    >>> impute_panel(table, [2020, 2021, 2022], "linear").values.ravel().tolist()
    [1.0, 2.0, 3.0]
    """
    stamps = np.asarray(times, dtype=float)
    points = np.unique(stamps)
    if len(points) < 2:
        raise WutongError.of("S220")
    values = table.values.copy()
    for unit, rows in group_rows(table.units).items():
        ordered = rows[np.argsort(stamps[rows], kind="stable")]
        if len(np.unique(stamps[rows])) < len(rows):
            raise WutongError.of("S221", unit=unit)
        for j in range(values.shape[1]):
            values[ordered, j] = _series(stamps[ordered], table.values[ordered, j], points, how, back)
    return _kept_observed(table, values)


def _series(at: Floats, y: Floats, points: Floats, how: str, back: int | None) -> Floats:
    present = ~np.isnan(y)
    if not present.any() or present.all():
        return y
    if how == "linear":
        return np.asarray(np.interp(at, at[present], y[present]))
    last = np.maximum.accumulate(np.where(present, np.arange(len(y)), -1))
    filled = np.where(last >= 0, y[np.maximum(last, 0)], np.nan)
    if how == "constant":
        return np.where(last >= 0, filled, y[present][0])
    if back is not None:
        steps = np.searchsorted(points, at) - np.searchsorted(points, at[np.maximum(last, 0)])
        filled[steps > back] = np.nan
    return np.where(present, y, filled)


def _need_values(table: Table) -> None:
    empty = [c for c, column in zip(table.codes, table.values.T, strict=True) if np.isnan(column).all()]
    if empty:
        raise WutongError(*(Diagnostic.of("S214", Place(column=c), item=c, what="impute") for c in empty))


def _kept_observed(before: Table, values: Floats) -> Table:
    """Return the filled table; that no observed cell has changed is asserted, whatever the method was."""
    seen = ~np.isnan(before.values)
    if not np.array_equal(before.values[seen], values[seen]):
        raise AssertionError("imputation changed an observed value")
    return before.with_values(values)
