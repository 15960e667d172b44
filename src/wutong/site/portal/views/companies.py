"""The company's own pages: how it stands, who looked, whom it allows what; and the bank's page under a consent."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.models import AuditEvent
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
from wutong.site.policies.views.matches import MONEY, POLICY, REASON
from wutong.site.portal.domain.consents import end_consent, grant_consent
from wutong.site.portal.enums import QuestionState
from wutong.site.portal.interfaces.forms import ConsentForm
from wutong.site.portal.models import Consent, Question
from wutong.site.portraits.domain.queries.portraits import runs_now
from wutong.site.portraits.domain.services import note_view
from wutong.site.portraits.views.portraits import body
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.models import Match, Score

SHOWN = (Outcome.ELIGIBLE, Outcome.NEAR, Outcome.UNKNOWN, Outcome.MANUAL)
LOOKED = {"portrait.view": _("查看画像"), "data.export": _("导出画像"), "data.reveal": _("查看个人信息"), "fact.record": _("录入事实")}


def own(user) -> Company:
    """Return the company of a company's user, or answer 404."""
    return get_object_or_404(Company.objects.all().visible_to(user).select_related("zone"))


class Home(DetailPage):
    """How the own company stands: policies, points, what is asked of it."""

    permission = "portal.view_own"

    def find(self):
        return own(self.request.user)

    def actions(self):
        yield Action(_("我的画像"), reverse("portraits:mine"), icon="eye", tone="primary")
        yield Action(_("我的奖补"), reverse("awards:mine"), icon="money")

    def sections(self) -> Iterator[Section]:
        user, run = self.request.user, latest(RunKind.POLICIES)
        asked = Question.objects.all().visible_to(user).filter(state=QuestionState.OPEN)
        yield Section(_("请您补充"), columns=ASKED, rows=asked, empty=_("没有待您回答的询问。"))
        yield Section(_("创新积分"), columns=SCORES, rows=list(self._scores()), empty=_("还没有积分结果。"))
        found = list(Match.objects.of(run).visible_to(user).filter(company=self.object))
        if run is not None:
            yield Section(_("政策匹配"), (Field(_("评估日"), run.on), Field(_("计算时间"), run.ended_at), Field(_("运行"), run.number)))
        for outcome in SHOWN:
            rows = [m for m in found if m.outcome == outcome]
            if rows:
                yield Section(f"{outcome.label}（{len(rows)}）", columns=(POLICY, REASON, *MONEY), rows=rows)

    def _scores(self) -> Iterator[Score]:
        """Yield the last score by each model."""
        seen = set()
        for score in Score.objects.all().visible_to(self.request.user).select_related("run").order_by("-run__ended_at"):
            model = score.run.model.partition("@")[0]
            if model not in seen:
                seen.add(model)
                yield score


ASKED = (
    Column("fact", _("询问的数据"), href=lambda q: reverse("portal:answer", args=[q.pk])), Column("why", _("用途")),
    Column("note", _("退回说明")), Column("asked_at", _("询问时间"), kind="time"),
)
SCORES = (
    Column("model", _("模型"), value=lambda s: s.run.model_name, href=lambda s: reverse("points:score", args=[s.pk])),
    Column("banner", _("说明"), value=lambda s: s.run.banner or None),
    Column("low", _("得分"), kind="number", places=2), Column("high", _("最高可能"), kind="number", places=2),
    Column("rank", _("名次"), kind="number"), Column("grade", _("等级")),
)


class Looked(ListPage):
    """Who looked at the data of the own company, took them along, or changed them."""

    permission = "portal.view_own"
    title = _("谁看过我的数据")
    default_sort = "-at"
    empty = _("还没有人看过。")
    columns = (
        Column("at", _("时间"), kind="time", sort="at"), Column("who", _("谁"), value=lambda e: e.actor_name.partition("（")[0] or _t("系统")),
        Column("action", _("做了什么"), value=lambda e: LOOKED.get(e.action, e.action)),
        Column("what", _("内容"), value=lambda e: e.detail.get("format") or e.detail.get("field") or e.detail.get("code")),
    )

    def queryset(self):
        company = own(self.request.user)
        mine = AuditEvent.objects.filter(zone=company.zone.code, action__in=LOOKED)
        return mine.filter(detail__company=company.uscc) | mine.filter(detail__query=company.uscc, detail__what="portraits:file")


