"""Deciding policies for a snapshot too large for one page per company: results stay Parquet, block by block.

The folder holds ``results/block=NN/``, one column set per block of policies (file or, from Spark, a folder of
partitions), and a manifest that names what is in which column. Nothing of it passes through Python row by row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from wutong import __version__
from wutong.backends.at_hand import schema_of
from wutong.backends.protocol import Backend
from wutong.packs.model import Policy
from wutong.policy.evaluate import (
    VERDICTS,
    Block,
    Mode,
    Progress,
    block_size,
    block_tables,
    blocks,
    columns_by_table,
    snapshot_tables,
)
from wutong.tables import Snapshot


def evaluate_parts(
    snapshot: Snapshot,
    policies: Sequence[Policy],
    on: date,
    *,
    out: Path,
    backend: Backend,
    mode: Mode = "interval",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Decide every policy in force for every company of a snapshot and write the results into `out`.

    Args:
        snapshot: an opened snapshot.
        policies: the versions to apply; those not in force on `on` are left out.
        on: the date of assessment.
        out: an existing empty folder.
        backend: where the SQL runs.
        mode: ``interval`` or ``three_valued``.
        progress: told after each block.

    Returns:
        The manifest, as written to ``manifest.json``.

    Raises:
        WutongError: F5xx for faulty rules, R190 if the engine refuses.
    """
    tables = snapshot_tables(snapshot)
    chosen = [p for p in policies if p.in_force(on)]
    size = block_size(tables, backend.dialect)
    entries: list[dict[str, Any]] = []
    done = 0
    for number, block in enumerate(blocks(chosen, columns_by_table(tables), on, mode, False, size, backend.dialect)):
        entries.append(_write_block(block, number, tables, out, backend))
        done += len(block.policies)
        if progress is not None:
            progress("evaluate", done, len(chosen))
    manifest = {
        "format": 1, "engine": __version__, "backend": backend.dialect, "on": on.isoformat(), "mode": mode,
        "snapshot": snapshot.hash, "demo": snapshot.demo, "companies": snapshot.rows(), "blocks": entries,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (out / "manifest.json").write_text(text, "utf-8", newline="\n")
    return manifest


def _write_block(block: Block, number: int, tables: dict[str, pa.Table | Path], out: Path, backend: Backend) -> dict[str, Any]:
    needed = {n: t for n, t in tables.items() if n in block_tables(block)}
    folder = out / "results" / f"block={number:02d}"
    parallel = backend.dialect == "spark"
    (folder.parent if parallel else folder).mkdir(parents=True, exist_ok=True)
    schema = schema_of(block.plan.query, needed, backend)
    rows = backend.write(block.sql, needed, folder if parallel else folder / "part-0.parquet", schema)
    return {"folder": f"results/{folder.name}", "rows": rows, "policies": {
        c.policy.key: {"version": c.policy.version, "sha256": c.policy.sha256, "prefix": c.prefix,
                       "conditions": [x.code for x in c.conditions], "counts": _counts(folder, c.prefix)}
        for c in block.policies
    }}


def _counts(folder: Path, prefix: str) -> dict[str, int]:
    name = f"{prefix}_verdict"
    codes = ds.dataset(folder, format="parquet").to_table(columns=[name]).column(name)
    tally = {entry["values"]: entry["counts"] for entry in pc.value_counts(codes).to_pylist()}
    return {verdict: tally.get(code, 0) for code, verdict in enumerate(VERDICTS)}
