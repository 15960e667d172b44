"""One call of every write of portraits."""

from __future__ import annotations

from datetime import date

from wutong.site.portraits.domain.services import note_view, record_service, withdraw_service
from wutong.site.portraits.enums import ServiceKind


def _officer(world):
    return world.here.people["zone_officer"]


CASES = {
    "service.record": lambda w: record_service(
        actor=_officer(w), company=w.here.company, day=date(2026, 5, 6), kind=ServiceKind.TUTORING, text="辅导"),
    "service.withdraw": lambda w: withdraw_service(actor=_officer(w), service=w.here.service),
    "portrait.view": lambda w: note_view(actor=_officer(w), company=w.here.company),
}
