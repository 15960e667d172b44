"""The list of portraits, a portrait on the screen, and as a file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.cache import caches
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.reveal import note_export
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.exports import attachment, dated
from wutong.site.core.views.pages import Action, ListPage, Page, allowed
from wutong.site.portraits.domain.queries.portraits import language, portrait_of, runs_now
from wutong.site.portraits.domain.services import note_view
from wutong.site.portraits.interfaces.forms import PortraitFilter
from wutong.site.portraits.models import Service
from wutong.site.registry.enums import CompanyState
from wutong.site.registry.models import Company
from wutong.site.runs.enums import Outcome
from wutong.site.runs.models import Match, Run, Score

KEPT = 24 * 3600  # seconds; the key names the runs, so that a kept body is never stale
DAY = 24 * 3600
FILES = {
    "pdf": "application/pdf", "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Portraits(ListPage):
    """Companies with what the last runs say of them."""

    permission = "portraits.view_portraits"
    title = _("企业画像")
    filter_form = PortraitFilter
    default_sort = "rank"
    columns = (
        Column("name", _("企业"), sort="name_pinyin"),
        Column("sector", _("行业"), sort="sector", hide_small=True),
        Column("rank", _("积分名次"), kind="number", sort="rank"),
        Column("low", _("积分"), kind="number", places=2, sort="low"),
        Column("grade", _("等级"), hide_small=True),
        Column("eligible", _("符合的政策"), kind="number", unit=_("项"), sort="eligible"),
        Column("near", _("差一点"), kind="number", unit=_("项"), sort="near"),
        Column("unknown", _("待定"), kind="number", unit=_("项"), sort="unknown", hide_small=True),
    )

    def queryset(self):
        run, points = runs_now()
        rows = Company.objects.all().visible_to(self.request.user).filter(state=CompanyState.ACTIVE)
        score = Score.objects.filter(run=points, company=OuterRef("pk"))
        # Beside each row, not joined: a joined sum is worked out for every company of the zone even to number the pages.
        matches = Match.objects.filter(run=run, company=OuterRef("pk")).order_by().values("company").annotate(n=Count("pk"))
        counts = {
            name: Coalesce(Subquery(matches.filter(outcome=outcome).values("n")), 0)
            for name, outcome in (("eligible", Outcome.ELIGIBLE), ("near", Outcome.NEAR), ("unknown", Outcome.UNKNOWN))}
        return rows.annotate(**{n: Subquery(score.values(n)[:1]) for n in ("rank", "low", "grade")}, **counts)

    def row_href(self, row) -> str:
        return reverse("portraits:portrait", args=[row.uscc])


class PortraitPage(Page):
    """The portrait of one company, for the staff of its zone."""

    permission = "portraits.view_portraits"
    template_name = "portraits/portrait.html"

    def company(self) -> Company:
        """Return the company of the address, or answer 404."""
        return get_object_or_404(Company.objects.all().visible_to(self.request.user).select_related("zone"), uscc=self.kwargs["uscc"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        company = self.company()
        self.title = str(company)
        run, points = runs_now()
        self.noted(company)
        return render(request, self.template_name, self.context(
            company=company, run=run, body=body(company, run, points) if run else "",
            services=Service.objects.filter(company=company).visible_to(request.user).standing().select_related("recorded_by"),
            may_record=request.user.has_perm("portraits.record_services"), actions=allowed(request, self.actions(company, run))))

    def actions(self, company: Company, run: Run | None):
        """Return the buttons of the page."""
        code = company.uscc
        if run:
            for kind, label in (("docx", _("Word")), ("pdf", _("PDF")), ("json", _("JSON"))):
                yield Action(label, reverse("portraits:file", args=[code, kind]), "portraits.view_files", icon="export")
        yield Action(_("企业资料"), reverse("registry:company", args=[code]), "registry.view_companies", icon="building")
        yield Action(
            _("记录服务"), reverse("portraits:service_new", args=[code]), "portraits.record_services", icon="flag", tone="primary")

    def noted(self, company: Company) -> None:
        """Leave an event, once a day and person, so that the company can see who looked."""
        user, today = self.request.user, timezone.localdate()
        if caches["shared"].add(f"portrait-view:{user.pk}:{company.pk}:{today}", True, DAY):
            note_view(actor=user, company=company)


class Mine(PortraitPage):
    """The portrait of a company, for the company itself."""

    permission = "portraits.view_own"

    def company(self) -> Company:
        return get_object_or_404(Company.objects.all().visible_to(self.request.user).select_related("zone"))

    def noted(self, company: Company) -> None:
        """Leave nothing: the company looks at itself."""


class PortraitFile(Page):
    """A portrait as Word, PDF or JSON."""

    permission = "portraits.view_files"
    kinds: ClassVar[dict[str, str]] = FILES

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from wutong.portrait.write import as_bytes  # noqa: PLC0415 - the engine loads slowly

        company, kind = PortraitPage.company(self), kwargs["kind"]
        run, points = runs_now()
        if kind not in self.kinds or run is None:
            raise Http404
        content = as_bytes(portrait_of(company, run, points), f".{kind}")
        note_export(actor=request.user, what="portraits:file", rows=1, query=company.uscc, format_=kind)
        return attachment(content, dated(str(company), kind), self.kinds[kind])


def body(company: Company, run: Run, points: Run | None) -> str:
    """Return the portrait as HTML, made once for each company, pair of runs and language."""
    cache, key = caches["shared"], f"portrait:{run.place.hex}:{points.place.hex if points else 0}:{company.uscc}:{language()}"
    found = cache.get(key)
    if found is None:
        found = render_to_string("portraits/body.html", _context(company, run, points))
        cache.set(key, found, KEPT)
    return found


def _context(company: Company, run: Run, points: Run | None) -> dict[str, Any]:
    from wutong.portrait import echarts  # noqa: PLC0415 - the engine loads slowly
    from wutong.portrait.html import DRAWN, SHOWN  # noqa: PLC0415 - the same
    from wutong.portrait.texts import Texts  # noqa: PLC0415 - the same

    made, texts = portrait_of(company, run, points), Texts(language())
    return {
        "p": made, "t": texts, "run": run, "points": points,
        "counts": {s: made.count(s) for s in ("eligible", "near", "unknown")},
        "radar": echarts.radar(made.points, texts) if made.points and made.points.score else None,
        "drawn": [(f"years-{s.code}", s, echarts.years(s, texts)) for s in made.series if s.code in DRAWN and s.known],
        "timeline": made.timeline[-SHOWN:], "earlier": max(len(made.timeline) - SHOWN, 0),
        "peers": texts["peers" if made.points and made.points.peer_group else "peers_all"],
        "stamp": f"{texts['points']} {made.points.model} {made.points.version} · {texts['run']} {made.stamp.points_run}"
                 if made.points else "",
    }
