"""The public page of a zone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from wutong.site.awards.models import AwardList
from wutong.site.awards.views.public import PublicPage
from wutong.site.core.models import Zone
from wutong.site.runs.domain.queries.packs import level_of, policies
from wutong.site.runs.enums import RunState
from wutong.site.runs.models import Run

LISTS = 5


class ZonePage(PublicPage):
    """What everybody may know of a zone: how many companies by sector, its policies, what it has published."""

    template_name = "portal/zone.html"
    title = _("园区")

    def found(self, zone: Zone) -> dict[str, Any]:
        last = Run.objects.filter(zone=zone, state=RunState.DONE).select_related("snapshot").order_by("-ended_at", "-pk").first()
        self.title = zone.name
        book = {p.id: p for p in policies(zone)}  # the last version of each, as the packs list them
        return {
            "title": zone.name, "snapshot": last.snapshot if last else None,
            "policies": [(p, level_of(p.pack)) for p in book.values()],
            "lists": AwardList.objects.filter(zone=zone).shown().order_by("-published_on", "-pk")[:LISTS],
            "demo": zone.is_demo,
        }
