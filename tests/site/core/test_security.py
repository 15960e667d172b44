"""Rows of design/security.md 5.2 that concern core: each defence, and that it is what holds."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from site_fixtures import PASSWORD, client_of

from wutong.errors import WutongError
from wutong.site.config.environment import Environment, secret_key
from wutong.site.core.domain import approvals, audit, roles, users
from wutong.site.core.domain.passwords import ProfileValidator
from wutong.site.core.domain.queries.audit import verify
from wutong.site.core.enums import ADMINISTRATORS, Role
from wutong.site.core.models import AuditEvent, AuditSeal, RoleGrant, User
from wutong.site.core.models.audit import AppendOnlyError

LOGIN = "/account/login/"


def sign_in(username: str, password: str, **extra):
    return Client().post(LOGIN, {"login": username, "password": password}, **extra)


# -- signing in ---------------------------------------------------------------------------------------------------


def test_the_fifth_wrong_password_locks_and_the_right_one_is_then_refused(world):
    codes = [sign_in("here_company_user", "wrong").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    refused = sign_in("here_company_user", PASSWORD)
    assert refused.status_code == 429
    assert "登录已锁定" in refused.content.decode()
    assert refused["Retry-After"] == "1800"


def test_wrong_passwords_from_one_address_lock_the_address(world):
    for number in range(5):
        last = sign_in(f"nobody{number}", "wrong", REMOTE_ADDR="10.0.0.9")
    assert last.status_code == 429
    assert sign_in("here_company_user", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 429
    assert sign_in("here_company_user", PASSWORD, REMOTE_ADDR="10.0.0.10").status_code == 302


def test_only_the_security_administrator_unlocks_and_it_is_on_record(world, as_role):
    person = world.people["company_user"]
    for _ in range(5):
        sign_in(person.username, "wrong", REMOTE_ADDR="10.0.0.9")
    assert sign_in(person.username, PASSWORD).status_code == 429
    assert as_role("system_admin").post(reverse("core:user_unlock", args=[person.pk])).status_code == 403
    assert as_role("security_admin").post(reverse("core:user_unlock", args=[person.pk])).status_code == 302
    assert sign_in(person.username, PASSWORD).status_code == 302
    event = AuditEvent.objects.filter(action="user.unlock").get()
    assert (event.actor, event.object_id) == (world.people["security_admin"].pk, str(person.pk))


def test_a_failed_sign_in_is_on_record_without_what_was_typed(world):
    sign_in("MyPassword123!", "x")
    event = AuditEvent.objects.filter(action="session.refuse").latest("id")
    assert event.address == "127.0.0.1"
    assert "MyPassword123!" not in f"{event.object_text}{event.detail}{event.actor_name}"


def test_staff_with_a_factor_sign_in_in_two_steps(world):
    client = Client()
    person = world.people["zone_officer"]
    first = client.post(LOGIN, {"login": person.username, "password": PASSWORD})
    assert first["Location"] == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302
    secret = TOTP(person.authenticator_set.get(type="totp")).instance.data["secret"]
    from wutong.site.core.secrets import decrypt

    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(decrypt(secret), counter))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/").status_code == 200


def test_staff_without_a_factor_see_only_enrolment(world):
    person = world.people["zone_officer"]
    person.authenticator_set.all().delete()
    client = client_of(person)
    for name in ("core:home", "core:approvals", "registry:companies", "core:organisations", "mfa_index"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_activate_totp"), name
    assert client.get(reverse("mfa_activate_totp")).status_code in (200, 302)


def test_the_factor_is_optional_only_where_the_setting_says_so_and_the_page_tells(world, settings):
    person = world.people["zone_officer"]
    person.authenticator_set.all().delete()
    settings.MFA_REQUIRED = False
    assert "仅限演示和测试" in client_of(person).get("/").content.decode()


# -- sessions -----------------------------------------------------------------------------------------------------


def _age(client: Client, **seconds: int) -> None:
    session = client.session
    for key, value in seconds.items():
        session[f"wutong_{key}"] = int(timezone.now().timestamp()) - value
    session.save()


@pytest.mark.parametrize(("started", "seen", "reason"), [(600, 1801, "idle"), (28_801, 10, "too_long")])
def test_a_session_ends_when_idle_or_too_long(world, as_role, started, seen, reason):
    client = as_role("zone_viewer")
    assert client.get("/").status_code == 200
    _age(client, started=started, seen=seen)
    assert client.get("/")["Location"] == LOGIN
    assert client.get("/").status_code == 302
    assert AuditEvent.objects.filter(action="session.end").latest("id").detail == {"reason": reason}


def test_a_session_within_the_limits_goes_on(as_role):
    client = as_role("zone_viewer")
    client.get("/")
    _age(client, started=28_700, seen=1_700)
    assert client.get("/").status_code == 200


def test_a_second_sign_in_ends_the_first(world, settings):
    person = world.people["company_user"]
    first, second = client_of(person), client_of(person)
    assert second.get("/").status_code == 200
    assert first.get("/")["Location"] == LOGIN
    settings.ONE_SESSION = False
    third, fourth = client_of(person), client_of(person)
    assert (third.get("/").status_code, fourth.get("/").status_code) == (200, 200)


@pytest.mark.parametrize("how", ["switch", "password", "role"])
def test_a_session_ends_when_the_account_is_switched_off_reset_or_loses_a_role(world, how):
    client = client_of(world.spare)
    assert client.get("/").status_code == 200
    {
        "switch": lambda: users.switch_user(actor=world.admins["system_admin"], user=world.spare, active=False),
        "password": lambda: users.reset_password(actor=world.admins["system_admin"], user=world.spare),
        "role": lambda: roles.revoke_role(actor=world.admins["security_admin"], grant=world.grant),
    }[how]()
    assert client.get("/").status_code == 302


def test_the_own_new_password_keeps_the_session(world, as_role):
    client = as_role("company_user")
    new = {"old": PASSWORD, "new": "Quite-New-2027", "again": "Quite-New-2027"}
    assert client.post(reverse("core:password"), new)["Location"] == "/"
    assert client.get("/").status_code == 200


# -- passwords ----------------------------------------------------------------------------------------------------

WEAK = {
    "mlps3": {"Short-1a": False, "onlylowercase": False, "Lower-and-Upper": True, "lower12345": False, "Wutong2026!": True},
    "asvs": {"Wutong2026!": False, "fourteenletter": False, "fifteen letters": True, "梧桐树下好乘凉不怕风来不怕雨": False},
}


@pytest.mark.parametrize("profile", sorted(WEAK))
def test_a_profile_takes_what_it_should(profile, settings):
    settings.PASSWORD_PROFILE = profile

    def taken(password: str) -> bool:
        try:
            ProfileValidator().validate(password)
        except ValidationError:
            return False
        return True

    assert {password: taken(password) for password in WEAK[profile]} == WEAK[profile]


def test_the_last_five_passwords_may_not_come_back_but_the_sixth_may(world, settings):
    person, check = world.spare, ProfileValidator()
    used = [f"Password-{n}-Aa" for n in range(6)]
    for password in used:
        users.change_password(user=person, password=password)
    for password in used[1:]:
        with pytest.raises(ValidationError):
            check.validate(password, person)
    check.validate(used[0], person)
    settings.PASSWORD_PROFILE = "asvs"
    check.validate("Password-5-Aa and more", person)


@pytest.mark.parametrize(("profile", "goes"), [("mlps3", reverse("core:password")), ("asvs", None)])
def test_an_expired_password_reaches_only_the_change_page(world, settings, profile, goes):
    settings.PASSWORD_PROFILE = profile
    person = world.people["company_user"]
    person.password_changed_at = timezone.now() - timedelta(days=91)
    person.save()
    client = client_of(person)
    for name in ("core:home", "registry:companies", "mfa_index"):
        assert client.get(reverse(name)).headers.get("Location") == goes, name
    assert client.get(reverse("core:password")).status_code == 200


def test_a_one_time_password_must_be_changed(world):
    _person, password = users.create_user(actor=world.admins["system_admin"], username="fresh", name="新人")
    client = Client()
    client.post(LOGIN, {"login": "fresh", "password": password})
    assert client.get("/")["Location"] == reverse("core:password")
    ProfileValidator().validate(password)


# -- roles --------------------------------------------------------------------------------------------------------


def test_an_administrator_holds_one_role_and_nothing_else(world):
    zone = world.here.zone
    for role in sorted(ADMINISTRATORS):
        admin = world.admins[role.value]
        for other in Role:
            with pytest.raises(WutongError):
                roles.grant_role(actor=None, user=admin, role=other, zone=None if other in ADMINISTRATORS else zone)
        with pytest.raises(WutongError, match="W141"):
            roles.grant_role(actor=None, user=world.people["zone_officer"], role=role, zone=None)


def test_the_database_too_refuses_a_second_administrator_role(world):
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleGrant.objects.create(user=world.admins["audit_admin"], role=Role.SYSTEM_ADMIN, zone=None)


def test_a_role_needs_another_persons_approval(world):
    asker, request = world.admins["system_admin"], world.role_request
    with pytest.raises(WutongError, match="W133"):
        approvals.decide_approval(actor=asker, approval=request, approve=True)
    with pytest.raises(WutongError, match="W134"):
        approvals.decide_approval(actor=world.people["zone_lead"], approval=request, approve=True)
    assert not RoleGrant.objects.filter(user=world.spare, role=Role.ZONE_VIEWER).exists()
    approvals.decide_approval(actor=world.admins["security_admin"], approval=request, approve=True)
    granted = RoleGrant.objects.get(user=world.spare, role=Role.ZONE_VIEWER)
    assert granted.granted_by == world.admins["security_admin"]
    with pytest.raises(WutongError, match="W132"):
        approvals.decide_approval(actor=world.admins["security_admin"], approval=request, approve=False)


def test_the_last_administrator_of_a_kind_stays(world):
    grant = RoleGrant.objects.get(role=Role.AUDIT_ADMIN, revoked_at=None)
    with pytest.raises(WutongError, match="W144"):
        roles.revoke_role(actor=world.admins["security_admin"], grant=grant)


# -- the audit chain ----------------------------------------------------------------------------------------------


def _rewrite(number: int, **values) -> None:
    """Change a row as somebody with the database's own rights could, triggers out of the way."""
    from wutong.site.core import triggers

    triggers.drop(connection)
    models.QuerySet(AuditEvent).filter(id=number).update(**values)
    triggers.create(connection)


