"""Companies for the benchmarks: the same snapshot each time, from one seed.

Amounts are whole 0.5 yuan, 5 % of the numbers are missing, and every twentieth company stands exactly on the 6 %
line of R&D to sales, as companies that plan for it do.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wutong.tables.snapshot import Snapshot, write_tables

ON = date(2026, 11, 1)
YEARS = (2023, 2024, 2025)
MISSING = 0.05
MONEY = pa.decimal128(18, 2)
Columns = dict[str, pa.Array]


class Maker:
    """Random Arrow columns of one length."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rows = rows
        self.rng = np.random.default_rng(seed)

    def holes(self, share: float = MISSING) -> np.ndarray:
        """Return where a value is missing."""
        return self.rng.random(self.rows) < share

    def money(self, half_yuan: np.ndarray, holes: np.ndarray | None = None) -> pa.Array:
        """Return amounts given in half yuan as DECIMAL(18,2) in yuan."""
        gaps = self.holes() if holes is None else holes
        return decimals(half_yuan * 50, 2, gaps)

    def number(self, values: np.ndarray) -> pa.Array:
        """Return counts as DECIMAL(18,2), the stored type of numbers."""
        return decimals(values * 100, 2, self.holes())

    def pick(self, first: str, second: str) -> pa.Array:
        """Return one of two texts, half each, some missing."""
        return pa.array(np.where(self.rng.random(self.rows) < 0.5, first, second), mask=self.holes(0.02))

    def rank(self) -> pa.Array:
        """Return ranks from 1 to 9."""
        return pa.array(self.rng.integers(1, 10, self.rows), mask=self.holes(0.02))

    def flag(self, share: float, missing: float = MISSING) -> pa.Array:
        """Return booleans of which `share` are true."""
        return pa.array(self.rng.random(self.rows) < share, mask=self.holes(missing))


def decimals(scaled: np.ndarray, scale: int, holes: np.ndarray | None = None) -> pa.Array:
    """Return integers times 10**-scale as DECIMAL(18, scale), without a way through floating point."""
    low = scaled.astype(np.int64)
    words = np.stack([low, low >> 63], axis=1)
    exact = pa.Array.from_buffers(pa.decimal128(18, scale), len(low), [None, pa.py_buffer(words.tobytes())])
    return exact if holes is None else pc.if_else(pa.array(~holes), exact, pa.scalar(None, exact.type))


def codes(rows: int) -> pa.Array:
    """Return sorted 18-character company codes."""
    return pa.array([f"91370200MA{i:08d}" for i in range(rows)])


def days(values: np.ndarray, holes: np.ndarray | None = None) -> pa.Array:
    """Return days since 1970 as dates."""
    return pa.array(values.astype(np.int32), mask=holes).cast(pa.date32())


def companies(rows: int, seed: int = 20261101) -> pa.Table:
    """Return the table of companies."""
    make = Maker(rows, seed)
    rng = make.rng
    staff = np.clip(rng.lognormal(3.6, 1.0, rows), 1, 5000).astype(np.int64)
    columns: Columns = {"company": codes(rows), "name": pa.array([f"演示企业{i}" for i in range(rows)])}
    columns["registered_on"] = days(rng.integers(12_000, 20_600, rows), make.holes())
    for code, share in (("resident", 0.99), ("product_barred", 0.02), ("on_abnormal_list", 0.03),
                        ("on_violation_list", 0.01), ("listed", 0.02), ("strategic_field", 0.5)):
        columns[code] = make.flag(share)
    for child in ("ip", "certificates", "awards", "standards", "rd_bodies", "financing", "incidents",
                  "awards_paid", "findings"):
        columns[f"{child}_complete"] = make.flag(0.9, 0.1)
    for year in YEARS:
        columns |= yearly(make, staff, year)
    return pa.table(columns)


