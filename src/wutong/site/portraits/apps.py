"""Portraits: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class PortraitsConfig(SiteApp):
    """Portraits of companies."""

    name = "wutong.site.portraits"
    verbose_name = _("企业画像")
    url_prefix = "portraits/"
    navigation = (
        NavItem(_("企业画像"), "portraits:portraits", "portraits.view_portraits", icon="eye", group=10),
        NavItem(_("我的画像"), "portraits:mine", "portraits.view_own", icon="eye", group=10),
    )
