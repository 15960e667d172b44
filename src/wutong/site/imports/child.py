"""Reading an uploaded file in a process of its own: ``python -m wutong.site.imports.child``, the job as JSON on stdin.

It knows no database and no secrets. Memory and time are limited before the file is opened, so that a file made to eat
both takes down this process only. Results lie in the job's folder: ``report.json``, one Parquet file per table, and
``marked.xlsx`` if there is something to mark.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wutong.errors import Diagnostic
    from wutong.tables import Reading

REPORT, MARKED = "report.json", "marked.xlsx"
FINDINGS_AT_MOST = 5_000
"""Findings kept for the pages; the marked workbook holds all."""
MARKED_AT_MOST = 20_000
"""Findings up to which a copy is marked: beyond, the file is wrong as a whole, and marking takes minutes."""


def limit(memory_mb: int, seconds: int) -> None:
    """Bound address space and CPU time of this process, where the system can."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the file and write its tables; return the report."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - after the limits

    from wutong.errors import WutongError  # noqa: PLC0415 - after the limits
    from wutong.tables import read_workbook, write_marked  # noqa: PLC0415 - after the limits
    from wutong.tables.safety import Limits  # noqa: PLC0415 - after the limits

    folder, path = Path(job["folder"]), Path(job["path"])
    try:
        reading = read_workbook(
            path, on=date.fromisoformat(job["on"]), limits=Limits(**job["limits"]), headers=job["headers"])
        if 0 < len(reading.diagnostics) <= MARKED_AT_MOST:
            write_marked(path, reading, folder / MARKED)
    except WutongError as error:
        return {"refused": [told(d) for d in error.diagnostics]}
    for code, table in reading.tables.items():
        pq.write_table(table, folder / f"{code}.parquet")
    return report(reading)


def report(reading: Reading) -> dict[str, Any]:
    """Return what the pages show of a reading."""
    return {
        "fatal": reading.fatal,
        "sheets": [
            {"sheet": s.sheet, "table": s.table, "row": s.header_row, "rows": s.rows, "good": s.good, "headers": s.headers}
            for s in reading.sheets],
        "findings": [told(d) for d in reading.diagnostics[:FINDINGS_AT_MOST]],
        "counts": {level: sum(d.severity == level for d in reading.diagnostics) for level in ("error", "warning", "note")},
        "rejected": [
            {"sheet": r.sheet, "row": r.row, "key": r.company or "", "name": r.name or "", "reasons": [told(d) for d in r.reasons]}
            for r in reading.rejected],
        "lines": list(reading.lines.get("companies", ())),
        "whole": sorted(reading.tables),
    }


def told(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a finding with code, place, reason and remedy in both languages."""
    return {
        "code": diagnostic.code, "severity": diagnostic.severity, **diagnostic.place.as_dict(),
        "zh": diagnostic.text("zh"), "en": diagnostic.text("en"),
        "fix_zh": diagnostic.remedy("zh"), "fix_en": diagnostic.remedy("en")}


if __name__ == "__main__":
    work = json.load(sys.stdin)
    limit(work["memory_mb"], work["seconds"])
    (Path(work["folder"]) / REPORT).write_text(json.dumps(read(work), ensure_ascii=False), "utf-8")
