"""Who may do what in core, as predicates that read as sentences."""

from __future__ import annotations

import rules

from wutong.site.core.enums import STAFF, ZONE_STAFF, Role


def holds(*roles: Role) -> rules.Predicate:
    """Return the predicate "holds one of these roles here"."""
    wanted = frozenset(roles)

    @rules.predicate(name=f"holds_{'_or_'.join(sorted(wanted))}")
    def test(user) -> bool:
        return bool(user.is_authenticated and user.roles & wanted)

    return test


is_signed_in = rules.is_authenticated
is_system_admin = holds(Role.SYSTEM_ADMIN)
is_security_admin = holds(Role.SECURITY_ADMIN)
is_audit_admin = holds(Role.AUDIT_ADMIN)
is_zone_officer = holds(Role.ZONE_OFFICER)
is_zone_lead = holds(Role.ZONE_LEAD)
is_zone_viewer = holds(Role.ZONE_VIEWER)
is_zone_staff = holds(*ZONE_STAFF)
is_staff = holds(*STAFF)
is_company_user = holds(Role.COMPANY_USER)
is_judge = holds(Role.JUDGE)
is_bank = holds(Role.BANK)
may_work_in_zone = is_zone_officer | is_zone_lead

rules.add_perm("core.sign_in", is_signed_in)
rules.add_perm("core.view_zones", is_system_admin)
rules.add_perm("core.change_zones", is_system_admin)
rules.add_perm("core.change_organisations", is_zone_officer)
rules.add_perm("core.view_organisations", is_zone_staff)
rules.add_perm("core.view_users", is_system_admin | is_security_admin)
rules.add_perm("core.change_users", is_system_admin)
rules.add_perm("core.request_roles", is_system_admin)
rules.add_perm("core.decide_roles", is_security_admin)
rules.add_perm("core.revoke_roles", is_security_admin)
rules.add_perm("core.unlock_users", is_security_admin)
rules.add_perm("core.reveal_people", is_security_admin)
rules.add_perm("core.change_codes", is_system_admin)
rules.add_perm("core.view_codes", is_system_admin | is_zone_staff)
rules.add_perm("core.view_audit", is_audit_admin)
rules.add_perm("core.view_files", is_zone_staff)
rules.add_perm("core.view_approvals", is_staff)
