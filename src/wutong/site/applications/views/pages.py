"""Applications: lists, one of them, the steps of company and officer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.applications.domain import applications as work
from wutong.site.applications.domain.queries.claims import approved_claims
from wutong.site.applications.enums import TONES, ApplicationState
from wutong.site.applications.interfaces.forms import (
    ApplicationFilter,
    AttachForm,
    ClaimsForm,
    ProposeForm,
    ReturnForm,
    StartForm,
    SubmitForm,
)
from wutong.site.applications.models import Application
from wutong.site.awards.domain.lists import list_from_claims
from wutong.site.core.domain.files import store_file
from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column, number_text
from wutong.site.core.views.pages import Action, ActionPage, DetailPage, Field, FormPage, ListPage, Section
from wutong.site.policies.views.matches import TRUTHS
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match

STATE = Column("state", _("状态"), kind="tag", tone=lambda a: TONES[ApplicationState(a.state)], sort="state")
AMOUNT = Column("amount", _("拟支持金额"), kind="money", unit=_("万元"), places=2, sort="amount", value=lambda a: None if a.amount is None else a.amount / 10_000)
CLAUSES = tuple(
    Column(key, label, value=itemgetter(key))
    for key, label in (("clause", _("条件")), ("value", _("企业的值")), ("threshold", _("标准")), ("gap", _("差距")), ("missing", _("缺少的数据")), ("source", _("依据"))))
TRUTH = Column("truth", _("判定"), kind="tag", value=lambda c: TRUTHS[c["truth"]][1], tone=lambda c: TRUTHS[c["truth"]][0])
FILES = (Column("shows", _("证明什么")), Column("file.name", _("文件"), href=lambda a: reverse("core:file", args=[a.file_id])))


class Applications(ListPage):
    """What companies of the zone have handed in."""

    permission = "applications.view_all"
    title = _("申报受理")
    filter_form = ApplicationFilter
    default_sort = "-submitted_at"
    empty = _("还没有企业提交申报。")
    columns = (
        Column("company.name", _("企业"), sort="company__name_pinyin"), Column("policy_name", _("政策"), sort="policy_name"), STATE, AMOUNT,
        Column("submitted_at", _("提交时间"), kind="time", sort="submitted_at"), Column("decided_at", _("决定时间"), kind="time", hide_small=True),
    )

    def queryset(self):
        return Application.objects.all().visible_to(self.request.user).select_related("company")

    def row_href(self, row) -> str:
        return reverse("applications:application", args=[row.pk])

    def actions(self):
        return (Action(_("生成兑现名单"), reverse("applications:claims"), "awards.change_lists"),)


class Mine(ListPage):
    """The applications of the own company."""

    permission = "applications.apply"
    title = _("我的申报")
    default_sort = "-started_at"
    empty = _("还没有申报。免申即享的政策不需要申报。")
    columns = (
        Column("policy_name", _("政策")), STATE, AMOUNT, Column("note", _("说明")),
        Column("started_at", _("开始时间"), kind="time", sort="started_at", hide_small=True), Column("submitted_at", _("提交时间"), kind="time", sort="submitted_at"),
    )

    def queryset(self):
        return Application.objects.all().visible_to(self.request.user)

    def row_href(self, row) -> str:
        return reverse("applications:application", args=[row.pk])

    def actions(self):
        return (Action(_("新的申报"), reverse("applications:start"), tone="primary"),)


class OfApplication:
    """A page about one application."""

    permission: ClassVar[str] = "applications.apply"

    def queryset(self):
        return Application.objects.all().visible_to(self.request.user).select_related("company", "run", "approval", "zone", "started_by")

    def found(self) -> Application:
        """Return the application of the address, or answer 404."""
        return get_object_or_404(OfApplication.queryset(self), pk=self.kwargs["pk"])

    def there(self) -> str:
        """Return the address of the application."""
        return reverse("applications:application", args=[self.kwargs["pk"]])


class ApplicationPage(OfApplication, DetailPage):
    """One application: where it stands, each clause with the company's value, files."""

    permission = "applications.view"

    def tags(self):
        yield TONES[ApplicationState(self.object.state)], self.object.get_state_display()

    def actions(self) -> Iterable[Action]:
        found = self.object

        def step(name: str, label: Any, permission: str, **more: Any) -> Action:
            return Action(label, reverse(f"applications:{name}", args=[found.pk]), permission, **more)

        if found.state in work.EDITED:
            yield step("attach", _("添加文件"), "applications.apply")
            yield step("submit", _("提交"), "applications.apply", tone="primary")
        if found.state in (*work.EDITED, ApplicationState.SUBMITTED):
            yield step("withdraw", _("撤回"), "applications.apply", method="post", confirm=_("撤回这份申报？"))
        refused = found.state == ApplicationState.PROPOSED and found.approval and found.approval.state in (ApprovalState.REJECTED, ApprovalState.WITHDRAWN)
        if found.state == ApplicationState.SUBMITTED or refused:
            yield step("return", _("退回补正"), "applications.review")
        if found.state == ApplicationState.SUBMITTED:
            yield step("propose", _("提出审核意见"), "applications.review", tone="primary")

    def sections(self) -> Iterator[Section]:
        a = self.object
        yield Section(_("申报"), (
            Field(_("企业"), a.company), Field(_("政策"), f"{a.policy_name} {a.version}"), Field(_("评估日"), a.run.on),
            Field(_("运行"), a.run.number, href=self.run_link(a.run_id)), Field(_("提交时间"), a.submitted_at), Field(_("决定时间"), a.decided_at),
            Field(_("拟支持金额（元）"), None if a.amount is None else number_text(a.amount, 2), numeric=True), Field(_("说明"), a.note), Field(_("申报说明"), a.statement)))
        yield Section(_("逐条判定（提交时的数据）"), columns=(CLAUSES[0], TRUTH, *CLAUSES[1:]), rows=a.clauses)
        yield Section(_("佐证文件"), columns=FILES, rows=a.attachments.select_related("file"), empty=_("没有文件。"))


