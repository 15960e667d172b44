"""A spare person, a request, a code list, a file: what the addresses of core need."""

from __future__ import annotations

import io

from site_fixtures import make_user

from wutong.site.core.domain.codes import put_item, put_list
from wutong.site.core.domain.files import store_file
from wutong.site.core.domain.roles import grant_role, request_role
from wutong.site.core.enums import Role

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def build(place) -> None:
    """Add ``place.file``, handed in by the company user's organisation."""
    place.file = store_file(
        actor=place.people["company_user"], zone=place.zone, content=io.BytesIO(PDF), name=f"{place.zone.name}审计报告.pdf",
        organisation=place.company_organisation)


def build_installation(world) -> None:
    """Add what lies outside of zones."""
    world.spare = make_user("spare", "备用人员", None)
    world.grant = grant_role(actor=None, user=world.spare, role=Role.JUDGE, zone=world.here.zone)
    world.role_request = request_role(
        actor=world.admins["system_admin"], user=world.spare, role=Role.ZONE_VIEWER, zone=world.here.zone, reason="补充人手")
    world.code_list = put_list(actor=None, code="sector", name="行业")
    put_item(actor=None, of=world.code_list, code="C", zh="制造业", en="Manufacturing")
    world.event_number, world.user_label, world.phone_field = 1, "core.User", "phone"
