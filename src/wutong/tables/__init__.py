"""Floor 2: the catalogue of facts, reading company tables, snapshots."""

from wutong.tables.catalogue import COMPANIES, RELATIVE_YEARS, Catalogue, Check, Child, Fact
from wutong.tables.snapshot import Snapshot, write_tables

__all__ = ["COMPANIES", "RELATIVE_YEARS", "Catalogue", "Check", "Child", "Fact", "Snapshot", "write_tables"]
