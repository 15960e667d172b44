"""Tags, saved views and duplicates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, ActionPage, FormPage, ListPage, Page
from wutong.site.registry.domain.desk import remove_view, save_view, tag_companies
from wutong.site.registry.domain.merging import merge_companies, undo_merge
from wutong.site.registry.domain.queries.duplicates import duplicates
from wutong.site.registry.interfaces.forms import CompanyFilter, TagForm, ViewForm
from wutong.site.registry.models import Company, Merge, SavedView


def filtered(user: Any, query: str) -> Any:
    """Return the companies a query of the list finds."""
    form = CompanyFilter(QueryDict(query))
    rows = Company.objects.all().visible_to(user)
    return form.apply(rows) if form.is_valid() else rows.none()


class OfList(FormPage):
    """A form about what the list of companies shows; its filter travels in the address."""

    def prepare(self) -> None:
        self.query = self.request.GET.urlencode()
        self.back = f"{reverse('registry:companies')}?{self.query}"


class CompaniesTag(OfList):
    """Put a tag on everything the filter finds."""

    permission = "registry.change_companies"
    form_class = TagForm
    title = _("批量标签")
    submit = _("执行")

    def prepare(self) -> None:
        super().prepare()
        self.found = filtered(self.request.user, self.query)
        self.intro = _("将作用于筛选出的 %(count)s 家企业。") % {"count": self.found.count()}

    def perform(self, form: TagForm) -> str:
        data = form.cleaned_data
        user = self.request.user
        tag_companies(actor=user, zone=user.zone, companies=list(self.found), name=data["name"], remove=data["remove"])
        return self.back


class ViewSave(OfList):
    """Keep the present filter under a name."""

    permission = "registry.keep_views"
    form_class = ViewForm
    title = _("保存视图")
    submit = _("保存")

    def perform(self, form: ViewForm) -> str:
        save_view(actor=self.request.user, zone=self.request.user.zone, query=self.query, **form.cleaned_data)
        return self.back


class ViewRemove(ActionPage):
    """Remove an own view."""

    permission = "registry.keep_views"

    def perform(self) -> str:
        rows = SavedView.objects.all().visible_to(self.request.user).filter(owner=self.request.user)
        remove_view(actor=self.request.user, view=get_object_or_404(rows, pk=self.kwargs["pk"]))
        return reverse("registry:companies")


class Duplicates(Page):
    """Pairs of entries that may be one company."""

    permission = "registry.change_companies"
    template_name = "registry/duplicates.html"
    title = _("重复企业")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.context(pairs=duplicates(request.user)))


class CompanyMerge(ActionPage):
    """Make two entries one."""

    permission = "registry.change_companies"
    done = _("已合并，可在合并记录中撤销。")

    def perform(self) -> str:
        rows = Company.objects.all().visible_to(self.request.user)
        kept, gone = (get_object_or_404(rows, uscc=self.kwargs[name]) for name in ("kept", "gone"))
        merge_companies(actor=self.request.user, kept=kept, gone=gone)
        return reverse("registry:company", args=[kept.uscc])

    def fallback(self) -> str:
        return reverse("registry:duplicates")


class MergeList(ListPage):
    """Merges, with a way to take them back."""

    permission = "registry.change_companies"
    template_name = "registry/merges.html"
    title = _("合并记录")
    default_sort = "-at"
    columns = (
        Column("kept.name", _("保留"), href=lambda m: reverse("registry:company", args=[m.kept.uscc])),
        Column("gone.name", _("并入"), href=lambda m: reverse("registry:company", args=[m.gone.uscc])),
        Column("by", _("操作人"), hide_small=True),
        Column("at", _("时间"), kind="time", sort="at"),
        Column("undone_at", _("撤销时间"), kind="time"),
    )

    def queryset(self):
        return Merge.objects.filter(zone=self.request.user.zone).select_related("kept", "gone", "by")

    def row_href(self, row: Merge) -> str:
        return reverse("registry:company", args=[row.kept.uscc])

    def actions(self):
        return (Action(_("重复企业"), reverse("registry:duplicates"), "registry.change_companies"),)


class MergeUndo(ActionPage):
    """Take two entries apart."""

    permission = "registry.change_companies"
    done = _("合并已撤销。")

    def perform(self) -> str:
        merge = get_object_or_404(Merge.objects.filter(zone=self.request.user.zone), pk=self.kwargs["pk"])
        undo_merge(actor=self.request.user, merge=merge)
        return self.fallback()

    def fallback(self) -> str:
        return reverse("registry:merges")
