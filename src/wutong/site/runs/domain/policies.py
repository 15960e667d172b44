"""Adopting a policy file for a zone, and going back to the one that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.runs.domain.queries.packs import merged, own_files
from wutong.site.runs.models import ZonePolicy

if TYPE_CHECKING:
    from wutong.packs import Policy


def fitting(zone: Zone, text: str) -> Policy:
    """Return the policy of a file, if it fits among those of the zone. Raises WutongError P1xx for a fault, P120."""
    from wutong.packs.loader import parse_policy  # noqa: PLC0415 - the engine loads slowly

    policy = parse_policy(text, "policy.yaml")
    key = (policy.pack, policy.id, policy.version)
    merged((*(f for f in own_files(zone) if f[:3] != key), (*key, text)))
    return policy


@writes("policies.adopt")
def adopt_policy(*, actor: User | None, zone: Zone, text: str, cases: str = "") -> ZonePolicy:
    """Make a policy file the zone's: every run from now on takes it instead of the shipped file of its version.

    Raises WutongError P1xx for a faulty file, P120 where two versions would be in force at once.
    """
    policy = fitting(zone, text)
    key = {"pack": policy.pack, "policy": policy.id, "version": policy.version}
    found, _made = ZonePolicy.objects.update_or_create(zone=zone, **key, defaults={
        "text": text, "cases": cases, "sha256": policy.sha256, "adopted_by": actor, "adopted_at": timezone.now()})
    record(actor, found, **key, sha256=policy.sha256)
    return found


@writes("policies.retire")
def retire_policy(*, actor: User | None, policy: ZonePolicy) -> None:
    """Take a zone's own file out of use: the shipped one of its version counts again.

    Raises WutongError P120 where two versions would be in force at once.
    """
    merged(tuple(f for f in own_files(policy.zone) if f[:3] != (policy.pack, policy.policy, policy.version)))
    record(actor, policy, pack=policy.pack, policy=policy.policy, version=policy.version, sha256=policy.sha256)
    policy.delete()
