"""A snapshot: the facts of a zone as Parquet with a manifest of hashes. Same rows, same bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wutong.errors import Place, WutongError
from wutong.tables.catalogue import COMPANIES

FORMAT = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot folder."""

    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)

    @classmethod
    def open(cls, folder: Path | str) -> Snapshot:
        """Open a snapshot and compare every file with its hash. Raises T301 (not a snapshot), T302 (changed)."""
        folder = Path(folder)
        try:
            manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
            known = manifest["format"] == FORMAT and COMPANIES in manifest["tables"] and manifest["hash"]
        except (OSError, ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise WutongError.of("T301", Place(file=folder.name))
        for table, entry in manifest["tables"].items():
            file = folder / f"{table}.parquet"
            if not file.is_file() or file_hash(file) != entry["sha256"]:
                raise WutongError.of("T302", Place(file=file.name))
        if manifest["hash"] != _manifest_hash(manifest):
            raise WutongError.of("T302", Place(file=_MANIFEST))
        return cls(folder, manifest)

    @property
    def hash(self) -> str:
        """SHA-256 over the manifest, hence over every table."""
        return str(self.manifest["hash"])

    @property
    def demo(self) -> bool:
        """Whether the rows are invented."""
        return bool(self.manifest["demo"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Codes of the tables present; ``companies`` is always one."""
        return tuple(self.manifest["tables"])

    def rows(self, table: str = COMPANIES) -> int:
        """Return the number of rows of a table."""
        return int(self.manifest["tables"][table]["rows"])

    def path(self, table: str = COMPANIES) -> Path:
        """Return the Parquet file of a table. Raises T303 if the snapshot lacks it."""
        if table not in self.manifest["tables"]:
            raise WutongError.of("T303", Place(file=self.folder.name), table=table)
        return self.folder / f"{table}.parquet"

    def schema(self, table: str = COMPANIES) -> pa.Schema:
        """Return the Arrow schema of a table."""
        return pq.read_schema(self.path(table))

    def columns(self, table: str = COMPANIES) -> dict[str, str]:
        """Return column id → SQL type (VARCHAR, DECIMAL(18,2), BIGINT, BOOLEAN, DATE), in file order."""
        return {f.name: _sql_type(f.type) for f in self.schema(table)}

    def read(self, table: str = COMPANIES) -> pa.Table:
        """Return a whole table."""
        return pq.read_table(self.path(table))


def write_tables(
    tables: Mapping[str, pa.Table], folder: Path | str, *, source: Mapping[str, Any] | None = None, demo: bool = False,
) -> Snapshot:
    """Write tables (keyed by code, ``companies`` among them) as a snapshot, whole or not at all.

    Rows are sorted by every column, ``company`` first, so that the order of the input leaves no trace. An
    existing snapshot in `folder` is replaced; a folder holding anything else is T304.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MANIFEST).is_file():
        raise WutongError.of("T304", Place(file=folder.name))
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        manifest = _write(tables, draft, dict(source or {}), demo)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Snapshot(folder, manifest)


def _write(tables: Mapping[str, pa.Table], draft: Path, source: dict[str, Any], demo: bool) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for code, table in sorted(tables.items()):
        file = draft / f"{code}.parquet"
        write_parquet(table, file)
        entries[code] = {"rows": table.num_rows, "sha256": file_hash(file)}
    manifest: dict[str, Any] = {"format": FORMAT, "source": source, "tables": entries, "demo": demo}
    manifest["hash"] = _manifest_hash(manifest)
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (draft / _MANIFEST).write_text(text, "utf-8")
    draft.chmod(0o755)
    return manifest


def write_parquet(table: pa.Table, file: Path) -> None:
    """Write `table`, sorted by all its columns, as Parquet with bytes that depend on the rows only."""
    if table.num_rows > 1:
        table = table.sort_by([(name, "ascending") for name in table.column_names])
    pq.write_table(table.replace_schema_metadata(None).combine_chunks(), file, compression="zstd",
                   store_schema=False, row_group_size=122_880)


def file_hash(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest_hash(manifest: Mapping[str, Any]) -> str:
    core = {k: v for k, v in manifest.items() if k != "hash"}
    return hashlib.sha256(json.dumps(core, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    names = {pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.int64(): "BIGINT"}
    return names.get(kind, str(kind).upper())
