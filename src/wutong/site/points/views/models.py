"""Point models: list, and one with its tree, weights and sources."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.rows import Rows
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.policies.views.centre import SOURCES
from wutong.site.runs.domain.queries.packs import point_models

STATUSES = {
    "official": ("good", _("官方")), "demo": ("warn", _("示范")), "draft": ("muted", _("草案")),
    "needs_official_weights": ("bad", _("缺官方权重")),
}


class ModelList(ListPage):
    """Every point model the engine knows."""

    permission = "points.view_scores"
    title = _("积分模型")
    columns = (
        Column("zh", _("模型"), value=name_of, sort="zh"),
        Column("version", _("版本"), kind="code"),
        Column("status", _("状态"), kind="tag", value=lambda m: STATUSES[m.status][1], tone=lambda m: STATUSES[m.status][0], sort="status"),
        Column("issuer", _("发布单位"), hide_small=True),
        Column("indicators", _("指标数"), kind="number", value=lambda m: len(m.indicators)),
        Column("start", _("起"), kind="date", sort="start"), Column("end", _("止"), kind="date"),
        Column("ranking", _("排名"), value=lambda m: _("查看排名"), href=lambda m: reverse("points:ranking", args=[m.id])),
    )

    def queryset(self):
        return Rows(point_models())

    def row_href(self, row) -> str:
        return reverse("points:model", args=[row.id, row.version])

    def actions(self):
        yield Action(_("比较两次计分"), reverse("points:compare"), icon="chart")


def banner_of(model) -> str:
    """Return what must stand on every result of a model, in the language of the page."""
    return model.banner_en if get_language() == "en" and model.banner_en else model.banner


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree: how deep, its weights by stage, what it measures."""

    depth: int
    name: str
    kind: str
    weights: str
    most: Decimal
    rule: str
    source: str


def tree_of(model) -> list[Branch]:
    """Return the tree of a model, parents first."""
    def go(node, depth: int):
        source = model.sources.get(node.source or "")
        yield Branch(
            depth, name_of(node), getattr(node, "aggregate", ""), _weights(node), node.max, getattr(node, "value", ""),
            f"{source.doc_no} {source.clause}" if source else "")
        for child in getattr(node, "children", ()):
            yield from go(child, depth + 1)

    return list(go(model.root, 0))


def _weights(node) -> str:
    if node.weight is None:
        return ""
    shares = (("" if key == "*" else f"{key} ") + ("—" if w is None else f"{Decimal(w) / 100:f}%") for key, w in node.weight.items())
    return "；".join(shares)


class ModelPage(DetailPage):
    """One version of one model."""

    permission = "points.view_scores"
    template_name = "points/bannered.html"

    def find(self):
        wanted = (self.kwargs["model"], self.kwargs["version"])
        found = next((m for m in point_models() if (m.id, m.version) == wanted), None)
        if found is None:
            raise Http404
        return found

    def heading(self) -> str:
        return name_of(self.object)

    def context(self, **more):
        return super().context(banner=banner_of(self.object), **more)

    def tags(self):
        tone, label = STATUSES[self.object.status]
        return [(tone, str(label))]

    def actions(self):
        return (Action(_("查看排名"), reverse("points:ranking", args=[self.object.id]), tone="primary", icon="star"),)

    def sections(self):
        model = self.object
        yield Section(_("概况"), (
            Field(_("版本"), model.version), Field(_("发布单位"), model.issuer), Field(_("生效"), f"{model.start or '…'} – {model.end or '…'}"),
            Field(_("阶段"), "、".join(name_of(s) for s in model.stages)), Field(_("行业组"), "、".join(name_of(s) for s in model.sectors)),
            Field(_("数据完整度下限"), f"{Decimal(model.coverage) / 100:f}%"), Field(_("哈希"), model.sha256[:16])))
        yield Section(_("指标与权重"), columns=TREE, rows=tree_of(model))
        if model.gates:
            yield Section(_("前提"), columns=GATES, rows=model.gates)
        if model.grades:
            yield Section(_("等级"), columns=GRADES, rows=model.grades)
        yield Section(_("依据"), columns=SOURCES, rows=model.sources.values())


TREE = (
    Column("name", _("指标"), value=lambda b: "　" * b.depth + b.name), Column("weights", _("权重")),
    Column("most", _("满分"), kind="number", places=2), Column("rule", _("计算"), hide_small=True), Column("source", _("依据"), hide_small=True),
)
GATES = (Column("zh", _("前提"), value=name_of), Column("when", _("规则")))
GRADES = (Column("zh", _("等级"), value=name_of), Column("start", _("起点分"), kind="number", places=2))
