"""Forms and filters of imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.imports.domain.queries.headers import check_meaning, fact_name, offered
from wutong.site.imports.enums import BatchState, LineKind
from wutong.site.imports.models import ImportBatch
from wutong.site.registry.enums import SourceRank

IGNORED = "-"


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class ImportFilter(FilterForm):
    """Filter of the list of batches."""

    search = ("file__name", "source")
    hint = _("文件名或来源")
    state = forms.ChoiceField(label=_("状态"), required=False, choices=choices(BatchState))


class LineFilter(FilterForm):
    """Filter of the lines of a batch."""

    search = ("name", "key")
    hint = _("企业名称或代码")
    kind = forms.ChoiceField(label=_("结果"), required=False, choices=choices(LineKind))


class NewImportForm(forms.Form):
    """A file, and whose it is."""

    file = forms.FileField(label=_("文件"), help_text=_("Excel（xlsx、xls、ods）、CSV 或 Parquet，不超过50 MB。"))
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("如“2025年度企业年报”“税务局2026年10月清单”。"))
    rank = forms.TypedChoiceField(
        label=_("来源级别"), choices=SourceRank.choices, coerce=lambda v: SourceRank(int(v)), initial=SourceRank.DECLARED,
        help_text=_("与其他来源不一致时，级别高的算数，其余保留。"))
    on = _day(label=_("评估日"), initial=timezone.localdate, help_text=_("表头里的“上年”等按这一天推算。"))
    valid_from = _day(label=_("生效日期"), required=False, help_text=_("数据从哪一天起成立；不填表示一直成立。"))


class ProposeForm(forms.Form):
    """Why a batch is to be written."""

    reason = forms.CharField(label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PolicyForm(forms.Form):
    """Whether two people are needed."""

    needs_approval = forms.BooleanField(label=_("写入前须另一人审批"), required=False)


class HeadersForm(forms.Form):
    """One box per header of the file: what it means, with what it was taken for as the hint."""

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.places = batch, {}
        sheets = batch.report.get("sheets", ())
        self.offered = [IGNORED, *offered({s["table"] for s in sheets}, batch.on)]
        for sheet in sheets:
            for header, column in sheet["headers"]:
                self._add(sheet, header, column)

    def _add(self, sheet: dict[str, Any], header: str, column: str) -> None:
        name = f"header-{len(self.places)}"
        meant = self.batch.headers.get(header)
        read = _("识别为：%(fact)s") % {"fact": fact_name(column, sheet["table"])} if column else _("未识别，不读取")
        self.fields[name] = forms.CharField(
            label=f"{sheet['sheet']} · {header}", required=False, max_length=200, help_text=read,
            initial=IGNORED if meant == "" else meant,
            widget=forms.TextInput(attrs={"list": "facts", "placeholder": "" if column else _("选择或输入事实名称")}))
        self.places[name] = (header, sheet["table"])

    def clean(self) -> dict[str, Any]:
        """Check every meaning against the catalogue."""
        for name, (_header, table) in self.places.items():
            text = (self.cleaned_data.get(name) or "").strip()
            if text and text != IGNORED:
                try:
                    check_meaning(text, table, self.batch.on)
                except WutongError as error:
                    self.add_error(name, error.diagnostics[0].text("zh"))
        return self.cleaned_data

    @property
    def meant(self) -> dict[str, str]:
        """Return the corrections: header as written → as meant, "" for not to be read."""
        texts = {header: (self.cleaned_data.get(name) or "").strip() for name, (header, _table) in self.places.items()}
        return {header: "" if text == IGNORED else text for header, text in texts.items() if text}
