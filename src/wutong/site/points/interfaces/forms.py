"""Forms and filters of points."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm
from wutong.site.core.interfaces.rows import Rows
from wutong.site.registry.models import Company

MOVES = {"up": _("上升"), "down": _("下降"), "same": _("不变")}


class CompareForm(forms.Form):
    """Which two runs to compare."""

    left = forms.ModelChoiceField(label=_("原来的运行"), queryset=None, help_text=_("变化从这一次算起。"))
    right = forms.ModelChoiceField(label=_("现在的运行"), queryset=None)

    def __init__(self, *args, runs, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = runs
            field.label_from_instance = said

    def clean(self):
        chosen = self.cleaned_data
        if chosen.get("left") and chosen["left"] == chosen.get("right"):
            raise forms.ValidationError(_("请选择两次不同的运行。"))
        return chosen


def said(run) -> str:
    """Return what tells one run of points from another."""
    return f"{run.model_name} {run.model.partition('@')[2]} · {run.on} · {run.number}"


class ShiftFilter(FilterForm):
    """Filter of the companies of a comparison."""

    search = ("name", "uscc", "name_initials", "name_pinyin")
    hint = _("名称、拼音首字母或代码")
    move = forms.ChoiceField(label=_("名次变化"), required=False, choices=[("", _("全部")), *MOVES.items()])

    def apply(self, rows: Rows) -> Rows:
        move, text = self.cleaned_data.get("move"), self.cleaned_data.get("q", "").strip()
        wanted = {"up": lambda n: n > 0, "down": lambda n: n < 0, "same": lambda n: n == 0}.get(move)
        # the registry knows pinyin, the run does not
        codes = set(self.searched(Company.objects.all(), text).values_list("uscc", flat=True)) if text else None
        return Rows(r for r in rows if (wanted is None or wanted(r.moved)) and (codes is None or r.code in codes))
