"""Pages of imports and of companies in Chromium: no console message, no fault of accessibility, wide and narrow."""

from __future__ import annotations

import pytest
from django_scopes import scope
from site_axe import faults
from site_browser import photograph

from wutong.site.registry.domain.bulk import Source, Statement, take_statements
from wutong.site.registry.enums import SourceRank

PATHS = {
    "imports": "/imports/", "import-new": "/imports/new", "import": "/imports/{pk}/", "import-lines": "/imports/{pk}/lines",
    "import-headers": "/imports/{pk}/headers", "companies": "/companies/", "company": "/companies/{uscc}/",
    "company-history": "/companies/{uscc}/history", "company-missing": "/companies/{uscc}/missing",
    "duplicates": "/companies/duplicates", "merges": "/companies/merges",
}


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_stand_wide_and_narrow(width, pages, live_world):
    place = live_world.here
    facts = {"revenue_2024": "9800000.00", "revenue_2025": "1.00", "staff_2025": "86", "district": "城阳区", "resident": "true"}
    patents = ['{"granted_on": "2024-03-05", "kind": "I类", "title": "柔性夹爪", "type": "发明专利"}']
    with scope(zone=place.zone):
        statement = Statement(place.company.uscc, facts, {"ip": patents})
        take_statements(actor=None, zone=place.zone, statements=[statement], source=Source("税务局", SourceRank.OFFICIAL))
    page = pages("zone_officer", width)
    for name, path in PATHS.items():
        address = path.format(pk=place.batch.pk, uscc=place.company.uscc)
        assert page.goto(address, wait_until="networkidle").status == 200
        photograph(page, f"{name}-{width}")
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
