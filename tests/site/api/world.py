"""In each zone a token of its officer and one of its company's user."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from wutong.site.api.domain.tokens import make_token


def build(place) -> None:
    """Add ``place.token`` (the officer's) and ``place.tokens``, the texts by role."""
    until, place.tokens = timezone.localdate() + timedelta(days=30), {}
    for role, user in place.people.items():
        if role == "judge":  # holds no token
            continue
        user.enter(place.zone)
        token, place.tokens[role] = make_token(actor=user, zone=place.zone, name=f"{place.zone.name}接口", until=until)
        if role == "zone_officer":
            place.token = token


def build_installation(world) -> None:
    """Add ``world.match_args`` and ``backtested``: pack and policy of a match, a policy with figures, as addresses name them."""
    pack, _line, policy = world.here.match.policy.partition("/")
    world.match_args, world.backtested = {"pack": pack, "policy": policy}, "htz-qualified"
