"""Companies made to part engines: every fact of the catalogue, at the edges of its domain, with traps and gaps.

Amounts run from cents to the largest allowed, R&D shares stand exactly on thresholds, dates are month ends and leap
days, texts are Chinese and look-alikes in other cases and scripts, and a seventh of everything is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from wutong.policy.evaluate import shipped_catalogue
from wutong.tables.catalogue import Fact

YEARS = (2022, 2023, 2024, 2025)
MISSING = 1 / 7
DAYS = tuple(date(*ymd) for ymd in (
    (2024, 2, 29), (2024, 2, 28), (2023, 2, 28), (2024, 1, 31), (2024, 3, 31), (2025, 4, 30), (2025, 11, 1), (2025, 10, 31),
    (2026, 11, 1), (2026, 10, 31), (2020, 2, 29), (2016, 2, 29), (1999, 12, 31), (2000, 1, 1), (2021, 11, 2)))
TEXTS = ("", "青岛", "青島", "青岛市", "青岛 ", "Qingdao", "qingdao", "QINGDAO", "ｑｉｎｇｄａｏ", "一", "二", "é", "é", "'; --",
         '"引号"', "a,b", "第一行\n第二行", "t", "f", "NULL", "\\N", "😀")
LARGEST = Decimal("99999999999999.99")


def _number(rng: Random, fact: Fact) -> Decimal:
    low = Decimal(fact.min) if isinstance(fact.min, Decimal) else -LARGEST
    high = Decimal(fact.max) if isinstance(fact.max, Decimal) else LARGEST
    if fact.scale == 6:
        high = min(high, Decimal(100_000))
    step = Decimal(1).scaleb(-(fact.scale if fact.type == "number" else 0))
    drawn = rng.choice((Decimal(0), step, low, high, Decimal(rng.randrange(100)), Decimal(5) / 100,
                        Decimal(rng.randrange(10 ** rng.randrange(1, 10))), Decimal(rng.randrange(10 ** 6)) / 100))
    return min(max(drawn, low), high).quantize(step)


def value_maker(fact: Fact) -> Callable[[Random], Any]:
    """Return what draws values of a fact."""
    if fact.type in ("number", "integer"):
        if fact.type == "integer":
            return lambda rng: min(int(_number(rng, fact)), 10 ** 9)
        return lambda rng: _number(rng, fact)
    if fact.type == "boolean":
        return lambda rng: rng.random() < 0.6
    if fact.type == "date":
        return lambda rng: rng.choice(DAYS) if rng.random() < 0.5 else date(2010, 1, 1) + timedelta(rng.randrange(6200))
    texts = (*fact.values, *fact.values, *fact.values, *TEXTS[:4]) if fact.values else TEXTS
    return lambda rng: rng.choice(texts)


def column(rng: Random, fact: Fact, rows: int) -> pa.Array:
    """Return one column of random values and gaps."""
    make = value_maker(fact)
    return pa.array([None if rng.random() < MISSING else make(rng) for _ in range(rows)], fact.arrow)


def _on_thresholds(rng: Random, columns: dict[str, pa.Array], rows: int) -> None:
    """Put every second company exactly on, or one cent below, a share of R&D in revenue."""
    for year in YEARS:
        revenue = columns[f"revenue_{year}"].to_pylist()
        spent = columns[f"rd_cost_{year}"].to_pylist()
        for i in range(0, rows, 2):
            revenue[i] = Decimal(rng.randrange(1, 10 ** 9)) * 100
            share = Decimal(rng.choice(("0.03", "0.04", "0.05", "0.06", "0.10", "0.5")))
            spent[i] = (revenue[i] * share).quantize(Decimal("0.01")) - rng.choice((Decimal(0), Decimal("0.01")))
        columns[f"revenue_{year}"] = pa.array(revenue, columns[f"revenue_{year}"].type)
        columns[f"rd_cost_{year}"] = pa.array(spent, columns[f"rd_cost_{year}"].type)


def tables(rows: int, seed: int = 1) -> dict[str, pa.Table]:
    """Return companies and all their child tables, and some findings of people."""
    catalogue, rng = shipped_catalogue(), Random(seed)
    names = [f"企业{i:05d}" if i % 3 else f"c{i:05d}" for i in range(rows)]
    columns: dict[str, pa.Array] = {}
    for fact in catalogue.facts:
        columns[fact.code] = column(rng, fact, rows)
    for fact in catalogue.yearly:
        for year in YEARS:
            columns[f"{fact.code}_{year}"] = column(rng, fact, rows)
    _on_thresholds(rng, columns, rows)
    made = {"companies": pa.table({"company": pa.array(names), **columns})}
    for child in catalogue.children:
        owners = [n for n in names for _ in range(rng.choice((0, 0, 1, 3)))]
        made[child.code] = pa.table({"company": pa.array(owners, pa.string()),
                                     **{f.code: column(rng, f, len(owners)) for f in child.columns}})
    return made
