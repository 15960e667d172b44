"""One call of every write of core."""

from __future__ import annotations

import io
from datetime import timedelta

from django.utils import timezone
from site_fixtures import make_user

from wutong.site.core.domain import approvals, audit, codes, files, reveal, roles, users, zones
from wutong.site.core.enums import OrganisationKind, Role


def _system(world):
    return world.admins["system_admin"]


def _security(world):
    return world.admins["security_admin"]


def _old_seal(_world):
    """Make the chain old enough to be pruned: only inside a test's transaction, with the triggers off."""
    from django.db import connection, models

    from wutong.site.core import triggers
    from wutong.site.core.models import AuditEvent, AuditSeal

    seal = audit.seal_day(actor=None, day=timezone.localdate())
    triggers.drop(connection)
    models.QuerySet(AuditEvent).filter(id__lte=seal.last).update(at=timezone.now() - timedelta(days=400))
    models.QuerySet(AuditSeal).filter(day=seal.day).update(day=timezone.localdate() - timedelta(days=399))
    triggers.create(connection)
    return audit.prune(actor=None, keep=timedelta(days=200))


CASES = {
    "audit.seal": lambda w: audit.seal_day(actor=w.admins["audit_admin"], day=timezone.localdate()),
    "audit.prune": _old_seal,
    "user.create": lambda w: users.create_user(actor=_system(w), username="new.one", name="新人"),
    "user.change": lambda w: users.change_user(
        actor=_system(w), user=w.spare, name="改名", email="", phone="", organisation=None),
    "user.switch": lambda w: users.switch_user(actor=_system(w), user=w.spare, active=False),
    "user.password.reset": lambda w: users.reset_password(actor=_system(w), user=w.spare),
    "user.password.change": lambda w: users.change_password(user=w.spare, password="Neu-Neu-2026"),
    "user.unlock": lambda w: users.unlock_user(actor=_security(w), user=w.spare),
    "user.factor.reset": lambda w: users.reset_factor(actor=_security(w), user=w.here.people["zone_officer"]),
    "user.factor.change": lambda w: users.note_factor(user=w.spare, kind="totp", change="added"),
    "session.start": lambda w: users.start_session(user=w.spare, session_key="key"),
    "session.end": lambda w: users.end_session(user=w.spare, reason="idle"),
    "session.refuse": lambda _: users.refuse_session(username="spare", locked=False),
    "role.grant": lambda w: roles.grant_role(actor=None, user=w.spare, role=Role.ZONE_LEAD, zone=w.there.zone),
    "role.revoke": lambda w: roles.revoke_role(actor=_security(w), grant=w.grant),
    "approval.request": lambda w: roles.request_role(
        actor=_system(w), user=make_user("asked", "被申请人", None), role=Role.ZONE_OFFICER, zone=w.here.zone, reason="新岗位"),
    "approval.decide": lambda w: approvals.decide_approval(actor=_security(w), approval=w.role_request, approve=True),
    "approval.withdraw": lambda w: approvals.withdraw_approval(actor=_system(w), approval=w.role_request),
    "zone.create": lambda w: zones.create_zone(actor=_system(w), code="third", name="第三园"),
    "zone.change": lambda w: zones.change_zone(actor=_system(w), zone=w.here.zone, name="本园新名", is_active=True),
    "organisation.create": lambda w: zones.create_organisation(
        actor=w.here.people["zone_officer"], zone=w.here.zone, kind=OrganisationKind.AGENCY, name="服务中心"),
    "organisation.change": lambda w: zones.change_organisation(
        actor=w.here.people["zone_officer"], organisation=w.here.bank, name="银行新名", uscc="", is_active=True),
    "codes.list": lambda w: codes.put_list(actor=_system(w), code="tags", name="标签"),
    "codes.item": lambda w: codes.put_item(actor=_system(w), of=w.code_list, code="M", zh="科研"),
    "data.reveal": lambda w: reveal.reveal(actor=_security(w), target=w.spare, field="phone", reason="电话核实"),
    "data.export": lambda w: reveal.note_export(actor=_system(w), what="core:users", rows=3, query="q=a"),
    "file.store": lambda w: files.store_file(
        actor=w.spare, zone=w.here.zone, content=io.BytesIO(b"%PDF-1.7\nx"), name="a.pdf"),
    "file.open": lambda w: files.open_file(actor=w.spare, stored=w.here.file),
    "file.remove": lambda w: files.remove_file(actor=w.spare, stored=w.here.file),
}
