"""What everybody may read: the published lists of a zone and what is in them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from wutong.site.awards.models import AwardList
from wutong.site.core.models import Zone
from wutong.site.core.views.pages import PUBLIC, Page


class PublicPage(Page):
    """A page of a zone without signing in."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        zone = get_object_or_404(Zone, code=kwargs["zone"], is_active=True)
        with scope(zone=zone):
            context = self.context(place=zone, **self.found(zone))
            return render(request, self.template_name, context)

    def found(self, zone: Zone) -> dict[str, Any]:
        """Return what the page shows of the zone."""
        raise NotImplementedError


class PublicLists(PublicPage):
    """The lists a zone has published, the newest first."""

    template_name = "awards/public_lists.html"
    title = _("公示")

    def found(self, zone: Zone) -> dict[str, Any]:
        rows = AwardList.objects.filter(zone=zone).shown().annotate(
            companies=Count("awards__company", distinct=True), total=Sum("awards__amount"))
        return {"lists": rows.order_by("-published_on", "-pk")}


class PublicList(PublicPage):
    """One published list: companies, policies, amounts; codes of individual businesses are masked."""

    template_name = "awards/public_list.html"

    def found(self, zone: Zone) -> dict[str, Any]:
        from wutong.report.grants import masked  # noqa: PLC0415 - the engine loads slowly

        found = get_object_or_404(AwardList.objects.filter(zone=zone).shown(), pk=self.kwargs["pk"])
        self.title = found.title
        awards = list(found.awards.select_related("company"))
        rows = [(a, masked(a.company.uscc, everyone=False)) for a in awards]
        return {"list": found, "title": found.title, "rows": rows, "total": sum(a.amount for a in awards),
                "companies": len({a.company_id for a in awards})}
