"""Tokens: made, shown once, used, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from django.utils import timezone
from django_scopes import scopes_disabled

from wutong.errors import WutongError
from wutong.site.api.models import Token
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone

LONGEST = timedelta(days=366)
NOTED = timedelta(hours=1)
"""Use is noted so often at most."""
MARK = "wtg"


@writes("token.make")
def make_token(*, actor: User, zone: Zone, name: str, until: date) -> tuple[Token, str]:
    """Make a token; return it and the text that is shown once. Raises WutongError W761 for a day past or too far off."""
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise WutongError.of("W761", until=today + LONGEST)
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    text = f"{MARK}_{prefix}_{secret}"
    token = Token.objects.create(
        zone=zone, organisation=actor.organisation, holder=actor, name=name.strip(), prefix=prefix, digest=_digest(text), until=until)
    record(actor, token, prefix=prefix, until=until.isoformat())
    return token, text


@writes("token.revoke")
def revoke_token(*, actor: User, token: Token) -> Token:
    """End a token now. Raises WutongError W762 if it has ended."""
    fresh = Token.objects.select_for_update().get(pk=token.pk)
    if fresh.revoked_at is not None:
        raise WutongError.of("W762")
    fresh.revoked_at = timezone.now()
    fresh.save(update_fields=["revoked_at"])
    record(actor, fresh, prefix=fresh.prefix)
    return fresh


@writes("token.use")
def note_use(*, token: Token) -> None:
    """Note that a token was used; once an hour is enough to see that it lives."""
    token.used_at = timezone.now()
    token.save(update_fields=["used_at"])
    record(token.holder, token, zone=token.zone, prefix=token.prefix)


def token_of(text: str) -> Token | None:
    """Return the token a text is, None where it is none that holds; its holder stands in its zone."""
    mark, _line, rest = text.partition("_")
    if mark != MARK:
        return None
    with scopes_disabled():  # the token says the zone
        token = Token.objects.select_related("holder__organisation", "zone").filter(prefix=rest.partition("_")[0]).first()
        if token is None or not hmac.compare_digest(token.digest, _digest(text)) or not token.holds or not token.zone.is_active:
            return None
        token.holder.enter(token.zone)
        if not token.holder.roles:
            return None
        if token.used_at is None or timezone.now() - token.used_at > NOTED:
            note_use(token=token)
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
