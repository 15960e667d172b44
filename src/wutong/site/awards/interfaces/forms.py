"""Forms and filters of awards."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.awards.enums import ListState
from wutong.site.awards.models import Budget
from wutong.site.core.interfaces.filters import FilterForm, choices


class ListFilter(FilterForm):
    """Filter of the lists."""

    search = ("title", "digest")
    hint = _("标题或名单编号")
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(ListState))


class AmountForm(forms.Form):
    """An amount of a budget."""

    amount = forms.DecimalField(label=_("预算（元）"), min_value=0, max_digits=16, decimal_places=2)


class BudgetForm(AmountForm):
    """A new budget."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100, initial=lambda: timezone.localdate().year)
    name = forms.CharField(label=_("名称"), max_length=80)
    field_order = ("year", "name")


class ListForm(forms.Form):
    """A new list from the last run."""

    title = forms.CharField(label=_("标题"), max_length=120)
    policies = forms.MultipleChoiceField(label=_("政策"), required=False, widget=forms.CheckboxSelectMultiple,
                                         help_text=_("不选时为全部可以免申即享的政策。"))
    budget = forms.ModelChoiceField(label=_("资金预算"), queryset=None, required=False, help_text=_("演练名单可以不选。"))
    rehearsal = forms.BooleanField(label=_("演练：草案和申报期外的政策也列，不能付款"), required=False)

    def __init__(self, *args, policies=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policies"].choices = policies
        self.fields["budget"].queryset = Budget.objects.all()


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ObjectionForm(forms.Form):
    """What somebody has against an award."""

    text = forms.CharField(label=_("异议内容"), max_length=400, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    """The answer to an objection."""

    upheld = forms.TypedChoiceField(
        label=_("是否成立"), choices=(("yes", _("成立")), ("no", _("不成立"))), coerce=lambda v: v == "yes", widget=forms.RadioSelect)
    amount = forms.DecimalField(label=_("改为金额（元）"), required=False, min_value=0, max_digits=16, decimal_places=2,
                                help_text=_("成立时可调低；留空为不再支付。"))
    answer = forms.CharField(label=_("答复"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnForm(ReasonForm):
    """Money a company gave back."""

    amount = forms.DecimalField(label=_("追回金额（元）"), min_value=0, max_digits=16, decimal_places=2)
    field_order = ("amount",)
