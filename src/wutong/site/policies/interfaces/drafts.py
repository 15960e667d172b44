"""Forms and filters of drafts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.policies.enums import DraftState


class DraftFilter(FilterForm):
    """Filter of the list of drafts."""

    search = ("name", "policy", "reason")
    hint = _("政策或修改原因")
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(DraftState))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class UploadForm(forms.Form):
    """A file with a policy."""

    file = forms.FileField(label=_("文件（.yaml、.xlsx、.dmn）"), widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.xlsx,.dmn"}))


class CasesForm(forms.Form):
    """The golden cases as YAML."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    cases = forms.CharField(label=_("核对案例"), required=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}))
