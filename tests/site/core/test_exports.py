"""What leaves as a workbook: texts stay texts, personal data stay masked, an event stays behind."""

from __future__ import annotations

import io

import openpyxl
import pytest

from wutong.site.core.interfaces.cells import Column
from wutong.site.core.interfaces.exports import workbook
from wutong.site.core.models import AuditEvent
from wutong.site.registry.models import Company


def sheet(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://example.com", "0012"])
def test_a_text_that_looks_like_a_formula_or_link_stays_text(text):
    cell = sheet(workbook("表", [Column("x", "列", value=lambda row: row)], [text]))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_list_exports_what_it_shows_and_leaves_an_event(world, as_role):
    Company.objects.filter(pk=world.here.foreign.pk).update(name="=cmd|' /C calc'!A0")
    response = as_role("zone_officer").get("/companies/?q=cmd&export=xlsx")
    found = sheet(response.content)
    assert [c.value for c in found[1]] == ["企业名称", "统一社会信用代码", "行业", "注册日期", "标签", "状态"]
    assert (found["A2"].value, found["A2"].data_type, found.max_row) == ("=cmd|' /C calc'!A0", "s", 2)
    assert response["Content-Disposition"].startswith("attachment")
    event = AuditEvent.objects.filter(action="data.export").get()
    assert event.detail == {"what": "registry:companies", "rows": 1, "query": "q=cmd", "format": "xlsx"}


def test_a_company_exports_its_own_row_only(world, as_role):
    found = sheet(as_role("company_user").get("/companies/?export=xlsx").content)
    assert [row[0].value for row in found.iter_rows(min_row=2)] == [world.here.company.name]


def test_no_page_of_any_role_shows_a_phone_number_whole(world):
    from site_fixtures import EVERYBODY, client_of
    from test_matrix import ask, matrix

    for role in EVERYBODY:
        client = client_of(world.people.get(role))
        for name, row in matrix().items():
            if row.method == "GET" and role in row.allow:
                assert b"13812345678" not in ask(client, name, row, world).body, (role, name)
