"""Ranking by a model, and the explanation of one company's points."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.filters import FilterForm
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.points.views.models import banner_of
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.policies.domain.queries.reasons import number
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.queries.packs import models_of
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Score


class RankingFilter(FilterForm):
    """Filter of a ranking by company."""

    search = ("company__name", "company__uscc", "company__name_initials", "company__name_pinyin")
    hint = _("名称、拼音首字母或代码")


def band(low, high) -> str | None:
    """Return the places that missing data leave open, one number where there is no doubt.

    >>> band(3, 3), band(2, 7), band(None, None)
    ('3', '2–7', None)
    """
    if low is None:
        return None
    return str(low) if low == high else f"{low}–{high}"


class Ranking(ListPage):
    """The companies by points, after the last run of the model."""

    permission = "points.view_scores"
    template_name = "points/ranking.html"
    filter_form = RankingFilter
    default_sort = "rank"
    empty = _("这个模型还没有计分结果，请先发起一次运行。")
    columns = (
        Column("rank", _("名次"), kind="number", sort="rank"),
        Column("company.name", _("企业"), sort="company__name_pinyin", href=lambda s: reverse("points:score", args=[s.pk])),
        Column("low", _("得分"), kind="number", places=2, sort="low"),
        Column("high", _("最高可能"), kind="number", places=2, sort="high"),
        Column("band", _("可能名次"), value=lambda s: band(s.best, s.worst)),
        Column("grade", _("等级")),
        Column("group", _("同行组"), hide_small=True),
        Column("coverage", _("数据完整度"), kind="percent", unit="%", places=0, sort="coverage", hide_small=True),
        Column("before", _("上次得分"), kind="number", places=2, sort="before", hide_small=True),
    )

    def queryset(self):
        found = [m for m in models_of(self.request.user.zone) if m.id == self.kwargs["model"]]
        if not found:
            raise Http404
        self.run = latest(RunKind.POINTS, self.kwargs["model"])
        self.model = next((m for m in found if self.run and self.run.model == f"{m.id}@{m.version}"), found[-1])
        self.title = _t("%(model)s：排名") % {"model": name_of(self.model)}
        return Score.objects.of(self.run).visible_to(self.request.user).select_related("company")

    def context(self, **more):
        return super().context(banner=banner_of(self.model), run=self.run, **more)

    def actions(self):
        yield Action(_("模型说明"), reverse("points:model", args=[self.model.id, self.model.version]), icon="list")
        if self.run and self.run.previous_id:
            yield Action(_("与上次比较"), reverse("points:comparison", args=[self.run.previous_id, self.run.pk]), icon="chart")
        yield Action(_("发起创新积分"), reverse("runs:start_points"), "runs.start_runs", icon="play")


class ScoreDetail(DetailPage):
    """Where the points of one company come from, what it lost, and what would raise them."""

    permission = "points.view_score"
    template_name = "points/bannered.html"

    def queryset(self):
        return Score.objects.all().visible_to(self.request.user).select_related("company", "run__zone")

    def find(self):
        from wutong.points.run import open_points  # noqa: PLC0415 - the engine loads slowly

        score = super().find()
        self.found = open_points(score.run.folder).explain(score.company.uscc)
        return score

    def heading(self) -> str:
        return f"{self.object.company} · {name_of(self.found.model)}"

    def context(self, **more):
        return super().context(banner=banner_of(self.found.model), **more)

    def actions(self):
        yield Action(_("排名"), reverse("points:ranking", args=[self.found.model.id]), "points.view_scores", icon="star")
        yield Action(_("企业资料"), reverse("registry:company", args=[self.object.company.uscc]), icon="building")

    def sections(self):
        score, found = self.object, self.found
        yield Section(_("得分"), (
            Field(_("得分"), score.low, numeric=True), Field(_("最高可能"), score.high, numeric=True), Field(_("等级"), score.grade),
            Field(_("名次"), score.rank, numeric=True), Field(_("可能名次"), band(score.best, score.worst)), Field(_("同行组"), score.group),
            Field(_("数据完整度"), f"{score.coverage}%"), Field(_("评估日"), score.run.on),
            Field(_("运行"), score.run.number, href=self.run_link(score.run_id))))
        if found.failed:
            yield Section(_("没有得分的原因"), columns=(Column("zh", _("前提"), value=name_of), Column("when", _("规则"))), rows=found.failed)
        yield Section(_("得分构成"), columns=LINES, rows=found.lines)
        yield Section(_("失分最多的指标"), columns=LOSSES, rows=found.losses, empty=_("没有失分。"))
        steps = [line for _gain, line in sorted(((-x.next.total, x) for x in found.lines if x.next), key=lambda pair: pair[0])]
        yield Section(_("下一步能提高什么"), columns=STEPS, rows=steps, empty=_("各项都已到顶。"))
        yield Section(_("向企业询问"), columns=OPEN, rows=found.questions, empty=_("所有指标的数据都齐全。"))


def _name(line) -> str:
    return name_of(line.indicator)


def _ends(pair) -> str | None:
    low, high = pair
    if low is None and high is None:
        return None
    return number(low, "") if low == high else f"{number(low, '') or '…'} – {number(high, '') or '…'}"


NAME = Column("name", _("指标"), value=_name)
LINES = (
    NAME, Column("value", _("企业的值"), value=lambda x: _ends(x.value)), Column("unit", _("单位"), value=lambda x: x.indicator.unit),
    Column("points", _("指标得分"), value=lambda x: _ends(x.points)), Column("most", _("满分"), kind="number", places=2, value=lambda x: x.indicator.max),
    Column("added", _("计入总分"), kind="number", places=2),
)
LOSSES = (NAME, Column("lost", _("补满可多得"), kind="number", places=2))
STEPS = (
    NAME, Column("cut", _("达到"), value=lambda x: f"{x.next.step.cut:f}{x.indicator.unit or ''}"),
    Column("total", _("总分可增加"), kind="number", places=2, value=lambda x: x.next.total),
    Column("advice", _("怎么做"), value=lambda x: x.indicator.advice),
)
OPEN = (NAME, Column("open", _("最多还可得"), kind="number", places=2))