class Consents(ListPage):
    """Whom the own company allows to read its portrait."""

    permission = "portal.view_own"
    title = _("数据授权")
    default_sort = "-granted_at"
    empty = _("还没有授权过任何机构。")
    columns = (
        Column("organisation.name", _("被授权机构")), Column("purpose", _("用途")), Column("until", _("截止"), kind="date", sort="until"),
        Column("holds", _("有效"), kind="yes_no"), Column("withdrawn_at", _("撤回时间"), kind="time", hide_small=True),
        Column("granted_at", _("授权时间"), kind="time", sort="granted_at", hide_small=True),
        Column("end", _("操作"), value=lambda c: _t("撤回") if c.holds else None,
               href=lambda c: reverse("portal:consent", args=[c.pk]) if c.holds else ""),
    )

    def queryset(self):
        return Consent.objects.filter(company=own(self.request.user)).select_related("organisation")

    def actions(self):
        return (Action(_("新的授权"), reverse("portal:consent_new"), tone="primary"),)


class ConsentNew(FormPage):
    """Allow a bank to read the portrait."""

    permission = "portal.view_own"
    form_class = ConsentForm
    title = _("新的授权")
    submit = _("授权")
    intro = _("被授权机构在截止日前可以查看贵企业的画像；您随时可以撤回，撤回后立即失效。")

    def prepare(self):
        self.back = reverse("portal:consents")

    def perform(self, form) -> str:
        grant_consent(actor=self.request.user, company=own(self.request.user), **form.cleaned_data)
        return self.back


class ConsentPage(DetailPage):
    """One consent, with the button that ends it."""

    permission = "portal.view_own"

    def queryset(self):
        return Consent.objects.filter(company=own(self.request.user)).select_related("organisation", "company")

    def actions(self):
        if self.object.holds:
            yield Action(_("撤回授权"), reverse("portal:consent_end", args=[self.object.pk]), method="post", tone="danger", confirm=_("立即撤回？"))
        yield Action(_("返回"), reverse("portal:consents"))

    def sections(self):
        c = self.object
        yield Section(_("数据授权"), (
            Field(_("被授权机构"), c.organisation), Field(_("用途"), c.purpose), Field(_("开始"), c.since), Field(_("截止"), c.until),
            Field(_("撤回时间"), c.withdrawn_at)))


class ConsentEnd(ActionPage):
    """End a consent now."""

    permission = "portal.view_own"
    done = _("已撤回，立即失效。")

    def perform(self) -> str:
        rows = Consent.objects.filter(company=own(self.request.user))
        end_consent(actor=self.request.user, consent=get_object_or_404(rows, pk=self.kwargs["pk"]))
        return self.fallback()

    def fallback(self) -> str:
        return reverse("portal:consents")


class Bank(ListPage):
    """The companies that allow this bank to read their portrait, today."""

    permission = "portal.view_as_bank"
    title = _("授权企业")
    default_sort = "-granted_at"
    empty = _("目前没有企业授权贵机构。")
    columns = (
        Column("company.name", _("企业")), Column("company.uscc", _("统一社会信用代码"), kind="code"), Column("purpose", _("用途")),
        Column("until", _("截止"), kind="date", sort="until"), Column("granted_at", _("授权时间"), kind="time", sort="granted_at", hide_small=True),
    )

    def queryset(self):
        given = Consent.objects.filter(organisation=self.request.user.organisation) if self.request.user.organisation_id else Consent.objects.none()
        return given.in_force().select_related("company")

    def row_href(self, row) -> str:
        return reverse("portal:bank_company", args=[row.company.uscc])


class BankCompany(Page):
    """The portrait of a company for a bank it allows; every look is on record."""

    permission = "portal.view_as_bank"
    template_name = "portal/bank_company.html"

    def get(self, request, *args, **kwargs):
        consent = Bank.queryset(self).filter(company__uscc=kwargs["uscc"]).select_related("company__zone").first()
        run, points = runs_now()
        if consent is None or run is None:
            raise Http404
        note_view(actor=request.user, company=consent.company)
        self.title = str(consent.company)
        return render(request, self.template_name, self.context(consent=consent, body=body(consent.company, run, points)))
