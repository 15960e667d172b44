"""One call of every write of the registry."""

from __future__ import annotations

from decimal import Decimal

from wutong.site.registry.domain.companies import change_company, create_company
from wutong.site.registry.domain.facts import record_fact
from wutong.site.registry.enums import CompanyState


def _officer(world):
    return world.here.people["zone_officer"]


CASES = {
    "company.create": lambda w: create_company(
        actor=_officer(w), zone=w.here.zone, uscc="91350100M000100Y43", name="新企业"),
    "company.change": lambda w: change_company(
        actor=_officer(w), company=w.here.company, name="新名", sector="", registered_on=None, state=CompanyState.ACTIVE),
    "fact.record": lambda w: record_fact(
        actor=_officer(w), company=w.here.company, code="revenue", period="2025", value=Decimal("1.5"), unit="元",
        source="2025年度审计报告"),
}
