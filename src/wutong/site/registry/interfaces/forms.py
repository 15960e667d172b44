"""Forms and filters of the registry."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.registry.domain.queries.known import Clocks
from wutong.site.registry.enums import CompanyState


class CompanyFilter(FilterForm):
    """Filter of the list of companies: name, pinyin initials or code in one box."""

    search = ("name", "uscc", "name_initials", "name_pinyin")
    hint = _("名称、拼音首字母或代码")
    sector = forms.CharField(label=_("行业"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(CompanyState))
    tag = forms.CharField(label=_("标签"), required=False, max_length=24)

    def narrow(self, rows, name, value):
        by = {"sector": "sector__icontains", "tag": "tags__name"}.get(name, name)
        return rows.filter(**{by: value})


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


class ClocksForm(forms.Form):
    """The day on which, and the moment at which."""

    on = forms.DateField(label=_("真实日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    known = forms.DateTimeField(
        label=_("按何时所知"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))

    def clocks(self) -> Clocks:
        """Return the clocks, now for whatever is not given or wrong."""
        return Clocks(**self.cleaned_data) if self.is_bound and self.is_valid() else Clocks()


class TagForm(forms.Form):
    """A tag to put on, or to take off."""

    name = forms.CharField(label=_("标签"), max_length=24)
    remove = forms.BooleanField(label=_("去掉这个标签"), required=False)


class ViewForm(forms.Form):
    """Name of a saved view."""

    name = forms.CharField(label=_("名称"), max_length=40)
    is_shared = forms.BooleanField(label=_("园区内共享"), required=False)
