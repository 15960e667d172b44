"""Companies: list, page, form."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column, number_text, text_of
from wutong.site.core.views.pages import Action, DetailPage, Field, FormPage, ListPage, Section, Tab
from wutong.site.registry.domain.companies import change_company, create_company
from wutong.site.registry.domain.queries.facts import fact_names
from wutong.site.registry.domain.queries.known import Clocks, Known, Told, known_of, missing_facts
from wutong.site.registry.domain.queries.questions import open_questions
from wutong.site.registry.enums import CompanyState
from wutong.site.registry.interfaces.forms import ChangeCompanyForm, ClocksForm, CompanyFilter, NewCompanyForm
from wutong.site.registry.models import Company, Fact, SavedView

TONES = {
    CompanyState.ACTIVE: "good", CompanyState.LEFT: "warn", CompanyState.CLOSED: "muted", CompanyState.MERGED: "muted",
    CompanyState.WITHDRAWN: "muted",
}


def tone(company: Company) -> str:
    """Return the colour of the company's state."""
    return TONES[CompanyState(company.state)]


class CompanyList(ListPage):
    """Companies of the zone."""

    permission = "registry.view_companies"
    title = _("企业")
    template_name = "registry/companies.html"
    filter_form = CompanyFilter
    default_sort = "name"
    columns = (
        Column("name", _("企业名称"), sort="name_pinyin"),
        Column("uscc", _("统一社会信用代码"), kind="code", sort="uscc", hide_small=True),
        Column("sector", _("行业"), sort="sector"),
        Column("registered_on", _("注册日期"), kind="date", sort="registered_on", hide_small=True),
        Column("tags", _("标签"), value=lambda c: "、".join(tag.name for tag in c.tags_found), hide_small=True),
        Column("state", _("状态"), kind="tag", tone=tone),
    )

    def queryset(self):
        rows = Company.objects.all().visible_to(self.request.user)
        if not self.request.GET.get("state"):  # entries that are no companies any more are shown when asked for
            rows = rows.exclude(state__in=(CompanyState.MERGED, CompanyState.WITHDRAWN))
        return rows.prefetch_related(Prefetch("tags", to_attr="tags_found"))  # a list beside each row, not a query set

    def row_href(self, row) -> str:
        return reverse("registry:company", args=[row.uscc])

    def actions(self):
        query = self.request.GET.urlencode()
        return (
            Action(_("重复企业"), reverse("registry:duplicates"), "registry.change_companies"),
            Action(_("保存视图"), f"{reverse('registry:view_save')}?{query}", "registry.keep_views"),
            Action(_("批量标签"), f"{reverse('registry:companies_tag')}?{query}", "registry.change_companies"),
            Action(_("录入企业"), reverse("registry:company_new"), "registry.change_companies", tone="primary"),
        )

    def context(self, **more):
        user = self.request.user
        views = SavedView.objects.all().visible_to(user) if user.has_perm("registry.keep_views") else ()
        return super().context(**more, views=views, current_query=self.request.GET.urlencode())


def _name(fact: Fact) -> str:
    return fact_names().get(fact.code, fact.code)


def shown_value(told: Told) -> str:
    """Return a value as people read it: figures with two places, heads and pieces without."""
    if told.entry.type == "number":
        whole = told.entry.unit is not None and told.entry.unit.is_count and told.value == int(told.value)
        return number_text(told.value, 0 if whole else 2)
    return number_text(told.value) if told.entry.type == "integer" else text_of(told.value, "text")


def disagreement(told: Told) -> str:
    """Return what other sources say instead, "" if none does."""
    return "；".join(f"{f.source}：{f.value}" for f in told.against)