def test_a_row_flipped_by_one_letter_is_named(world):
    assert verify().sound
    name = AuditEvent.objects.get(id=7).actor_name
    _rewrite(7, actor_name=f"{name}x")
    found = verify()
    assert (found.sound, found.bad, found.reason) == (False, 7, "altered")


def test_a_row_hashed_anew_breaks_the_link_of_the_next(world):
    event = AuditEvent.objects.get(id=7)
    event.detail = {"forged": "yes"}
    _rewrite(7, detail=event.detail, hash=audit.link(event))
    assert (verify().bad, verify().reason) == (8, "unlinked")


@pytest.mark.parametrize("which", ["middle", "last"])
def test_a_missing_row_is_named(world, which):
    from wutong.site.core import triggers

    last = AuditEvent.objects.count()
    number = 7 if which == "middle" else last
    triggers.drop(connection)
    models.QuerySet(AuditEvent).filter(id=number).delete()
    triggers.create(connection)
    assert (verify().bad, verify().reason) == (number, "missing")


def test_a_chain_forged_from_a_row_on_breaks_at_the_seal(world):
    audit.seal_day(actor=None, day=timezone.localdate())
    last = AuditSeal.objects.get().last
    previous = AuditEvent.objects.get(id=last - 1).hash
    for event in AuditEvent.objects.filter(id__gte=last).order_by("id"):
        event.previous, event.actor_name = previous, "somebody else"
        previous = audit.link(event)
        _rewrite(event.id, previous=event.previous, actor_name=event.actor_name, hash=previous)
    assert (verify().bad, verify().reason) == (last, "seal")


