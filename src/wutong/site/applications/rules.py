"""Who may do what with applications, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_lead, is_zone_staff, may_work_in_zone

rules.add_perm("applications.view_all", is_zone_staff)
rules.add_perm("applications.apply", is_company_user)
rules.add_perm("applications.view", is_zone_staff | is_company_user)
rules.add_perm("applications.review", may_work_in_zone)
rules.add_perm("applications.decide", is_zone_lead)
