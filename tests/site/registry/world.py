"""Companies of each zone: the one of the company user, and one of nobody."""

from __future__ import annotations

from decimal import Decimal

from wutong.site.registry.domain.companies import create_company
from wutong.site.registry.domain.desk import save_view, tag_companies
from wutong.site.registry.domain.facts import record_fact
from wutong.site.registry.domain.merging import merge_companies
from wutong.values.uscc import check_digit

STEMS = {"here": ("91370211MA3TEXT01", "91370211MA3TEXT02", "91370211MA3TEXT03"),
         "there": ("91370211MA3TEXT04", "91370211MA3TEXT05", "91370211MA3TEXT06")}

DOUBLES = {"here": "91370211MA3TEXT07", "there": "91370211MA3TEXT08"}


def build(place) -> None:
    """Add ``place.company`` (the company user's own), ``place.foreign`` (another's) and ``place.companies``."""
    officer = place.people["zone_officer"]
    officer.enter(place.zone)
    names = ("梧桐机器人有限公司", "波司测控有限公司", "安澜海工有限公司")
    place.companies = [
        create_company(
            actor=officer, zone=place.zone, uscc=stem + check_digit(stem), name=f"{place.zone.name}{name}", sector="专用设备制造业")
        for stem, name in zip(STEMS[place.zone.code], names, strict=True)
    ]
    place.company, place.foreign = place.companies[0], place.companies[1]
    organisation = place.company_organisation
    organisation.uscc, organisation.name = place.company.uscc, place.company.name
    organisation.save()
    place.fact = record_fact(
        actor=officer, company=place.company, code="revenue", period="2025", value=Decimal("12345678.90"), unit="元",
        source="2025年度审计报告")
    place.view = save_view(actor=officer, zone=place.zone, name=f"{place.zone.name}重点", query="sector=专用", is_shared=True)
    tag_companies(actor=officer, zone=place.zone, companies=place.companies[:2], name=f"{place.zone.name}标签")
    double = DOUBLES[place.zone.code]
    place.double = create_company(
        actor=officer, zone=place.zone, uscc=double + check_digit(double), name=f"{place.zone.name}安澜海工股份有限公司")
    place.companies.append(place.double)
    place.merge = merge_companies(actor=officer, kept=place.companies[2], gone=place.double)
