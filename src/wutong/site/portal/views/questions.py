"""Questions: asked by officers, answered by companies, taken over or sent back."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.files import store_file
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import ActionPage, FormPage, ListPage
from wutong.site.portal.domain import questions
from wutong.site.portal.domain.queries.facts import asked_of
from wutong.site.portal.enums import TONES, QuestionState
from wutong.site.portal.interfaces.forms import AnswerForm, AskForm, JudgeForm, QuestionFilter
from wutong.site.portal.models import Question
from wutong.site.registry.domain.queries.questions import open_questions
from wutong.site.registry.models import Company

STATE = Column("state", _("状态"), kind="tag", tone=lambda q: TONES[QuestionState(q.state)], sort="state")
VALUE = Column("value", _("回答"), value=lambda q: {"true": _t("是"), "false": _t("否")}.get(q.value, q.value))


class Questions(ListPage):
    """The questions of the zone to its companies."""

    permission = "portal.view_questions"
    title = _("企业询问")
    filter_form = QuestionFilter
    default_sort = "-asked_at"
    empty = _("还没有询问过企业。在企业的“待补事实”里可以发起。")
    columns = (
        Column("company.name", _("企业"), sort="company__name_pinyin", href=lambda q: reverse("registry:company", args=[q.company.uscc])),
        Column("fact", _("询问的数据"), sort="fact"), STATE, VALUE,
        Column("evidence.name", _("佐证文件"), href=lambda q: reverse("core:file", args=[q.evidence_id]) if q.evidence_id else "", hide_small=True),
        Column("asked_at", _("询问时间"), kind="time", sort="asked_at", hide_small=True),
        Column("step", _("操作"), permission="portal.ask", value=lambda q: _t("审核") if q.state == QuestionState.ANSWERED else None,
               href=lambda q: reverse("portal:judge", args=[q.pk]) if q.state == QuestionState.ANSWERED else ""),
    )

    def queryset(self):
        return Question.objects.all().visible_to(self.request.user).select_related("company", "evidence")


class Asked(ListPage):
    """What the own company is asked for."""

    permission = "portal.view_own"
    title = _("待答询问")
    default_sort = "-asked_at"
    empty = _("没有向贵企业询问的数据。")
    columns = (
        Column("fact", _("询问的数据"), href=lambda q: reverse("portal:answer", args=[q.pk]) if q.state == QuestionState.OPEN else ""),
        Column("why", _("用途")), STATE, VALUE, Column("note", _("退回说明")),
        Column("asked_at", _("询问时间"), kind="time", sort="asked_at", hide_small=True),
    )

    def queryset(self):
        return Question.objects.all().visible_to(self.request.user)


class Ask(FormPage):
    """Ask a company for what its open verdicts wait for."""

    permission = "portal.ask"
    form_class = AskForm
    title = _("向企业询问")
    submit = _("发出询问")

    def prepare(self):
        self.company = get_object_or_404(Company.objects.all().visible_to(self.request.user), uscc=self.kwargs["uscc"])
        self.back, self.intro = reverse("registry:company_missing", args=[self.company.uscc]), str(self.company)
        asked = set(Question.objects.filter(company=self.company, state__in=("open", "answered")).values_list("fact", flat=True))
        found = open_questions(self.company, self.request.user)
        self.waiting = {q.fact: q.policies for q in found if q.fact not in asked and asked_of(q.fact) is not None}

    def form_kwargs(self) -> dict[str, Any]:
        return {"facts": [(f, _t("%(fact)s（%(n)s 项政策在等）") % {"fact": f, "n": len(p)}) for f, p in self.waiting.items()]}

    def perform(self, form) -> str:
        for fact in form.cleaned_data["facts"]:
            why = form.cleaned_data["why"] or "、".join(self.waiting[fact])
            questions.ask_company(actor=self.request.user, company=self.company, asked=asked_of(fact), why=why)
        return reverse("portal:questions")


class Answer(FormPage):
    """Answer a question."""

    permission = "portal.view_own"
    form_class = AnswerForm
    title = _("回答询问")
    submit = _("提交")

    def prepare(self):
        rows = Question.objects.all().visible_to(self.request.user).filter(state=QuestionState.OPEN)
        self.question = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = reverse("portal:asked")
        self.intro = " · ".join(t for t in (self.question.fact, self.question.why, self.question.note) if t)

    def form_kwargs(self) -> dict[str, Any]:
        return {"code": self.question.code}

    def perform(self, form) -> str:
        data, user = dict(form.cleaned_data), self.request.user
        upload = data.pop("evidence")
        evidence = store_file(
            actor=user, zone=user.zone, content=upload, name=upload.name, organisation=user.organisation) if upload else None
        questions.answer_question(actor=user, question=self.question, evidence=evidence, **data)
        return self.back


class Judge(FormPage):
    """Take an answer over, or send it back."""

    permission = "portal.ask"
    form_class = JudgeForm
    title = _("审核回答")
    submit = _("确定")

    def prepare(self):
        rows = Question.objects.all().visible_to(self.request.user).select_related("company", "evidence")
        self.question = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.back = reverse("portal:questions")
        self.intro = _t("%(question)s：%(value)s（依据：%(source)s）") % {
            "question": self.question, "value": self.question.value, "source": self.question.source}

    def perform(self, form) -> str:
        if form.cleaned_data["accept"]:
            questions.accept_answer(actor=self.request.user, question=self.question)
        else:
            questions.return_answer(actor=self.request.user, question=self.question, note=form.cleaned_data["note"])
        return self.back


class CancelQuestion(ActionPage):
    """Ask no longer."""

    permission = "portal.ask"
    done = _("已取消询问。")

    def perform(self) -> str:
        question = get_object_or_404(Question.objects.all().visible_to(self.request.user), pk=self.kwargs["pk"])
        questions.cancel_question(actor=self.request.user, question=question)
        return self.fallback()

    def fallback(self) -> str:
        return reverse("portal:questions")
