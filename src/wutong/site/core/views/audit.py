"""The audit log and its seals, for the audit administrator."""

from __future__ import annotations

import json

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.audit import seal_day
from wutong.site.core.domain.queries.audit import verify
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.forms import AuditFilter
from wutong.site.core.models import AuditEvent, AuditSeal
from wutong.site.core.views.pages import Action, ActionPage, DetailPage, Field, ListPage, Page, Section


class AuditLog(ListPage):
    """Every event, the last first."""

    permission = "core.view_audit"
    title = _("审计记录")
    filter_form = AuditFilter
    default_sort = "-id"
    per_page = 50
    columns = (
        Column("id", _("序号"), kind="number", sort="id", href=lambda e: reverse("core:audit_event", args=[e.pk])),
        Column("at", _("时间"), kind="time", sort="at"),
        Column("actor_name", _("操作人")),
        Column("action", _("操作"), kind="code", sort="action"),
        Column("object_text", _("对象")),
        Column("zone", _("园区"), hide_small=True),
        Column("address", _("地址"), kind="code", hide_small=True),
    )

    def queryset(self):
        return AuditEvent.objects.all()

    def actions(self):
        return (Action(_("验证审计链"), reverse("core:audit_verify"), tone="primary", icon="shield"),)


class AuditDetail(DetailPage):
    """One event with its link."""

    permission = "core.view_audit"

    def queryset(self):
        return AuditEvent.objects.all()

    def heading(self) -> str:
        return f"#{self.object.id} {self.object.action}"

    def sections(self):
        event = self.object
        yield Section(_("事件"), (
            Field(_("时间"), event.at), Field(_("操作人"), event.actor_name), Field(_("地址"), event.address),
            Field(_("园区"), event.zone), Field(_("操作"), event.action),
            Field(_("对象"), f"{event.object_text} [{event.object_type} {event.object_id}]" if event.object_type else None),
            Field(_("细节"), json.dumps(event.detail, ensure_ascii=False, sort_keys=True)),
        ))
        yield Section(_("链"), (
            Field(_("算法"), event.algorithm), Field(_("前一条的哈希"), event.previous), Field(_("本条的哈希"), event.hash)))


class AuditVerify(Page):
    """Walk the chain and say whether it is whole."""

    permission = "core.view_audit"
    template_name = "core/audit_verify.html"
    title = _("验证审计链")

    def context(self, **more):
        return super().context(verdict=verify(), checked_at=timezone.localtime(), **more)


class SealList(ListPage):
    """Daily seals."""

    permission = "core.view_audit"
    title = _("日封存")
    default_sort = "-day"
    columns = (
        Column("day", _("日期"), kind="date", sort="day"),
        Column("last", _("末条序号"), kind="number"),
        Column("algorithm", _("算法"), kind="code"),
        Column("hash", _("哈希"), kind="code", hide_small=True),
    )

    def queryset(self):
        return AuditSeal.objects.all()

    def actions(self):
        return (Action(_("封存至今天"), reverse("core:seal_new"), method="post", tone="primary"),)


class SealNew(ActionPage):
    """Seal up to now."""

    permission = "core.view_audit"
    done = _("已封存，封存文件写在数据文件夹的 seals 下，请另存到别处。")

    def perform(self) -> str:
        seal_day(actor=self.request.user, day=timezone.localdate())
        return self.fallback()

    def fallback(self) -> str:
        return reverse("core:seals")
