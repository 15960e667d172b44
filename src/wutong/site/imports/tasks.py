"""Work of imports in the background: reading, writing, taking back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django_scopes import scope
from django_tasks import task

from wutong.errors import WutongError
from wutong.site.core.domain.files import store_file
from wutong.site.core.models import StoredFile, Zone
from wutong.site.imports.child import MARKED, told
from wutong.site.imports.domain.batches import keep_dry_run, work_part
from wutong.site.imports.domain.comparing import compared
from wutong.site.imports.domain.reading import reading_of
from wutong.site.imports.enums import BatchState, LineKind
from wutong.site.imports.models import ImportBatch, ImportLine
from wutong.site.registry.domain.bulk import statements_of


@task()
def read_batch(zone_id: int, batch_id: int) -> None:
    """Read a batch's file in a limited process, compare it with the registry, keep the dry run."""
    with scope(zone=Zone.objects.get(pk=zone_id)):
        batch = ImportBatch.objects.select_related("file", "zone", "created_by").get(pk=batch_id)
        if batch.state != BatchState.READING:
            return
        try:
            with reading_of(batch.file, batch.on, batch.headers) as (folder, report):
                lines = list(_lines(batch, folder, report))  # before the transaction, which stays short
                keep_dry_run(actor=batch.created_by, batch=batch, report=report, lines=lines, marked=_marked(batch, folder))
        except WutongError as error:
            report = {"refused": [told(d) for d in error.diagnostics]}
            keep_dry_run(actor=batch.created_by, batch=batch, report=report)


def _marked(batch: ImportBatch, folder: Path) -> StoredFile | None:
    path = folder / MARKED
    if not path.is_file():
        return None
    name = f"{Path(batch.file.name).stem}.checked.xlsx"
    with path.open("rb") as content:
        return store_file(actor=batch.created_by, zone=batch.zone, content=content, name=name)


def _lines(batch: ImportBatch, folder: Path, report: dict[str, Any]) -> Iterator[ImportLine]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - loads slowly

    whole = report.pop("whole", ())
    rows = report.pop("lines", ())
    for found in report.pop("rejected", ()):
        yield ImportLine(
            zone=batch.zone, batch=batch, kind=LineKind.REJECTED, key=found["key"][:40], name=found["name"][:200],
            sheet=found["sheet"][:64], row=found["row"], notes=found["reasons"])
    if whole:
        tables = {code: pq.read_table(folder / f"{code}.parquet") for code in whole}
        yield from compared(batch, statements_of(tables), rows)


@task()
def work_batch(zone_id: int, batch_id: int) -> None:
    """Write or take back a batch part by part until nothing is left."""
    with scope(zone=Zone.objects.get(pk=zone_id)):
        batch = ImportBatch.objects.get(pk=batch_id)
        while work_part(actor=None, batch=batch):
            pass
