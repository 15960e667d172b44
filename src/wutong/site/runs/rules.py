"""Who may do what with runs, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.rules import is_zone_staff, may_work_in_zone

rules.add_perm("runs.view_runs", is_zone_staff)
rules.add_perm("runs.start_runs", may_work_in_zone)
