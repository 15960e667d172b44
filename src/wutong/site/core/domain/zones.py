"""Zones and organisations."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import OrganisationKind
from wutong.site.core.models import Organisation, User, Zone


@writes("zone.create")
def create_zone(*, actor: User | None, code: str, name: str, is_demo: bool = False) -> Zone:
    """Create a zone. Raises WutongError W151 if code or name is taken."""
    try:
        with transaction.atomic():
            zone = Zone.objects.create(code=code, name=name, is_demo=is_demo)
    except IntegrityError:
        raise WutongError.of("W151", name=f"{code} / {name}") from None
    record(actor, zone, code=code, name=name, is_demo=is_demo)
    return zone


@writes("zone.change")
def change_zone(*, actor: User, zone: Zone, name: str, is_active: bool) -> Zone:
    """Rename a zone or switch it on or off. Raises WutongError W151 if the name is taken."""
    if Zone.objects.filter(name=name).exclude(pk=zone.pk).exists():
        raise WutongError.of("W151", name=name)
    before = {"name": zone.name, "is_active": zone.is_active}
    zone.name, zone.is_active = name, is_active
    zone.save()
    record(actor, zone, before=before, after={"name": name, "is_active": is_active})
    return zone


@writes("organisation.create")
def create_organisation(*, actor: User | None, zone: Zone, kind: OrganisationKind, name: str, uscc: str = "") -> Organisation:
    """Create an organisation. Raises WutongError W152 if the zone has one of that name."""
    try:
        with transaction.atomic():
            made = Organisation.objects.create(zone=zone, kind=kind, name=name, uscc=uscc)
    except IntegrityError:
        raise WutongError.of("W152", name=name) from None
    record(actor, made, kind=kind, name=name, uscc=uscc)
    return made


@writes("organisation.change")
def change_organisation(*, actor: User, organisation: Organisation, name: str, uscc: str, is_active: bool) -> Organisation:
    """Change an organisation; switching it off keeps its people out. Raises WutongError W152."""
    with_name = Organisation.objects.filter(zone=organisation.zone, name=name).exclude(pk=organisation.pk)
    if with_name.exists():
        raise WutongError.of("W152", name=name)
    organisation.name, organisation.uscc, organisation.is_active = name, uscc, is_active
    organisation.save()
    record(actor, organisation, name=name, uscc=uscc, is_active=is_active)
    return organisation
