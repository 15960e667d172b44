"""Events of the libraries that sign people in, turned into domain calls."""

from __future__ import annotations

import secrets

from allauth.mfa import signals as factors
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from wutong.site.core.domain.users import end_session, note_factor, refuse_session, start_session
from wutong.site.core.middleware import TOKEN


@receiver(user_logged_in)
def _in(sender, request, user, **_kwargs) -> None:
    # A token of our own: Django's key changes when the person changes the password.
    request.session[TOKEN] = secrets.token_hex(16)
    start_session(user=user, session_key=request.session[TOKEN])


@receiver(user_logged_out)
def _out(sender, request, user, **_kwargs) -> None:
    if user is not None and not getattr(request, "session_over", False):
        end_session(user=user, reason="signed_out")


@receiver(user_login_failed)
def _failed(sender, credentials, **_kwargs) -> None:
    refuse_session(username=str(credentials.get("username", ""))[:64], locked=False)


@receiver(user_locked_out)
def _locked(sender, username=None, **_kwargs) -> None:
    refuse_session(username=str(username or "")[:64], locked=True)


@receiver(factors.authenticator_added)
def _added(sender, user, authenticator, **_kwargs) -> None:
    note_factor(user=user, kind=authenticator.type, change="added")


@receiver(factors.authenticator_removed)
def _removed(sender, user, authenticator, **_kwargs) -> None:
    note_factor(user=user, kind=authenticator.type, change="removed")


@receiver(factors.authenticator_reset)
def _renewed(sender, user, authenticator, **_kwargs) -> None:
    note_factor(user=user, kind=authenticator.type, change="renewed")
