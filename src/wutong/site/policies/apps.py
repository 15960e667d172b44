"""Policies: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class PoliciesConfig(SiteApp):
    """Policies and matches."""

    name = "wutong.site.policies"
    verbose_name = _("政策")
    url_prefix = "policies/"
    navigation = (
        NavItem(_("政策中心"), "policies:policies", "policies.view_policies", icon="book", group=30, group_label=_("政策")),
        NavItem(_("政策草稿"), "policies:drafts", "policies.view_drafts", icon="file", group=30),
        NavItem(_("政策匹配"), "policies:matches", "policies.view_matches", icon="check", group=30),
    )
