"""Portals: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class PortalConfig(SiteApp):
    """Pages for companies, banks and the public."""

    name = "wutong.site.portal"
    verbose_name = _("门户")
    navigation = (
        NavItem(_("我的企业"), "portal:home", "portal.view_own", icon="home", group=5),
        NavItem(_("待答询问"), "portal:asked", "portal.view_own", icon="question", group=5),
        NavItem(_("谁看过我的数据"), "portal:looked", "portal.view_own", icon="eye", group=70, group_label=_("我的数据")),
        NavItem(_("数据授权"), "portal:consents", "portal.view_own", icon="lock", group=70, group_label=_("我的数据")),
        NavItem(_("企业询问"), "portal:questions", "portal.view_questions", icon="question", group=10),
        NavItem(_("授权企业"), "portal:bank", "portal.view_as_bank", icon="building", group=10),
    )
