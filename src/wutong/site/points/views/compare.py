"""Two runs of points side by side: choose them, see who rose and fell, and why one company did."""

from __future__ import annotations

from math import isnan
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.interfaces.cells import Column, number_text
from wutong.site.core.views.pages import (
    Action,
    DetailPage,
    Field,
    FormPage,
    ListPage,
    Page,
    Section,
    error_lines,
)
from wutong.site.points.domain.queries.comparing import change_of, compared, shifts
from wutong.site.points.interfaces.forms import CompareForm, ShiftFilter, said
from wutong.site.points.views.drawing import scatter, slopes
from wutong.site.points.views.models import banners
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.registry.models import Company
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Run


def finished(user) -> Any:
    """Return the finished runs of points the person may see, the newest first."""
    return Run.objects.all().visible_to(user).done().filter(kind=RunKind.POINTS).select_related("zone").order_by("-ended_at", "-pk")


class Choose(FormPage):
    """Choose two runs, of one model at two times or of two models."""

    permission = "points.view_scores"
    form_class = CompareForm
    title = _("比较两次计分")
    submit = _("比较")
    intro = _("同一模型的两次运行，看谁升谁降、为什么；两个模型的运行，看换一个模型名次会怎样变。")

    def prepare(self):
        self.back, self.runs = reverse("points:models"), finished(self.request.user)

    def initial(self):
        newest = list(self.runs[:2])
        return {"right": newest[0].pk, "left": newest[1].pk} if len(newest) > 1 else {}

    def form_kwargs(self):
        return {"runs": self.runs}

    def perform(self, form) -> str:
        return reverse("points:comparison", args=[form.cleaned_data["left"].pk, form.cleaned_data["right"].pk])


class Pair(Page):
    """Finds the two runs of the address among those the person may see."""

    def runs_of(self) -> tuple[Run, Run]:
        """Return both runs, or answer 404."""
        runs = finished(self.request.user)
        return get_object_or_404(runs, pk=self.kwargs["left"]), get_object_or_404(runs, pk=self.kwargs["right"])

    def banner(self) -> str:
        """Return what must stand on results of either model."""
        return banners(self.request.user.zone, {self.left.model, self.right.model})


class Comparison(Pair, ListPage):
    """Who rose and fell between two runs, and how far the two rankings agree."""

    permission = "points.view_scores"
    template_name = "points/comparison.html"
    title = _("名次变化")
    filter_form = ShiftFilter
    empty = _("两次运行没有都得分的企业。")
    columns = (
        Column("name", _("企业"), sort="name"),
        Column("left_rank", _("原名次"), kind="number", sort="left_rank"),
        Column("right_rank", _("现名次"), kind="number", sort="right_rank"),
        Column("moved", _("名次变化"), kind="number", unit=_("升为正"), sort="moved"),
        Column("left_score", _("原得分"), kind="number", places=2, sort="left_score"),
        Column("right_score", _("现得分"), kind="number", places=2, sort="right_score"),
        Column("gained", _("得分变化"), kind="number", places=2, sort="gained"),
    )

    def queryset(self):
        self.left, self.right = self.runs_of()
        self.all = shifts(self.left, self.right)
        return self.all

    def row_href(self, row) -> str:
        return reverse("points:change", args=[self.left.pk, self.right.pk, row.code])

    def context(self, **more):
        found, rows = compared(self.left, self.right), self.all
        facts = (
            (_("共同得分"), f"{found.companies:,}"), (_("只在原来"), f"{found.only_left:,}"), (_("只在现在"), f"{found.only_right:,}"),
            (_("Spearman 相关 ρ"), _figure(found.spearman)), (_("Kendall 相关 τ"), _figure(found.kendall)),
            (_("名次平均变动"), f"{found.mean_shift:.1f}"), (_("名次最大变动"), f"{found.largest_shift:,}"))
        charts = (
            ("ranks", _t("每家企业的原名次和现名次：越靠近对角线变化越小"), scatter(rows)),
            ("moves", _t("变动最大的企业"), slopes(rows, (str(self.left.on), str(self.right.on)))))
        return super().context(
            left=said(self.left), right=said(self.right), facts=facts, charts=charts if found.companies else (),
            banner=self.banner(), **more)

    def actions(self):
        yield Action(_("换两次运行"), reverse("points:compare"), icon="list")


def _figure(value: float | None) -> str:
    return number_text(None if value is None or isnan(value) else value, 3)  # not a number: too few companies


class ChangeDetail(Pair, DetailPage):
    """Why one company's score changed: its data, the other companies, the model; they sum to the change."""

    permission = "points.view_scores"
    template_name = "points/bannered.html"

    def context(self, **more):
        return super().context(banner=self.banner(), **more)

    def find(self):
        self.left, self.right = self.runs_of()
        company = get_object_or_404(Company.objects.all().visible_to(self.request.user), uscc=self.kwargs["uscc"])
        self.change, self.fault = None, []
        try:
            self.change, self.model = change_of(self.left, self.right, company)
        except WutongError as error:
            if {d.code for d in error.diagnostics} == {"S301"}:
                raise Http404 from None
            self.fault = error_lines(error)
        return company

    def heading(self) -> str:
        return _t("%(company)s：得分变化") % {"company": self.object}

    def actions(self):
        yield Action(_("名次变化"), reverse("points:comparison", args=[self.left.pk, self.right.pk]), icon="list")

    def sections(self):
        yield Section(_("比较的运行"), (
            Field(_("原来"), said(self.left), href=self.run_link(self.left.pk)),
            Field(_("现在"), said(self.right), href=self.run_link(self.right.pk))))
        change = self.change
        if change is None:
            yield Section(_("不能比较"), template="runs/faults.html", context=self.fault)
            return
        yield Section(_("变化从哪里来"), (
            Field(_("原得分"), change.then, numeric=True), Field(_("现得分"), change.now, numeric=True),
            Field(_("总变化"), change.now - change.then, numeric=True, note=_("等于下面三项之和")),
            Field(_("本企业数据"), change.data, numeric=True, note=_("旧模型，新数据")),
            Field(_("其他企业"), change.cohort, numeric=True, note=_("分界取自全体企业的，随全体变动")),
            Field(_("模型"), change.model, numeric=True, note=_("新数据，新模型")),
            Field(_("原名次"), change.ranks[0], numeric=True), Field(_("现名次"), change.ranks[1], numeric=True)))
        names = {i.code: name_of(i) for i in (*self.model.indicators, *self.model.nodes)}
        rows = [(names.get(code, code), part) for code, part in change.by_indicator]
        yield Section(_("本企业数据的变化，按指标"), columns=PARTS, rows=rows, empty=_("数据没有改变任何指标的得分。"))


PARTS = (
    Column("name", _("指标"), value=lambda p: p[0]), Column("part", _("对总分的影响"), kind="number", places=2, value=lambda p: p[1]),
)
