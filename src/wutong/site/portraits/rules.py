"""Who may read portraits and record services, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_staff, may_work_in_zone

rules.add_perm("portraits.view_portraits", is_zone_staff)
rules.add_perm("portraits.view_own", is_company_user)
rules.add_perm("portraits.view_files", is_zone_staff | is_company_user)
rules.add_perm("portraits.record_services", may_work_in_zone)
