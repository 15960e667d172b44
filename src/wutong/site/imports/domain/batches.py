"""Batches: taken in, looked at, agreed to, written in small parts, taken back. Each step can be repeated safely."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.domain.files import remove_file
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, StoredFile, User, Zone
from wutong.site.imports.enums import BatchState, LineKind
from wutong.site.imports.models import HeaderMemory, ImportBatch, ImportLine, ImportPolicy
from wutong.site.registry.domain.bulk import Source, Statement, take_statements, undo_statements
from wutong.site.registry.enums import SourceRank

PART = 200
"""Companies written in one transaction."""


@writes("import.start")
def start_import(
    *, actor: User, zone: Zone, file: StoredFile, source: str, rank: SourceRank, on: date, valid_from: date | None = None,
) -> ImportBatch:
    """Begin with a stored file; it is read in the background. Raises WutongError W202 without a source."""
    if not source.strip():
        raise WutongError.of("W202", fact=file.name)
    batch = ImportBatch.objects.create(
        zone=zone, file=file, source=source.strip(), rank=rank, on=on, valid_from=valid_from, created_by=actor,
        headers=dict(HeaderMemory.objects.filter(zone=zone).values_list("header", "meant")))
    record(actor, batch, file=file.name, sha256=file.sha256, source=batch.source, rank=int(rank))
    _enqueue("read", batch)
    return batch


@writes("import.headers")
def correct_headers(*, actor: User, batch: ImportBatch, meant: Mapping[str, str]) -> ImportBatch:
    """Say how headers are to be read, now and in later files of the zone, and read the file again.

    An empty meaning means "do not read". Raises WutongError W302 if the batch is past its dry run.
    """
    batch = _locked(batch, BatchState.READY, BatchState.REFUSED)
    for header, text in meant.items():
        HeaderMemory.objects.update_or_create(zone=batch.zone, header=header, defaults={"meant": text})
    HeaderMemory.objects.filter(zone=batch.zone, header__in=set(batch.headers) - set(meant)).delete()
    batch.headers, batch.state, batch.beat_at = dict(meant), BatchState.READING, timezone.now()
    batch.save()
    record(actor, batch, headers=dict(meant))
    _enqueue("read", batch)
    return batch


@writes("import.dry_run")
def keep_dry_run(
    *, actor: User | None, batch: ImportBatch, report: Mapping[str, Any], lines: Iterable[ImportLine] = (),
    marked: StoredFile | None = None,
) -> ImportBatch:
    """Keep what reading and comparing found; a second reading replaces the first. Refused files have no lines."""
    batch = _locked(batch, BatchState.READING)
    batch.lines.all().delete()
    counts: Counter[str] = Counter()
    part: list[ImportLine] = []
    for line in lines:
        counts[line.kind] += 1
        part.append(line)
        if len(part) == 2000:
            ImportLine.objects.bulk_create(part)
            part = []
    ImportLine.objects.bulk_create(part)
    former, batch.marked = batch.marked, marked
    batch.report, batch.beat_at = {**report, "lines": dict(counts)}, timezone.now()
    batch.state = BatchState.REFUSED if report.get("refused") or report.get("fatal") else BatchState.READY
    batch.save()
    if former is not None:
        remove_file(actor=batch.created_by, stored=former)
    record(actor, batch, state=batch.state, lines=dict(counts))
    return batch


def needs_approval(zone: Zone) -> bool:
    """Return whether a second person must agree in this zone."""
    return ImportPolicy.objects.filter(zone=zone).values_list("needs_approval", flat=True).first() is not False


@writes("import.policy")
def set_policy(*, actor: User, zone: Zone, needs_approval: bool) -> ImportPolicy:
    """Say whether a second person must agree before a file is written."""
    policy, _made = ImportPolicy.objects.update_or_create(zone=zone, defaults={"needs_approval": needs_approval})
    record(actor, policy, zone=zone, needs_approval=needs_approval)
    return policy


@writes("import.propose")
def propose_import(*, actor: User, batch: ImportBatch, reason: str) -> ImportBatch:
    """Ask for the batch to be written; where the zone wants no second person it begins at once.

    Raises WutongError W302 if it is not ready, W303 if nothing in it can be written.
    """
    batch = _locked(batch, BatchState.READY)
    if not batch.lines.exclude(kind=LineKind.REJECTED).exists():
        raise WutongError.of("W303")
    if needs_approval(batch.zone):
        batch.approval = request_approval(
            actor=actor, kind="import.apply", title=_t("写入 %(file)s（%(source)s）") % {"file": batch.file.name, "source": batch.source},
            reason=reason, payload={"batch": batch.pk}, zone=batch.zone)
        batch.state = BatchState.PENDING
        batch.save()
    else:
        _begin(batch, BatchState.APPLYING)
    record(actor, batch, reason=reason, state=batch.state)
    return batch


@writes("import.begin")
def begin_import(*, actor: User, batch: ImportBatch) -> ImportBatch:
    """Start writing what has been agreed to. Raises WutongError W302 if it was not asked for."""
    batch = _locked(batch, BatchState.PENDING)
    _begin(batch, BatchState.APPLYING)
    record(actor, batch, lines=batch.total)
    return batch


@writes("import.return")
def return_import(*, actor: User, batch: ImportBatch) -> ImportBatch:
    """Take a batch back to "ready" after its request was refused or withdrawn. Raises WutongError W302 otherwise."""
    batch = _locked(batch, BatchState.PENDING)
    if batch.approval is None or batch.approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED):
        raise WutongError.of("W302", state=batch.get_state_display())
    batch.state = BatchState.READY
    batch.save()
    record(actor, batch, approval=batch.approval.pk)
    return batch


@writes("import.undo")
def undo_import(*, actor: User, batch: ImportBatch) -> ImportBatch:
    """Start taking a written batch back. Raises WutongError W302 if it is not written."""
    batch = _locked(batch, BatchState.APPLIED)
    _begin(batch, BatchState.UNDOING)
    record(actor, batch, lines=batch.total)
    return batch


@writes("import.resume")
def resume_import(*, actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Go on with work that has lost its worker; what is written stays. Raises WutongError W302 if nothing is at work."""
    batch = _locked(batch, BatchState.READING, BatchState.APPLYING, BatchState.UNDOING)
    batch.beat_at = timezone.now()
    batch.save()
    record(actor, batch, state=batch.state, done=batch.done)
    _enqueue("read" if batch.state == BatchState.READING else "work", batch)
    return batch


