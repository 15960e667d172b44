"""The registry's snapshot is the one the engine makes of the same workbook; clocks and ranks decide what it holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from wutong.demo import companies
from wutong.demo.workbook import write_workbook
from wutong.site.core.domain.zones import create_zone
from wutong.site.registry.domain.bulk import (
    Source,
    Statement,
    statements_of,
    take_statements,
    undo_statements,
)
from wutong.site.registry.domain.facts import record_fact
from wutong.site.registry.domain.snapshot import snapshot_zone, zone_tables
from wutong.site.registry.enums import SourceRank
from wutong.site.registry.models import Company, Fact, ListRow
from wutong.tables import Catalogue, read_workbook, write_snapshot

ON = date(2026, 11, 1)
FILE = Source("测试文件", origin="test:1")


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """Some real and some invented companies of the demo zone, read from a workbook."""
    path = tmp_path_factory.mktemp("book") / "demo.xlsx"
    chosen = companies()
    write_workbook(path, [*chosen[:4], *chosen[-16:]], Catalogue.load())
    return read_workbook(path, on=ON)


def known_columns(table: pa.Table) -> pa.Table:
    """Return a table without the columns in which nothing is known: a registry has no empty columns."""
    return table.select([n for n in table.column_names if table[n].null_count < table.num_rows])


def test_the_snapshot_is_that_of_the_workbook(world, in_zone, reading, tmp_path):
    zone = create_zone(actor=None, code="fresh", name="新区")
    expected = write_snapshot(reading, tmp_path / "engine")
    with scope(zone=zone):
        take_statements(actor=None, zone=zone, statements=statements_of(reading.tables), source=FILE)
        made = snapshot_zone(zone, ON, tmp_path / "registry")
    called_whole = set(made.tables) - set(expected.tables)
    assert {made.rows(table) for table in called_whole} == {0}
    for table in expected.tables:
        assert known_columns(made.read(table)).equals(known_columns(expected.read(table))), table
    assert made.read().equals(known_columns(expected.read()))


def said(zone, code: str = "revenue_2025", **more):
    """Return what the snapshot says of the zone's first company."""
    table = zone_tables(zone, more.pop("on", ON), **more)["companies"]
    row = next(r for r in table.to_pylist() if r["company"] == Company.objects.order_by("pk").first().uscc)
    return row.get(code)


def test_equal_contents_give_equal_bytes_and_another_zone_stays_out(world, in_zone, tmp_path):
    one, other = (snapshot_zone(in_zone, ON, tmp_path / name) for name in ("a", "b"))
    assert one.hash == other.hash
    assert one.read()["company"].to_pylist() == sorted(c.uscc for c in world.here.companies if c != world.here.double)
    assert snapshot_zone(world.there.zone, ON, tmp_path / "c").hash != one.hash


def test_the_best_rank_counts_then_the_latest(world, in_zone):
    def tell(value, source, rank):
        record_fact(actor=None, company=world.here.company, code="revenue", period="2025", value=Decimal(value), source=source, rank=rank)

    assert said(in_zone) == Decimal("12345678.90")
    tell("1", "税务局", SourceRank.OFFICIAL)
    tell("2", "报纸", SourceRank.PUBLIC)
    assert said(in_zone) == Decimal(1)
    tell("3", "统计局", SourceRank.OFFICIAL)
    assert said(in_zone) == Decimal(3)
    assert Fact.objects.current().filter(company=world.here.company, code="revenue").count() == 4


def test_two_clocks_as_it_was_and_as_it_was_known(world, in_zone):
    before = timezone.now()
    for day, value in ((date(2026, 1, 1), "主园区"), (date(2026, 6, 1), "胶州湾")):
        record_fact(actor=None, company=world.here.company, code="district", value=value, source="登记", valid_from=day)
    assert [said(in_zone, "district", on=date(2026, *d)) for d in ((1, 31), (6, 1))] == ["主园区", "胶州湾"]
    assert said(in_zone, "district", on=date(2025, 12, 31)) is None
    assert said(in_zone, "district", known=before) is None
    later = timezone.now()
    record_fact(actor=None, company=world.here.company, code="district", value="更正", source="登记", valid_from=date(2026, 6, 1))
    assert said(in_zone, "district") == "更正"
    assert said(in_zone, "district", known=later) == "胶州湾"


def test_taking_twice_is_taking_once_and_undo_leaves_what_was(world, in_zone, tmp_path):
    own, fresh = world.here.company.uscc, "91350100M000100Y43"
    row = '{"kind": "I类", "title": "夹爪"}'
    old = Statement(own, {"staff_2025": "9"}, {"ip": [row, row]})
    take_statements(actor=None, zone=in_zone, statements=[old], source=Source("申报", origin="a"))
    first = snapshot_zone(in_zone, ON, tmp_path / "s").hash
    new = [Statement(own, {"staff_2025": "10", "revenue_2025": "5.00"}, {"ip": [row]}), Statement(fresh, {"name": "新企业"})]
    for _again in range(2):
        take_statements(actor=None, zone=in_zone, statements=new, source=Source("申报", origin="b"))
    assert Company.objects.filter(uscc=fresh).count() == 1
    assert ListRow.objects.current().count() == 1
    assert said(in_zone, "staff_2025") == 10
    assert snapshot_zone(in_zone, ON, tmp_path / "s").hash != first
    for _again in range(2):
        undo_statements(actor=None, zone=in_zone, companies=[own, fresh], origin="b")
        assert snapshot_zone(in_zone, ON, tmp_path / "s").hash == first
    assert Company.objects.get(uscc=fresh).state == "undone"
    assert ListRow.objects.current().count() == 2
    take_statements(actor=None, zone=in_zone, statements=new, source=Source("申报", origin="b"))
    assert Company.objects.get(uscc=fresh).state == "active"


def test_a_list_comes_whole_from_the_source_that_counts(world, in_zone):
    for name, rank, titles in (("企业", SourceRank.DECLARED, "甲乙丙"), ("知识产权局", SourceRank.OFFICIAL, "甲")):
        rows = [f'{{"title": "{title}"}}' for title in titles]
        statement = Statement(world.here.company.uscc, {}, {"ip": rows})
        take_statements(actor=None, zone=in_zone, statements=[statement], source=Source(name, rank))
    assert zone_tables(in_zone, ON)["ip"]["title"].to_pylist() == ["甲"]


def test_sqlite_reads_a_fact_from_the_index_alone(world, in_zone):
    rows = Fact.objects.filter(zone=world.here.zone, code="revenue", period="2025").valid_on(date(2026, 11, 1)).current()
    plan = rows.order_by().values_list("company_id", "value").explain()
    assert ("USING COVERING INDEX registry_fact_told" in plan) is (connection.vendor == "sqlite")
