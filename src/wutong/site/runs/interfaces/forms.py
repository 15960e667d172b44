"""Forms and filters of runs."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.runs.enums import RunKind, RunState


class RunFilter(FilterForm):
    """Filter of the list of runs."""

    search = ("number", "model_name")
    hint = _("运行编号或模型")
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=choices(RunKind))
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(RunState))


class StartForm(forms.Form):
    """The day a run assesses."""

    on = forms.DateField(
        label=_("评估日"), initial=timezone.localdate, help_text=_("按这一天有效的政策和当时的数据计算。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class StartPoliciesForm(StartForm):
    """A run of policies."""

    packs = forms.MultipleChoiceField(label=_("政策包"), widget=forms.CheckboxSelectMultiple)
    field_order = ("packs", "on")

    def __init__(self, *args, packs: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["packs"].choices = packs
        self.fields["packs"].initial = [name for name, _label in packs]


class StartPointsForm(StartForm):
    """A run of points."""

    model = forms.ChoiceField(label=_("积分模型"))
    field_order = ("model", "on")

    def __init__(self, *args, models: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = models