@writes("import.drop")
def drop_import(*, actor: User, batch: ImportBatch) -> ImportBatch:
    """Give up a batch that has not been written. Raises WutongError W302 otherwise."""
    batch = _locked(batch, BatchState.READY, BatchState.REFUSED)
    batch.state = BatchState.DROPPED
    batch.save()
    record(actor, batch)
    return batch


@writes("import.part")
def work_part(*, actor: User | None, batch: ImportBatch) -> bool:
    """Write (or take back) the next 200 companies in one transaction; return whether more are left.

    Lines are marked in the same transaction, so a part is done whole or not at all, and never twice, whoever is
    killed and however many workers take part. Raises WutongError W302 if the batch is not at work.
    """
    batch = _locked(batch, BatchState.APPLYING, BatchState.UNDOING)
    undoing = batch.state == BatchState.UNDOING
    open_lines = batch.lines.filter(is_applied=undoing).exclude(kind=LineKind.REJECTED).order_by("pk")
    part = list(open_lines[:PART])
    if part:
        (_take_back if undoing else _write)(batch, part)
        batch.lines.filter(pk__in=[line.pk for line in part]).update(is_applied=not undoing)
    batch.done, batch.beat_at = batch.total - open_lines.count(), timezone.now()
    left = batch.done < batch.total
    if not left:
        batch.state = BatchState.UNDONE if undoing else BatchState.APPLIED
        batch.applied_at = batch.applied_at or timezone.now()
    batch.save()
    record(actor, batch, lines=len(part), done=batch.done, state=batch.state)
    return left


def _write(batch: ImportBatch, part: list[ImportLine]) -> None:
    source = Source(batch.source, SourceRank(batch.rank), batch.origin, batch.valid_from, batch.file)
    statements = [Statement(line.key, **json.loads(line.content)) for line in part]
    take_statements(actor=batch.created_by, zone=batch.zone, statements=statements, source=source)


def _take_back(batch: ImportBatch, part: list[ImportLine]) -> None:
    undo_statements(actor=batch.created_by, zone=batch.zone, companies=[line.key for line in part], origin=batch.origin)


def _begin(batch: ImportBatch, state: BatchState) -> None:
    batch.state, batch.done, batch.beat_at = state, 0, timezone.now()
    batch.total = batch.lines.exclude(kind=LineKind.REJECTED).count()
    batch.save()
    _enqueue("work", batch)


def _locked(batch: ImportBatch, *states: BatchState) -> ImportBatch:
    # Read again under lock: two people, or two workers, may act at the same moment.
    fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if fresh.state not in states:
        raise WutongError.of("W302", state=fresh.get_state_display())
    return fresh


def _enqueue(task: str, batch: ImportBatch) -> None:
    from wutong.site.imports import tasks  # noqa: PLC0415 - tasks call this module

    work = {"read": tasks.read_batch, "work": tasks.work_batch}[task]
    transaction.on_commit(lambda: work.enqueue(batch.zone_id, batch.pk))


def _agreed(approval: Approval) -> None:
    batch = ImportBatch.objects.get(pk=approval.payload["batch"])
    begin_import(actor=approval.decided_by, batch=batch)


register(ApprovalKind("import.apply", _("数据导入"), "imports.decide", _agreed, ("imports:import", "batch")))
