"""People: made, switched off, given new passwords, unlocked; signing in and out."""

from __future__ import annotations

import secrets
import string

from allauth.mfa.models import Authenticator
from axes.utils import reset as reset_locks
from django.db import IntegrityError, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.domain.passwords import PROFILES
from wutong.site.core.models import Organisation, PasswordRecord, User

_ALPHABET = string.ascii_letters.translate({ord(c): None for c in "lIO"}) + "23456789"


def one_time_password() -> str:
    """Return a password that fits every profile; it must be changed at the first sign-in.

    >>> len(one_time_password())
    19
    """
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)]
    return "-".join([*groups, f"A{secrets.choice(string.digits)}z{secrets.choice(string.digits)}"])


@writes("user.create")
def create_user(
    *, actor: User | None, username: str, name: str, email: str = "", phone: str = "",
    organisation: Organisation | None = None,
) -> tuple[User, str]:
    """Create a person without any role; return the person and the password for the first sign-in.

    Raises WutongError W111 if the user name is taken.
    """
    password = one_time_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, password, name=name, email=email, phone=phone, organisation=organisation)
    except IntegrityError:
        raise WutongError.of("W111", name=username) from None
    PasswordRecord.objects.create(user=user, encoded=user.password)
    record(actor, user, username=username, organisation=organisation)
    return user, password


@writes("user.change")
def change_user(*, actor: User, user: User, name: str, email: str, phone: str, organisation: Organisation | None) -> User:
    """Change who a person is; the event names the changed fields, not the values, which are personal."""
    new = {"name": name, "email": email, "phone": phone, "organisation": organisation}
    changed = sorted(field for field, value in new.items() if getattr(user, field) != value)
    for field, value in new.items():
        setattr(user, field, value)
    user.save()
    record(actor, user, changed=changed)
    return user


@writes("user.switch")
def switch_user(*, actor: User, user: User, active: bool) -> User:
    """Switch an account on or off; switching off ends its session. Raises WutongError W112 for the own account."""
    if actor == user:
        raise WutongError.of("W112")
    user.is_active = active
    user.session_key = ""
    user.save()
    record(actor, user, active=active)
    return user


@writes("user.password.reset")
def reset_password(*, actor: User, user: User) -> str:
    """Give a new password for one sign-in and end the session; return it, it is shown once."""
    password = one_time_password()
    _set_password(user, password, must_change=True)
    user.session_key = ""
    user.save()
    record(actor, user)
    return password


@writes("user.password.change")
def change_password(*, user: User, password: str) -> User:
    """Set the password the person chose; the form has checked it against the profile."""
    _set_password(user, password, must_change=False)
    user.save()
    record(user, user)
    return user


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    PasswordRecord.objects.create(user=user, encoded=user.password)
    keep = max(p.remembered for p in PROFILES.values())
    old = user.password_records.values_list("pk", flat=True)[keep:]
    PasswordRecord.objects.filter(pk__in=list(old)).delete()


@writes("user.unlock")
def unlock_user(*, actor: User, user: User) -> int:
    """End the lock after wrong passwords; return how many attempts were forgotten."""
    count = reset_locks(username=user.username)
    record(actor, user, attempts=count)
    return count


@writes("user.factor.reset")
def reset_factor(*, actor: User, user: User) -> None:
    """Remove the second factor of a person who lost it; the next sign-in enrols a new one. Raises W112 for oneself."""
    if actor == user:
        raise WutongError.of("W112")
    kinds = sorted(user.authenticator_set.values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    user.session_key = ""
    user.save()
    record(actor, user, kinds=kinds)


@writes("user.factor.change")
def note_factor(*, user: User, kind: str, change: str) -> None:
    """Leave the event of a second factor added, removed or used up by its owner."""
    record(user, user, kind=kind, change=change)


@writes("session.start")
def start_session(*, user: User, session_key: str) -> User:
    """Note a sign-in; with one session per account the session before it ends here."""
    user.session_key = session_key
    user.last_login = timezone.now()
    user.save()
    record(user, user)
    return user


@writes("session.end")
def end_session(*, user: User, reason: str) -> None:
    """Note the end of a session: signed out, idle, too long, replaced."""
    record(user, user, reason=reason)


@writes("session.refuse")
def refuse_session(*, username: str, locked: bool) -> None:
    """Note a failed sign-in. The name is kept only if it is one of ours: people type passwords into the wrong box."""
    user = User.objects.filter(username=username).first()
    record(None, user, locked=locked)