class Start(FormPage):
    """Begin an application."""

    permission = "applications.apply"
    form_class = StartForm
    title = _("新的申报")
    submit = _("开始")

    def prepare(self):
        self.back = reverse("applications:mine")
        rows = Match.objects.of(latest(RunKind.POLICIES)).visible_to(self.request.user).exclude(outcome=Outcome.INELIGIBLE)
        self.matches = {m.policy: m for m in rows.select_related("company", "run__zone", "zone")}

    def form_kwargs(self) -> dict[str, Any]:
        return {"policies": [(key, f"{m.policy_name}（{m.get_outcome_display()}）") for key, m in self.matches.items()]}

    def perform(self, form) -> str:
        made = work.start_application(actor=self.request.user, match=self.matches[form.cleaned_data["policy"]])
        return reverse("applications:application", args=[made.pk])


class Step(OfApplication, FormPage):
    """A form about one application."""

    def prepare(self):
        self.application, self.back = self.found(), self.there()
        self.intro = str(self.application)


class Attach(Step):
    """Put a file beside it."""

    form_class = AttachForm
    title = _("添加文件")
    submit = _("保存")

    def perform(self, form) -> str:
        user, upload = self.request.user, form.cleaned_data["file"]
        stored = store_file(actor=user, zone=user.zone, content=upload, name=upload.name, organisation=user.organisation)
        work.attach(actor=user, application=self.application, file=stored, shows=form.cleaned_data["shows"])
        return self.back


class Submit(Step):
    """Hand it in."""

    form_class = SubmitForm
    title = _("提交申报")
    submit = _("提交")

    def initial(self):
        return {"statement": self.application.statement}

    def perform(self, form) -> str:
        work.submit(actor=self.request.user, application=self.application, statement=form.cleaned_data["statement"])
        return self.back


class Return(Step):
    """Send it back."""

    permission = "applications.review"
    form_class = ReturnForm
    title = _("退回补正")
    submit = _("退回")

    def perform(self, form) -> str:
        work.return_application(actor=self.request.user, application=self.application, note=form.cleaned_data["note"])
        return self.back


class Propose(Step):
    """Propose to grant or refuse it."""

    permission = "applications.review"
    form_class = ProposeForm
    title = _("提出审核意见")
    submit = _("提交审批")

    def perform(self, form) -> str:
        work.propose(actor=self.request.user, application=self.application, **form.cleaned_data)
        return self.back


class Withdraw(OfApplication, ActionPage):
    """Take it back."""

    done = _("已撤回。")

    def perform(self) -> str:
        work.withdraw(actor=self.request.user, application=self.found())
        return self.there()

    fallback = OfApplication.there


class Claims(FormPage):
    """Make a list of awards from what was granted."""

    permission = "awards.change_lists"
    form_class = ClaimsForm
    title = _("从已通过的申报生成兑现名单")
    submit = _("生成")

    def prepare(self):
        self.back = reverse("applications:applications")

    def perform(self, form) -> str:
        user = self.request.user
        made = list_from_claims(actor=user, zone=user.zone, claims=approved_claims(user), **form.cleaned_data)
        return reverse("awards:list", args=[made.pk])
