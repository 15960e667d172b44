"""Companies: list, page, form."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, DetailPage, Field, FormPage, ListPage, Section
from wutong.site.registry.domain.companies import change_company, create_company
from wutong.site.registry.domain.queries.facts import fact_names, facts_of
from wutong.site.registry.enums import CompanyState
from wutong.site.registry.interfaces.forms import ChangeCompanyForm, CompanyFilter, NewCompanyForm
from wutong.site.registry.models import Company, Fact

TONES = {
    CompanyState.ACTIVE: "good", CompanyState.LEFT: "warn", CompanyState.CLOSED: "muted", CompanyState.MERGED: "muted",
}


def tone(company: Company) -> str:
    """Return the colour of the company's state."""
    return TONES[CompanyState(company.state)]


class CompanyList(ListPage):
    """Companies of the zone."""

    permission = "registry.view_companies"
    title = _("企业")
    filter_form = CompanyFilter
    default_sort = "name"
    columns = (
        Column("name", _("企业名称"), sort="name_pinyin"),
        Column("uscc", _("统一社会信用代码"), kind="code", sort="uscc", hide_small=True),
        Column("sector", _("行业"), sort="sector"),
        Column("registered_on", _("注册日期"), kind="date", sort="registered_on", hide_small=True),
        Column("state", _("状态"), kind="tag", tone=tone),
    )

    def queryset(self):
        return Company.objects.all().visible_to(self.request.user)

    def row_href(self, row) -> str:
        return reverse("registry:company", args=[row.uscc])

    def actions(self):
        return (Action(_("录入企业"), reverse("registry:company_new"), "registry.change_companies", tone="primary"),)


def _name(fact: Fact) -> str:
    return fact_names().get(fact.code, fact.code)


FACT_COLUMNS = (
    Column("code", _("事实"), value=_name),
    Column("period", _("期间"), kind="code"),
    Column("value", _("值"), kind="number", places=2, value=lambda f: f.number),
    Column("value", _("内容"), value=lambda f: None if f.number is not None else f.value),
    Column("unit", _("单位")),
    Column("source", _("来源")),
    Column("known_from", _("获知时间"), kind="time", hide_small=True),
    Column("evidence.name", _("佐证文件"), href=lambda f: reverse("core:file", args=[f.evidence_id]) if f.evidence_id else ""),
)


class CompanyDetail(DetailPage):
    """One company and what is known of it."""

    permission = "registry.view_companies"
    lookup = "uscc"

    def queryset(self):
        return Company.objects.all().visible_to(self.request.user)

    def tags(self):
        return [(tone(self.object), self.object.get_state_display())]

    def actions(self):
        return (Action(_("修改"), reverse("registry:company_edit", args=[self.object.uscc]), "registry.change_companies"),)

    def sections(self):
        company = self.object
        yield Section(_("基本信息"), (
            Field(_("统一社会信用代码"), company.uscc), Field(_("行业"), company.sector),
            Field(_("注册日期"), company.registered_on), Field(_("园区"), company.zone),
        ))
        yield Section(_("事实"), columns=FACT_COLUMNS, rows=facts_of(company, self.request.user), empty=_("还没有录入事实。"))


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
