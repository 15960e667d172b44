"""The back-test page: new figures for a policy, and who would gain, who would lose, at what cost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.reveal import note_export
from wutong.site.core.interfaces.exports import attachment, dated
from wutong.site.core.views.pages import FormPage
from wutong.site.policies.domain.queries import backtest as work
from wutong.site.policies.domain.queries.book import name_of, versions
from wutong.site.policies.interfaces.forms import BacktestForm
from wutong.site.policies.views.drafts import OneDraft
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import RunKind


class Backtest(FormPage):
    """Change figures of a policy and see what that would do to the companies of the last run; nothing is stored."""

    permission = "policies.backtest"
    template_name = "policies/backtest.html"
    form_class = BacktestForm
    submit = _("试算")
    intro = _("填写要改的数字，其余留空；逗号分开的几个值各成一个方案。只试算，不改政策，也不留下结果。需要几秒到几十秒。")

    def prepare(self):
        self.run, self.policy = latest(RunKind.POLICIES), f"{self.kwargs['pack']}/{self.kwargs['policy']}"
        self.figures = work.figures_of(self.run, self.policy) if self.run else []
        found = versions(self.request.user.zone, self.kwargs["pack"], self.kwargs["policy"])
        if not found:
            raise Http404
        self.back = reverse("policies:policy", args=[self.kwargs["pack"], self.kwargs["policy"]])
        self.title = _t("试算：%(policy)s") % {"policy": name_of(found[0])}

    def form_kwargs(self) -> dict[str, Any]:
        return {"figures": self.figures}

    def answer(self, form):
        """Return the answer of the engine."""
        return work.backtest(self.run, form.values())

    def perform(self, form) -> HttpResponse:
        answer = self.answer(form)
        if "xlsx" in self.request.POST:
            note_export(actor=self.request.user, what="policies:backtest", rows=len(answer.grids), query=self.policy)
            return attachment(work.workbook_of(answer), dated(answer.title))
        from wutong.report.document import SHOWN, texts  # noqa: PLC0415 - the engine loads slowly

        grids = [(g, [list(zip(row, g.columns, strict=True)) for row in texts(g, work.words(), SHOWN)]) for g in answer.grids]
        return render(self.request, self.template_name, self.context(form=form, answer=answer, grids=grids))


class DraftBacktest(OneDraft, Backtest):
    """See what a draft as it is saved would do to the companies of the last run."""

    form_class = forms.Form
    intro = _("用草稿与最近一次运行所用的政策比较：谁多得、谁少得、要花多少钱。只试算，不留下结果。需要几秒到几十秒。")

    def prepare(self):
        self.draft, self.back, self.run = self.draft_of(), self.address(), latest(RunKind.POLICIES)
        self.policy = f"{self.draft.pack}/{self.draft.policy}"
        self.title = _t("试算：%(policy)s") % {"policy": self.draft}

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def answer(self, form):
        if self.run is None:
            raise WutongError.of("W782")
        return work.backtest_draft(self.run, self.draft)
