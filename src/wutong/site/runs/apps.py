"""Runs: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class RunsConfig(SiteApp):
    """Snapshots, runs and their results."""

    name = "wutong.site.runs"
    verbose_name = _("运行")
    url_prefix = "runs/"
    navigation = (NavItem(_("运行"), "runs:runs", "runs.view_runs", icon="play", group=20, group_label=_("运行与结果")),)
