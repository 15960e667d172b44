"""Recording what the zone did for a company, and who looked at its portrait."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User
from wutong.site.portraits.enums import ServiceKind
from wutong.site.portraits.models import Service
from wutong.site.registry.models import Company


@writes("service.record")
def record_service(*, actor: User, company: Company, day: date, kind: ServiceKind, text: str) -> Service:
    """Record a service. Raises WutongError W701 for a day that has not come yet."""
    if day > timezone.localdate():
        raise WutongError.of("W701", day=day)
    service = Service.objects.create(
        zone=company.zone, company=company, day=day, kind=kind, text=text.strip(), recorded_by=actor)
    record(actor, service, company=company.uscc, day=day.isoformat(), kind=str(kind))
    return service


@writes("service.withdraw")
def withdraw_service(*, actor: User, service: Service) -> None:
    """Take a service back; the row stays for the audit. Raises WutongError W702 if that was done already."""
    if service.withdrawn_at is not None:
        raise WutongError.of("W702")
    service.withdrawn_at = timezone.now()
    service.save(update_fields=["withdrawn_at"])
    record(actor, service, company=service.company.uscc)


@writes("portrait.view")
def note_view(*, actor: User, company: Company) -> None:
    """Leave the event that somebody else than the company looked at its portrait."""
    record(actor, company, company=company.uscc)
