"""Who may read points and set up lists, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_staff, may_work_in_zone

rules.add_perm("points.view_scores", is_zone_staff)
rules.add_perm("points.view_score", is_zone_staff | is_company_user)
rules.add_perm("points.change_lists", may_work_in_zone)
