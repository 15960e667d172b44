"""A site of its own for the test that kills workers: ``python killed_site.py prepare|resume``, data in WUTONG_DATA."""

from __future__ import annotations

import os
import sys
from datetime import date
from io import BytesIO

os.environ["DJANGO_SETTINGS_MODULE"] = "wutong.site.config.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django_scopes import scope  # noqa: E402

from wutong.demo import fictional_code  # noqa: E402
from wutong.site.core.domain.files import store_file  # noqa: E402
from wutong.site.core.domain.users import create_user  # noqa: E402
from wutong.site.core.domain.zones import create_zone  # noqa: E402
from wutong.site.core.models import Zone  # noqa: E402
from wutong.site.imports.domain import batches  # noqa: E402
from wutong.site.imports.domain.comparing import compared  # noqa: E402
from wutong.site.imports.models import ImportBatch  # noqa: E402
from wutong.site.registry.domain.bulk import Statement  # noqa: E402

COMPANIES = 1000


def prepare() -> None:
    """Make tables, a zone and a batch, and put the writing of it into the queue."""
    call_command("migrate", interactive=False, verbosity=0)
    zone = create_zone(actor=None, code="killed", name="断电园")
    user, _password = create_user(actor=None, username="officer", name="经办")
    with scope(zone=zone):
        stored = store_file(actor=user, zone=zone, content=BytesIO(b"a,b\n1,2\n"), name="a.csv")
        batch = ImportBatch.objects.create(zone=zone, file=stored, source="年报", on=date(2026, 11, 1), created_by=user)
        said = [Statement(fictional_code(i), {"name": f"第{i}家", "staff_2025": str(i)}, {"ip": ['{"title": "甲"}'] * 2})
                for i in range(1, COMPANIES + 1)]
        batches.keep_dry_run(actor=user, batch=batch, report={}, lines=compared(batch, said, range(COMPANIES)))
        batches.set_policy(actor=user, zone=zone, needs_approval=False)
        batches.propose_import(actor=user, batch=batch, reason="年报")


def resume() -> None:
    """Do what the button of an interrupted batch does."""
    with scope(zone=Zone.objects.get()):
        batches.resume_import(actor=None, batch=ImportBatch.objects.get())


if __name__ == "__main__":
    {"prepare": prepare, "resume": resume}[sys.argv[1]]()
