"""Requests that wait for a second person."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.approvals import KINDS, decide_approval, withdraw_approval
from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.filters import FilterForm
from wutong.site.core.interfaces.forms import DecisionForm
from wutong.site.core.models import Approval
from wutong.site.core.views.pages import Action, ActionPage, DetailPage, Field, FormPage, ListPage, Section

TONES = {
    ApprovalState.PENDING: "warn", ApprovalState.APPROVED: "good", ApprovalState.REJECTED: "bad",
    ApprovalState.WITHDRAWN: "muted",
}


def _tone(approval: Approval) -> str:
    return TONES[ApprovalState(approval.state)]


def _kind(approval: Approval) -> str:
    return str(KINDS[approval.kind].label)


def _matter(approval: Approval) -> str:
    """Return the address of what is decided, "" where it has no page."""
    name, key = KINDS[approval.kind].page
    return reverse(name, args=[approval.payload[key]]) if name else ""


class _Mine:
    """Requests this person asked for or may decide."""

    permission = "core.view_approvals"

    def queryset(self):
        return Approval.objects.visible_to(self.request.user).select_related("requested_by", "decided_by", "zone")


class ApprovalFilter(FilterForm):
    """Filter of the list of requests."""

    search = ("title", "requested_by__name")


class ApprovalList(_Mine, ListPage):
    """Requests, the waiting ones first."""

    title = _("审批")
    filter_form = ApprovalFilter
    default_sort = "-requested_at"
    columns = (
        Column("title", _("内容"), href=lambda a: reverse("core:approval", args=[a.pk])),
        Column("kind", _("事项"), value=_kind, sort="kind"),
        Column("state", _("状态"), kind="tag", tone=_tone, sort="state"),
        Column("requested_by.name", _("申请人"), hide_small=True),
        Column("requested_at", _("申请时间"), kind="time", sort="requested_at", hide_small=True),
        Column("decided_by.name", _("审批人"), hide_small=True),
    )


class ApprovalDetail(_Mine, DetailPage):
    """One request."""

    def tags(self):
        return [(_tone(self.object), self.object.get_state_display())]

    def actions(self):
        if self.object.state != ApprovalState.PENDING:
            return ()
        pk = [self.object.pk]
        if self.object.requested_by_id == self.request.user.pk:
            return (Action(_("撤回"), reverse("core:approval_withdraw", args=pk), method="post"),)
        return (Action(_("审批"), reverse("core:approval_decide", args=pk), tone="primary"),)

    def sections(self):
        found = self.object
        yield Section(_("申请"), (
            Field(_("事项"), _kind(found)), Field(_("内容"), found.title, href=_matter(found)), Field(_("园区"), found.zone),
            Field(_("理由"), found.reason), Field(_("申请人"), found.requested_by), Field(_("申请时间"), found.requested_at),
        ))
        if found.decided_at:
            yield Section(_("审批"), (
                Field(_("结果"), found.get_state_display()), Field(_("审批人"), found.decided_by),
                Field(_("审批时间"), found.decided_at), Field(_("审批意见"), found.comment),
            ))


class ApprovalDecide(_Mine, FormPage):
    """Agree or refuse."""

    form_class = DecisionForm
    title = _("审批")
    submit = _("提交")

    def prepare(self):
        self.approval = get_object_or_404(self.queryset(), pk=self.kwargs["pk"])
        self.intro = self.approval.title
        self.back = reverse("core:approval", args=[self.approval.pk])

    def perform(self, form) -> str:
        decide_approval(
            actor=self.request.user, approval=self.approval, approve=form.cleaned_data["decision"] == "approve",
            comment=form.cleaned_data["comment"])
        return self.back


class ApprovalWithdraw(_Mine, ActionPage):
    """Take back the own request."""

    done = _("已撤回。")

    def perform(self) -> str:
        approval = get_object_or_404(self.queryset(), pk=self.kwargs["pk"])
        withdraw_approval(actor=self.request.user, approval=approval)
        return self.fallback()

    def fallback(self) -> str:
        return reverse("core:approval", args=[self.kwargs["pk"]])
