"""Who may hold tokens of the API. What a token may do is what its holder may do, read only."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_bank, is_company_user, is_zone_staff

rules.add_perm("api.hold_tokens", is_zone_staff | is_company_user | is_bank)
