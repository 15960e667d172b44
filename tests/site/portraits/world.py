"""In each zone a service of its first company."""

from __future__ import annotations

from datetime import date

from wutong.site.portraits.domain.services import record_service
from wutong.site.portraits.enums import ServiceKind


def build(place) -> None:
    """Add ``place.service``."""
    officer = place.people["zone_officer"]
    officer.enter(place.zone)
    place.service = record_service(
        actor=officer, company=place.company, day=date(2026, 3, 2), kind=ServiceKind.VISIT, text=f"走访{place.company.name}，了解中试场地需求")


def build_installation(world) -> None:
    """Add ``world.portrait_kind``: a kind of file, as addresses name it."""
    world.portrait_kind = "json"
