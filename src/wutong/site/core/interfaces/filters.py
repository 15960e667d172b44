"""Filter forms of list pages: each applies itself to a queryset."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


class FilterForm(forms.Form):
    """A filter bar. `search` names the fields the box `q` looks in, `hint` says so in it; other fields of the form filter by their own name."""

    search: tuple[str, ...] = ()
    hint: object = ""
    q = forms.CharField(label=_("搜索"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.hint:
            self.fields["q"].widget.attrs["placeholder"] = self.hint

    def apply(self, rows: QuerySet) -> QuerySet:
        """Return the rows that fit every field filled in."""
        rows = self.searched(rows, self.cleaned_data.get("q", "").strip())
        for name, value in self.cleaned_data.items():
            if name != "q" and value not in (None, ""):
                rows = self.narrow(rows, name, value)
        return rows

    def searched(self, rows: QuerySet, text: str) -> QuerySet:
        """Return the rows that have `text` in one of the fields `search`."""
        if not text or not self.search:
            return rows
        found = Q()
        for field in self.search:
            found |= Q(**{f"{field}__icontains": text})
        return rows.filter(found)

    def narrow(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        """Return the rows whose field `name` has `value`; override for ranges and joins."""
        return rows.filter(**{name: value})


def choices(members: type, blank: object = _("全部")) -> list[tuple[str, object]]:
    """Return the choices of an enum with a first line for all."""
    return [("", blank), *members.choices]
