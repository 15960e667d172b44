"""Tiles of awards on the home page."""

from __future__ import annotations

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.site.awards.enums import ListState
from wutong.site.awards.models import Award, AwardList
from wutong.site.core.domain.queries.home import Panel, panel
from wutong.site.core.models import User


def _now() -> str:
    return timezone.localtime().strftime("%Y-%m-%d %H:%M")


@panel(order=40)
def publicity(user: User) -> Panel | None:
    """Lists that are public, and those whose time is over."""
    if not user.has_perm("awards.view_lists"):
        return None
    public = list(AwardList.objects.all().visible_to(user).filter(state=ListState.PUBLIC))
    over = sum(x.is_over for x in public)
    text = _t("%(n)s 份期满，可以提请决定") % {"n": over} if over else ""
    return Panel(_("公示中的名单"), str(len(public)), _("份"), text, reverse("awards:lists"), "warn" if over else "", _now())


@panel(order=41)
def own(user: User) -> Panel | None:
    """What the own company is to get."""
    if not user.has_perm("awards.view_own"):
        return None
    rows = Award.objects.all().visible_to(user).filter(award_list__rehearsal=False)
    total = rows.aggregate(total=Sum("amount"))["total"]
    return Panel(_("已公示的奖补"), f"{(total or 0) / 10_000:,.2f}", _("万元"), href=reverse("awards:mine"), as_of=_now())
