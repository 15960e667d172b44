"""Drafts: all of them, one of them with what is to be known before it is adopted, and the steps between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.reveal import note_export
from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.exports import XLSX, attachment, dated
from wutong.site.core.models import User
from wutong.site.core.views.pages import (
    Action,
    ActionPage,
    DetailPage,
    Field,
    FormPage,
    ListPage,
    Page,
    Section,
    error_lines,
)
from wutong.site.policies.domain.adoption import propose_draft, propose_retiring, return_draft
from wutong.site.policies.domain.drafts import MOST, change_draft, create_draft, discard_draft
from wutong.site.policies.domain.queries.book import name_of, versions
from wutong.site.policies.domain.queries.review import difference, file_of, findings_of, outcomes_of, text_of
from wutong.site.policies.enums import TONES, DraftState
from wutong.site.policies.interfaces.drafts import CasesForm, DraftFilter, ReasonForm, UploadForm
from wutong.site.policies.models import PolicyDraft
from wutong.site.policies.views.findings import shown
from wutong.site.runs.models import ZonePolicy

FILES = {"yaml": "application/yaml", "xlsx": XLSX, "dmn": "application/xml"}


class Drafts(ListPage):
    """All drafts of the zone."""

    permission = "policies.view_drafts"
    title = _("政策草稿")
    filter_form = DraftFilter
    default_sort = "-changed_at"
    empty = _("还没有草稿。请在政策页面上点“起草修改”。")
    columns = (
        Column("name", _("政策"), sort="name"), Column("base_version", _("原版本")), Column("version", _("版本")),
        Column("state", _("状态"), kind="tag", tone=lambda d: TONES[DraftState(d.state)], sort="state"),
        Column("reason", _("修改原因"), hide_small=True), Column("created_by", _("起草人")),
        Column("changed_at", _("修改时间"), kind="time", sort="changed_at"),
    )

    def queryset(self):
        return PolicyDraft.objects.all().visible_to(self.request.user).select_related("created_by").defer("base", "text", "cases")

    def row_href(self, row: PolicyDraft) -> str:
        return reverse("policies:draft", args=[row.pk])


class DraftNew(FormPage):
    """Begin a draft from a version of a policy."""

    permission = "policies.change_drafts"
    form_class = ReasonForm
    submit = _("起草")
    intro = _("草稿从这一版复制，修改、检查、试算都不影响现行政策；采用须由没有参与起草的人批准。")

    def prepare(self) -> None:
        self.args = [self.kwargs["pack"], self.kwargs["policy"]]
        found = [p for p in versions(self.request.user.zone, *self.args) if p.version == self.kwargs["version"]]
        if not found:
            raise Http404
        self.title = _t("起草修改：%(policy)s（%(version)s）") % {"policy": name_of(found[0]), "version": found[0].version}
        self.back = reverse("policies:version", args=[*self.args, found[0].version])

    def perform(self, form) -> str:
        pack, policy = self.args
        draft = create_draft(
            actor=self.request.user, zone=self.request.user.zone, pack=pack, policy=policy, version=self.kwargs["version"],
            reason=form.cleaned_data["reason"])
        return reverse("policies:draft_edit", args=[draft.pk, "head"])


class OneDraft(Page):
    """What pages of one draft have in common."""

    def draft_of(self) -> PolicyDraft:
        """Return the draft of the address, or answer 404."""
        return get_object_or_404(PolicyDraft.objects.all().visible_to(self.request.user), pk=self.kwargs["pk"])

    def address(self) -> str:
        """Return the address of the draft."""
        return reverse("policies:draft", args=[self.kwargs["pk"]])


class DraftPage(DetailPage):
    """One draft: who, why, what lint and the golden cases say, what it changes."""

    permission = "policies.view_drafts"
    template_name = "policies/draft.html"

    def queryset(self):
        return PolicyDraft.objects.all().visible_to(self.request.user).select_related("created_by", "approval__decided_by")

    def tags(self):
        return [(TONES[DraftState(self.object.state)], self.object.get_state_display())]

    def actions(self) -> Iterator[Action]:
        pk, approval = [self.object.pk], self.object.approval
        if self.object.is_open:
            yield Action(_("编辑"), reverse("policies:draft_edit", args=[*pk, "head"]), "policies.change_drafts", icon="file", tone="primary")
            yield Action(_("上传文件"), reverse("policies:draft_upload", args=pk), "policies.change_drafts", icon="import")
            yield Action(_("核对案例"), reverse("policies:draft_cases", args=pk), "policies.change_drafts", icon="check")
            yield Action(_("申请采用"), reverse("policies:draft_propose", args=pk), "policies.change_drafts", icon="flag")
            yield Action(_("作废"), reverse("policies:draft_discard", args=pk), "policies.change_drafts", "post", "danger", confirm=_("作废这份草稿？"))
        elif self.object.state == DraftState.PROPOSED and approval and approval.state in (ApprovalState.REJECTED, ApprovalState.WITHDRAWN):
            yield Action(_("退回修改"), reverse("policies:draft_return", args=pk), "policies.change_drafts", "post")
        yield Action(_("试算"), reverse("policies:draft_backtest", args=pk), "policies.backtest", icon="chart")
        for kind, label in (("yaml", "YAML"), ("xlsx", "Excel"), ("dmn", "DMN")):
            yield Action(label, reverse("policies:draft_file", args=[*pk, kind]), "policies.view_drafts", icon="export")

    def sections(self) -> Iterator[Section]:
        from wutong.policy.edit.document import document  # noqa: PLC0415 - the engine loads slowly

        draft = self.object
        yield Section(_("概况"), tuple(self._about()))
        said = document(draft.text, draft.file)
        editable = draft.pk if draft.is_open and self.request.user.has_perm("policies.change_drafts") else None
        lines = [shown(said, f, editable) for f in findings_of(draft)]
        yield Section(_("检查"), template="policies/draft_findings.html", context=lines)
        yield self._cases()
        yield Section(_("与原版的差异"), template="policies/draft_difference.html", context=(difference(draft.base, draft.text), draft.text))

    def _about(self) -> Iterator[Field]:
        draft, approval = self.object, self.object.approval
        versioned = reverse("policies:version", args=[draft.pack, draft.policy, draft.base_version])
        yield Field(_("政策"), draft.name, href=reverse("policies:policy", args=[draft.pack, draft.policy]))
        yield Field(_("原版本"), draft.base_version, href=versioned)
        yield Field(_("版本"), draft.version)
        yield Field(_("修改原因"), draft.reason)
        people = User.objects.filter(pk__in=draft.authors).order_by("pk")
        yield Field(_("起草人"), "、".join(p.name for p in people))
        yield Field(_("修改时间"), draft.changed_at)
        if approval is not None:
            yield Field(_("审批"), approval.get_state_display(), note=approval.comment)
            yield Field(_("审批人"), approval.decided_by)

    def _cases(self) -> Section:
        try:
            rows = outcomes_of(self.object)
        except WutongError as error:
            return Section(_("核对案例"), tuple(Field(_("不能核对"), line) for line in error_lines(error)))
        wrong = [o for o in rows if not o.ok]
        title = _t("核对案例：%(count)d 项，%(wrong)d 项不符") % {"count": len(rows), "wrong": len(wrong)}
        return Section(title, columns=CASES, rows=wrong[:MOST_CASES], empty=_("全部相符。") if rows else _("没有核对案例。"))


MOST_CASES = 60


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "–".join("…" if v is None else f"{v.normalize():f}" for v in dict.fromkeys(value))
    return "—" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


CASES = (
    Column("case", _("案例")), Column("item", _("项目")), Column("expected", _("应为"), value=lambda o: _said(o.expected)),
    Column("got", _("得出"), value=lambda o: _said(o.got)),
)


class DraftFile(OneDraft):
    """A draft as YAML, as an Excel decision table, or as DMN 1.5."""

    permission = "policies.view_drafts"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, draft = kwargs["kind"], self.draft_of()
        if kind not in FILES:
            raise Http404
        content = file_of(draft, kind)
        note_export(actor=request.user, what="policies:draft_file", rows=1, query=f"{draft.pk}.{kind}")
        return attachment(content, dated(f"{draft.name}-{draft.version}", kind), FILES[kind])


class DraftChange(OneDraft, FormPage):
    """A form about one open draft."""

    permission = "policies.change_drafts"

    def prepare(self) -> None:
        self.object, self.back = self.draft_of(), self.address()
        if not self.object.is_open:
            raise Http404

    def seen(self) -> int:
        """Return the revision the person saw."""
        return self.object.revision


class DraftUpload(DraftChange):
    """Take an edited YAML, Excel or DMN file as the new text."""

    form_class = UploadForm
    title = _("上传修改后的文件")
    submit = _("上传")
    intro = _("先下载 Excel 或 DMN，改好后传回来；编号与政策包须与草稿相同。上传会替换草稿的全部内容。")

    def perform(self, form) -> str:
        upload = form.cleaned_data["file"]
        if upload.size > MOST:
            raise WutongError.of("W795", most=MOST)
        text = text_of(upload.name, upload.read())
        change_draft(actor=self.request.user, draft=self.object, seen=self.seen(), text=text)
        return self.back


class DraftCases(DraftChange):
    """Change the golden cases of a draft."""

    form_class = CasesForm
    title = _("核对案例")
    submit = _("保存")
    intro = _("每个案例是一家虚构的企业和应得的结果（YAML）。改了数字，应得的结果也要由人改，系统不会代改。")

    def initial(self) -> dict[str, Any]:
        return {"cases": self.object.cases, "revision": self.object.revision}

    def perform(self, form) -> str:
        data = form.cleaned_data
        change_draft(actor=self.request.user, draft=self.object, seen=data["revision"], cases=data["cases"])
        return self.back


class DraftPropose(DraftChange):
    """Ask for the adoption of a draft."""

    form_class = ReasonForm
    title = _("申请采用")
    submit = _("提交审批")
    intro = _("检查没有错误、核对案例全部相符才能提交。批准人不能是参与起草的人；批准后，本园区此后的运行即用这份政策。")

    def perform(self, form) -> str:
        propose_draft(actor=self.request.user, draft=self.object, reason=form.cleaned_data["reason"])
        return self.back


class Retire(FormPage):
    """Propose to go back from the zone's own text to the one that ships."""

    permission = "policies.change_drafts"
    form_class = ReasonForm
    title = _("申请停用园区政策")
    submit = _("提交审批")
    intro = _("停用后，本园区此后的运行恢复使用随系统附带的这一版。")

    def prepare(self) -> None:
        rows = ZonePolicy.objects.all().visible_to(self.request.user)
        self.object = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = reverse("policies:version", args=[self.object.pack, self.object.policy, self.object.version])

    def perform(self, form) -> str:
        propose_retiring(actor=self.request.user, policy=self.object, reason=form.cleaned_data["reason"])
        return self.back


class DraftStep(OneDraft, ActionPage):
    """A button of one draft."""

    permission = "policies.change_drafts"

    def fallback(self) -> str:
        return self.address()


class DraftDiscard(DraftStep):
    """Give a draft up."""

    done = _("草稿已作废。")

    def perform(self) -> str:
        discard_draft(actor=self.request.user, draft=self.draft_of())
        return self.address()


class DraftReturn(DraftStep):
    """Take a refused draft back to be changed."""

    done = _("草稿可以继续修改了。")

    def perform(self) -> str:
        return_draft(actor=self.request.user, draft=self.draft_of())
        return self.address()
