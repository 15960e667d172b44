"""Showing masked data whole: for a reason, and on record. The same for what leaves as a file."""

from __future__ import annotations

from django.db import models

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.masks import field_of
from wutong.site.core.models import User


@writes("data.reveal")
def reveal(*, actor: User, target: models.Model, field: str, reason: str) -> str:
    """Return a masked field whole. Raises WutongError W161 without the right or for an open field, W162 without reason."""
    masked = field_of(target, field)
    if masked is None or not actor.has_perm(masked.reveal, target):
        raise WutongError.of("W161")
    if len(reason.strip()) < 4:
        raise WutongError.of("W162")
    record(actor, target, field=field, reason=reason.strip())
    return str(getattr(target, field))


@writes("data.export")
def note_export(*, actor: User, what: str, rows: int, query: str, format_: str = "xlsx") -> None:
    """Leave the event of a list that leaves as a file: which, how many rows, under which filter."""
    record(actor, None, what=what, rows=rows, query=query, format=format_)