PLAIN_COLUMNS = (
    Column("name", _("事实"), value=lambda t: t.entry.zh),
    Column("value", _("值"), value=shown_value),
    Column("unit", _("单位"), value=lambda t: t.fact.unit),
    Column("source", _("来源"), value=lambda t: t.fact.source),
    Column("rank", _("来源级别"), value=lambda t: t.fact.get_rank_display(), hide_small=True),
    Column("known_from", _("获知时间"), kind="time", value=lambda t: t.fact.known_from, hide_small=True),
    Column("evidence", _("佐证文件"), value=lambda t: t.fact.evidence and t.fact.evidence.name,
           href=lambda t: reverse("core:file", args=[t.fact.evidence_id]) if t.fact.evidence_id else ""),
    Column("against", _("其他来源"), value=disagreement),
)
MISSING_COLUMNS = (
    Column("zh", _("事实"), value=lambda f: f.zh),
    Column("definition", _("说明"), value=lambda f: f.definition),
    Column("changeable", _("企业可改变"), kind="yes_no", value=lambda f: f.changeable),
)

QUESTION_COLUMNS = (
    Column("fact", _("事实")),
    Column("count", _("待定的政策"), kind="number", unit=_("项"), value=lambda q: len(q.policies)),
    Column("policies", _("政策"), value=lambda q: "、".join(q.policies)),
)


class OfCompany:
    """A tab of a company's page."""

    permission = "registry.view_companies"
    lookup = "uscc"

    def queryset(self):
        return Company.objects.all().visible_to(self.request.user).select_related("zone")


def tabs_of(company: Company, current: str) -> Iterator[Tab]:
    """Return the tabs of a company."""
    for name, label in (("company", _("概况")), ("company_history", _("历史")), ("company_missing", _("待补事实"))):
        yield Tab(label, reverse(f"registry:{name}", args=[company.uscc]), name == current)


class CompanyDetail(OfCompany, DetailPage):
    """One company and what was true of it and known, now or at two clocks."""

    template_name = "registry/company.html"

    def tags(self):
        yield tone(self.object), self.object.get_state_display()
        for tag in self.object.tags.all() if self.request.user.has_perm("registry.keep_views") else ():
            yield "info", tag.name

    def tabs(self):
        return tabs_of(self.object, "company")

    def actions(self):
        code = [self.object.uscc]
        return (
            Action(_("画像"), reverse("portraits:portrait", args=code), "portraits.view_portraits", icon="eye"),
            Action(_("政策匹配"), reverse("policies:company", args=code), "policies.view_matches", icon="check"),
            Action(_("修改"), reverse("registry:company_edit", args=code), "registry.change_companies"),
        )

    def context(self, **more):
        return super().context(**more, clocks_form=self.form, past=self._past())

    def _past(self) -> str:
        parts = [_t("%(day)s 的情况") % {"day": self.clocks.on}] if self.clocks.on else []
        if self.clocks.known:
            parts.append(_t("按 %(moment)s 所知") % {"moment": text_of(self.clocks.known, "time")})
        return "，".join(parts)

    def sections(self):
        self.form = ClocksForm(self.request.GET or None)
        self.clocks = self.form.clocks()
        company, known = self.object, known_of(self.object, self.request.user, self.clocks)
        yield Section(_("基本信息"), tuple(self._identity(company)))
        if known.yearly:
            yield Section(_("年度数据"), template="registry/years.html", context=_years(known))
        yield Section(_("事实"), columns=PLAIN_COLUMNS, rows=known.plain, empty=_("还没有录入事实。"))
        for child, rows in known.lists:
            yield Section(child.zh, columns=[*_list_columns(child, rows), Column("source", _("来源"), value=itemgetter("source"))], rows=rows)

    def _identity(self, company: Company) -> Iterator[Field]:
        yield Field(_("统一社会信用代码"), company.uscc)
        yield Field(_("行业"), company.sector)
        yield Field(_("注册日期"), company.registered_on)
        yield Field(_("园区"), company.zone)
        if company.state == CompanyState.MERGED:
            merge = company.merged_into.filter(undone_at=None).select_related("kept").first()
            if merge is not None:
                yield Field(_("已并入"), merge.kept, href=reverse("registry:company", args=[merge.kept.uscc]))


def _years(known: Known) -> dict[str, Any]:
    rows = [{
        "name": row.entry.zh, "unit": row.entry.unit.text if row.entry.unit else "",
        "cells": [_year_cell(year, row.told.get(year)) for year in known.years]} for row in known.yearly]
    return {"years": known.years, "rows": rows}


