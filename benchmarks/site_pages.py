"""The company list of the site in process, 25 rows: CPU time and queries at 1,000 and 20,000 companies.

Bars (design/web.md): 15 ms and 12 queries at 1,000. An empty view of the same site is the unit of the ratio, so that
the machine cancels out.
"""
# ruff: noqa: E402 - Django is configured before its modules are imported

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

os.environ |= {"WUTONG_DATA": tempfile.mkdtemp(), "WUTONG_HTTPS": "0", "WUTONG_HOSTS": "testserver",
               "DJANGO_SETTINGS_MODULE": "wutong.site.config.settings", "WUTONG_MFA_REQUIRED": "0"}

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from wutong.site.core.domain.roles import grant_role
from wutong.site.core.domain.users import change_password, create_user
from wutong.site.core.domain.zones import create_zone
from wutong.site.core.enums import Role
from wutong.site.core.models import Zone
from wutong.site.registry.models import Company
from wutong.values.uscc import ALPHABET, check_digit

settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
NAMES = ("梧桐", "波司", "安澜", "青禾", "海拓", "云帆", "金石", "光汇")


def companies(zone: Zone, first: int, last: int) -> None:
    """Add companies numbered first to last."""
    rows = []
    for n in range(first, last):
        stem = f"91370211MA3{ALPHABET[n // 29791]}{ALPHABET[n // 961 % 31]}{ALPHABET[n // 31 % 31]}{ALPHABET[n % 31]}00"
        row = Company(zone=zone, uscc=stem + check_digit(stem), name=f"{NAMES[n % 8]}{n}科技有限公司", sector=f"行业{n % 20}")
        row.index_name()
        rows.append(row)
    Company.objects.bulk_create(rows, batch_size=1000)


def measure(client: Client, address: str, rounds: int = 40) -> float:
    """Return the median CPU milliseconds of a page."""
    for _ in range(5):
        assert client.get(address).status_code == 200
    times = []
    for _ in range(rounds):
        start = time.process_time()
        client.get(address)
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def main() -> int:
    """Print the figures; 1 if a bar is missed."""
    call_command("migrate", verbosity=0)
    zone = create_zone(actor=None, code="b", name="测试园")
    user, _password = create_user(actor=None, username="officer", name="经办")
    grant_role(actor=None, user=user, role=Role.ZONE_OFFICER, zone=zone)
    change_password(user=user, password="Bench-2026-x")  # noqa: S106 - of an invented person
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    bad, first = 0, 0
    for count, bar in ((1_000, 15), (20_000, 40)):
        with scope(zone=zone):
            companies(zone, first, count)
        first = count
        empty, page = measure(client, "/healthz"), measure(client, "/companies/")
        search = measure(client, "/companies/?q=%E6%B3%A2%E5%8F%B8")
        with CaptureQueriesContext(connection) as queries:
            client.get("/companies/")
        print(f"{count:>7,} companies: list {page:.1f} ms (bar {bar}), search {search:.1f} ms, {len(queries)} queries (bar 12), "
              f"{page / empty:.1f} × an empty view")
        bad += page > bar or len(queries) > 12
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
