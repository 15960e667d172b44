"""The registry of the site: dry run of 20,000 × 30 and snapshot of 100,000 companies, on SQLite.

Bars (design, "Numbers to hold"): dry run 10 s with the reader's process at most 400 MB, snapshot 5 s. Prints seconds
and the ratio to the bar. Usage: ``python benchmarks/site_registry.py [companies in the file] [companies in the zone]``.
"""

# ruff: noqa: E402 - models want a site that stands

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

os.environ["WUTONG_DATA"] = tempfile.mkdtemp(prefix="wutong-bench-registry-")
os.environ["DJANGO_SETTINGS_MODULE"] = "wutong.site.config.settings"

import django

django.setup()

import xlsxwriter
from django.core.management import call_command
from django.db import connection, transaction
from django_scopes import scope

from wutong.demo import fictional_code
from wutong.site.core.domain.files import store_file
from wutong.site.core.domain.users import create_user
from wutong.site.core.domain.zones import create_zone
from wutong.site.imports.domain.batches import start_import
from wutong.site.imports.tasks import read_batch
from wutong.site.registry.domain.snapshot import snapshot_zone
from wutong.site.registry.enums import SourceRank
from wutong.tables import Catalogue

ON = date(2026, 11, 1)
COLUMNS = 30
FACTS = 12


@contextmanager
def timed(what: str, bar: float) -> Iterator[None]:
    """Print how long the block took."""
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    print(f"{what}: {took:.2f} s, {took / bar:.2f} of the bar of {bar:g} s")


def book(rows: int) -> BytesIO:
    """Return a workbook of `rows` companies and 30 columns."""
    catalogue = Catalogue.load()
    checked = "".join(check.when for check in catalogue.checks)
    figures = [f for f in catalogue.yearly if f.type == "number" and f.unit and f.unit.is_money and f.zh not in checked]
    heads = [f"{year}年{fact.zh}(万元)" for fact in figures for year in (2025, 2024, 2023, 2022)][:COLUMNS - 2]
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("企业")
        sheet.write_row(0, 0, ["统一社会信用代码", "企业名称", *heads])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, [fictional_code(number), f"第{number}家公司", *(number + c / 10 for c in range(len(heads)))])
    target.seek(0)
    return target


def fill(zone_id: int, companies: int) -> None:
    """Put companies with 12 facts each straight into the tables."""
    now = datetime.now(UTC).isoformat(sep=" ")[:26]
    codes = [(f.code, year) for f in Catalogue.load().yearly if f.type == "number" for year in ("2025", "2024")][:FACTS]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry_company (id, zone_id, uscc, name, name_pinyin, name_initials, sector, state, origin, created_at)"
            " VALUES (%s, %s, %s, %s, '', '', '', 'active', '', %s)",
            ((n, zone_id, fictional_code(n), f"第{n}家公司", now) for n in range(1, companies + 1)))
        cursor.executemany(
            "INSERT INTO registry_fact (zone_id, company_id, code, period, value, unit, source, rank, origin, ended_by, known_from)"
            " VALUES (%s, %s, %s, %s, %s, '元', '年报', 30, '', '', %s)",
            ((zone_id, n, code, year, f"{n}.50", now) for n in range(1, companies + 1) for code, year in codes))


def main(rows: int, companies: int) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    user, _password = create_user(actor=None, username="officer", name="经办")
    zone = create_zone(actor=None, code="bench", name="测量园")
    with scope(zone=zone):
        stored = store_file(actor=user, zone=zone, content=book(rows), name="a.xlsx")
        batch = start_import(actor=user, zone=zone, file=stored, source="年报", rank=SourceRank.DECLARED, on=ON)
        with timed(f"dry run of {rows:,} × {COLUMNS}", 10):
            read_batch.func(zone.pk, batch.pk)
        batch.refresh_from_db()
        assert batch.report["lines"] == {"new": rows}, batch.report
        print(f"reader's process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB of 400")
    large = create_zone(actor=None, code="large", name="大园")
    fill(large.pk, companies)
    with timed(f"snapshot of {companies:,} companies × {FACTS} facts", 5):
        made = snapshot_zone(large, ON, Path(os.environ["WUTONG_DATA"]) / "snapshot")
    assert made.rows() == companies


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:] or ("20000", "100000")))
