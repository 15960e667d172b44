"""Runs: list, start, page with progress, changes, files."""

from __future__ import annotations

from django.db.models import F, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import (
    Action,
    ActionPage,
    DetailPage,
    Field,
    FormPage,
    ListPage,
    Page,
    Section,
)
from wutong.site.runs.domain.queries.packs import level_of, models_of, packs
from wutong.site.runs.domain.runs import FILES, cancel_run, open_result, start_run
from wutong.site.runs.enums import TONES, Outcome, RunKind, RunState
from wutong.site.runs.interfaces.forms import RunFilter, StartPointsForm, StartPoliciesForm
from wutong.site.runs.models import Match, Run, Score

STAGES = {
    "": _("等待开始"), "snapshot": _("生成数据快照"), "evaluate": _("计算"),
    "explain": _("整理理由"), "score": _("计分"), "workbook": _("写工作簿"), "store": _("保存结果"),
}
COUNTS = {
    "scored": _("有得分"), "exact": _("得分确定"), "none": _("无得分"), **{str(o.value): o.label for o in Outcome},
}
WHAT = {
    "results.xlsx": _("结果工作簿"), "ranking.xlsx": _("排名工作簿"), "manifest.json": _("清单（版本和哈希）"),
    "results.parquet": _("结果数据"), "detail.parquet": _("逐条理由数据"), "scores.parquet": _("得分数据"),
}


def tone(row) -> str:
    """Return the colour of a run's state."""
    return TONES[RunState(row.state)]


class RunList(ListPage):
    """Runs of the zone, newest first."""

    permission = "runs.view_runs"
    title = _("运行")
    filter_form = RunFilter
    default_sort = "-created_at"
    empty = _("还没有运行。发起一次政策匹配或创新积分，结果会出现在这里。")
    columns = (
        Column("kind", _("类别"), sort="kind"),
        Column("on", _("评估日"), kind="date", sort="on"),
        Column("model_name", _("积分模型"), hide_small=True),
        Column("state", _("状态"), kind="tag", tone=tone),
        Column("snapshot.companies", _("企业数"), kind="number"),
        Column("changed", _("变化数"), kind="number", value=lambda r: r.changed if r.previous_id else None),
        Column("started_by.name", _("发起人"), hide_small=True),
        Column("created_at", _("发起时间"), kind="time", sort="created_at"),
        Column("number", _("运行编号"), kind="code", hide_small=True),
    )

    def queryset(self):
        return Run.objects.all().visible_to(self.request.user).select_related("snapshot", "started_by")

    def row_href(self, row) -> str:
        return reverse("runs:run", args=[row.pk])

    def actions(self):
        return (
            Action(_("政策匹配"), reverse("runs:start_policies"), "runs.start_runs", tone="primary", icon="play"),
            Action(_("创新积分"), reverse("runs:start_points"), "runs.start_runs", tone="primary", icon="play"),
        )


class Start(FormPage):
    """Start a run."""

    permission = "runs.start_runs"
    submit = _("开始运行")
    kind: RunKind

    def prepare(self):
        self.back = reverse("runs:runs")

    def perform(self, form) -> str:
        run = start_run(actor=self.request.user, zone=self.request.user.zone, kind=self.kind, **form.cleaned_data)
        return reverse("runs:run", args=[run.pk])


class StartPolicies(Start):
    """Start a run of policies."""

    kind = RunKind.POLICIES
    form_class = StartPoliciesForm
    title = _("发起政策匹配")
    intro = _("对园区全部在册企业逐项判断政策。运行在后台进行，可以随时离开本页。")

    def form_kwargs(self):
        return {"packs": [(name, f"{level_of(name)} · {name}") for name in packs()]}


class StartPoints(Start):
    """Start a run of points."""

    kind = RunKind.POINTS
    form_class = StartPointsForm
    title = _("发起创新积分")
    intro = _("按所选模型为园区全部在册企业计分、排名。运行在后台进行，可以随时离开本页。")

    def form_kwargs(self):
        usable = (m for m in models_of(self.request.user.zone) if not m.empty)
        return {"models": [(f"{m.id}@{m.version}", f"{m.zh} {m.version}{f'（{m.banner}）' if m.banner else ''}") for m in usable]}


class RunPage:
    """Finds the run of the address among those the person may see."""

    def run_of(self) -> Run:
        """Return the run, or answer 404."""
        return get_object_or_404(Run.objects.all().visible_to(self.request.user), pk=self.kwargs["pk"])


