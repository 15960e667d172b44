"""Drafts of policy files."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Approval, User, Zone
from wutong.site.policies.enums import DraftState
from wutong.site.runs.models.runs import StaffQuerySet


class PolicyDraft(models.Model):
    """A policy file being changed: what it began as, what it says now, who worked on it.

    Both texts are in the normal form of `wutong.policy.edit.document`, so that their difference is one of content.
    """

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    pack = models.CharField(_("政策包"), max_length=40)
    policy = models.CharField(_("政策"), max_length=80)
    name = models.CharField(_("政策"), max_length=120)
    file = models.CharField(max_length=120)
    base_version = models.CharField(_("原版本"), max_length=40)
    version = models.CharField(_("版本"), max_length=40)
    base = models.TextField()
    text = models.TextField(_("政策文件"))
    cases = models.TextField(_("核对案例"), blank=True)
    reason = models.CharField(_("修改原因"), max_length=400)
    state = models.CharField(_("状态"), max_length=9, choices=DraftState, default=DraftState.EDITING)
    revision = models.PositiveIntegerField(default=0)  # saved texts are counted, so that nobody overwrites a colleague
    authors = models.JSONField(default=list)  # keys of everybody who changed it: none of them may approve it
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name=_("审批"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    created_at = models.DateTimeField(_("起草时间"), default=timezone.now)
    changed_at = models.DateTimeField(_("修改时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(StaffQuerySet))

    class Meta:
        verbose_name = _("政策草稿")
        ordering = ("-changed_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it may be changed."""
        return self.state == DraftState.EDITING
