"""Who may do what with companies, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_lead, is_zone_officer, is_zone_staff

rules.add_perm("registry.view_companies", is_zone_staff | is_company_user)
rules.add_perm("registry.change_companies", is_zone_officer | is_zone_lead)
rules.add_perm("registry.keep_views", is_zone_staff)
