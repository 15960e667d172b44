"""Searches and exports wait beyond what a person does; the pages around them go on."""

from __future__ import annotations

import pytest

from wutong.site.core.limits import spent
from wutong.site.core.middleware import EXPORTS, SEARCHES
from wutong.site.core.models import AuditEvent


@pytest.mark.parametrize(("query", "most"), [("q=x", SEARCHES), ("export=xlsx", EXPORTS)])
def test_beyond_the_bound_a_request_waits_and_nothing_leaves(world, as_role, query, most):
    client, other = as_role("zone_officer"), as_role("zone_lead")
    for n in range(most - 1):
        assert not spent(f"{'export' if 'export' in query else 'search'}:user:{world.here.people['zone_officer'].pk}", most), n
    assert client.get(f"/companies/?{query}").status_code == 200
    before = AuditEvent.objects.filter(action="data.export").count()
    refused = client.get(f"/companies/?{query}")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "操作过于频繁" in refused.content.decode()
    assert world.here.company.name not in refused.content.decode()
    assert AuditEvent.objects.filter(action="data.export").count() == before
    assert client.get("/companies/").status_code == 200
    assert other.get(f"/companies/?{query}").status_code == 200


def test_nobody_signed_in_is_counted_by_address(world, as_role):
    client = as_role("anonymous")
    for _n in range(SEARCHES):
        spent("search:at:10.0.0.9", SEARCHES)
    assert client.get("/z/here/?q=x", REMOTE_ADDR="10.0.0.9").status_code == 429
    assert client.get("/z/here/?q=x", REMOTE_ADDR="10.0.0.8").status_code == 200
