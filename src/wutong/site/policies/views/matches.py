"""Matches: of all companies, of one company, and the reasons of one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Section
from wutong.site.policies.domain.queries.book import name_of
from wutong.site.policies.domain.queries.reasons import policy_of, questions, reasons_of
from wutong.site.policies.interfaces.forms import MatchFilter
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import TONES, Outcome, RunKind
from wutong.site.runs.models import Match

TRUTHS = {
    "met": ("good", _("满足")), "unmet": ("bad", _("不满足")), "unknown": ("warn", _("数据不足")), "manual": ("info", _("由人认定")),
}


def _wan(amount):
    return None if amount is None else amount / 10_000


POLICY = Column("policy_name", _("政策"), sort="policy", href=lambda m: reverse("policies:match", args=[m.pk]))
OUTCOME = Column("outcome", _("结论"), kind="tag", tone=lambda m: TONES[Outcome(m.outcome)], sort="outcome")
REASON = Column("reason", _("原因"))
MONEY = (
    Column("benefit_low", _("可得金额"), kind="money", unit=_("万元"), places=2, sort="benefit_low", value=lambda m: _wan(m.benefit_low)),
    Column("benefit_high", _("最高可得"), kind="money", unit=_("万元"), places=2, value=lambda m: _wan(m.benefit_high), hide_small=True),
)


class MatchList(ListPage):
    """How the companies stand to the policies, after the last run."""

    permission = "policies.view_matches"
    title = _("政策匹配")
    filter_form = MatchFilter
    default_sort = "company.name"
    empty = _("还没有政策匹配的结果，请先发起一次运行。")
    columns = (
        Column("company.name", _("企业"), sort="company__name_pinyin", href=lambda m: reverse("policies:company", args=[m.company.uscc])),
        POLICY, OUTCOME, REASON, *MONEY,
    )

    def queryset(self):
        return Match.objects.of(latest(RunKind.POLICIES)).visible_to(self.request.user).select_related("company")

    def actions(self):
        return (Action(_("发起政策匹配"), reverse("runs:start_policies"), "runs.start_runs", icon="play"),)


class CompanyMatches(DetailPage):
    """How one company stands to every policy, and what to ask it."""

    permission = "policies.view_matches"
    lookup = "uscc"

    def queryset(self):
        return Company.objects.all().visible_to(self.request.user)

    def actions(self):
        return (Action(_("企业资料"), reverse("registry:company", args=[self.object.uscc]), icon="building"),)

    def sections(self):
        run = latest(RunKind.POLICIES)
        found = list(Match.objects.of(run).visible_to(self.request.user).filter(company=self.object))
        if run is not None:
            yield Section(_("依据"), (
                Field(_("评估日"), run.on), Field(_("运行"), run.number, href=reverse("runs:run", args=[run.pk])), Field(_("计算时间"), run.ended_at)))
        yield Section(
            _("向企业询问"), columns=QUESTIONS, rows=questions(found), empty=_("没有因缺数据而待定的政策。"))
        for outcome in Outcome:
            rows = [m for m in found if m.outcome == outcome]
            if rows:
                yield Section(outcome.label, columns=(POLICY, REASON, *MONEY), rows=rows)


QUESTIONS = (
    Column("fact", _("缺少的数据"), value=lambda q: q[0]),
    Column("count", _("影响的政策"), kind="number", unit=_("项"), value=lambda q: q[1]),
)
REASONS = (
    Column("clause", _("条件")),
    Column("truth", _("判定"), kind="tag", value=lambda r: TRUTHS[r.truth][1], tone=lambda r: TRUTHS[r.truth][0]),
    Column("measure", _("比较项")), Column("value", _("企业的值")), Column("threshold", _("标准")), Column("gap", _("差距")),
    Column("missing", _("缺少的数据")), Column("source", _("依据"), hide_small=True),
)


class MatchDetail(DetailPage):
    """The clauses of one policy with the values of one company."""

    permission = "policies.view_match"

    def queryset(self):
        return Match.objects.all().visible_to(self.request.user).select_related("company", "run__zone")

    def heading(self) -> str:
        return f"{self.object.company} · {self.object.policy_name}"

    def tags(self):
        return [(TONES[Outcome(self.object.outcome)], self.object.get_outcome_display())]

    def actions(self):
        pack, _line, policy = self.object.policy.partition("/")
        yield Action(_("该企业的全部政策"), reverse("policies:company", args=[self.object.company.uscc]), "policies.view_matches", icon="building")
        yield Action(_("政策全文"), reverse("policies:policy", args=[pack, policy]), icon="book")

    def sections(self):
        match = self.object
        policy = policy_of(match)
        yield Section(_("结论"), (
            Field(_("政策"), f"{name_of(policy)} {policy.version}"), Field(_("评估日"), match.run.on),
            Field(_("可得金额（万元）"), _wan(match.benefit_low), numeric=True), Field(_("最高可得（万元）"), _wan(match.benefit_high), numeric=True),
            Field(_("运行"), match.run.number, href=self.run_link(match.run_id))))
        yield Section(_("逐条判定"), columns=REASONS, rows=reasons_of(match, policy))
