"""What other lists have paid: the same payment key, or the same policy by the other route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _t

from wutong.site.awards.models import Award, Payment
from wutong.site.core.models import Zone

APPLICATION = "application"
"""The benefit of an award that was granted on application: it stands for the policy as a whole."""


def paid_before(zone: Zone, awards: Sequence[Award]) -> dict[int, str]:
    """Return the awards that another list of the zone has paid, each with a note; the note of the same key is empty.

    An application is granted for a policy as a whole, so it and an automatic grant of the same policy, company and year
    pay for the same thing although their keys differ.
    """
    found: dict[int, str] = {}
    paid = Payment.objects.filter(zone=zone, award__policy__in={a.policy for a in awards}).select_related("award__award_list")
    keys, others = set(), defaultdict(list)
    for payment in paid:
        keys.add(payment.key)
        others[payment.award.company_id, payment.award.policy].append(payment.award)
    for award in awards:
        other = next((o for o in others[award.company_id, award.policy] if _other_route(award, o)), None)
        if award.key in keys:
            found[award.pk] = ""
        elif other is not None:
            found[award.pk] = _t("同一政策已经另一途径兑现：%(title)s") % {"title": other.award_list.title}
    return found


def _other_route(award: Award, other: Award) -> bool:
    from wutong.policy.autogrant import ONCE  # noqa: PLC0415 - the engine loads slowly

    routes = {award.benefit == APPLICATION, other.benefit == APPLICATION}
    return len(routes) == 2 and (award.year == other.year or ONCE in (award.year, other.year))
