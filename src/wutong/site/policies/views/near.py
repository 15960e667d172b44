"""Near misses of a policy: who fails one condition, which, and the cheapest change for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.filters import FilterForm
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.policies.domain.queries.book import name_of, present, versions
from wutong.site.policies.domain.queries.near import cheapest, known
from wutong.site.policies.domain.queries.reasons import number
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import TONES, Outcome, RunKind
from wutong.site.runs.models import Match

if TYPE_CHECKING:
    from wutong.policy.nearmiss import Change, NearMiss, Way

SAID = {
    "found": _("有做法"), "open": _("能补上，另有待定"), "none": _("三项以内的改变都不够"), "fixed": _("企业自己改变不了"),
    "not_needed": _("不需要改变"),
}
TONE = {"found": "good", "open": "warn", "none": "bad", "fixed": "muted", "not_needed": "good"}


def changes_text(way: Way | None) -> str | None:
    """Return what a way asks for, in the language of the page."""
    if way is None:
        return None
    english = get_language() == "en"
    return "；".join(f"{c.en if english else c.zh} {number(c.amount, c.unit)}" for c in way.changes)


def best_text(match: Match) -> str:
    """Return the cheapest change of a match if it was searched, else where to have it searched."""
    found = known(match)
    if found is None:
        return _t("点开计算")
    return changes_text(found.best) or str(SAID[found.outcome])


def cost_of(match: Match):
    """Return the assumed cost of the cheapest way in 万元, None where none is known."""
    found = known(match)
    return found.best.cost / 10_000 if found and found.best else None


class NearFilter(FilterForm):
    """Filter of near misses by company."""

    search = ("company__name", "company__uscc", "company__name_initials", "reason")
    hint = _("企业或条件")


class NearList(ListPage):
    """The companies one condition away from a policy, after the last run."""

    permission = "policies.view_matches"
    template_name = "policies/near.html"
    filter_form = NearFilter
    default_sort = "company.name"
    empty = _("最近一次匹配中没有只差一步的企业。")
    columns = (
        Column("company.name", _("企业"), sort="company__name_pinyin", href=lambda m: reverse("policies:near_match", args=[m.pk])),
        Column("reason", _("差的条件"), sort="reason"),
        Column("best", _("最省的改变"), value=best_text, href=lambda m: reverse("policies:near_match", args=[m.pk])),
        Column("cost", _("假设成本"), kind="money", unit=_("万元"), places=2, value=cost_of),
    )

    def queryset(self):
        pack, policy = self.kwargs["pack"], self.kwargs["policy"]
        found = versions(self.request.user.zone, pack, policy)
        if not found:
            raise Http404
        self.title = _t("只差一步：%(policy)s") % {"policy": name_of(present(found, timezone.localdate()))}
        self.run = latest(RunKind.POLICIES)
        rows = Match.objects.of(self.run).visible_to(self.request.user).select_related("company", "run__zone")
        return rows.filter(policy=f"{pack}/{policy}", outcome=Outcome.NEAR)

    def context(self, **more):
        return super().context(run=self.run, **more)

    def actions(self):
        yield Action(_("政策全文"), reverse("policies:policy", args=[self.kwargs["pack"], self.kwargs["policy"]]), icon="book")


class NearMatch(DetailPage):
    """What one company lacks under a policy, and the ways the engine found and decided again."""

    permission = "policies.view_matches"

    def queryset(self):
        return Match.objects.all().visible_to(self.request.user).select_related("company", "run__zone")

    def find(self):
        match = super().find()
        self.found, self.policy = cheapest(match)
        return match

    def heading(self) -> str:
        return f"{self.object.company} · {name_of(self.policy)}"

    def tags(self):
        outcome = Outcome(self.object.outcome)
        return [(TONES[outcome], outcome.label), (TONE[self.found.outcome], SAID[self.found.outcome])]

    def actions(self):
        pack, _line, policy = self.object.policy.partition("/")
        yield Action(_("只差一步的企业"), reverse("policies:near", args=[pack, policy]), icon="list")
        yield Action(_("逐条理由"), reverse("policies:match", args=[self.object.pk]), icon="check")

    def sections(self):
        found, titles = self.found, {c.code: name_of(c) for c in self.policy.conditions}
        gaps = [(g, titles[g.condition], g.condition not in found.fixed) for g in found.gaps]
        yield Section(_("差什么"), columns=GAPS, rows=gaps, empty=_("这家企业没有不满足的条件。"))
        if found.fixed:
            yield Section(_("改变不了的条件"), tuple(Field(titles[c], _("取决于企业自己改不了的事实")) for c in found.fixed))
        if found.open:
            yield Section(_("补上之后仍待定的条件"), tuple(Field(titles[c], _("须补数据或由人认定")) for c in found.open))
        if found.best:
            yield Section(_("最省的做法"), columns=CHANGES, rows=found.best.changes)
        yield from self._others(found)
        yield Section(_("依据"), (
            Field(_("评估日"), self.object.run.on), Field(_("运行"), self.object.run.number, href=self.run_link(self.object.run_id)),
            Field(_("成本假设"), found.effort, note=_("只用来排先后，不是预算")), Field(_("试过的组合"), found.tried, numeric=True),
            Field(_("查找范围"), _("三项以内全部查过") if found.complete else _("只查了最省的一部分"))))

    def _others(self, found: NearMiss):
        others = [w for w in found.ways if len(w.changes) == 1 and w != found.best]
        if others:
            yield Section(_("只改一项也够的其他做法"), columns=CHANGES, rows=[w.changes[0] for w in others])


def _moves(change: Change) -> str:
    """Return the figures a change moves: what, from, to."""
    rows = (f"{name} {_shown(before)} → {_shown(after)}" for name, before, after in change.figures)
    return "；".join((*rows, *(f"{name} {_shown(value)}" for name, value in change.row)))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _t("是") if value else _t("否")
    return _t("未知") if value is None else number(value, "") if hasattr(value, "quantize") else str(value)


GAPS = (
    Column("condition", _("条件"), value=lambda g: g[1]), Column("value", _("企业的值"), value=lambda g: number(g[0].value, g[0].unit)),
    Column("wanted", _("标准"), value=lambda g: f"{g[0].operator} {number(g[0].threshold, g[0].unit)}" if g[0].threshold is not None else ""),
    Column("gap", _("差距"), value=lambda g: number(g[0].gap, g[0].unit)),
    Column("can", _("能否改变"), kind="tag", value=lambda g: _("可改变") if g[2] else _("不能"), tone=lambda g: "good" if g[2] else "muted"),
)
CHANGES = (
    Column("name", _("做什么"), value=lambda c: c.en if get_language() == "en" else c.zh),
    Column("amount", _("改多少"), value=lambda c: number(c.amount, c.unit)), Column("moves", _("从 → 到"), value=_moves),
    Column("cost", _("假设成本"), kind="money", unit=_("万元"), places=2, value=lambda c: c.cost / 10_000),
)
