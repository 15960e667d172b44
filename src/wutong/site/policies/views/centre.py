"""The policy centre: list, policy, difference of versions."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.policies.domain.queries.book import (
    counts_of,
    differences,
    entries,
    name_of,
    present,
    versions,
    window_state,
)
from wutong.site.policies.interfaces.forms import KINDS, STATUSES, WINDOWS, PolicyFilter
from wutong.site.runs.domain.queries.packs import level_of
from wutong.site.runs.enums import Outcome
from wutong.site.runs.models import ZonePolicy

WINDOW_TONES = {"open": "good", "later": "info", "closed": "muted"}
STATUS_TONES = {"official": "good", "draft": "warn"}
PARTS = {
    "condition": _("条件"), "parameter": _("参数"), "let": _("推算量"), "table": _("判定表"), "benefit": _("奖补"),
}


class PolicyList(ListPage):
    """Every policy the engine knows, in its present version."""

    permission = "policies.view_policies"
    title = _("政策中心")
    filter_form = PolicyFilter
    columns = (
        Column("name", _("政策"), sort="name"),
        Column("level", _("层级"), sort="level"),
        Column("kind", _("类别"), value=lambda e: KINDS[e.kind], sort="kind"),
        Column("issuer", _("发文单位"), hide_small=True),
        Column("status", _("状态"), kind="tag", value=lambda e: STATUSES[e.status], tone=lambda e: STATUS_TONES[e.status]),
        Column("window", _("申报窗口"), value=lambda e: WINDOWS.get(e.window), sort="window"),
        Column("window_to", _("截止"), kind="date", sort="window_to", hide_small=True),
        Column("eligible", _("符合"), kind="number", unit=_("家"), sort="eligible"),
        Column("near", _("只差一步"), kind="number", unit=_("家"), sort="near"),
    )

    def queryset(self):
        return entries(self.request.user, timezone.localdate())

    def row_href(self, row) -> str:
        return reverse("policies:policy", args=[row.policy.pack, row.policy.id])


def _source(policy, key: str | None) -> str:
    found = policy.sources.get(key or "")
    return f"{found.doc_no} {found.clause}" if found else ""


class PolicyPage(DetailPage):
    """One version of one policy: clauses, figures, tables, benefits, sources, and who meets it."""

    permission = "policies.view_policies"

    def find(self):
        self.versions = versions(self.request.user.zone, self.kwargs["pack"], self.kwargs["policy"])
        wanted = self.kwargs.get("version")
        chosen = [p for p in self.versions if wanted in (None, p.version)]
        if not chosen:
            raise Http404
        policy = chosen[0] if wanted else present(self.versions, timezone.localdate())
        rows = ZonePolicy.objects.all().visible_to(self.request.user)
        self.own = rows.filter(pack=policy.pack, policy=policy.id, version=policy.version).first()
        return policy

    def heading(self) -> str:
        return name_of(self.object)

    def tags(self):
        policy = self.object
        yield STATUS_TONES[policy.status], str(STATUSES[policy.status])
        if state := window_state(policy, timezone.localdate()):
            yield WINDOW_TONES[state], str(WINDOWS[state])
        if self.own is not None:
            yield "info", str(_("本园区采用"))

    def actions(self):
        yield Action(_("只差一步"), reverse("policies:near", args=[self.object.pack, self.object.id]), "policies.view_matches", icon="flag")
        yield Action(_("试算"), reverse("policies:backtest", args=[self.object.pack, self.object.id]), "policies.backtest", icon="chart")
        args = [self.object.pack, self.object.id, self.object.version]
        yield Action(_("起草修改"), reverse("policies:draft_new", args=args), "policies.change_drafts", icon="file")
        if self.own is not None:
            yield Action(_("停用"), reverse("policies:retire", args=[self.own.pk]), "policies.change_drafts", icon="flag")

    def sections(self):
        policy = self.object
        yield Section(_("概况"), tuple(self._about()))
        if self.request.user.has_perm("policies.view_matches"):
            yield Section(_("最近一次匹配"), tuple(self._matches()))
        yield Section(_("条件"), columns=self._conditions(), rows=policy.conditions)
        if policy.parameters:
            rows = [(p, v) for p in policy.parameters for v in p.values]
            yield Section(_("参数"), columns=self._parameters(), rows=rows)
        for table in policy.tables:
            yield Section(name_of(table), template="policies/table.html", context=table)
        if policy.benefits:
            yield Section(_("奖补"), columns=self._benefits(), rows=policy.benefits)
        yield Section(_("依据"), columns=SOURCES, rows=policy.sources.values())
        yield Section(_("版本"), columns=self._versions(), rows=self.versions)

    def _about(self):
        policy = self.object
        start, end = policy.window or (None, None)
        yield Field(_("类别"), KINDS[policy.kind])
        yield Field(_("层级"), level_of(policy.pack))
        yield Field(_("发文单位"), policy.issuer)
        yield Field(_("版本"), policy.version)
        yield Field(_("生效"), f"{policy.start or '…'} – {policy.end or '…'}")
        yield Field(_("申报窗口"), f"{start or '…'} – {end or '…'}" if policy.window else None)

    def _matches(self):
        policy = self.object
        key = f"{policy.pack}/{policy.id}"
        counts = counts_of(self.request.user).get(key)
        for outcome in Outcome:
            link = f"{reverse('policies:matches')}?{urlencode({'policy': key, 'outcome': outcome.value})}"
            yield Field(outcome.label, None if counts is None else counts.get(outcome.value, 0), numeric=True, href=link if counts else "")

    def _conditions(self):
        return (
            Column("zh", _("条件"), value=name_of), Column("when", _("规则"), value=lambda c: c.when or _("由人认定")),
            Column("source", _("依据"), value=lambda c: _source(self.object, c.source), hide_small=True))

    def _parameters(self):
        return (
            Column("zh", _("参数"), value=lambda p: name_of(p[0])), Column("value", _("值"), value=lambda p: p[1].value),
            Column("unit", _("单位"), value=lambda p: p[0].unit),
            Column("start", _("起"), kind="date", value=lambda p: p[1].start), Column("end", _("止"), kind="date", value=lambda p: p[1].end),
            Column("source", _("依据"), value=lambda p: _source(self.object, p[1].source), hide_small=True))

    def _benefits(self):
        return (
            Column("zh", _("奖补"), value=name_of), Column("amount", _("金额")), Column("when", _("前提")), Column("cap", _("上限")),
            Column("source", _("依据"), value=lambda b: _source(self.object, b.source), hide_small=True))

    def _versions(self):
        def compare(version) -> str:
            args = [version.pack, version.id, version.version, self.object.version]
            return reverse("policies:diff", args=args) if version != self.object else ""

        return (
            Column("version", _("版本"), href=lambda p: reverse("policies:version", args=[p.pack, p.id, p.version])),
            Column("start", _("起"), kind="date"), Column("end", _("止"), kind="date"),
            Column("diff", _("比较"), value=lambda p: _("与本版比较") if p != self.object else _("本版"), href=compare))


GRADES = {"V": _("V 原文核对"), "S": _("S 二手资料"), "M": _("M 待核实"), "C": _("C 推算")}
SOURCES = (
    Column("doc_no", _("文号"), href=lambda s: s.url if s.url.startswith("https://") else ""), Column("clause", _("条款")), Column("grade", _("级别"), value=lambda s: GRADES[s.grade]),
    Column("checked_on", _("核对日期"), kind="date", hide_small=True),
)


class PolicyDiff(DetailPage):
    """What two versions of a policy say differently."""

    permission = "policies.view_policies"

    def find(self):
        found = {p.version: p for p in versions(self.request.user.zone, self.kwargs["pack"], self.kwargs["policy"])}
        try:
            return found[self.kwargs["old"]], found[self.kwargs["new"]]
        except KeyError:
            raise Http404 from None

    def heading(self) -> str:
        old, new = self.object
        return f"{name_of(new)} {old.version} → {new.version}"

    def sections(self):
        old, new = self.object
        columns = (
            Column("part", _("部分"), value=lambda d: PARTS[d.part]), Column("name", _("名称")),
            Column("old", old.version), Column("new", new.version))
        yield Section(_("差异"), columns=columns, rows=differences(old, new), empty=_("两个版本的规则相同。"))
