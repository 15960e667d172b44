"""What a question is asked about: a run folder, or a table decided on the spot."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wutong.backends.at_hand import snapshot_tables
from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs import choose, load_packs
from wutong.packs.loader import known_packs
from wutong.packs.model import Policy
from wutong.policy.evaluate import Mode, evaluate
from wutong.policy.facts import Company, read_company
from wutong.report.find import find_code
from wutong.report.run import OpenedRun, opened_run
from wutong.tables import read_workbook


@dataclass(frozen=True, slots=True)
class Asked:
    """Facts, policies and date of a question; `run` when they are those of a run folder."""

    on: date
    mode: Mode
    tables: dict[str, pa.Table | Path]
    policies: tuple[Policy, ...]
    run: OpenedRun | None

    def read(self, name: str) -> pa.Table:
        """Return a table in memory."""
        table = self.tables[name]
        return pq.read_table(table) if isinstance(table, Path) else table

    def called(self) -> dict[str, str]:
        """Return the name of every company by its code."""
        table = self.read("companies")
        codes, names = (table.column(x).to_pylist() for x in ("company", "name"))
        return {c: n or c for c, n in zip(codes, names, strict=True)}

    def code(self, text: str) -> str:
        """Return the code of the company meant. Raises C103, C104."""
        return find_code(list(self.called().items()), text)

    def company(self, text: str) -> Company:
        """Return all that is known of the company meant. Raises C103, C104."""
        return read_company(self.tables, self.code(text))

    def of_company(self, code: str) -> dict[str, pa.Table]:
        """Return every table with the rows of one company only."""
        tables = {n: self.read(n) for n in self.tables}
        return {n: t.filter(pc.equal(t["company"], code)) for n, t in tables.items()}

    def results(self) -> tuple[pa.Table | Path, dict[str, str]]:
        """Return the results, decided now where there is no run, and the prefix of each policy's columns."""
        if self.run is not None:
            return self.run.folder / "results.parquet", self.run.prefixes
        results = evaluate(self.tables, self.policies, self.on, self.mode)
        return results.wide, {c.policy.key: c.prefix for c in results.policies}

    def versions(self, keys: Container[str]) -> list[Policy]:
        """Return every version of some policies: those in use, and those of the shipped packs on other days."""
        own = [p for p in self.policies if p.key in keys]
        packs = sorted({p.pack for p in own} & set(known_packs()))
        used = {(p.key, p.version) for p in own}
        others = [p for p in load_packs(packs) if p.key in keys and (p.key, p.version) not in used] if packs else []
        return sorted([*own, *others], key=lambda p: (p.key, p.start or date.min))


def asked_run(folder: Path) -> Asked:
    """Open a run folder. Raises R104, R105, T30x."""
    run = opened_run(folder)
    return Asked(run.on, run.mode, dict(snapshot_tables(run.snapshot)), run.policies, run)


def asked_table(file: Path, on: date, packs: Sequence[str | Path] | None) -> Asked:
    """Read a table of companies. Raises R101 for no usable row, T1xx, P1xx."""
    reading = read_workbook(file, on=on).usable()
    if reading.companies.num_rows == 0:
        raise WutongError(Diagnostic.of("R101", Place(file=file.name)), *reading.errors)
    return Asked(on, "interval", dict(reading.tables), tuple(choose(load_packs(packs), on)), None)
