"""Who may do what in the portals, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_bank, is_company_user, is_zone_staff, may_work_in_zone

rules.add_perm("portal.view_own", is_company_user)
rules.add_perm("portal.view_questions", is_zone_staff)
rules.add_perm("portal.ask", may_work_in_zone)
rules.add_perm("portal.view_as_bank", is_bank)
