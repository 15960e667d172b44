"""The overview of a zone and the big screen: the same figures, drawn for a desk and for a wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.views.pages import Page
from wutong.site.dashboards.domain.queries import zone
from wutong.site.dashboards.domain.queries.zone import Figures

Options = dict[str, Any]
COLOURS = {"light": ("#1c2726", "#dbe2e0"), "dark": ("#dcebe7", "#2b4a45")}
PALETTE = {"light": ["#0c5c50", "#d08a1c", "#3d6fa8"], "dark": ["#3fc1a5", "#e8b04a", "#7db2f0"]}
SIZE = {"light": 12, "dark": 15}
NAME = 12
"""Letters of a name that fit beside a bar."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the same figures as text, and the age of its data."""

    id: str
    title: str | Promise
    unit: str | Promise
    options: Options
    rows: list[tuple[str, str]]
    figures: Figures


def _axis(tone: str) -> Options:
    ink, line = COLOURS[tone]
    return {"axisLabel": {"color": ink, "fontSize": SIZE[tone]}, "axisLine": {"lineStyle": {"color": line}}, "splitLine": {"lineStyle": {"color": line}}}


def _short(name: str) -> str:
    return name if len(name) <= NAME else f"{name[:NAME - 1]}…"


def bars(figures: Figures, tone: str, series: tuple[tuple[str, list[Any]], ...]) -> Options:
    """Return lying bars, the first on top; several series are stacked."""
    return {
        "tooltip": {"trigger": "axis"}, "color": PALETTE[tone], "textStyle": {"color": COLOURS[tone][0]},
        "legend": {"show": len(series) > 1, "bottom": 0, "textStyle": {"color": COLOURS[tone][0]}},
        "grid": {"left": 18, "right": 44, "top": 8, "bottom": 34 if len(series) > 1 else 4, "containLabel": True},
        "xAxis": {"type": "value", "splitNumber": 3, **_axis(tone)},
        "yAxis": {"type": "category", "inverse": True, "data": [_short(n) for n in figures.names], **_axis(tone)},
        "series": [{
            "type": "bar", "name": name, "stack": "all", "barMaxWidth": 22, "data": [float(v) for v in values],
            "label": {"show": len(series) == 1, "position": "right", "color": COLOURS[tone][0], "fontSize": SIZE[tone]}} for name, values in series],
    }


def columns(figures: Figures, tone: str, name: str) -> Options:
    """Return standing columns."""
    return {
        "tooltip": {"trigger": "axis"}, "color": PALETTE[tone], "textStyle": {"color": COLOURS[tone][0]},
        "grid": {"left": 4, "right": 8, "top": 24, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": list(figures.names), **_axis(tone)}, "yAxis": {"type": "value", "splitNumber": 3, **_axis(tone)},
        "series": [{"type": "bar", "name": name, "barMaxWidth": 40, "data": [float(v) for v in figures.values]}],
    }


def charts(user: Any, tone: str) -> list[Chart]:
    """Return the charts of both pages."""
    sectors, groups, asked, money, met = zone.sectors(), zone.groups(user), zone.asked_first(user), zone.money(user), zone.policies(user)
    model, points = zone.distribution(user)
    home = _t("企业")
    words = (_t("符合"), _t("只差一步"), _t("待定"))
    split = tuple((w, [v[n] for v in met.values]) for n, w in enumerate(words))

    def single(key: str, title: Any, unit: Any, figures: Figures, name: str) -> Chart:
        return Chart(key, title, unit, bars(figures, tone, ((name, list(figures.values)),)), [(n, f"{v:,}") for n, v in figures.pairs], figures)

    return [
        single("sectors", _("产业分布"), _("家"), sectors, home),
        Chart("points", _t("积分分布：%(model)s") % {"model": model} if model else _("积分分布"), _("家"), columns(points, tone, home),
              [(n, f"{v:,}") for n, v in points.pairs], points),
        Chart("met", _("政策匹配"), _("家"), bars(met, tone, split),
              [(n, " / ".join(f"{x:,}" for x in v)) for n, v in met.pairs], met),
        single("money", _("确定可得资金"), _("万元"), money, _t("资金")),
        single("groups", _("阶段与行业"), _("家"), groups, home),
        single("asked", _("最先要问的数据"), _("项结论"), asked, _t("待定结论")),
    ]


class Overview(Page):
    """The zone at a glance, for a desk."""

    permission = "dashboards.view_dashboards"
    template_name = "dashboards/overview.html"
    title = _("园区总览")
    tone = "light"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.context(charts=charts(request.user, self.tone), totals=zone.totals(request.user)))


class Screen(Overview):
    """The zone at a glance, for a wall: dark, without scrolling, made anew every five minutes."""

    template_name = "dashboards/screen.html"
    title = _("大屏")
    tone = "dark"
