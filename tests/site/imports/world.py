"""A batch in each zone, read and ready to be proposed: its names would leak."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from wutong.site.core.domain.files import store_file
from wutong.site.imports.domain.batches import keep_dry_run
from wutong.site.imports.domain.comparing import compared
from wutong.site.imports.enums import LineKind
from wutong.site.imports.models import ImportBatch, ImportLine
from wutong.site.registry.domain.bulk import Statement

_spec = importlib.util.spec_from_file_location("import_books", Path(__file__).with_name("books.py"))
_books = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_books)


def build(place) -> None:
    """Add ``place.batch``; it is kept as the reader would, without starting the reader's process."""
    officer, company = place.people["zone_officer"], place.company
    officer.enter(place.zone)
    content = _books.book([(company.uscc, company.name, 1.5, 12, "高新区")])
    stored = store_file(actor=officer, zone=place.zone, content=content, name=f"{place.zone.name}年报.xlsx")
    place.batch = ImportBatch.objects.create(
        zone=place.zone, file=stored, source=f"{place.zone.name}年报", on=_books.ON, created_by=officer)
    said = Statement(company.uscc, {"name": company.name, "staff_2025": "12", "revenue_2025": "15000.00"}, {"ip": ['{"title": "夹爪"}']})
    faulty = ImportLine(
        zone=place.zone, batch=place.batch, kind=LineKind.REJECTED, name=f"{place.zone.name}错行公司", row=3, sheet="企业",
        notes=[{"code": "T145", "severity": "error", "zh": "代码是数字", "en": "a number", "fix_zh": "请改", "fix_en": "mend"}])
    headers = [[head, column] for head, column in zip(
        _books.HEADS, ("uscc", "name", "revenue_2025", "staff_2025", "district"), strict=True)]
    sheets = [{"sheet": "企业", "table": "companies", "row": 1, "rows": 2, "good": 1, "headers": headers}]
    report = {"sheets": sheets, "findings": faulty.notes, "counts": {"error": 1, "warning": 0, "note": 0}, "fatal": False}
    keep_dry_run(actor=officer, batch=place.batch, report=report, lines=[faulty, *compared(place.batch, [said], [2])])
    place.batch.refresh_from_db()