def yearly(make: Maker, staff: np.ndarray, year: int) -> Columns:
    """Return the columns of one accounting year."""
    rng, rows = make.rng, make.rows
    revenue = np.round(staff * rng.lognormal(13.2, 0.8, rows) / 100).astype(np.int64) * 100
    share = np.where(rng.random(rows) < 0.05, 60_000, rng.integers(2_000, 120_000, rows))
    research = revenue // 100 * share // 10_000
    cost = (revenue * rng.uniform(0.6, 1.2, rows)).astype(np.int64)
    technical = (staff * rng.uniform(0.0, 0.6, rows)).astype(np.int64)
    return {
        f"staff_{year}": make.number(staff),
        f"st_staff_{year}": make.number(technical),
        f"rd_staff_{year}": make.number(technical * 3 // 4),
        f"revenue_{year}": make.money(revenue),
        f"main_revenue_{year}": make.money(revenue * 9 // 10),
        f"rd_cost_{year}": make.money(research),
        f"rd_cost_domestic_{year}": make.money(research * 4 // 5),
        f"hnt_revenue_{year}": make.money(revenue * 7 // 10),
        f"total_income_{year}": make.money(revenue + 1_000),
        f"nontaxable_income_{year}": make.money(np.zeros(rows, np.int64)),
        f"total_cost_{year}": make.money(cost),
        f"assets_{year}": make.money(revenue * 2),
        f"liabilities_{year}": make.money((revenue * rng.uniform(0.2, 1.8, rows)).astype(np.int64)),
        f"net_assets_{year}": make.money(revenue),
        f"net_profit_{year}": make.money(revenue - cost),
        f"taxable_income_{year}": make.money(np.maximum(revenue - cost, 0)),
    }


def owners(make: Maker, most: int) -> np.ndarray:
    """Return company numbers, sorted, each zero to `most` times."""
    return np.repeat(np.arange(make.rows), make.rng.integers(0, most + 1, make.rows))


def intellectual_property(names: pa.Array, seed: int = 7) -> pa.Table:
    """Return IP rights: none to four for each company, a fifth of them Class I."""
    owner = owners(Maker(len(names), seed), 4)
    make = Maker(len(owner), seed + 1)
    kind = np.where(make.rng.random(make.rows) < 0.2, "I类", "II类")
    return pa.table({
        "company": names.take(pa.array(owner)),
        "kind": pa.array(kind, mask=make.holes(0.02)),
        "granted_on": days(make.rng.integers(17_000, 20_500, make.rows), make.holes(0.02)),
        "valid_until": days(make.rng.integers(20_000, 27_000, make.rows), make.holes(0.02)),
        "main_product": make.flag(0.8, 0.02),
        "granted_in_china": make.flag(0.99, 0.02),
        "used_for_hnte": make.flag(0.3, 0.02),
        "in_use": make.flag(0.8, 0.02),
        "high_value": make.flag(0.1, 0.02),
    })


def certificates(names: pa.Array, seed: int = 17) -> pa.Table:
    """Return certificates: every fifth company has one, mostly of 高新技术企业."""
    few = Maker(len(names), seed)
    owner = np.flatnonzero(few.rng.random(len(names)) < 0.2)
    make = Maker(len(owner), seed + 1)
    return pa.table({
        "company": names.take(pa.array(owner)),
        "type": pa.array(np.where(make.rng.random(make.rows) < 0.7, "高新技术企业", "科技型中小企业")),
        "issued_on": days(make.rng.integers(19_000, 20_600, make.rows)),
        "valid_until": days(make.rng.integers(20_500, 21_600, make.rows), make.holes(0.02)),
    })


def few(names: pa.Array, seed: int, share: float) -> tuple[Maker, pa.Array]:
    """Return a maker for a child table in which a few companies have one row each, and those companies."""
    chosen = np.flatnonzero(Maker(len(names), seed).rng.random(len(names)) < share)
    return Maker(len(chosen), seed + 1), names.take(pa.array(chosen))


def small_children(names: pa.Array) -> dict[str, pa.Table]:
    """Return awards, R&D bodies, standards and incidents."""
    awards, awarded = few(names, 27, 0.02)
    bodies, owning = few(names, 37, 0.05)
    standards, leading = few(names, 47, 0.03)
    incidents, involved = few(names, 57, 0.02)
    return {
        "awards": pa.table({
            "company": awarded, "level": awards.pick("国家级", "省部级"), "rank": awards.rank(),
            "awarded_on": days(awards.rng.integers(17_000, 20_700, awards.rows), awards.holes(0.02))}),
        "rd_bodies": pa.table({
            "company": owning, "level": bodies.pick("省部级", "市级"),
            "recognised_on": days(bodies.rng.integers(17_000, 20_700, bodies.rows), bodies.holes(0.02))}),
        "standards": pa.table({
            "company": leading, "level": standards.pick("行业标准", "团体标准"), "rank": standards.rank(),
            "leading": standards.flag(0.3),
            "issued_on": days(standards.rng.integers(17_000, 20_700, standards.rows), standards.holes(0.02))}),
        "incidents": pa.table({
            "company": involved, "type": incidents.pick("重大安全事故", "其他"),
            "happened_on": days(incidents.rng.integers(19_000, 20_700, incidents.rows), incidents.holes(0.02))}),
    }


def snapshot(rows: int, parent: Path) -> Snapshot:
    """Return a snapshot of `rows` companies, made once."""
    folder = parent / f"companies-{rows}"
    if not (folder / "manifest.json").exists():
        table = companies(rows)
        names = table["company"].combine_chunks()
        tables = {"companies": table, "ip": intellectual_property(names), "certificates": certificates(names)}
        tables |= small_children(names)
        write_tables(tables, folder, source={"made_by": "benchmarks/data.py"}, demo=True)
    return Snapshot.open(folder)
