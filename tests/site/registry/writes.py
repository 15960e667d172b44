"""One call of every write of the registry."""

from __future__ import annotations

from decimal import Decimal

from wutong.site.registry.domain.bulk import Source, Statement, take_statements, undo_statements
from wutong.site.registry.domain.companies import change_company, create_company
from wutong.site.registry.domain.desk import remove_view, save_view, tag_companies
from wutong.site.registry.domain.facts import record_fact
from wutong.site.registry.domain.merging import merge_companies, undo_merge
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
    "statements.take": lambda w: take_statements(
        actor=_officer(w), zone=w.here.zone, statements=[Statement(w.here.company.uscc, {"staff_2025": "9"})], source=Source("申报")),
    "statements.undo": lambda w: undo_statements(
        actor=_officer(w), zone=w.here.zone, companies=[w.here.company.uscc], origin="import:1"),
    "company.tag": lambda w: tag_companies(actor=_officer(w), zone=w.here.zone, companies=w.here.companies, name="瞪羚"),
    "view.save": lambda w: save_view(actor=_officer(w), zone=w.here.zone, name="机器人", query="q=机器人", is_shared=True),
    "view.remove": lambda w: remove_view(actor=_officer(w), view=w.here.view),
    "company.merge": lambda w: merge_companies(actor=_officer(w), kept=w.here.company, gone=w.here.foreign),
    "company.unmerge": lambda w: undo_merge(actor=_officer(w), merge=w.here.merge),
}
