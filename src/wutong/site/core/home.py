"""Tiles core adds to the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.queries.home import Panel, panel
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, AuditHead, AuditSeal, User


def _now() -> str:
    return timezone.localtime().strftime("%Y-%m-%d %H:%M")


@panel(order=10)
def waiting(user: User) -> Panel | None:
    """Requests this person may decide."""
    if not user.has_perm("core.view_approvals"):
        return None
    found = Approval.objects.visible_to(user).filter(state=ApprovalState.PENDING).exclude(requested_by=user)
    return Panel(_("待我审批"), str(found.count()), _("项"), href=reverse("core:approvals"), as_of=_now(), tone="warn")


@panel(order=20)
def chain(user: User) -> Panel | None:
    """Length of the audit chain and its last seal."""
    if not user.has_perm("core.view_audit"):
        return None
    head = AuditHead.objects.filter(pk=1).first()
    seal = AuditSeal.objects.first()
    text = _("最近封存：%(day)s") % {"day": seal.day if seal else "—"}
    return Panel(_("审计记录"), f"{head.sequence if head else 0:,}", _("条"), text, reverse("core:audit"), as_of=_now())


@panel(order=90)
def accounts(user: User) -> Panel | None:
    """Accounts in use."""
    if not user.has_perm("core.view_users"):
        return None
    count = User.objects.filter(is_active=True).count()
    return Panel(_("启用的账号"), str(count), _("个"), href=reverse("core:users"), as_of=_now())
