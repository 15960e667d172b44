"""Who may read points, set up lists and complete models, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_lead, is_zone_staff, may_work_in_zone

rules.add_perm("points.view_scores", is_zone_staff)
rules.add_perm("points.view_score", is_zone_staff | is_company_user)
rules.add_perm("points.change_lists", may_work_in_zone)
rules.add_perm("points.import_weights", may_work_in_zone)
rules.add_perm("points.decide_weights", is_zone_lead)
