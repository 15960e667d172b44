"""Downloads, and masked data shown whole for a reason."""

from __future__ import annotations

from django.apps import apps
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.files import open_file
from wutong.site.core.domain.reveal import reveal
from wutong.site.core.interfaces.forms import RevealForm
from wutong.site.core.masks import field_of
from wutong.site.core.models import StoredFile
from wutong.site.core.views.pages import Page, error_lines


class Download(Page):
    """A stored file, always as an attachment."""

    permission = "core.sign_in"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        stored = get_object_or_404(StoredFile.objects.all().visible_to(request.user), pk=kwargs["pk"])
        path = open_file(actor=request.user, stored=stored)
        response = FileResponse(path.open("rb"), as_attachment=True, filename=stored.name, content_type="application/octet-stream")
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class Reveal(Page):
    """A masked field: GET asks for the reason, POST shows the value and leaves an event."""

    permission = "core.sign_in"
    title = _("查看完整内容")
    template_name = "partials/reveal.html"

    def target(self):
        """Return the object, from among those its own model lets this person see."""
        try:
            model = apps.get_model(self.kwargs["label"])
        except (LookupError, ValueError):
            raise Http404 from None
        rows = model._default_manager.all()
        rows = rows.visible_to(self.request.user) if hasattr(rows, "visible_to") else rows
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        masked = field_of(found, self.kwargs["field"])
        if masked is None or not self.request.user.has_perm(masked.reveal, found):
            raise Http404
        return found

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form, value, faults = RevealForm(request.POST), "", []
        target = self.target()
        if form.is_valid():
            try:
                value = reveal(actor=request.user, target=target, field=kwargs["field"], reason=form.cleaned_data["reason"])
            except WutongError as error:
                faults = error_lines(error)
        return self._shown(form, value, faults, 200 if value else 422)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.target()
        return self._shown(RevealForm(), "", [], 200)

    def _shown(self, form, value: str, faults: list[str], status: int) -> HttpResponse:
        whole = not self.request.htmx
        response = render(
            self.request, "core/reveal.html" if whole else self.template_name,
            self.context(form=form, value=value, faults=faults, address=self.request.path), status=status)
        response["Cache-Control"] = "no-store"
        return response
