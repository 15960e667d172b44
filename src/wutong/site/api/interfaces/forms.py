"""Forms of the API."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：园区数据中台每日同步。"))
    until = forms.DateField(label=_("有效期至"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
