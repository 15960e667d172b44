"""Point models: list, and one with its tree, weights and sources."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.rows import Rows
from wutong.site.core.models import Zone
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.points.domain.weights import needs_weights
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.policies.views.centre import SOURCES
from wutong.site.runs.domain.queries.packs import models_of
from wutong.site.runs.models import ZoneModel

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
        return Rows(models_of(self.request.user.zone))

    def row_href(self, row) -> str:
        return reverse("points:model", args=[row.id, row.version])

    def actions(self):
        yield Action(_("比较两次计分"), reverse("points:compare"), icon="chart")


def banner_of(model) -> str:
    """Return what must stand on every result of a model, in the language of the page."""
    return model.banner_en if get_language() == "en" and model.banner_en else model.banner


def banners(zone: Zone | None, used: Collection[str]) -> str:
    """Return what must stand on results of the models `used` (``id@version``), once where they say the same."""
    said = (banner_of(m) for m in models_of(zone) if f"{m.id}@{m.version}" in used)
    return " ".join(dict.fromkeys(filter(None, said)))


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


class Named:
    """Finds the model of the address as the zone has it."""

    def model_of(self):
        """Return the model, or answer 404."""
        wanted = (self.kwargs["model"], self.kwargs["version"])
        found = next((m for m in models_of(self.request.user.zone) if (m.id, m.version) == wanted), None)
        if found is None:
            raise Http404
        return found


class ModelPage(Named, DetailPage):
    """One version of one model."""

    permission = "points.view_scores"
    template_name = "points/bannered.html"

    def find(self):
        return self.model_of()

    def heading(self) -> str:
        return name_of(self.object)

    def context(self, **more):
        return super().context(banner=banner_of(self.object), **more)

    def tags(self):
        tone, label = STATUSES[self.object.status]
        return [(tone, str(label))]

    def actions(self):
        model, address = self.object, [self.object.id, self.object.version]
        yield Action(_("查看排名"), reverse("points:ranking", args=[model.id]), tone="primary", icon="star")
        if needs_weights(model):
            yield Action(_("下载权重表"), reverse("points:sheet", args=[*address, "weights"]), icon="export")
            yield Action(_("导入官方权重"), reverse("points:weights_import", args=address), "points.import_weights", icon="import")
        yield Action(_("下载数据模板"), reverse("points:sheet", args=[*address, "data"]), icon="export")

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
        if needs_weights(model):
            rows = ZoneModel.objects.filter(model=model.id, version=model.version).visible_to(self.request.user)
            yield Section(
                _("官方权重"), columns=WEIGHTS, rows=rows.select_related("approval", "adopted_by"),
                empty=_("还没有人提交官方权重。下载权重表，照官方文件填写后导入；不估计，不猜。"))


def state_of(weights) -> tuple[str, object]:
    """Return tone and text of how far proposed weights are."""
    if weights.replaced_at:
        return "muted", _("已被替换")
    if weights.adopted_at:
        return "good", _("使用中")
    state = weights.approval.state if weights.approval else ApprovalState.WITHDRAWN
    return {
        ApprovalState.PENDING: ("warn", _("待批准")), ApprovalState.REJECTED: ("bad", _("未通过"))}.get(state, ("muted", _("已撤回")))


WEIGHTS = (
    Column("document", _("文号"), href=lambda w: reverse("points:weights", args=[w.pk])), Column("clause", _("条款")),
    Column("state", _("状态"), kind="tag", value=lambda w: state_of(w)[1], tone=lambda w: state_of(w)[0]),
    Column("entered_by", _("录入人")), Column("entered_on", _("录入日期"), kind="date"),
    Column("adopted_by.name", _("批准人")), Column("adopted_at", _("采用时间"), kind="time"),
)
TREE = (
    Column("name", _("指标"), value=lambda b: "　" * b.depth + b.name), Column("weights", _("权重")),
    Column("most", _("满分"), kind="number", places=2), Column("rule", _("计算"), hide_small=True), Column("source", _("依据"), hide_small=True),
)
GATES = (Column("zh", _("前提"), value=name_of), Column("when", _("规则")))
GRADES = (Column("zh", _("等级"), value=name_of), Column("start", _("起点分"), kind="number", places=2))
