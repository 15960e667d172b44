"""Batches: list, page, lines, progress. They read only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import ApprovalState
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, DetailPage, Field, ListPage, Page, Section, Tab
from wutong.site.imports.domain.queries.headers import fact_name
from wutong.site.imports.enums import BatchState, LineKind
from wutong.site.imports.interfaces.forms import ImportFilter, LineFilter
from wutong.site.imports.models import ImportBatch, ImportLine
from wutong.site.registry.domain.queries.facts import catalogue

STATE_TONES = {
    BatchState.READING: "info", BatchState.REFUSED: "bad", BatchState.READY: "warn", BatchState.PENDING: "warn",
    BatchState.APPLYING: "info", BatchState.APPLIED: "good", BatchState.UNDOING: "info", BatchState.UNDONE: "muted",
    BatchState.DROPPED: "muted",
}
KIND_TONES = {
    LineKind.NEW: "good", LineKind.CHANGED: "info", LineKind.CONFLICTING: "warn", LineKind.SAME: "muted",
    LineKind.REJECTED: "bad",
}


def _count(kind: LineKind):
    return lambda batch: batch.report.get("lines", {}).get(kind.value, 0)


class ImportList(ListPage):
    """Batches of the zone."""

    permission = "imports.view_imports"
    title = _("数据导入")
    filter_form = ImportFilter
    default_sort = "-created_at"
    empty = _("还没有导入过文件。")
    columns = (
        Column("file.name", _("文件"), sort="file__name"),
        Column("source", _("来源"), sort="source"),
        Column("state", _("状态"), kind="tag", tone=lambda b: STATE_TONES[BatchState(b.state)]),
        Column("new", LineKind.NEW.label, kind="number", value=_count(LineKind.NEW)),
        Column("changed", LineKind.CHANGED.label, kind="number", value=_count(LineKind.CHANGED)),
        Column("rejected", LineKind.REJECTED.label, kind="number", value=_count(LineKind.REJECTED), hide_small=True),
        Column("created_by", _("提交人"), hide_small=True),
        Column("created_at", _("提交时间"), kind="time", sort="created_at"),
    )

    def queryset(self):
        return ImportBatch.objects.all().visible_to(self.request.user).select_related("file", "created_by")

    def row_href(self, row: ImportBatch) -> str:
        return reverse("imports:import", args=[row.pk])

    def actions(self):
        return (
            Action(_("导入规则"), reverse("imports:policy"), "imports.decide"),
            Action(_("导入数据"), reverse("imports:import_new"), "imports.propose", tone="primary"),
        )


def tabs_of(batch: ImportBatch, current: str) -> Iterator[Tab]:
    """Return the tabs of a batch."""
    for name, label in (("import", _("概况")), ("import_lines", _("明细"))):
        yield Tab(label, reverse(f"imports:{name}", args=[batch.pk]), name == current)


def in_language(finding: dict[str, Any], key: str = "") -> str:
    """Return reason (or, with "fix_", remedy) of a finding in the language of the page."""
    return finding.get(f"{key}{'en' if get_language() == 'en' else 'zh'}", "")


FINDING_COLUMNS = (
    Column("severity", _("级别"), kind="tag", value=lambda f: {"error": _t("错误"), "warning": _t("提醒")}.get(f["severity"], _t("说明")),
           tone=lambda f: {"error": "bad", "warning": "warn"}.get(f["severity"], "muted")),
    Column("sheet", _("工作表"), value=lambda f: f.get("sheet")),
    Column("row", _("行"), kind="code", value=lambda f: f.get("row")),
    Column("column", _("列"), value=lambda f: f.get("column")),
    Column("reason", _("问题"), value=in_language),
    Column("fix", _("处理办法"), value=lambda f: in_language(f, "fix_")),
    Column("code", _("代码"), kind="code", value=lambda f: f["code"], hide_small=True),
)
SHEET_COLUMNS = (
    Column("sheet", _("工作表"), value=lambda s: s["sheet"]),
    Column("table", _("内容"), value=lambda s: table_name(s["table"])),
    Column("rows", _("行数"), kind="number", value=lambda s: s["rows"]),
    Column("good", _("可用"), kind="number", value=lambda s: s["good"]),
    Column("bad", _("不能写入"), kind="number", value=lambda s: s["rows"] - s["good"]),
    Column("read", _("识别的列"), value=lambda s: f"{sum(bool(c) for _h, c in s['headers'])} / {len(s['headers'])}"),
)
SHOWN = 100


def table_name(code: str) -> str:
    """Return the name of a table in the language of the page."""
    child = catalogue().child(code)
    if child is not None:
        return child.en or child.zh if get_language() == "en" else child.zh
    return {"companies": _t("企业"), "yearly": _t("年度数据")}.get(code, code)


class ImportDetail(DetailPage):
    """One batch: where it stands, what it would change, what is wrong with it."""

    permission = "imports.view_imports"
    template_name = "imports/batch.html"

    def queryset(self):
        rows = ImportBatch.objects.all().visible_to(self.request.user)
        return rows.select_related("file", "marked", "approval", "created_by", "zone")

    def tags(self):
        yield STATE_TONES[BatchState(self.object.state)], self.object.get_state_display()
        if self.object.interrupted:
            yield "bad", _t("已中断")

    def tabs(self):
        return tabs_of(self.object, "import")

    def actions(self) -> Iterable[Action]:
        batch = self.object

        def step(name: str, label: Any, permission: str = "imports.propose", **more: Any) -> Action:
            return Action(label, reverse(f"imports:import_{name}", args=[batch.pk]), permission, **more)

        post = {"method": "post"}
        if batch.marked_id:
            yield Action(_("下载标注副本"), reverse("core:file", args=[batch.marked_id]), "core.view_files", icon="export")
        if batch.state in (BatchState.READY, BatchState.REFUSED):
            yield step("drop", _("放弃"), confirm=_("放弃这个批次？"), **post)
            if batch.report.get("sheets"):
                yield step("headers", _("核对表头"))
        if batch.state == BatchState.READY:
            yield step("propose", _("提交写入"), tone="primary")
        if batch.state == BatchState.PENDING and batch.approval and batch.approval.state in (
                ApprovalState.REJECTED, ApprovalState.WITHDRAWN):
            yield step("return", _("退回修改"), **post)
        if batch.interrupted:
            yield step("resume", _("继续"), tone="primary", **post)
        if batch.state == BatchState.APPLIED:
            yield step("undo", _("撤销写入"), "imports.decide", tone="danger", confirm=_("撤销这个批次写入的全部内容？"), **post)

    def sections(self) -> Iterator[Section]:
        batch, report = self.object, self.object.report
        if report.get("refused"):
            yield Section(_("文件不能读取"), columns=FINDING_COLUMNS, rows=report["refused"])
        if "lines" in report and not report.get("refused"):
            yield Section(_("检查结果"), template="imports/counts.html", context=self._counts())
        yield Section(_("批次"), self._fields(batch))
        if report.get("sheets"):
            yield Section(_("工作表"), columns=SHEET_COLUMNS, rows=report["sheets"])
        if report.get("findings"):
            shown = report["findings"][:SHOWN]
            total = sum(report["counts"].values())
            title = _t("问题（前 %(shown)s 条，共 %(total)s 条）") % {"shown": len(shown), "total": total}
            yield Section(title if total > len(shown) else _("问题"), columns=FINDING_COLUMNS, rows=shown)

    def _counts(self) -> list[dict[str, Any]]:
        lines = reverse("imports:import_lines", args=[self.object.pk])
        counts = self.object.report["lines"]
        return [{"label": kind.label, "count": counts.get(kind.value, 0), "tone": KIND_TONES[kind],
                 "href": f"{lines}?kind={kind.value}"} for kind in LineKind]

    def _fields(self, batch: ImportBatch) -> Iterator[Field]:
        yield Field(_("文件"), batch.file.name, href=reverse("core:file", args=[batch.file_id]))
        yield Field(_("来源"), batch.source, note=batch.get_rank_display())
        yield Field(_("评估日"), batch.on)
        yield Field(_("生效日期"), batch.valid_from)
        yield Field(_("提交人"), batch.created_by)
        yield Field(_("提交时间"), batch.created_at)
        if batch.approval:
            yield Field(_("审批"), batch.approval.get_state_display(), href=reverse("core:approval", args=[batch.approval_id]))
        yield Field(_("写入时间"), batch.applied_at)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(**more, progress=progress(self.object))


def progress(batch: ImportBatch) -> dict[str, Any] | None:
    """Return what the bar shows, None when nothing is at work."""
    if not batch.at_work or batch.interrupted:
        return None
    return {"address": reverse("imports:import_progress", args=[batch.pk]), "done": batch.done, "total": batch.total or 1,
            "text": batch.get_state_display(), "over": False}


class ImportProgress(Page):
    """The bar alone, polled; when the work is over the page is loaded anew."""

    permission = "imports.view_imports"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = get_object_or_404(ImportBatch.objects.all().visible_to(request.user), pk=kwargs["pk"])
        bar = progress(batch)
        response = render(request, "partials/progress.html", bar or {"done": batch.total, "total": batch.total or 1, "over": True})
        if bar is None:
            response["HX-Refresh"] = "true"
        return response


def told_notes(line: ImportLine) -> str:
    """Return the notes of a line as people read them: differences, or reasons with remedies."""
    if line.kind == LineKind.REJECTED:
        return "\n".join(f"{n.get('column', '')} {in_language(n)}{in_language(n, 'fix_')}".strip() for n in line.notes)
    return "；".join(_note(n) for n in line.notes)


def _note(note: dict[str, Any]) -> str:
    if note["kind"] == "list":
        return _t("%(table)s：增加 %(added)s 条，停用 %(ended)s 条") % {**note, "table": table_name(note["table"])}
    name = fact_name(note["column"])
    if note["kind"] == "conflict":
        winner = _t("以本文件为准") if note["counts"] else _t("仍以该来源为准")
        return _t("%(name)s：本文件 %(new)s，%(source)s %(was)s，%(winner)s") % {**note, "name": name, "winner": winner}
    return _t("%(name)s：%(was)s → %(new)s") % {**note, "name": name, "was": note["was"] or "—"}


class ImportLines(ListPage):
    """Lines of a batch."""

    permission = "imports.view_imports"
    template_name = "imports/lines.html"
    filter_form = LineFilter
    columns = (
        Column("kind", _("结果"), kind="tag", tone=lambda line: KIND_TONES[LineKind(line.kind)], sort="kind"),
        Column("name", _("企业名称"), sort="name"),
        Column("key", _("企业代码"), kind="code", sort="key", hide_small=True),
        Column("sheet", _("工作表"), hide_small=True),
        Column("row", _("行"), kind="code", sort="row"),
        Column("notes", _("说明"), value=told_notes),
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = ImportBatch.objects.all().visible_to(request.user).select_related("file")
        self.batch = get_object_or_404(rows, pk=kwargs["pk"])
        self.title = str(self.batch)
        return super().get(request, *args, **kwargs)

    def queryset(self):
        return ImportLine.objects.all().visible_to(self.request.user).filter(batch=self.batch)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(**more, tabs=list(tabs_of(self.batch, "import_lines")))
