"""Requests that need a second person: asked for, decided, carried out in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from wutong.errors import WutongError
from wutong.site.core.domain.audit import plain, record, writes
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, User, Zone


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A matter that needs approval: who may decide it and what then happens."""

    code: str
    label: str | Promise
    decide: str  # permission of the one who decides
    apply: Callable[[Approval], Any]
    page: tuple[str, str] = ("", "")  # name of the address that shows what is decided, key of the payload it takes


KINDS: dict[str, ApprovalKind] = {}


def register(kind: ApprovalKind) -> ApprovalKind:
    """Register a matter; call it at the end of the domain module that carries it out."""
    KINDS[kind.code] = kind
    return kind


def decidable_kinds(user: User) -> list[str]:
    """Return the matters this person may decide."""
    return sorted(code for code, kind in KINDS.items() if user.has_perm(kind.decide))


@writes("approval.request")
def request_approval(
    *, actor: User, kind: str, title: str, reason: str, payload: Mapping[str, Any], zone: Zone | None = None,
) -> Approval:
    """Ask for something another person must agree to. Raises WutongError W131 for the same request twice."""
    asked = plain(dict(payload))
    if Approval.objects.filter(kind=kind, payload=asked, zone=zone, state=ApprovalState.PENDING).exists():
        raise WutongError.of("W131", title=title)
    approval = Approval.objects.create(
        kind=KINDS[kind].code, title=title, reason=reason, payload=asked, zone=zone, requested_by=actor)
    record(actor, approval, kind=kind, payload=asked, reason=reason)
    return approval


@writes("approval.decide")
def decide_approval(*, actor: User, approval: Approval, approve: bool, comment: str = "") -> Approval:
    """Agree or refuse; agreeing carries the matter out at once.

    Raises WutongError W132 if it is decided already, W133 for the own request, W134 without the right to decide.
    """
    approval = _pending(approval)
    kind = KINDS[approval.kind]
    if approval.requested_by_id == actor.pk:
        raise WutongError.of("W133")
    if not actor.has_perm(kind.decide, approval):
        raise WutongError.of("W134")
    approval.state = ApprovalState.APPROVED if approve else ApprovalState.REJECTED
    approval.decided_by, approval.decided_at, approval.comment = actor, timezone.now(), comment
    approval.save()
    if approve:
        kind.apply(approval)
    record(actor, approval, kind=approval.kind, approve=approve, comment=comment)
    return approval


@writes("approval.withdraw")
def withdraw_approval(*, actor: User, approval: Approval) -> Approval:
    """Take back the own request. Raises WutongError W132 if it is decided, W134 if it is another's."""
    approval = _pending(approval)
    if approval.requested_by_id != actor.pk:
        raise WutongError.of("W134")
    approval.state, approval.decided_by, approval.decided_at = ApprovalState.WITHDRAWN, actor, timezone.now()
    approval.save()
    record(actor, approval, kind=approval.kind)
    return approval


def _pending(approval: Approval) -> Approval:
    # Read again under lock: two people may decide at the same moment.
    fresh = Approval.objects.select_for_update().get(pk=approval.pk)
    if fresh.state != ApprovalState.PENDING:
        raise WutongError.of("W132", state=fresh.get_state_display())
    return fresh
