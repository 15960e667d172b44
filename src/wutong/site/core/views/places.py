"""Zones, organisations, code lists."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain import codes, zones
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.forms import (
    CodeItemForm,
    NewZoneForm,
    OrganisationFilter,
    OrganisationForm,
    ZoneForm,
)
from wutong.site.core.models import CodeList, Organisation, Zone
from wutong.site.core.views.pages import Action, DetailPage, FormPage, ListPage, Section


def _active(row) -> str:
    return "good" if row.is_active else "muted"


class ZoneList(ListPage):
    """Zones of the installation."""

    permission = "core.view_zones"
    title = _("园区")
    default_sort = "code"
    columns = (
        Column("name", _("名称"), sort="name", href=lambda z: reverse("core:zone_edit", args=[z.pk])),
        Column("code", _("代码"), kind="code", sort="code"),
        Column("is_active", _("启用"), kind="tag", tone=_active),
        Column("is_demo", _("演示数据"), kind="yes_no"),
        Column("created_at", _("创建时间"), kind="time", sort="created_at", hide_small=True),
    )

    def queryset(self):
        return Zone.objects.all()

    def actions(self):
        return (Action(_("新建园区"), reverse("core:zone_new"), "core.change_zones", tone="primary"),)


class ZoneNew(FormPage):
    """Make a zone."""

    permission = "core.change_zones"
    form_class = NewZoneForm
    title = _("新建园区")
    submit = _("创建")

    def perform(self, form) -> str:
        zones.create_zone(actor=self.request.user, **form.cleaned_data)
        return reverse("core:zones")


class ZoneEdit(FormPage):
    """Change a zone."""

    permission = "core.change_zones"
    form_class = ZoneForm
    title = _("修改园区")
    submit = _("保存")

    def prepare(self):
        self.zone = get_object_or_404(Zone, pk=self.kwargs["pk"])
        self.back = reverse("core:zones")

    def initial(self):
        return {"name": self.zone.name, "is_active": self.zone.is_active}

    def perform(self, form) -> str:
        zones.change_zone(actor=self.request.user, zone=self.zone, **form.cleaned_data)
        return self.back


class OrganisationList(ListPage):
    """Organisations of the zone."""

    permission = "core.view_organisations"
    title = _("机构")
    filter_form = OrganisationFilter
    default_sort = "name"
    columns = (
        Column("name", _("名称"), sort="name_pinyin"),
        Column("kind", _("类别"), sort="kind"),
        Column("uscc", _("统一社会信用代码"), kind="code", hide_small=True),
        Column("is_active", _("启用"), kind="tag", tone=_active),
    )

    def queryset(self):
        return Organisation.objects.all()

    def row_href(self, row) -> str:
        return reverse("core:organisation_edit", args=[row.pk]) if self.request.user.has_perm("core.change_organisations") else ""

    def actions(self):
        return (Action(_("新建机构"), reverse("core:organisation_new"), "core.change_organisations", tone="primary"),)


class OrganisationNew(FormPage):
    """Make an organisation."""

    permission = "core.change_organisations"
    form_class = OrganisationForm
    title = _("新建机构")
    submit = _("创建")

    def perform(self, form) -> str:
        data = dict(form.cleaned_data)
        data.pop("is_active")
        zones.create_organisation(actor=self.request.user, zone=self.request.user.zone, **data)
        return reverse("core:organisations")


class OrganisationEdit(FormPage):
    """Change an organisation."""

    permission = "core.change_organisations"
    form_class = OrganisationForm
    title = _("修改机构")
    submit = _("保存")

    def prepare(self):
        self.organisation = get_object_or_404(Organisation.objects.all(), pk=self.kwargs["pk"])
        self.back = reverse("core:organisations")

    def initial(self):
        return {f: getattr(self.organisation, f) for f in ("kind", "name", "uscc", "is_active")}

    def perform(self, form) -> str:
        data = dict(form.cleaned_data)
        data.pop("kind")
        zones.change_organisation(actor=self.request.user, organisation=self.organisation, **data)
        return self.back


class CodeLists(ListPage):
    """Code lists."""

    permission = "core.view_codes"
    title = _("代码表")
    default_sort = "code"
    columns = (
        Column("name", _("名称"), href=lambda c: reverse("core:code", args=[c.code]), sort="name"),
        Column("code", _("代码"), kind="code", sort="code"),
    )

    def queryset(self):
        return CodeList.objects.all()


class CodeDetail(DetailPage):
    """One code list."""

    permission = "core.view_codes"
    lookup = "code"

    def queryset(self):
        return CodeList.objects.all()

    def actions(self):
        return (Action(_("添加代码项"), reverse("core:code_item", args=[self.object.code]), "core.change_codes", tone="primary"),)

    def sections(self):
        yield Section(_("代码项"), columns=(
            Column("code", _("代码"), kind="code"), Column("zh", _("中文名")), Column("en", _("英文名")),
            Column("position", _("次序"), kind="number"), Column("is_active", _("启用"), kind="tag", tone=_active),
        ), rows=self.object.items.all())


class CodeItemPut(FormPage):
    """Add a term, or change the one with the same code."""

    permission = "core.change_codes"
    form_class = CodeItemForm
    title = _("代码项")
    submit = _("保存")

    def prepare(self):
        self.of = get_object_or_404(CodeList, code=self.kwargs["code"])
        self.back = reverse("core:code", args=[self.of.code])

    def perform(self, form) -> str:
        codes.put_item(actor=self.request.user, of=self.of, **form.cleaned_data)
        return self.back
