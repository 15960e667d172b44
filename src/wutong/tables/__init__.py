"""Floor 2: the catalogue of facts, reading company tables, snapshots."""

from wutong.tables.catalogue import COMPANIES, RELATIVE_YEARS, Catalogue, Check, Child, Fact
from wutong.tables.marked import write_marked
from wutong.tables.reader import read_workbook
from wutong.tables.reading import Reading, Rejected, SheetSummary, write_snapshot
from wutong.tables.snapshot import Snapshot, write_tables
from wutong.tables.template import write_template

__all__ = [
    "COMPANIES", "RELATIVE_YEARS", "Catalogue", "Check", "Child", "Fact", "Reading", "Rejected", "SheetSummary",
    "Snapshot", "read_workbook", "write_marked", "write_snapshot", "write_tables", "write_template",
]
