"""Imports: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class ImportsConfig(SiteApp):
    """Workbooks into the registry."""

    name = "wutong.site.imports"
    verbose_name = _("数据导入")
    url_prefix = "imports/"
    navigation = (NavItem(_("数据导入"), "imports:imports", "imports.view_imports", icon="import", group=10),)
