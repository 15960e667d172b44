"""Who may open what: the files in ``matrix/`` against every address, with data in place that could leak."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import URLResolver, get_resolver, reverse
from django_scopes import scopes_disabled
from site_fixtures import EVERYBODY, client_of

HERE = Path(__file__).resolve().parent


@cache
def matrix() -> dict[str, SimpleNamespace]:
    """Return the entry of every address by name, groups of roles spelled out."""
    groups = {"everybody": list(EVERYBODY)}
    rows = {}
    for path in sorted((HERE / "matrix").glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        groups |= content.pop("groups", {})
        for name, row in content.items():
            assert name not in rows, f"{name} stands in two files"
            rows[name] = row
    return {
        name: SimpleNamespace(
            method=row.get("method", "GET"), args=row.get("args", {}), data=row.get("data", {}),
            zoned=row.get("zoned", False), public=row.get("public", False),
            allow=sorted({role for entry in row["allow"] for role in groups.get(entry, [entry])}))
        for name, row in rows.items()
    }


def addresses(resolver=None, space: str = "") -> list[str]:
    """Return the names of every address of the site."""
    names = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            names += addresses(pattern, inner)
        else:
            names.append(f"{space}{pattern.name}")
    return names


def find(world, path: str):
    """Return the object at a dotted path in the world."""
    found = world
    for name in str(path).split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


def ask(client, name: str, row, world):
    """Return the response to one address; what it writes is undone."""
    address = reverse(name, kwargs={key: find(world, path) for key, path in row.args.items()})
    with transaction.atomic():
        response = client.get(address) if row.method == "GET" else client.post(address, row.data)
        transaction.set_rollback(True)
    response.body = b"".join(response) if response.streaming else response.content
    return response


def let_in(response) -> bool:
    """Return whether the address answered with what it is for, rather than sending the person away."""
    assert response.status_code < 500
    to_sign_in = response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
    return response.status_code not in (401, 403, 404) and not to_sign_in


def test_every_address_stands_in_the_matrix_and_no_other():
    assert sorted(matrix()) == sorted(addresses())


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_opens_exactly_what_the_matrix_allows(role, db_world):
    with scopes_disabled():
        client = client_of(db_world.people.get(role))
        opened = sorted(name for name, row in matrix().items() if let_in(ask(client, name, row, db_world)))
    allowed = sorted(name for name, row in matrix().items() if role in row.allow)
    more, less = sorted(set(opened) - set(allowed)), sorted(set(allowed) - set(opened))
    assert not more, f"open to {role} against the matrix: {more}"
    assert not less, f"closed to {role} against the matrix: {less}"


@pytest.mark.parametrize("who", ["zone_officer", "zone_lead", "zone_viewer", "company_user", "judge", "bank"])
def test_another_zone_finds_nothing_and_reads_nothing(who, db_world):
    client = client_of(db_world.there.people[who])
    names = [db_world.here.zone.name, *(company.name for company in db_world.here.companies)]
    for name, row in matrix().items():
        if row.public or name == "set_language" or name.startswith(("account_", "mfa_")):
            continue
        response = ask(client, name, row, db_world)
        if row.zoned or name == "core:file":
            assert response.status_code in (403, 404), name
        assert [n for n in names if n in response.body.decode("utf-8", "ignore")] == [], name


def test_another_company_of_the_same_zone_is_not_found(db_world):
    client = client_of(db_world.here.people["company_user"])
    response = client.get(reverse("registry:company", args=[db_world.here.foreign.uscc]))
    assert response.status_code == 404
    assert db_world.here.foreign.name not in response.content.decode()
    listed = client.get(reverse("registry:companies")).content.decode()
    assert db_world.here.company.name in listed
    assert db_world.here.foreign.name not in listed


def test_no_role_may_both_act_and_keep_the_record():
    audit = {name for name in matrix() if name.startswith(("core:audit", "core:seal"))}
    for name in audit:
        assert matrix()[name].allow == ["audit_admin"]
    only_audit = {name for name, row in matrix().items() if "audit_admin" in row.allow and "system_admin" not in row.allow}
    assert only_audit == audit
