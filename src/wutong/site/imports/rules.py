"""Who may import, who agrees to it, who takes it back."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_zone_lead, is_zone_officer, is_zone_staff

rules.add_perm("imports.view_imports", is_zone_staff)
rules.add_perm("imports.propose", is_zone_officer | is_zone_lead)
rules.add_perm("imports.decide", is_zone_lead)
