"""Every role walks its own menu in Chromium, on a desk and on a phone: each page it can reach opens, fits and is silent.

Pages are found as a person finds them, by links: those of the menu and, from each page it opens, the first link to every
other view. What the console says fails the test (the fixture `pages`).
"""

from __future__ import annotations

from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from site_browser import photograph

ROLES = {
    "zone_officer": {"registry:companies", "policies:policies", "runs:runs", "points:models", "awards:lists", "dashboards:overview"},
    "zone_lead": {"registry:companies", "core:approvals", "awards:lists"},
    "zone_viewer": {"registry:companies", "policies:policies"},
    "system_admin": {"core:users", "core:approvals"},
    "security_admin": {"core:users", "core:approvals"},
    "audit_admin": {"core:audit", "core:seals"},
    "company_user": {"portal:home", "portal:looked", "portal:consents", "applications:mine"},
    "bank": {"portal:bank"},
    "anonymous": {"portal:zone", "awards:public_lists", "account_login"},
}
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(a => a.getAttribute('href'))"
START = {"anonymous": "/z/here/"}
ACTS = {"account_logout"}
"""Links that would end the walk."""
WALLS = {"dashboards:screen"}
"""Made for a wall of 1920 pixels and more; its own test measures it there."""


def view_of(address: str) -> str | None:
    """Return the name of the view behind an address of this site, None for another."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return None
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return None


def walk(page, start: str, known: set[str], until: str = "load"):
    """Open pages breadth first, one of each view; yield (view, address, response) of each that is a page."""
    waiting, seen = deque([start]), set(known)
    while waiting:
        address = waiting.popleft()
        view = view_of(address)
        if view is None or view in seen:
            continue
        seen.add(view)
        response = page.request.get(address)
        if "text/html" not in response.headers.get("content-type", ""):
            assert response.status == 200, (address, response.status)
            continue
        yield view, address, page.goto(address, wait_until=until)
        waiting.extend(page.evaluate(LINKS))


@pytest.mark.browser
@pytest.mark.parametrize("role", ROLES)
def test_a_role_walks_what_it_can_reach(live_world, pages, role):
    page = pages(role)
    reached = set()
    for view, address, response in walk(page, START.get(role, "/"), ACTS, "networkidle" if role == "zone_officer" else "load"):
        assert response.status == 200, (address, response.status)
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, address
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width or view in WALLS, (address, width)
            photograph(page, f"walk-{role}-{view.replace(':', '-')}-{width}")
        assert pages.said == [], address
        reached.add(view)
    assert ROLES[role] - reached == set(), sorted(reached)