def test_the_orm_refuses_to_change_or_remove_audit_rows(world):
    event = AuditEvent.objects.first()
    for act in (event.save, event.delete, AuditEvent.objects.all().delete, lambda: AuditEvent.objects.update(address="")):
        with pytest.raises(AppendOnlyError):
            act()


@pytest.mark.parametrize("statement", [
    "UPDATE core_auditevent SET address = 'x' WHERE id = 1", "DELETE FROM core_auditevent WHERE id = 1",
    "DELETE FROM core_auditseal", "UPDATE core_auditseal SET hash = 'x'",
])
def test_the_database_refuses_to_change_or_remove_audit_rows(world, statement):
    audit.seal_day(actor=None, day=timezone.localdate())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().sound


def test_less_than_180_days_are_refused_and_pruning_keeps_the_rest_verifiable(world):
    with pytest.raises(WutongError, match="W122"):
        audit.prune(actor=None, keep=timedelta(days=179))
    from site_fixtures import load_all

    case = next(m.CASES["audit.prune"] for m in load_all("writes.py") if "audit.prune" in m.CASES)
    assert case(world) > 0
    assert AuditEvent.objects.order_by("id").first().id > 1
    assert verify().sound


# -- start-up and deployment --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "short", "a" * 80, "django-insecure-" + "x1y2z3w4v5u6t7s8" * 4, "changeme" * 8 + "ABCDEFGHIJKLMNOP"])
def test_a_weak_or_published_key_is_refused(tmp_path, key):
    with pytest.raises(WutongError, match="W102"):
        secret_key(tmp_path, key)


def test_the_key_is_made_once_for_its_owner_only(tmp_path):
    key = secret_key(tmp_path, None)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert secret_key(tmp_path, None) == key
    (tmp_path / "secret.key").chmod(0o640)
    with pytest.raises(WutongError, match="W103"):
        secret_key(tmp_path, None)


def test_the_defaults_are_the_safe_ones(tmp_path):
    env = Environment.read({"WUTONG_DATA": str(tmp_path)})
    assert (env.https, env.mfa_required, env.demo, env.one_session, env.password_profile) == (True, True, False, True, "mlps3")
    assert (env.idle_minutes, env.session_hours) == (30, 8)


def test_check_deploy_is_clean_with_production_settings(tmp_path, root):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WUTONG", "DJANGO"))}
    env |= {"WUTONG_DATA": str(tmp_path), "WUTONG_HOSTS": "zone.example.cn", "PYTHONPATH": str(root / "src"),
            "DJANGO_SETTINGS_MODULE": "wutong.site.config.settings"}
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


def test_every_page_carries_a_strict_policy(as_role):
    policy = as_role("zone_officer").get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy


def test_a_post_without_token_is_refused_with_a_page_of_ours(world):
    client = Client(enforce_csrf_checks=True)
    response = client.post(LOGIN, {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_nobody_is_superuser():
    assert not hasattr(User, "is_superuser")
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
