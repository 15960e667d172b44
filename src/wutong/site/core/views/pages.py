"""The kinds of page every app builds from: plain, list, detail, form, action. Views read and call the domain; they never write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views import View

from wutong.errors import WutongError
from wutong.site.core.domain.reveal import note_export
from wutong.site.core.interfaces.cells import Column, cells_of, row_html
from wutong.site.core.interfaces.exports import attachment, dated, workbook

PUBLIC = "public"
EXPORT_AT_MOST = 100_000


def error_lines(error: WutongError) -> list[str]:
    """Return what is wrong and what to do, in the language of the page."""
    lang = "en" if get_language() == "en" else "zh"
    return [d.line(lang) for d in error.diagnostics]


class Page(View):
    """A page for whoever holds `permission`; every subclass names one, or PUBLIC."""

    permission: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    title: str | Promise = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission != PUBLIC:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(self.permission):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def context(self, **more: Any) -> dict[str, Any]:
        """Return the values of the template."""
        return {"page": self, "title": self.title, **more}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, self.template_name, self.context())


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page: a link, or (with `method` post) a one-button form."""

    label: str | Promise
    href: str
    permission: str = ""
    method: str = "get"
    tone: str = ""  # primary, danger
    icon: str = ""
    confirm: str | Promise = ""


class ListPage(Page):
    """A table with filter, sort, pages and export.

    A subclass gives `columns`, `queryset()` (already ``visible_to``) and, if wanted, `filter_form`, a form with a
    method ``apply(queryset)``. Addresses: ``?q=…&sort=-name&page=2&export=xlsx``; an htmx request gets the table only.
    """

    template_name = "pages/list.html"
    columns: Sequence[Column] = ()
    filter_form: ClassVar[type[forms.Form] | None] = None
    default_sort: ClassVar[str] = ""
    per_page: ClassVar[int] = 25
    export: ClassVar[bool] = True
    empty: str | Promise = ""

    def queryset(self) -> QuerySet:
        """Return what this person may see."""
        raise NotImplementedError

    def row_href(self, _row: Any) -> str:
        """Return the address of the row's own page, "" for none."""
        return ""

    def actions(self) -> Iterable[Action]:
        """Return the buttons above the table."""
        return ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.columns = [c for c in self.columns if not c.permission or request.user.has_perm(c.permission)]
        form = self.filter_form(request.GET or None) if self.filter_form else None
        rows = self.queryset()
        if form is not None and form.is_bound and form.is_valid():
            rows = form.apply(rows)
        sort = self._sort()
        rows = rows.order_by(*self._order(rows, sort))
        if self.export and request.GET.get("export") == "xlsx":
            return self._exported(rows)
        page = Paginator(rows, self.per_page).get_page(request.GET.get("page"))
        context = self.context(
            form=form, found=page, rows=self._rows(page), heads=self._heads(sort),
            pages=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            actions=allowed(request, self.actions()), filtered=bool(form and form.is_bound and form.has_changed()))
        whole = not (request.htmx and request.htmx.target == "list")
        return render(request, self.template_name if whole else "partials/table.html", context)

    def _rows(self, page: Iterable[Any]) -> list[SafeString]:
        rows = list(page)
        return [row_html(cells, self.row_href(row)) for cells, row in zip(cells_of(self.columns, rows), rows, strict=True)]

    def _sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked.lstrip("-") in {c.key for c in self.columns if c.sort} else self.default_sort

    def _order(self, rows: Any, sort: str) -> list[Any]:
        column = next((c for c in self.columns if c.sort and c.key == sort.lstrip("-")), None)
        if column is None:
            return ["pk"]
        down, by = sort.startswith("-"), column.sort
        if column.numeric and isinstance(rows, QuerySet):  # unknown figures come last, up or down
            return [F(by).desc(nulls_last=True) if down else F(by).asc(nulls_last=True), "pk"]
        # The key last: pages must not overlap where values are equal.
        return [f"{'-' if down else ''}{by}", "pk"]

    def _heads(self, sort: str) -> list[dict[str, Any]]:
        heads = []
        for column in self.columns:
            state = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "none")
            following = f"-{column.key}" if state == "ascending" else column.key
            heads.append({"column": column, "state": state, "next": following if column.sort else ""})
        return heads

    def _exported(self, rows: QuerySet) -> HttpResponse:
        rows = list(rows[:EXPORT_AT_MOST])
        content = workbook(str(self.title), self.columns, rows)
        query = self.request.GET.copy()
        query.pop("export", None)
        note_export(actor=self.request.user, what=self.request.resolver_match.view_name, rows=len(rows), query=query.urlencode())
        return attachment(content, dated(str(self.title)))


