"""Applications that were granted and stand on no list yet, as claims of awards."""

from __future__ import annotations

from wutong.site.applications.enums import ApplicationState
from wutong.site.applications.models import Application
from wutong.site.awards.domain.lists import Claim
from wutong.site.awards.domain.queries.paid import APPLICATION
from wutong.site.awards.enums import ListState
from wutong.site.awards.models import Award
from wutong.site.core.models import User


def approved_claims(user: User) -> list[Claim]:
    """Return what was granted and is on no list that counts."""
    listed = set(Award.objects.exclude(origin="").exclude(award_list__state=ListState.CANCELLED).values_list("origin", flat=True))
    rows = Application.objects.all().visible_to(user).filter(state=ApplicationState.APPROVED, amount__gt=0).select_related("company")
    return [
        Claim(a.company, a.policy.replace("/", ".", 1), a.policy_name, APPLICATION, a.policy_name, str(a.run.on.year), a.amount, origin_of(a))
        for a in rows.select_related("run").order_by("policy", "pk") if origin_of(a) not in listed]


def origin_of(application: Application) -> str:
    """Return how an award names the application it comes from."""
    return f"application:{application.pk}"
