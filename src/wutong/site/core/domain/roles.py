"""Roles: granted by request and another person's approval, taken away at once."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import ADMINISTRATORS, Role
from wutong.site.core.models import Approval, RoleGrant, User, Zone


def request_role(*, actor: User, user: User, role: Role, zone: Zone | None, reason: str) -> Approval:
    """Ask that a person be given a role. Raises WutongError W141 to W143, W131."""
    check_grant(user, role, zone)
    place = zone.name if zone else "—"
    return request_approval(
        actor=actor, kind="role.grant", title=f"{user} · {Role(role).label} · {place}", reason=reason, zone=zone,
        payload={"user": user.pk, "role": role, "zone": zone.pk if zone else None})


def check_grant(user: User, role: Role, zone: Zone | None) -> None:
    """Raise WutongError if the role may not be given.

    W141: an administrator holds nothing else. W142: zone and role do not fit. W143: the person has it already.
    """
    held = list(RoleGrant.objects.filter(user=user, revoked_at=None))
    if any(g.role == role and g.zone_id == (zone.pk if zone else None) for g in held):
        raise WutongError.of("W143", name=user.name, role=Role(role).label)
    if held and (role in ADMINISTRATORS or any(g.role in ADMINISTRATORS for g in held)):
        raise WutongError.of("W141", name=user.name, roles="、".join(str(g.get_role_display()) for g in held))
    if (role in ADMINISTRATORS) != (zone is None):
        raise WutongError.of("W142", role=Role(role).label)


@writes("role.grant")
def grant_role(*, actor: User | None, user: User, role: Role, zone: Zone | None, approval: Approval | None = None) -> RoleGrant:
    """Give a role: after an approval, or (no actor) at the first run for the first administrators. Raises W141 to W143."""
    check_grant(user, role, zone)
    grant = RoleGrant.objects.create(user=user, role=role, zone=zone, granted_by=actor)
    record(actor, grant, zone=zone, user=user.username, role=role, approval=approval.pk if approval else None)
    return grant


@writes("role.revoke")
def revoke_role(*, actor: User, grant: RoleGrant) -> RoleGrant:
    """Take a role away at once and end the person's session.

    Raises WutongError W112 for the own role, W144 for the last person of an administrator's role.
    """
    if grant.user_id == actor.pk:
        raise WutongError.of("W112")
    others = RoleGrant.objects.filter(role=grant.role, revoked_at=None, user__is_active=True).exclude(pk=grant.pk)
    if grant.role in ADMINISTRATORS and not others.exists():
        raise WutongError.of("W144", role=grant.get_role_display())
    grant.revoked_at = timezone.now()
    grant.save()
    grant.user.session_key = ""
    grant.user.save()
    record(actor, grant, user=grant.user.username, role=grant.role)
    return grant


def _apply(approval: Approval) -> RoleGrant:
    asked = approval.payload
    return grant_role(
        actor=approval.decided_by, user=User.objects.get(pk=asked["user"]), role=Role(asked["role"]),
        zone=approval.zone, approval=approval)


register(ApprovalKind("role.grant", _("授予角色"), "core.decide_roles", _apply))