class RunDetail(DetailPage):
    """One run: what went in, how it went, what came out."""

    permission = "runs.view_runs"
    template_name = "runs/run.html"

    def queryset(self):
        return Run.objects.all().visible_to(self.request.user).select_related("snapshot", "previous", "started_by", "zone")

    def tags(self):
        return [(tone(self.object), self.object.get_state_display())]

    def actions(self):
        run = self.object
        if run.is_open:
            yield Action(
                _("取消运行"), reverse("runs:cancel", args=[run.pk]), "runs.start_runs", method="post", tone="danger",
                confirm=_("取消后不会留下任何结果。确定取消？"))
        if run.state == RunState.DONE and run.kind == RunKind.POINTS:
            yield Action(_("查看排名"), reverse("points:ranking", args=[run.model.partition("@")[0]]), "points.view_scores", tone="primary")
        if run.state == RunState.DONE and run.kind == RunKind.POLICIES:
            yield Action(_("查看匹配"), reverse("policies:matches"), "policies.view_matches", tone="primary")

    def context(self, **more):
        return super().context(progress=progress_of(self.object), **more)

    def sections(self):
        run = self.object
        if run.faults:
            lang = "en" if get_language() == "en" else "zh"
            yield Section(_("没有完成的原因"), template="runs/faults.html", context=[fault[lang] for fault in run.faults])
        if run.state == RunState.DONE:
            counts = [Field(COUNTS[key], run.counts[key], numeric=True) for key in COUNTS if key in run.counts]
            yield Section(_("结果"), (*counts, self._changes()))
            yield Section(_("文件"), columns=FILE_COLUMNS, rows=[(run, name) for name in FILES if (run.folder / name).is_file()])
        yield Section(_("输入"), tuple(self._inputs()))
        if run.inputs:
            yield Section(_("政策包和模型"), columns=INPUT_COLUMNS, rows=run.inputs)

    def _changes(self) -> Field:
        run = self.object
        if run.previous is None:
            return Field(_("与上次相比"), _t("没有更早的运行可比"))
        return Field(_("与上次相比"), _t("%(n)s 处变化") % {"n": run.changed}, href=reverse(f"runs:{run.kind}_changes", args=[run.pk]))

    def _inputs(self):
        run, snapshot = self.object, self.object.snapshot
        yield Field(_("评估日"), run.on)
        yield Field(_("政策包"), "、".join(run.packs)) if run.packs else Field(_("积分模型"), f"{run.model_name} {run.model}")
        yield Field(_("发起人"), run.started_by and run.started_by.name)
        yield Field(_("发起时间"), run.created_at)
        yield Field(_("用时（秒）"), None if run.seconds is None else f"{run.seconds:.1f}", numeric=True)
        if snapshot:
            yield Field(_("数据截至"), snapshot.known)
            yield Field(_("企业数"), snapshot.companies, numeric=True)
            yield Field(_("数据快照哈希"), snapshot.hash)
            yield Field(_("运行编号"), run.number, note=_("相同的输入得到相同的编号。"))
            yield Field(_("引擎版本"), run.engine)


FILE_COLUMNS = (
    Column("name", _("文件"), value=lambda f: f[1], href=lambda f: reverse("runs:file", args=[f[0].pk, f[1]])),
    Column("what", _("内容"), value=lambda f: WHAT[f[1]]),
    Column("size", _("大小"), kind="number", unit="KB", places=1, value=lambda f: (f[0].folder / f[1]).stat().st_size / 1024),
)
INPUT_COLUMNS = (
    Column("name", _("名称"), value=lambda i: i["name"]),
    Column("version", _("版本"), value=lambda i: i["version"]),
    Column("sha256", _("哈希"), kind="code", value=lambda i: i["sha256"][:16], hide_small=True),
)


def progress_of(run: Run) -> dict | None:
    """Return the values of the progress bar, None for a run that is over."""
    if not run.is_open:
        return None
    return {
        "address": reverse("runs:progress", args=[run.pk]), "done": run.done, "total": run.total, "over": False,
        "text": _t("正在取消") if run.cancel_asked else STAGES.get(run.stage, STAGES["evaluate"])}


class Progress(RunPage, Page):
    """The progress bar, polled; when the run is over it has the page loaded anew."""

    permission = "runs.view_runs"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        found = progress_of(self.run_of())
        if found is None:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "partials/progress.html", found)


class Cancel(RunPage, ActionPage):
    """Cancel a run."""

    permission = "runs.start_runs"
    done = _("已请求取消。")

    def perform(self) -> str:
        return reverse("runs:run", args=[cancel_run(actor=self.request.user, run=self.run_of()).pk])

    def fallback(self) -> str:
        return reverse("runs:run", args=[self.kwargs["pk"]])


class Download(RunPage, Page):
    """One file of a run, always as an attachment."""

    permission = "runs.view_runs"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        run, name = self.run_of(), kwargs["name"]
        try:
            path = open_result(actor=request.user, run=run, name=name)
        except WutongError:
            raise Http404 from None
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=f"{run.on}-{run.number}-{name}", content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"})


def _outcome(key: str) -> Column:
    label = {"before": _("上次结论"), "outcome": _("本次结论")}[key]
    return Column(key, label, kind="tag", tone=lambda m: TONES[Outcome(getattr(m, key))], sort=key)


COMPANY = Column("company.name", _("企业"), sort="company__name_pinyin", href=lambda r: reverse("registry:company", args=[r.company.uscc]))
class Changes(RunPage, ListPage):
    """What is different from the run before."""

    permission = "runs.view_runs"
    title = _("与上次运行的差异")
    default_sort = "company.name"
    empty = _("结果与上次运行相同。")


class MatchChanges(Changes):
    """Verdicts that are not what they were."""

    columns = (
        COMPANY, Column("policy_name", _("政策"), sort="policy"), _outcome("before"), _outcome("outcome"),
        Column("reason", _("原因"), hide_small=True),
    )

    def queryset(self):
        rows = Match.objects.of(self.run_of()).visible_to(self.request.user).select_related("company")
        return rows.exclude(before="").exclude(before=F("outcome"))


class ScoreChanges(Changes):
    """Scores that are not what they were."""

    columns = (
        COMPANY, Column("before", _("上次得分"), kind="number", places=2, sort="before"),
        Column("low", _("本次得分"), kind="number", places=2, sort="low"),
        Column("difference", _("变化"), kind="number", places=2, value=lambda s: None if s.low is None else s.low - s.before),
        Column("rank", _("名次"), kind="number", sort="rank"),
    )

    def queryset(self):
        rows = Score.objects.of(self.run_of()).visible_to(self.request.user).select_related("company")
        return rows.exclude(before=None).filter(~Q(before=F("low")) | Q(low=None))
