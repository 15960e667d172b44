"""In each zone an application of the company user's company that is filled in, and one handed in."""

from __future__ import annotations

from wutong.site.applications.domain.applications import start_application, submit
from wutong.site.runs.models import Match


def build(place) -> None:
    """Add ``place.application`` (being filled in) and ``place.submitted``."""
    user = place.people["company_user"]
    user.enter(place.zone)
    matches = Match.objects.filter(run=place.run, company=place.company).select_related("company", "run__zone", "zone").order_by("policy")
    place.application = start_application(actor=user, match=matches[0])
    place.submitted = submit(actor=user, application=start_application(actor=user, match=matches[1]), statement="请予支持")
