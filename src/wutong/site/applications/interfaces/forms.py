"""Forms and filters of applications."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.applications.enums import ApplicationState
from wutong.site.awards.models import Budget
from wutong.site.core.interfaces.filters import FilterForm, choices


class ApplicationFilter(FilterForm):
    """Filter of the applications."""

    search = ("company__name", "company__uscc", "company__name_initials", "policy_name")
    hint = _("企业或政策")
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(ApplicationState))


class StartForm(forms.Form):
    """Which policy to apply under."""

    policy = forms.ChoiceField(label=_("政策"), help_text=_("列出最近一次匹配中贵企业没有被排除的政策。"))

    def __init__(self, *args, policies=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = policies


class AttachForm(forms.Form):
    """A file and what it shows."""

    file = forms.FileField(label=_("文件"), help_text=_("PDF、图片、Word 或表格。"))
    shows = forms.CharField(label=_("证明什么"), max_length=120, help_text=_("例如：2025年研发费用专项审计报告。"))


class SubmitForm(forms.Form):
    """The statement an application is handed in with."""

    statement = forms.CharField(label=_("申报说明"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    true = forms.BooleanField(label=_("所填内容和材料真实，并同意园区核验。"))


class ReturnForm(forms.Form):
    """What is to be mended."""

    note = forms.CharField(label=_("需要补正的内容"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ProposeForm(forms.Form):
    """What the officer proposes."""

    grant = forms.TypedChoiceField(label=_("审核意见"), choices=(("yes", _("通过")), ("no", _("不通过"))), coerce=lambda v: v == "yes", widget=forms.RadioSelect)
    amount = forms.DecimalField(label=_("拟支持金额（元）"), required=False, min_value=0, max_digits=16, decimal_places=2,
                                help_text=_("认定类不兑现资金的，留空。"))
    note = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ClaimsForm(forms.Form):
    """A list of awards from what was granted."""

    title = forms.CharField(label=_("标题"), max_length=120)
    budget = forms.ModelChoiceField(label=_("资金预算"), queryset=None)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"].queryset = Budget.objects.all()
