"""Lists: all of them, one of them, the steps from draft to payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.awards.domain.budgets import mark_paid
from wutong.site.awards.domain.decisions import propose_decision, return_list
from wutong.site.awards.domain.lists import cancel_list, create_list, found_in, publish_list
from wutong.site.awards.domain.queries.files import FILES, file_of, offered
from wutong.site.awards.enums import TONES, AwardState, ListState, PaymentState
from wutong.site.awards.interfaces.forms import ListFilter, ListForm, ReasonForm
from wutong.site.awards.models import AwardList, Objection
from wutong.site.core.domain.reveal import note_export
from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column, number_text
from wutong.site.core.interfaces.exports import attachment, dated
from wutong.site.core.views.pages import (
    Action,
    ActionPage,
    DetailPage,
    Field,
    FormPage,
    ListPage,
    Page,
    Section,
)
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.queries.packs import policies
from wutong.site.runs.enums import RunKind

FILE_LABELS = {"docx": _("公示 Word"), "xlsx": _("公示 Excel"), "csv": _("付款文件"), "payments.xlsx": _("付款 Excel")}


def yuan(value: Any) -> Any:
    """Return an amount in 万元."""
    return None if value is None else value / 10_000


class Lists(ListPage):
    """The lists of the zone, the newest first."""

    permission = "awards.view_lists"
    title = _("兑现名单")
    filter_form = ListFilter
    default_sort = "-created_at"
    empty = _("还没有名单。从最近一次政策匹配可以生成免申即享名单。")
    columns = (
        Column("title", _("标题")),
        Column("state", _("状态"), kind="tag", tone=lambda x: TONES[ListState(x.state)], sort="state"),
        Column("rehearsal", _("演练"), kind="yes_no", hide_small=True),
        Column("companies", _("企业"), kind="number", unit=_("家"), sort="companies"),
        Column("items", _("奖补"), kind="number", unit=_("项"), sort="items", hide_small=True),
        Column("total", _("金额"), kind="money", unit=_("万元"), places=2, sort="total", value=lambda x: yuan(x.total)),
        Column("until", _("公示截止"), kind="date", sort="until"),
        Column("created_at", _("生成时间"), kind="time", sort="created_at", hide_small=True),
    )

    def queryset(self):
        return AwardList.objects.all().visible_to(self.request.user).annotate(
            companies=Count("awards__company", distinct=True), items=Count("awards", distinct=True), total=Sum("awards__amount"))

    def row_href(self, row) -> str:
        return reverse("awards:list", args=[row.pk])

    def actions(self):
        return (Action(_("生成名单"), reverse("awards:list_new"), "awards.change_lists", tone="primary"),)


AWARDS = (
    Column("company", _("企业"), value=lambda a: a.company.name, href=lambda a: reverse("registry:company", args=[a.company.uscc])),
    Column("uscc", _("统一社会信用代码"), kind="code", value=lambda a: a.company.uscc, hide_small=True),
    Column("policy_name", _("政策")), Column("benefit_name", _("奖补")),
    Column("listed", _("公示金额"), kind="money", unit=_("万元"), places=2, value=lambda a: yuan(a.listed), hide_small=True),
    Column("amount", _("金额"), kind="money", unit=_("万元"), places=2, value=lambda a: yuan(a.amount)),
    Column("state", _("状态"), kind="tag", tone=lambda a: TONES[AwardState(a.state)]),
)
PAID = (
    Column("payment", _("付款"), kind="tag", value=lambda a: a.payment.get_state_display() if hasattr(a, "payment") else None,
           tone=lambda a: TONES.get(PaymentState(a.payment.state), "good") if hasattr(a, "payment") else ""),
    Column("claw", _("追回"), value=lambda a: _t("登记追回") if hasattr(a, "payment") and a.payment.state != PaymentState.RESERVED else None,
           href=lambda a: reverse("awards:claw_back", args=[a.payment.pk]) if hasattr(a, "payment") and a.payment.state != PaymentState.RESERVED else ""),
)
FILE = Column("object", _("异议"), value=lambda _a: _t("登记异议"), href=lambda a: reverse("awards:object", args=[a.pk]))
OBJECTIONS = (
    Column("award", _("奖补")), Column("text", _("异议内容")), Column("filed_at", _("提出时间"), kind="time", hide_small=True),
    Column("upheld", _("结果"), value=lambda o: None if o.upheld is None else _t("成立") if o.upheld else _t("不成立")),
    Column("answer", _("答复"), value=lambda o: o.answer or _t("待答复"),
           href=lambda o: "" if o.answer else reverse("awards:answer", args=[o.pk])),
)


class OfList:
    """A page about one list."""

    permission: ClassVar[str] = "awards.change_lists"

    def queryset(self):
        return AwardList.objects.all().visible_to(self.request.user).select_related("budget", "approval", "run", "zone")

    def found(self) -> AwardList:
        """Return the list of the address, or answer 404."""
        return get_object_or_404(OfList.queryset(self), pk=self.kwargs["pk"])

    def there(self) -> str:
        """Return the address of the list."""
        return reverse("awards:list", args=[self.kwargs["pk"]])


class ListDetail(OfList, DetailPage):
    """One list: where it stands, what is in it, what was objected."""

    permission = "awards.view_lists"

    def tags(self):
        yield TONES[ListState(self.object.state)], self.object.get_state_display()
        if self.object.rehearsal:
            yield "warn", _("演练，不作依据")

    def actions(self) -> Iterable[Action]:
        found = self.object
        for kind in offered(found):
            yield Action(FILE_LABELS[kind], reverse("awards:file", args=[found.pk, kind]), icon="export")
        yield from self._steps(found)

    def _steps(self, found: AwardList) -> Iterator[Action]:
        def step(name: str, label: Any, permission: str = "awards.change_lists", **more: Any) -> Action:
            return Action(label, reverse(f"awards:{name}", args=[found.pk]), permission, **more)

        if found.state in (ListState.DRAFT, ListState.PUBLIC):
            yield step("cancel", _("取消"))
        if found.state == ListState.DRAFT:
            yield step("publish", _("开始公示"), tone="primary", method="post", confirm=_("公示七天，公众可见。开始公示？"))
        if found.is_over:
            yield step("propose", _("提请决定"), tone="primary")
        if found.state == ListState.PENDING and found.approval and found.approval.state in (ApprovalState.REJECTED, ApprovalState.WITHDRAWN):
            yield step("return", _("退回公示"), method="post")
        if found.state == ListState.DECIDED and not found.rehearsal:
            yield step("paid", _("记为已付"), "awards.decide", tone="primary", method="post", confirm=_("付款文件已经全部付出？"))

    def sections(self):
        found = self.object
        awards = list(found.awards.select_related("company", "payment"))
        yield Section(_("名单"), tuple(self._facts(found, awards)))
        columns = [*AWARDS, *(PAID if found.state in (ListState.DECIDED, ListState.PAID) and not found.rehearsal else ())]
        if found.is_open and self.request.user.has_perm("awards.object"):
            columns.append(FILE)
        objections = Objection.objects.filter(award__award_list=found).visible_to(self.request.user).select_related("award__company")
        yield Section(_("异议"), columns=OBJECTIONS, rows=objections, empty=_("没有异议。"))
        yield Section(_("奖补明细"), columns=columns, rows=awards)

    def _facts(self, found: AwardList, awards: list[Any]) -> Iterator[Field]:
        yield Field(_("名单编号"), found.digest)
        yield Field(_("评估日"), found.on)
        if found.run:
            yield Field(_("运行"), found.run.number, href=reverse("runs:run", args=[found.run_id]))
        yield Field(_("企业"), len({a.company_id for a in awards}), numeric=True)
        yield Field(_("金额合计（元）"), number_text(sum((a.amount for a in awards), Decimal(0)), 2), numeric=True)
        yield Field(_("因缺数据未定（项次）"), found.undecided, numeric=True)
        yield Field(_("资金预算"), found.budget)
        yield Field(_("公示期"), f"{found.published_on} – {found.until}" if found.published_on else None,
                    href=reverse("awards:public_list", args=[found.zone.code, found.pk]) if found.published_on else "")
        yield Field(_("付款批次"), found.batch)
        if found.reason:
            yield Field(_("取消原因"), found.reason)


class ListNew(FormPage):
    """Make a list from the last run of policies."""

    permission = "awards.change_lists"
    form_class = ListForm
    title = _("生成免申即享名单")
    submit = _("生成")
    intro = _("按最近一次政策匹配，列出全部条款由数据判定、结论为“符合”且金额确定的奖补。需要几秒钟。")

    def prepare(self):
        self.back = reverse("awards:lists")

    def form_kwargs(self) -> dict[str, Any]:
        run = latest(RunKind.POLICIES)
        known = {(i["name"], i["version"]) for i in run.inputs} if run else set()
        return {"policies": [
            (p.id, f"{p.zh}{_t('（草案）') if p.status != 'official' else ''}") for p in policies(self.request.user.zone)
            if any(b.kind == "grant" for b in p.benefits) and (p.zh, p.version) in known]}

    def perform(self, form) -> str:
        data, run = form.cleaned_data, latest(RunKind.POLICIES)
        if run is None:
            raise WutongError.of("W731")
        found = found_in(run, data["policies"], rehearsal=data["rehearsal"])
        made = create_list(
            actor=self.request.user, zone=self.request.user.zone, title=data["title"], run=run, found=found, budget=data["budget"])
        return reverse("awards:list", args=[made.pk])


class Publish(OfList, ActionPage):
    """Publish a draft."""

    done = _("名单开始公示。")

    def perform(self) -> str:
        publish_list(actor=self.request.user, award_list=self.found())
        return self.there()

    fallback = OfList.there


class ReturnList(OfList, ActionPage):
    """Take a refused list back."""

    done = _("名单退回公示。")

    def perform(self) -> str:
        return_list(actor=self.request.user, award_list=self.found())
        return self.there()

    fallback = OfList.there


class Paid(OfList, ActionPage):
    """Mark a list as paid."""

    permission = "awards.decide"
    done = _("已记为付款。")

    def perform(self) -> str:
        mark_paid(actor=self.request.user, award_list=self.found())
        return self.there()

    fallback = OfList.there


class Cancel(OfList, FormPage):
    """Give a list up."""

    form_class = ReasonForm
    title = _("取消名单")
    submit = _("取消名单")

    def prepare(self):
        self.award_list, self.back = self.found(), self.there()

    def perform(self, form) -> str:
        cancel_list(actor=self.request.user, award_list=self.award_list, reason=form.cleaned_data["reason"])
        return self.back


class Propose(OfList, FormPage):
    """Ask for the decision."""

    form_class = ReasonForm
    title = _("提请兑现决定")
    submit = _("提请")

    def prepare(self):
        self.award_list, self.back = self.found(), self.there()

    def perform(self, form) -> str:
        propose_decision(actor=self.request.user, award_list=self.award_list, reason=form.cleaned_data["reason"])
        return self.back


class ListFile(OfList, Page):
    """A list as Word or Excel, or its payment file."""

    permission = "awards.view_lists"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found, kind = self.found(), kwargs["kind"]
        if kind not in offered(found):
            raise Http404
        content = file_of(found, kind)
        note_export(actor=request.user, what=f"awards:file:{kind}", rows=found.awards.count(), query=found.digest, format_=kind)
        return attachment(content, dated(found.title, kind), FILES[kind])
