"""The form editor of a draft: one part at a time, with the findings of lint beside the cells while one types."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django_htmx.http import HttpResponseClientRedirect

from wutong.errors import Diagnostic, WutongError
from wutong.policy.edit.layout import UNITS
from wutong.site.core.views.pages import error_lines
from wutong.site.policies.domain.drafts import change_draft
from wutong.site.policies.domain.queries.review import difference, findings_of
from wutong.site.policies.interfaces import parts as fields
from wutong.site.policies.views.drafts import OneDraft
from wutong.site.policies.views.findings import shown


class Editor(OneDraft):
    """One part of a draft. A post either saves, changes rows on the page, or only asks what lint says."""

    permission = "policies.change_drafts"
    template_name = "policies/editor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.said: list[str] = []
        return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        """Find the draft and its part, or answer 404."""
        from wutong.policy.edit.document import document  # noqa: PLC0415 - the engine loads slowly
        from wutong.policy.edit.fields import part_of  # noqa: PLC0415 - the same

        self.draft = self.draft_of()
        self.title = _t("编辑：%(policy)s") % {"policy": self.draft.name}
        self.document = document(self.draft.text, self.draft.file)
        try:
            self.part = part_of(self.document, self.kwargs["part"])
        except KeyError:
            raise Http404 from None
        self.locked = not self.draft.is_open or fields.size_of(self.part) > fields.MOST_FIELDS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self.shown(self.draft.text)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from wutong.policy.edit.document import to_yaml  # noqa: PLC0415 - the engine loads slowly
        from wutong.policy.edit.fields import with_part  # noqa: PLC0415 - the same

        self.prepare()
        action = request.POST.get("do", "check")
        if self.locked:  # its fields are not posted, so there is nothing to read
            return self.go(action.partition(":")[2] if action.startswith("go:") else "")
        self.part = fields.posted(self.part, request.POST)
        changed = fields.changed(self.part, action)
        try:
            self.document = with_part(self.document, self.part)
        except WutongError as error:
            return self.refused(error, checking=action == "check")
        text = to_yaml(self.document)
        if action == "check":
            return self.review(text)
        return self.shown(text, unsaved=text != self.draft.text or changed) if changed else self.save(text, action)

    def save(self, text: str, action: str) -> HttpResponse:
        """Save what was typed, unless nothing changed; then go to the part asked for."""
        if text != self.draft.text:
            try:
                seen = int(self.request.POST.get("revision", "-1"))
                self.draft = change_draft(actor=self.request.user, draft=self.draft, seen=seen, text=text)
            except (WutongError, ValueError) as error:
                return self.refused(error) if isinstance(error, WutongError) else redirect(self.request.path)
        target = action.partition(":")[2] if action.startswith("go:") else ""
        if target or not self.request.htmx:
            return self.go(target)
        self.said = [_t("已保存。")]
        return self.shown(self.draft.text)

    def go(self, target: str) -> HttpResponse:
        """Go to a part, to the page of the draft, or stay."""
        address = self.address() if target == "review" else reverse(
            "policies:draft_edit", args=[self.draft.pk, target or self.part.name])
        return HttpResponseClientRedirect(address) if self.request.htmx else redirect(address)

    def review(self, text: str, faults: tuple[Diagnostic, ...] | None = None) -> HttpResponse:
        """Answer what lint says about a text that is not saved."""
        return render(self.request, "policies/review.html", self.about(text, faults, unsaved=text != self.draft.text))

    def refused(self, error: WutongError, *, checking: bool = False) -> HttpResponse:
        """Show what keeps the text from being read or saved; what was typed stays."""
        if checking:
            return self.review(self.draft.text, error.diagnostics)
        context = self.about(self.draft.text, error.diagnostics, unsaved=True)
        return render(self.request, self._template(), context | {"refusals": error_lines(error)}, status=422)

    def shown(self, text: str, *, unsaved: bool = False) -> HttpResponse:
        """Show the editor with a text."""
        return render(self.request, self._template(), self.about(text, unsaved=unsaved))

    def _template(self) -> str:
        return "policies/editor_form.html" if self.request.htmx else self.template_name

    def about(self, text: str, faults: tuple[Diagnostic, ...] | None = None, *, unsaved: bool = False) -> dict[str, Any]:
        """Return the values of the template."""
        from wutong.policy.edit.fields import part_names  # noqa: PLC0415 - the engine loads slowly

        found = findings_of(self.draft, text) if faults is None else faults
        lines = [shown(self.document, f, self.draft.pk) for f in found]
        counts = {name: sum(f.part == name and f.severity != "note" for f in lines) for name in part_names(self.document)}
        return self.context(
            draft=self.draft, part=self.part, unsaved=unsaved, said=self.said, findings=lines, text=text,
            difference=difference(self.draft.base, text), locked=self.locked,
            tabs=[(name, self.called(name), counts[name]) for name in part_names(self.document)],
            pairs=fields.pairs_of(self.part), heads=fields.heads_of(self.part), rows=fields.rows_of(self.part),
            sources=list(self.document.get("sources", {})), units=UNITS, width=len(self.part.columns) + (3 if self.part.is_table else 1))

    def called(self, name: str) -> str:
        """Return the name of a part: what it holds, for a table its own."""
        first, _line, number = name.partition(".")
        return str(self.document["tables"][int(number)].get("zh") or number) if number else str(fields.TITLES.get(first, first))
