"""Registry: where it is mounted, what it adds to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class RegistryConfig(SiteApp):
    """Companies and their facts."""

    name = "wutong.site.registry"
    verbose_name = _("企业库")
    url_prefix = "companies/"
    navigation = (
        NavItem(_("企业"), "registry:companies", "registry.view_companies", icon="building", group=10, group_label=_("企业")),
    )
