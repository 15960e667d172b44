"""Who may read what of policies, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_company_user, is_zone_lead, is_zone_staff, may_work_in_zone

rules.add_perm("policies.view_policies", is_zone_staff | is_company_user)
rules.add_perm("policies.view_matches", is_zone_staff)
rules.add_perm("policies.view_match", is_zone_staff | is_company_user)
rules.add_perm("policies.backtest", may_work_in_zone)
rules.add_perm("policies.view_drafts", is_zone_staff)
rules.add_perm("policies.change_drafts", may_work_in_zone)
rules.add_perm("policies.adopt", is_zone_lead)
