"""Filters of policies."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.core.interfaces.rows import Rows
from wutong.site.runs.domain.queries.packs import packs, shipped
from wutong.site.runs.enums import Outcome

KINDS = {
    "qualification": _("资质认定"), "tax": _("税收优惠"), "grant": _("奖补资金"), "class": _("分类划型"), "veto": _("否决事项"),
}
STATUSES = {"official": _("正式"), "draft": _("待核实")}
WINDOWS = {"open": _("申报中"), "later": _("即将开放"), "closed": _("已截止")}


def _all(names: dict[str, object]) -> list[tuple[str, object]]:
    return [("", _("全部")), *names.items()]


class PolicyFilter(FilterForm):
    """Filter of the policy centre."""

    hint = _("名称、发文单位或文号")
    pack = forms.ChoiceField(label=_("政策包"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=_all(KINDS))
    status = forms.ChoiceField(label=_("状态"), required=False, choices=_all(STATUSES))
    window = forms.ChoiceField(label=_("申报窗口"), required=False, choices=_all(WINDOWS))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = _all({name: name for name in packs()})

    def apply(self, rows: Rows) -> Rows:
        data = self.cleaned_data
        text = data.get("q", "").strip().lower()
        return Rows(
            e for e in rows
            if text in _searched(e) and data["kind"] in ("", e.kind) and data["status"] in ("", e.status)
            and data["window"] in ("", e.window) and data["pack"] in ("", e.policy.pack))


def _searched(entry) -> str:
    policy = entry.policy
    return " ".join((policy.zh, policy.en, policy.id, policy.issuer, *(s.doc_no for s in policy.sources.values()))).lower()


class MatchFilter(FilterForm):
    """Filter of matches."""

    search = ("company__name", "company__uscc", "company__name_initials", "policy_name")
    hint = _("企业或政策")
    policy = forms.ChoiceField(label=_("政策"), required=False)
    outcome = forms.ChoiceField(label=_("结论"), required=False, choices=choices(Outcome))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = _all({f"{p.pack}/{p.id}": p.zh for p in shipped()})


class BacktestForm(forms.Form):
    """A field for every figure of a policy, those it names first; what stays empty stays as it is."""

    def __init__(self, *args, figures, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for figure in figures:
            self.fields[figure.name] = forms.CharField(
                label=f"{figure.zh}（{figure.text}）", help_text=figure.rule[:80], required=False, max_length=200)
        self.names = [f.name for f in figures if f.named]

    def named(self) -> list[forms.BoundField]:
        """Return the fields of the figures that the policy names."""
        return [self[name] for name in self.names]

    def others(self) -> list[forms.BoundField]:
        """Return the fields of the numbers that stand in its rules."""
        return [self[name] for name in self.fields if name not in self.names]

    def unfolded(self) -> bool:
        """Tell whether the numbers of the rules are to be seen at once: one is filled in, or there is nothing else."""
        return not self.names or any(field.data for field in self.others())

    def values(self) -> dict[str, str]:
        """Return what was typed, by the name of the figure."""
        return {name: text for name, text in self.cleaned_data.items() if text.strip()}
