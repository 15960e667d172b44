"""What was read from a file: good rows as Arrow tables, findings, and the rows that did not go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from wutong.errors import Diagnostic, WutongError
from wutong.tables.catalogue import COMPANIES, Catalogue
from wutong.tables.safety import Kind
from wutong.tables.snapshot import Snapshot, write_tables


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that did not go on: sheet, row (from 1), table, company code and name as written, the errors."""

    sheet: str
    row: int
    table: str
    company: str | None
    name: str | None
    reasons: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """One sheet as read: table, header row (from 1), rows of data, rows that went on, headers.

    `headers` is each header as written with the column it was read as, "" for a column that was not read.
    """

    sheet: str
    table: str
    header_row: int
    rows: int
    good: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """The result of reading one file.

    `tables` holds the good rows by table code (``companies`` first, keyed by column ``company``) in the stored
    types. `diagnostics` is every finding, placed by file, sheet, row and column.
    """

    path: Path
    kind: Kind
    sha256: str
    catalogue: Catalogue = field(repr=False)
    tables: Mapping[str, pa.Table] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = field(repr=False)
    rejected: tuple[Rejected, ...] = field(repr=False)
    sheets: tuple[SheetSummary, ...] = ()
    fatal: bool = False
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    """By table: the row of the sheet (from 1) each row was read from."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that are errors."""
        return tuple(d for d in self.diagnostics if d.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The findings that are warnings."""
        return tuple(d for d in self.diagnostics if d.severity == "warning")

    @property
    def companies(self) -> pa.Table:
        """The good rows of the table of companies. Raises the errors of headers and sheets if there are any."""
        return self.usable().tables[COMPANIES]

    def usable(self) -> Reading:
        """Return self if the tables can be worked with. Raises the errors of headers and sheets otherwise."""
        if self.fatal:
            raise WutongError(*self.errors)
        return self


def write_snapshot(reading: Reading, folder: Path | str, *, demo: bool = False) -> Snapshot:
    """Write the good rows of a reading as a snapshot folder.

    Raises the reading's errors if its headers were faulty, T304 if the folder holds anything else.
    """
    reading.usable()
    source = {"kind": reading.kind, "sha256": reading.sha256, "catalogue": reading.catalogue.hash}
    return write_tables(reading.tables, folder, source=source, demo=demo)
