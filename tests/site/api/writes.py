"""One call of every write of the API."""

from __future__ import annotations

from django.utils import timezone

from wutong.site.api.domain.tokens import make_token, note_use, revoke_token


def _officer(w):
    return w.here.people["zone_officer"]


CASES = {
    "token.make": lambda w: make_token(actor=_officer(w), zone=w.here.zone, name="同步", until=timezone.localdate()),
    "token.revoke": lambda w: revoke_token(actor=_officer(w), token=w.here.token),
    "token.use": lambda w: note_use(token=w.here.token),
}
