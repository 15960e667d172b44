"""Who may read dashboards."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_zone_staff

rules.add_perm("dashboards.view_dashboards", is_zone_staff)
