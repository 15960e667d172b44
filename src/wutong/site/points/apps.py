"""Points: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class PointsConfig(SiteApp):
    """Point models and rankings."""

    name = "wutong.site.points"
    verbose_name = _("创新积分")
    url_prefix = "points/"
    navigation = (
        NavItem(_("积分模型"), "points:models", "points.view_scores", icon="star", group=40, group_label=_("创新积分")),
        NavItem(_("积分榜单"), "points:lists", "points.view_scores", icon="list", group=40),
    )
