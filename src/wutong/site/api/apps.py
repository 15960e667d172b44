"""The API: where it is mounted, what it adds to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class ApiConfig(SiteApp):
    """The open API."""

    name = "wutong.site.api"
    verbose_name = _("开放接口")
    url_prefix = "api/"
    navigation = (NavItem(_("接口令牌"), "api:tokens", "api.hold_tokens", icon="link", group=80, group_label=_("管理")),)
