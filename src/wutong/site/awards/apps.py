"""Awards: where they are mounted, what they add to the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wutong.site.config.apps import NavItem, SiteApp


class AwardsConfig(SiteApp):
    """Grants to companies."""

    name = "wutong.site.awards"
    verbose_name = _("兑现")
    url_prefix = "awards/"
    navigation = (
        NavItem(_("兑现名单"), "awards:lists", "awards.view_lists", icon="money", group=50, group_label=_("兑现")),
        NavItem(_("资金预算"), "awards:budgets", "awards.view_lists", icon="chart", group=50),
        NavItem(_("我的奖补"), "awards:mine", "awards.view_own", icon="money", group=50, group_label=_("兑现")),
    )
