"""Who may do what with awards, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_lead, is_zone_staff, may_work_in_zone

rules.add_perm("awards.view_lists", is_zone_staff)
rules.add_perm("awards.change_lists", may_work_in_zone)
rules.add_perm("awards.decide", is_zone_lead)
rules.add_perm("awards.view_own", is_company_user)
rules.add_perm("awards.object", may_work_in_zone | is_company_user)
rules.add_perm("awards.read_letters", is_zone_staff | is_company_user)
