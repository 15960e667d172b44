"""Requests that another person decides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import ApprovalState
from wutong.site.core.models.zones import Zone


class ApprovalQuerySet(models.QuerySet):
    """Requests, as far as a person may see them."""

    def visible_to(self, user) -> ApprovalQuerySet:
        """Return what the person asked for, and what the person may decide."""
        from wutong.site.core.domain.approvals import decidable_kinds  # noqa: PLC0415 - models come before domain

        decides = Q(kind__in=decidable_kinds(user))
        if user.zone is not None:  # administrators stand outside of zones and decide for all of them
            decides &= Q(zone=None) | Q(zone=user.zone)
        return self.filter(Q(requested_by=user) | decides)


class Approval(models.Model):
    """One request: what is to happen (`kind` and `payload`), why, and who decided."""

    kind = models.CharField(_("事项"), max_length=40, db_index=True)
    title = models.CharField(_("内容"), max_length=200)
    payload = models.JSONField(default=dict)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name=_("园区"))
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=12, choices=ApprovalState, default=ApprovalState.PENDING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    requested_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    comment = models.CharField(_("审批意见"), max_length=500, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("审批")
        ordering = ("-requested_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(state=ApprovalState.WITHDRAWN) | ~Q(decided_by=F("requested_by")),
                name="core_four_eyes"),
        )

    def __str__(self) -> str:
        return self.title
