from __future__ import annotations

import csv

import numpy as np
import pytest

from wutong.composite.reading import read_study
from wutong.composite.table import Table


@pytest.fixture(scope="session")
def asem(shared):
    folder = shared / "data" / "composite-index"
    return read_study(folder / "iData.csv", folder / "iMeta.csv")


@pytest.fixture(scope="session")
def stage(shared, asem):
    """Return a reader of the tables that COINr 1.1.14 wrote, rows in the order of the raw data."""

    def read(name: str) -> Table:
        with (shared / "data" / "composite-index" / f"chainA_{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        by_unit = {row["uCode"]: row for row in rows}
        codes = [c for c in rows[0] if c != "uCode"]
        values = [[float(by_unit[u][c]) if by_unit[u][c] not in ("", "NA") else np.nan for c in codes]
                  for u in asem.table.units]
        return Table(asem.table.units, tuple(codes), np.array(values))

    return read
