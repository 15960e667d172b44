"""Facts: recorded with a source; a newer value supersedes, nothing is overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import StoredFile, User
from wutong.site.registry.enums import SourceRank
from wutong.site.registry.models import Company, Fact


@writes("fact.record")
def record_fact(
    *, actor: User | None, company: Company, code: str, value: str | date | Decimal | bool, source: str, period: str = "",
    unit: str = "", evidence: StoredFile | None = None, valid_from: date | None = None,
    rank: SourceRank = SourceRank.DECLARED,
) -> Fact:
    """Record one value; the value the same source gave before for the same day is superseded and stays readable.

    Raises WutongError W202 without a source.
    """
    if not source.strip():
        raise WutongError.of("W202", fact=code)
    now = timezone.now()
    current = Fact.objects.filter(
        company=company, code=code, period=period, source=source, valid_from=valid_from, known_until=None)
    superseded = list(current.values_list("pk", flat=True))
    current.update(known_until=now)
    fact = Fact.objects.create(
        zone=company.zone, company=company, code=code, period=period, value=stored(value),
        number=value if isinstance(value, Decimal) else None, unit=unit, source=source, rank=rank, evidence=evidence,
        valid_from=valid_from, known_from=now, recorded_by=actor)
    record(actor, fact, zone=company.zone, company=company.uscc, code=code, period=period, supersedes=superseded)
    return fact


def stored(value: str | date | Decimal | bool) -> str:
    """Return a value as the table keeps it.

    >>> stored(Decimal("1E+3")), stored(True), stored(date(2026, 1, 2))
    ('1000', 'true', '2026-01-02')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
