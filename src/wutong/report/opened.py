"""Companies and policies to ask about: a run folder, or a table of companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from wutong.errors import Place, WutongError
from wutong.packs import Policy, load_file, load_packs
from wutong.packs.loader import pack_files
from wutong.report.asked import asked_run, asked_table
from wutong.report.run import opened_run, says_demo


@dataclass(frozen=True, slots=True)
class Opened:
    """Tables by name, the policies that apply, the date, and where it comes from."""

    tables: dict[str, pa.Table | Path]
    policies: tuple[Policy, ...]
    on: date
    run: str
    """Id of the run; the name of the file where it is none."""
    demo: bool

    @property
    def companies(self) -> pa.Table:
        """The company table, sorted by code."""
        table = self.tables["companies"]
        if isinstance(table, pa.Table):
            return table.sort_by("company")
        return pa.parquet.read_table(table).sort_by("company")


def open_any(path: Path, on: date | None = None, packs: Sequence[str | Path] | None = None) -> Opened:
    """Open a run folder or read a table of companies.

    Args:
        path: a folder written by ``wutong evaluate``, or an Excel, CSV or Parquet file.
        on: the date; for a run folder its own if None, for a table needed.
        packs: for a table the packs to apply, and for a run the packs to take instead of its own.

    Raises:
        WutongError: R104, R105 for a folder; T1xx, R101 for a table; C102 where a table comes without a date.
    """
    if path.is_dir():
        asked = asked_run(path)
        policies = load_packs(packs) if packs else asked.policies
        run = opened_run(path) if asked.run is None else asked.run
        return Opened(asked.tables, tuple(policies), on or asked.on, run.run, run.snapshot.demo)
    if on is None:
        raise WutongError.of("C102", Place(file=path.name), date="")
    asked = asked_table(path, on, packs)
    return Opened(asked.tables, asked.policies, on, path.name, says_demo(asked.read("companies")))


def draft_policies(path: Path) -> list[Policy]:
    """Return the policies of a draft: one file, or every policy file of a folder.

    Raises:
        WutongError: P1xx for faulty files, C101 where there is nothing.
    """
    if path.is_file():
        return [load_file(path)]
    if not path.is_dir():
        raise WutongError.of("C101", Place(file=str(path)))
    return [load_file(file) for file in pack_files(path)]
