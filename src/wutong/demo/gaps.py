"""Missing cells: most tables that zones collect lack a tenth of their cells, unevenly."""

from __future__ import annotations

from random import Random

from wutong.demo.invent import LATEST
from wutong.demo.model import Company

KEPT = frozenset({
    "uscc", "internal_id", "name", "data_nature", "zone", "industry_chain", "profile", "sample", "registered_on",
    "carrier_kind", "carrier", "entered_on",
})
_SURE = frozenset({"resident", "independent_legal_person", "legal_form", "industry_section", "size_sector", "district",
                   "product_barred", "rd_negative_industry", "registered_in_main_park", "taxed_in_main_park",
                   "on_abnormal_list", "on_violation_list", "tech_field", "tax_on_books", "registered_place"})
"""Registers hold these; they are rarely missing."""
_FRESH = frozenset({"revenue", "staff", "rd_cost", "assets"})


def punch_gaps(rng: Random, companies: list[Company]) -> None:
    """Blank cells of invented companies: some report in full, some lack a quarter of their figures."""
    for company in companies:
        rate = rng.choice((0.0, 0.02, 0.05, 0.12, 0.25, 0.3))
        if "sample" in company.facts:
            rate = 0.0
        for code in company.facts:
            sure = code in _SURE
            if code not in KEPT and rng.random() < (rate / 10 if sure else rate):
                company.facts[code] = None
        for code, year in list(company.yearly):
            eased = 0.4 if code in _FRESH and year == LATEST else 1
            if rng.random() < rate * eased:
                del company.yearly[code, year]
        company.facts.pop("sample", None)
