"""Duplicates: found by name, made one, taken apart again. Nothing is deleted and nothing overwritten."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User
from wutong.site.registry.domain.bulk import undo_statements
from wutong.site.registry.enums import CompanyState
from wutong.site.registry.models import Company, Fact, ListRow, Merge


@writes("company.merge")
def merge_companies(*, actor: User, kept: Company, gone: Company) -> Merge:
    """Make two entries one: what only `gone` knows is told of `kept` as well, under its own sources.

    Where both have a value of one source, that of `kept` stands; the other stays readable at `gone`. Raises
    WutongError W211 for one company twice, another zone's, or one that is not in the zone's care.
    """
    active = kept.state == gone.state == CompanyState.ACTIVE
    if kept.pk == gone.pk or kept.zone_id != gone.zone_id or not active:
        raise WutongError.of("W211")
    merge = Merge.objects.create(zone=kept.zone, kept=kept, gone=gone, by=actor)
    counts = {model.__name__: _copied(model, merge) for model in (Fact, ListRow)}
    gone.state = CompanyState.MERGED
    gone.save()
    record(actor, merge, kept=kept.uscc, gone=gone.uscc, **counts)
    return merge


def _copied(model: Any, merge: Merge) -> int:
    taken = {_slot(row) for row in model.objects.current().filter(company=merge.kept)}
    rows = [row for row in model.objects.current().filter(company=merge.gone) if _slot(row) not in taken]
    for row in rows:
        row.pk, row.company, row.origin, row.known_from = None, merge.kept, merge.origin, merge.at
    model.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _slot(row: Fact | ListRow) -> tuple[Any, ...]:
    what = (row.code, row.period) if isinstance(row, Fact) else (row.table,)
    return row.source, row.valid_from, *what


@writes("company.unmerge")
def undo_merge(*, actor: User, merge: Merge) -> Merge:
    """Take two entries apart again. Raises WutongError W212 if they are apart."""
    merge = Merge.objects.select_for_update().select_related("kept", "gone", "zone").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise WutongError.of("W212")
    undo_statements(actor=actor, zone=merge.zone, companies=[merge.kept.uscc], origin=merge.origin)
    merge.gone.state = CompanyState.ACTIVE
    merge.gone.save()
    merge.undone_at = timezone.now()
    merge.save()
    record(actor, merge, kept=merge.kept.uscc, gone=merge.gone.uscc)
    return merge
