"""The demo zone in the site, made through the same domain functions people use: every step is in the audit chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wutong.errors import Place as Where
from wutong.errors import WutongError

MARK = "demo.json"
"""Says in a data folder that all in it is a demo; nothing else is ever made anew or removed."""
ZONE, NAME = "qingdao", "青岛高新区（演示）"
COMPANY = "91370200DEM0000051"
"""The company whose user signs in: some policies met, one nearly, some unknown."""
MODELS = ("tsme-points", "qingdao-early-stage-demo")
PEOPLE = (
    ("zone_officer", "officer", "演示经办"), ("zone_lead", "lead", "演示审批"), ("zone_viewer", "viewer", "演示查看"),
    ("company_user", "company", "演示企业用户"), ("bank", "bank", "演示银行"),
)
ADMINISTRATORS = {"system_admin": "sysadmin", "security_admin": "secadmin", "audit_admin": "auditadmin"}
Note = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the demo; the password was made now and is kept nowhere."""

    role: str
    username: str
    password: str


def is_demo(data: Path) -> bool:
    """Return whether a folder holds a demo that is complete."""
    return (data / MARK).is_file()


def claim(data: Path) -> None:
    """Raise WutongError W108 if a folder holds anything that is no demo."""
    if data.exists() and any(data.iterdir()) and not is_demo(data):
        raise WutongError.of("W108", Where(file=str(data)))


def build(table: Path, data: Path, on: date, note: Note) -> list[SignIn]:
    """Make the zone in an empty site: people, companies by an import, runs, and what each app adds; return the ways in."""
    from django_scopes import scope  # noqa: PLC0415 - settings come first

    from wutong.site.config.start import first_run  # noqa: PLC0415 - the same
    from wutong.site.core.demo import Place, seeds  # noqa: PLC0415 - the same

    note("tables", 0, 6)
    first_run(ADMINISTRATORS)
    note("people", 1, 6)
    zone, people = _people()
    place = Place(zone, people, on)
    with scope(zone=place.zone):
        note("import", 2, 6)
        _import(place, table)
        _attach(place)
        note("runs", 3, 6)
        _runs(place)
        note("seeds", 5, 6)
        for _name, seed in seeds():
            seed(place)
    found = sign_ins()
    (data / MARK).write_text(json.dumps({"demo": True, "on": on.isoformat()}), "utf-8")
    note("seeds", 6, 6)
    return found


def sign_ins() -> list[SignIn]:
    """Give everybody of the demo a new password and return them."""
    from wutong.site.core.domain.users import change_password, one_time_password  # noqa: PLC0415 - settings come first
    from wutong.site.core.models import RoleGrant  # noqa: PLC0415 - the same

    found = []
    for grant in RoleGrant.objects.filter(revoked_at=None, user__is_active=True).select_related("user").order_by("pk"):
        password = one_time_password()
        change_password(user=grant.user, password=password)
        found.append(SignIn(str(grant.get_role_display()), grant.user.username, password))
    return found


def _people():
    """Make the zone and its people; roles are asked for by one administrator and agreed to by another."""
    from wutong.site.core.domain.approvals import decide_approval  # noqa: PLC0415 - settings come first
    from wutong.site.core.domain.roles import request_role  # noqa: PLC0415 - the same
    from wutong.site.core.domain.users import create_user  # noqa: PLC0415 - the same
    from wutong.site.core.domain.zones import create_organisation, create_zone  # noqa: PLC0415 - the same
    from wutong.site.core.enums import OrganisationKind, Role  # noqa: PLC0415 - the same
    from wutong.site.core.models import User  # noqa: PLC0415 - the same

    system, security = (User.objects.get(username=ADMINISTRATORS[r]) for r in ("system_admin", "security_admin"))
    zone = create_zone(actor=system, code=ZONE, name=NAME, is_demo=True)
    offices = {
        "company_user": create_organisation(actor=system, zone=zone, kind=OrganisationKind.COMPANY, name="演示企业", uscc=COMPANY),
        "bank": create_organisation(actor=system, zone=zone, kind=OrganisationKind.BANK, name="演示银行"),
    }
    people = {}
    for role, username, name in PEOPLE:
        user, _password = create_user(actor=system, username=username, name=name, organisation=offices.get(role))
        asked = request_role(actor=system, user=user, role=Role(role), zone=zone, reason="演示园区的账号")
        decide_approval(actor=security, approval=asked, approve=True, comment="演示")
        fresh = User.objects.get(pk=user.pk)  # what was cached of its roles is past
        fresh.enter(zone)
        people[role] = fresh
    return zone, people


def _import(place, table: Path) -> None:
    """Bring the companies in as an officer would: upload, dry run, request, another's approval, writing."""
    from wutong.site.core.domain.approvals import decide_approval  # noqa: PLC0415 - settings come first
    from wutong.site.core.domain.files import store_file  # noqa: PLC0415 - the same
    from wutong.site.imports.domain.batches import propose_import, start_import  # noqa: PLC0415 - the same
    from wutong.site.imports.enums import BatchState  # noqa: PLC0415 - the same
    from wutong.site.registry.enums import SourceRank  # noqa: PLC0415 - the same

    officer = place.people["zone_officer"]
    with table.open("rb") as content:
        stored = store_file(actor=officer, zone=place.zone, content=content, name="演示企业.xlsx")
    batch = start_import(
        actor=officer, zone=place.zone, file=stored, source="演示数据工作簿", rank=SourceRank.DECLARED, on=place.today)
    batch.refresh_from_db()
    batch = propose_import(actor=officer, batch=batch, reason="建立演示园区")
    decide_approval(actor=place.people["zone_lead"], approval=batch.approval, approve=True, comment="演示")
    batch.refresh_from_db()
    if batch.state != BatchState.APPLIED:
        raise WutongError.of("W109", state=batch.get_state_display())


def _attach(place) -> None:
    """Give the organisation of the company's user the company's name."""
    from wutong.site.core.domain.zones import change_organisation  # noqa: PLC0415 - settings come first
    from wutong.site.registry.models import Company  # noqa: PLC0415 - the same

    organisation = place.people["company_user"].organisation
    company = Company.objects.get(uscc=COMPANY)
    change_organisation(
        actor=place.people["zone_officer"], organisation=organisation, name=company.name, uscc=COMPANY, is_active=True)


def _runs(place) -> None:
    """Decide every policy and score the companies; the last model is the one portraits show."""
    from wutong.site.runs.domain.queries.packs import packs  # noqa: PLC0415 - settings come first
    from wutong.site.runs.domain.runs import start_run  # noqa: PLC0415 - the same
    from wutong.site.runs.enums import RunKind, RunState  # noqa: PLC0415 - the same

    officer = place.people["zone_officer"]
    asked = [{"kind": RunKind.POLICIES, "packs": list(packs())}, *({"kind": RunKind.POINTS, "model": m} for m in MODELS)]
    for more in asked:
        run = start_run(actor=officer, zone=place.zone, on=place.today, **more)
        run.refresh_from_db()
        if run.state != RunState.DONE:
            raise WutongError.of("W109", state=run.get_state_display())


@contextmanager
def at_once(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Have work that belongs into the background done at once, as nothing runs beside the builder."""
    environment["WUTONG_TASKS"] = "inline"
    try:
        yield
    finally:
        environment.pop("WUTONG_TASKS", None)
