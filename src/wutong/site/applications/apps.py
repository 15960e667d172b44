"""Applications: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class ApplicationsConfig(SiteApp):
    """What companies apply for."""

    name = "wutong.site.applications"
    verbose_name = _("申报")
    url_prefix = "applications/"
    navigation = (
        NavItem(_("申报受理"), "applications:applications", "applications.view_all", icon="file", group=50, group_label=_("兑现")),
        NavItem(_("我的申报"), "applications:mine", "applications.apply", icon="file", group=50, group_label=_("兑现")),
    )
