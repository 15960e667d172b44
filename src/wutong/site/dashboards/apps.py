"""Dashboards: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class DashboardsConfig(SiteApp):
    """The zone at a glance."""

    name = "wutong.site.dashboards"
    verbose_name = _("看板")
    url_prefix = "dashboards/"
    navigation = (
        NavItem(_("园区总览"), "dashboards:overview", "dashboards.view_dashboards", icon="chart", group=60, group_label=_("看板")),
        NavItem(_("大屏"), "dashboards:screen", "dashboards.view_dashboards", icon="map", group=60),
    )
