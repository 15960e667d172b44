"""Forms of portraits."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm
from wutong.site.portraits.enums import ServiceKind


class PortraitFilter(FilterForm):
    """Filter of the list of portraits by company."""

    search = ("name", "uscc", "name_initials", "name_pinyin")
    hint = _("名称、拼音首字母或代码")
    sector = forms.CharField(label=_("行业"), required=False, max_length=80)

    def narrow(self, rows, name, value):
        return rows.filter(sector__icontains=value)


class ServiceForm(forms.Form):
    """A service the zone gave."""

    day = forms.DateField(label=_("日期"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=_("类别"), choices=ServiceKind.choices)
    text = forms.CharField(label=_("内容"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
