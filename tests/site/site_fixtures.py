"""Fixtures every test of the site may ask for. Apps add their own objects to the world: ``tests/site/<app>/world.py``."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from wutong.site.core import triggers
from wutong.site.core.domain.roles import grant_role
from wutong.site.core.domain.users import create_user
from wutong.site.core.domain.zones import create_organisation, create_zone
from wutong.site.core.enums import ADMINISTRATORS, STAFF, OrganisationKind, Role

__all__ = [
    "as_role", "browse", "chromium", "db_world", "django_db_setup", "in_zone", "live_world", "pages", "quiet_cache", "world",
]

HERE = Path(__file__).resolve().parent
PASSWORD = "Wutong-Test-2026"
ANONYMOUS = "anonymous"
EVERYBODY = (ANONYMOUS, *(role.value for role in Role))
_BUILT: list[SimpleNamespace] = []


def _flush(self) -> None:
    # Emptying the tables is what the triggers refuse; a test database is emptied all the same.
    triggers.drop(connection)
    _BUILT.clear()
    try:
        _teardown(self)
    finally:
        triggers.create(connection)


_teardown = TransactionTestCase._fixture_teardown
if _teardown.__name__ != _flush.__name__:  # collecting doctests imports this file a second time
    TransactionTestCase._fixture_teardown = _flush


@pytest.fixture(autouse=True)
def quiet_cache():
    """No test sees what another left in the cache."""
    for name in settings.CACHES:
        caches[name].clear()


def make_user(username: str, name: str, role: Role | None, zone=None, organisation=None):
    """Return a person who can sign in at once: password set, second factor enrolled where staff need one."""
    user, _first = create_user(
        actor=None, username=username, name=name, phone="13812345678", email=f"{username}@example.com", organisation=organisation)
    user.set_password(PASSWORD)
    user.must_change_password, user.password_changed_at = False, timezone.now()
    user.save()
    if role is not None:
        grant_role(actor=None, user=user, role=role, zone=None if role in ADMINISTRATORS else zone)
        if role in STAFF:
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)
    return user


def _place(code: str, name: str) -> SimpleNamespace:
    zone = create_zone(actor=None, code=code, name=name)
    with scope(zone=zone):
        company_org = create_organisation(
            actor=None, zone=zone, kind=OrganisationKind.COMPANY, name=f"{name}甲公司", uscc="91370211MA3TEXT0A1")
        bank = create_organisation(actor=None, zone=zone, kind=OrganisationKind.BANK, name=f"{name}银行")
        homes = {Role.COMPANY_USER: company_org, Role.BANK: bank}
        people = {
            role.value: make_user(f"{code}_{role.value}", f"{name}{role.label}", role, zone, homes.get(role))
            for role in Role if role not in ADMINISTRATORS
        }
        place = SimpleNamespace(zone=zone, people=people, company_organisation=company_org, bank=bank)
        for build in _builders("build"):
            build(place)
    return place


def load_all(file: str):
    """Return the modules of that name beside the tests of every app, `core` first, then what most build on."""
    modules = []
    for path in sorted(HERE.glob(f"*/{file}"), key=lambda p: (*(p.parent.name != name for name in FIRST), p)):
        spec = importlib.util.spec_from_file_location(f"site_{path.parent.name}_{path.stem}", path)
        modules.append(importlib.util.module_from_spec(spec))
        spec.loader.exec_module(modules[-1])
    return modules


FIRST = ("core", "registry", "runs")  # what the worlds of other apps build on


def _builders(name: str):
    return [getattr(module, name) for module in load_all("world.py") if hasattr(module, name)]


def build_world() -> SimpleNamespace:
    """Return ``world.here`` and ``world.there`` (zone, people by role, the apps' objects) and ``world.admins``."""
    admins = {role.value: make_user(role.value, str(role.label), role) for role in sorted(ADMINISTRATORS)}
    world = SimpleNamespace(admins=admins, here=_place("here", "本园"), there=_place("there", "外园"))
    world.people = {**admins, **world.here.people}
    for build in _builders("build_installation"):
        build(world)
    return world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Build the world once, committed; every test works on top of it and is rolled back."""
    with django_db_blocker.unblock(), scopes_disabled():
        _BUILT.append(build_world())


@pytest.fixture
def db_world(db):
    """The world, without a scope: for tests of scoping itself. Objects are fresh in every test."""
    with scopes_disabled():
        return present_world()


def present_world() -> SimpleNamespace:
    """Return the world in the tables, built anew if a test with real transactions has emptied them."""
    return copy.deepcopy(_BUILT[-1]) if _BUILT else build_world()


@pytest.fixture
def world(db_world):
    """The world, seen from ``world.here``."""
    with scope(zone=db_world.here.zone):
        yield db_world


@pytest.fixture
def in_zone(world):
    """The zone the test acts in."""
    return world.here.zone


def acting(user, zone):
    """Return the person acting in a zone, as middleware would have it."""
    user.enter(zone)
    return user


def client_of(user) -> Client:
    """Return a signed-in client; None for nobody."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_role(world):
    """``as_role("zone_officer")`` → a signed-in client of that role in ``world.here``; "anonymous" for nobody."""

    def sign_in(role: str) -> Client:
        return client_of(world.people.get(role))

    return sign_in


from site_browser import browse, chromium, live_world, pages  # noqa: E402
