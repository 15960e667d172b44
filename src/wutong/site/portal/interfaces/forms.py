"""Forms and filters of the portals."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import OrganisationKind
from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.core.models import Organisation
from wutong.site.portal.domain.queries.facts import entry_of
from wutong.site.portal.enums import QuestionState


class QuestionFilter(FilterForm):
    """Filter of the questions."""

    search = ("company__name", "company__uscc", "company__name_initials", "fact")
    hint = _("企业或数据")
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(QuestionState))


class AskForm(forms.Form):
    """Which of the missing facts to ask for."""

    facts = forms.MultipleChoiceField(label=_("询问的数据"), widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(label=_("用途"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                          help_text=_("企业看得到；留空时写明哪些政策在等这项数据。"))

    def __init__(self, *args, facts=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facts"].choices = facts


class AnswerForm(forms.Form):
    """The answer: a value of the fact's own kind, what it rests on, a file."""

    source = forms.CharField(label=_("依据"), max_length=180, help_text=_("例如：2025年度审计报告。"))
    evidence = forms.FileField(label=_("佐证文件"), required=False, help_text=_("PDF、图片、Word 或表格。"))
    field_order = ("value", "source", "evidence")

    def __init__(self, *args, code: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = self._value(code)
        self.order_fields(self.field_order)

    @staticmethod
    def _value(code: str) -> forms.Field:
        entry = entry_of(code)
        label = f"{entry.zh}（{entry.unit.text}）" if entry.unit else entry.zh
        more = {"label": label, "help_text": entry.definition or ""}
        if entry.type == "boolean":
            yes_no = (("true", _("是")), ("false", _("否")))
            return forms.TypedChoiceField(**more, choices=yes_no, coerce=lambda v: v == "true", widget=forms.RadioSelect)
        if entry.type in ("number", "integer"):
            places = 0 if entry.type == "integer" else 6
            return forms.DecimalField(**more, max_digits=24, decimal_places=places, min_value=entry.min, max_value=entry.max)
        if entry.type == "date":
            return forms.DateField(**more, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        return forms.CharField(**more, max_length=400)


class JudgeForm(forms.Form):
    """Take an answer over, or send it back."""

    accept = forms.TypedChoiceField(label=_("审核"), choices=(("yes", _("采纳，写入企业库")), ("no", _("退回企业"))),
                                    coerce=lambda v: v == "yes", widget=forms.RadioSelect)
    note = forms.CharField(label=_("退回说明"), max_length=200, required=False)

    def clean(self):
        data = super().clean()
        if data.get("accept") is False and not data.get("note"):
            self.add_error("note", _("退回时请写明原因。"))
        return data


class ConsentForm(forms.Form):
    """Whom to allow what, and until when."""

    organisation = forms.ModelChoiceField(label=_("被授权机构"), queryset=None)
    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如：申请流动资金贷款。"))
    until = forms.DateField(label=_("截止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(kind=OrganisationKind.BANK, is_active=True)