def _year_cell(year: str, told: Told | None) -> dict[str, str]:
    if told is None:
        return {"year": year, "text": ""}
    return {"year": year, "text": shown_value(told), "source": told.fact.source, "against": disagreement(told)}


def _list_columns(child: Any, rows: list[dict[str, Any]]) -> list[Column]:
    """Return a column for each column of the list in which something is known."""
    kinds = {"number": "number", "integer": "number", "date": "date", "boolean": "yes_no"}
    known = [c for c in child.columns if any(row[c.code] is not None for row in rows)]
    return [Column(c.code, c.zh, kind=kinds.get(c.type, "text"), unit=c.unit.text if c.unit else "", value=itemgetter(c.code))
            for c in known]


class CompanyMissing(OfCompany, DetailPage):
    """Facts of which nothing is known."""

    def tabs(self):
        return tabs_of(self.object, "company_missing")

    def actions(self):
        yield Action(_("向企业询问"), reverse("portal:ask", args=[self.object.uscc]), "portal.ask", icon="question", tone="primary")

    def sections(self):
        questions = open_questions(self.object, self.request.user)
        if questions:
            yield Section(_("补上就能定下结论的事实"), columns=QUESTION_COLUMNS, rows=questions)
        missing = missing_facts(known_of(self.object, self.request.user, Clocks()))
        title = _t("待补事实（%(count)s 项）") % {"count": len(missing)}
        yield Section(title, columns=MISSING_COLUMNS, rows=missing, empty=_("没有缺少的事实。"))


class CompanyHistory(OfCompany, ListPage):
    """Every value ever recorded of a company, superseded ones too."""

    template_name = "registry/history.html"
    default_sort = "-known_from"
    columns = (
        Column("code", _("事实"), value=_name, sort="code"),
        Column("period", _("期间"), kind="code", sort="period"),
        Column("value", _("值")),
        Column("unit", _("单位"), hide_small=True),
        Column("source", _("来源"), sort="source"),
        Column("valid_from", _("生效日期"), kind="date", sort="valid_from"),
        Column("known_from", _("获知时间"), kind="time", sort="known_from"),
        Column("known_until", _("被替代时间"), kind="time", sort="known_until"),
        Column("recorded_by", _("录入人"), hide_small=True),
        Column("evidence.name", _("佐证文件"), href=lambda f: reverse("core:file", args=[f.evidence_id]) if f.evidence_id else ""),
    )

    def get(self, request, *args, **kwargs):
        self.company = get_object_or_404(OfCompany.queryset(self), uscc=kwargs["uscc"])
        self.title = self.company.name
        return super().get(request, *args, **kwargs)

    def queryset(self):
        rows = Fact.objects.filter(company=self.company).visible_to(self.request.user)
        return rows.select_related("evidence", "recorded_by")

    def context(self, **more):
        return super().context(**more, tabs=list(tabs_of(self.company, "company_history")))


class CompanyNew(FormPage):
    """Enter a company."""

    permission = "registry.change_companies"
    form_class = NewCompanyForm
    title = _("录入企业")
    submit = _("保存")

    def perform(self, form) -> str:
        company = create_company(actor=self.request.user, zone=self.request.user.zone, **form.cleaned_data)
        return reverse("registry:company", args=[company.uscc])


class CompanyEdit(FormPage):
    """Change a company."""

    permission = "registry.change_companies"
    form_class = ChangeCompanyForm
    title = _("修改企业")
    submit = _("保存")

    def prepare(self):
        rows = Company.objects.all().visible_to(self.request.user)
        self.company = get_object_or_404(rows, uscc=self.kwargs["uscc"])
        self.back = reverse("registry:company", args=[self.company.uscc])

    def initial(self):
        return {field: getattr(self.company, field) for field in ("name", "sector", "registered_on", "state")}

    def perform(self, form) -> str:
        data = form.cleaned_data
        change_company(actor=self.request.user, company=self.company, **{**data, "state": CompanyState(data["state"])})
        return self.back
