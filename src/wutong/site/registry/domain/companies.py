"""Companies: entered and changed."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.registry.enums import CompanyState
from wutong.site.registry.models import Company
from wutong.values.uscc import parse_uscc


@writes("company.create")
def create_company(
    *, actor: User | None, zone: Zone, uscc: str, name: str, sector: str = "", registered_on: date | None = None,
) -> Company:
    """Enter a company. Raises the errors of ``parse_uscc`` for a wrong code, W201 if the zone has the code already."""
    checked = parse_uscc(uscc)
    try:
        with transaction.atomic():
            company = Company.objects.create(
                zone=zone, uscc=checked, name=name, sector=sector, registered_on=registered_on)
    except IntegrityError:
        raise WutongError.of("W201", uscc=checked) from None
    record(actor, company, uscc=checked, name=name)
    return company


@writes("company.change")
def change_company(
    *, actor: User, company: Company, name: str, sector: str, registered_on: date | None, state: CompanyState,
) -> Company:
    """Change what identifies a company; its code never changes. The event holds the values before and after."""
    new = {"name": name, "sector": sector, "registered_on": registered_on, "state": state}
    changed = {field: [getattr(company, field), value] for field, value in new.items() if getattr(company, field) != value}
    for field, value in new.items():
        setattr(company, field, value)
    company.save()
    record(actor, company, changed=changed)
    return company
