"""Who may read points, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_staff

rules.add_perm("points.view_scores", is_zone_staff)
rules.add_perm("points.view_score", is_zone_staff | is_company_user)
