"""Forms and filters of the registry."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.registry.enums import CompanyState


class CompanyFilter(FilterForm):
    """Filter of the list of companies: name, pinyin initials or code in one box."""

    search = ("name", "uscc", "name_initials", "name_pinyin")
    hint = _("名称、拼音首字母或代码")
    sector = forms.CharField(label=_("行业"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(CompanyState))

    def narrow(self, rows, name, value):
        return rows.filter(sector__icontains=value) if name == "sector" else super().narrow(rows, name, value)


class CompanyForm(forms.Form):
    """What identifies a company."""

    name = forms.CharField(label=_("企业名称"), max_length=128)
    sector = forms.CharField(label=_("行业"), max_length=80, required=False)
    registered_on = forms.DateField(label=_("注册日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class NewCompanyForm(CompanyForm):
    """A new company."""

    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, help_text=_("18位，录入后不能修改。"))
    field_order = ("uscc", "name")


class ChangeCompanyForm(CompanyForm):
    """A company that is known already."""

    state = forms.ChoiceField(label=_("状态"), choices=CompanyState.choices)
