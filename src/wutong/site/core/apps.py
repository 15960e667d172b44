"""Core: where it is mounted, what it adds to the side bar."""

from __future__ import annotations

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class CoreConfig(SiteApp):
    """Zones, people, roles, approvals, audit, files, code lists."""

    name = "wutong.site.core"
    verbose_name = _("基础")
    navigation = (
        NavItem(_("首页"), "core:home", "core.sign_in", icon="home", group=0),
        NavItem(_("审批"), "core:approvals", "core.view_approvals", icon="check", group=0),
        NavItem(_("机构"), "core:organisations", "core.view_organisations", icon="building", group=80, group_label=_("管理")),
        NavItem(_("园区"), "core:zones", "core.view_zones", icon="map", group=80, group_label=_("管理")),
        NavItem(_("用户"), "core:users", "core.view_users", icon="users", group=80, group_label=_("管理")),
        NavItem(_("代码表"), "core:codes", "core.view_codes", icon="list", group=80, group_label=_("管理")),
        NavItem(_("审计记录"), "core:audit", "core.view_audit", icon="shield", group=80, group_label=_("管理")),
        NavItem(_("日封存"), "core:seals", "core.view_audit", icon="lock", group=80, group_label=_("管理")),
    )

    def ready(self) -> None:
        """Load what registers itself: approval kinds in ``domain``, masks, panels of the home page, signals."""
        from wutong.site.core import personal, signals  # noqa: F401, PLC0415 - models must be ready

        autodiscover_modules("approvals", "personal", "home")
