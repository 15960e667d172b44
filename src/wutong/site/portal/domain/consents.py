"""Consents: given for a purpose and a time, ended at will."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import Organisation, User
from wutong.site.portal.models import Consent
from wutong.site.registry.models import Company

LONGEST = timedelta(days=366)
"""A consent for longer is none that anybody remembers."""


@writes("consent.grant")
def grant_consent(*, actor: User, company: Company, organisation: Organisation, purpose: str, until: date) -> Consent:
    """Allow an organisation to read the portrait until a day. Raises WutongError W743 for a day past or too far off."""
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise WutongError.of("W743", until=today + LONGEST)
    consent = Consent.objects.create(
        zone=company.zone, company=company, organisation=organisation, purpose=purpose.strip(), until=until, granted_by=actor)
    record(actor, consent, company=company.uscc, organisation=organisation, purpose=consent.purpose, until=until.isoformat())
    return consent


@writes("consent.end")
def end_consent(*, actor: User, consent: Consent) -> Consent:
    """End a consent now. Raises WutongError W744 if it has ended."""
    fresh = Consent.objects.select_for_update().get(pk=consent.pk)
    if fresh.withdrawn_at is not None:
        raise WutongError.of("W744")
    fresh.withdrawn_at = timezone.now()
    fresh.save(update_fields=["withdrawn_at"])
    record(actor, fresh, company=fresh.company.uscc, organisation=fresh.organisation)
    return fresh