def allowed(request: HttpRequest, actions: Iterable[Action]) -> list[Action]:
    """Return the buttons this person may press."""
    return [a for a in actions if not a.permission or request.user.has_perm(a.permission)]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a detail page; `masked` is the name of a personal field of the object."""

    label: str | Promise
    value: Any = None
    masked: str = ""
    note: str | Promise = ""
    href: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A card of a detail page: lines, or a table of `columns` and `rows`, or an own `template`."""

    title: str | Promise
    fields: Sequence[Field] = ()
    columns: Sequence[Column] = ()
    rows: Iterable[Any] = ()
    template: str = ""
    context: Any = None
    empty: str | Promise = ""

    @property
    def lines(self) -> list[SafeString]:
        """The table's rows as HTML."""
        return [row_html(cells) for cells in cells_of(self.columns, self.rows)]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a detail page; a link, so that it works without scripts and can be sent to others."""

    label: str | Promise
    href: str
    current: bool = False


class DetailPage(Page):
    """One object: heading, tags, buttons, tabs, sections. A subclass gives `queryset()` and `sections()`."""

    template_name = "pages/detail.html"
    lookup: ClassVar[str] = "pk"

    def queryset(self) -> QuerySet:
        """Return what this person may see; anything else is 404."""
        raise NotImplementedError

    def sections(self) -> Iterable[Section]:
        """Return the cards of the page."""
        return ()

    def actions(self) -> Iterable[Action]:
        """Return the buttons of the page."""
        return ()

    def tags(self) -> Iterable[tuple[str, str]]:
        """Return (tone, text) of the tags beside the heading."""
        return ()

    def tabs(self) -> Iterable[Tab]:
        """Return the tabs below the heading."""
        return ()

    def run_link(self, run: int) -> str:
        """Return the address of a run for whoever may open it, "" for others."""
        return reverse("runs:run", args=[run]) if self.request.user.has_perm("runs.view_runs") else ""

    def find(self) -> Any:
        """Return the object of the address, or answer 404."""
        return get_object_or_404(self.queryset(), **{self.lookup: self.kwargs[self.lookup]})

    def heading(self) -> str:
        """Return the title of the page."""
        return str(self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.find()
        self.title = self.heading()
        return render(request, self.template_name, self.context(
            object=self.object, sections=list(self.sections()), actions=allowed(request, self.actions()),
            tags=list(self.tags()), tabs=list(self.tabs())))


class FormPage(Page):
    """A form that calls the domain: a subclass gives `form_class` and ``perform(form) -> address to go to``.

    A WutongError of the domain is shown above the form with its code and remedy; what was typed stays.
    """

    template_name = "pages/form.html"
    form_class: ClassVar[type[forms.Form]]
    submit: str | Promise = ""
    intro: str | Promise = ""
    back: str = ""

    def initial(self) -> dict[str, Any]:
        """Return what stands in the form at first."""
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        """Return more arguments of the form."""
        return {}

    def perform(self, form: forms.Form) -> str | HttpResponse:
        """Call the domain; return where to go, or a whole response."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Find the object the form is about, or answer 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self._shown(self.form_class(initial=self.initial(), **self.form_kwargs()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        form = self.form_class(request.POST, request.FILES, initial=self.initial(), **self.form_kwargs())
        if not form.is_valid():
            return self._shown(form, 422)
        try:
            result = self.perform(form)
        except WutongError as error:
            for line in error_lines(error):
                form.add_error(None, line)
            return self._shown(form, 422)
        return redirect(result) if isinstance(result, str) else result

    def _shown(self, form: forms.Form, status: int = 200) -> HttpResponse:
        return render(self.request, self.template_name, self.context(form=form), status=status)


class ActionPage(Page):
    """A button that calls the domain (POST only): a subclass gives ``perform() -> address to go to``."""

    http_method_names = ("post", "options")
    done: str | Promise = ""

    def perform(self) -> str | HttpResponse:
        """Call the domain; return where to go, or a whole response."""
        raise NotImplementedError

    def fallback(self) -> str:
        """Return where to go when the domain refuses."""
        return settings.LOGIN_REDIRECT_URL

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            result = self.perform()
        except WutongError as error:
            for line in error_lines(error):
                messages.error(request, line)
            return redirect(self.fallback())
        if self.done:
            messages.success(request, str(self.done))
        return redirect(result) if isinstance(result, str) else result
