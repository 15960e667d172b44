"""Forms and filters of points."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.core.interfaces.rows import Rows
from wutong.site.points.enums import Since, Standing, Ties
from wutong.site.policies.domain.queries.book import name_of
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


class ListForm(forms.Form):
    """What a top list is of."""

    name = forms.CharField(label=_("榜单名称"), max_length=60)
    model = forms.ChoiceField(label=_("积分模型"), help_text=_("榜单跟随这个模型的最近一次运行。"))
    places = forms.IntegerField(label=_("名额"), min_value=1, max_value=100_000)
    stage = forms.ChoiceField(label=_("阶段"), required=False, help_text=_("只取这个阶段的企业；要求模型分阶段。"))
    sector = forms.ChoiceField(label=_("行业"), required=False, help_text=_("只取企业资料中属于这个行业的企业。"))
    ties = forms.ChoiceField(
        label=_("末位并列"), choices=Ties, initial=Ties.INCLUDE, widget=forms.RadioSelect,
        help_text=_("名额末位得分相同时怎么办，须事先写明。"))

    def __init__(self, *args, models, sectors, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        self.fields["model"].choices = list({m.id: name_of(m) for m in models}.items())
        self.fields["stage"].choices = every + list({s.zh: name_of(s) for m in models for s in m.stages}.items())
        self.fields["sector"].choices = every + [(s, s) for s in sectors]


class PlaceFilter(FilterForm):
    """Filter of the companies of a top list."""

    hint = _("名称或代码")
    standing = forms.ChoiceField(label=_("状态"), required=False, choices=choices(Standing))
    since = forms.ChoiceField(label=_("与上次相比"), required=False, choices=choices(Since))

    def apply(self, rows: Rows) -> Rows:
        data = self.cleaned_data
        text = data.get("q", "").strip().lower()
        return Rows(
            p for p in rows
            if text in f"{p.name} {p.code}".lower() and data["standing"] in ("", p.standing) and data["since"] in ("", p.since))


class WeightsForm(forms.Form):
    """A filled weights sheet and where its figures come from."""

    file = forms.FileField(label=_("权重表"), help_text=_("照官方文件填好的 Excel 权重表（.xlsx）。"))
    document = forms.CharField(label=_("文号"), max_length=120, help_text=_("照文件抄写，包括年份和序号。"))
    clause = forms.CharField(label=_("条款"), max_length=120, help_text=_("权重所在的条款或附件。"))
    url = forms.URLField(label=_("网址"), max_length=400, assume_scheme="https")
    by = forms.CharField(label=_("录入人"), max_length=40)
    on = forms.DateField(label=_("录入日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("说明"), max_length=200, help_text=_("告诉批准人您核对了什么。"))
