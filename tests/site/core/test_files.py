"""Files are taken by content, kept under names nobody chose, and given out as attachments."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.conf import settings
from django.urls import reverse
from site_fixtures import client_of

from wutong.errors import WutongError
from wutong.site.core.domain.files import DOCUMENTS, TABLES, location, store_file
from wutong.site.core.models import StoredFile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"


def zipped(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def store(world, name: str, content: bytes, **more) -> StoredFile:
    return store_file(actor=world.people["zone_officer"], zone=world.here.zone, content=io.BytesIO(content), name=name, **more)


REFUSED = {
    "script in a picture": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "W171"),
    "page called a picture": ("a.png", b"<html><script>alert(1)</script></html>", "W171"),
    "page called a table": ("a.csv", b"<html><script>alert(1)</script></html>", "W171"),
    "program called a PDF": ("a.pdf", b"\x7fELF" + b"\0" * 60, "W171"),
    "double extension": ("a.pdf.exe", b"MZ" + b"\0" * 60, "W171"),
    "macro document": ("a.docx", zipped({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}), "T105"),
    "bomb": ("a.xlsx", zipped({"xl/workbook.xml": b"0" * (120 << 20)}), "T106"),
    "zip of anything": ("a.zip", zipped({"readme.txt": b"hello"}), "W171"),
    "empty": ("a.pdf", b"", "T102"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_is_no_document_or_table_is_refused_whatever_its_name(world, case):
    name, content, code = REFUSED[case]
    before = StoredFile.objects.count()
    with pytest.raises(WutongError) as caught:
        store(world, name, content)
    assert caught.value.code == code
    assert StoredFile.objects.count() == before
    assert list(settings.FILES_ROOT.glob("incoming-*")) == []


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("报告.pdf", PDF, "pdf"), ("picture.pdf", b"\x89PNG\r\n\x1a\n123", "png"),
    ("说明.docx", zipped({"word/document.xml": b"<w/>"}), "docx"), ("企业.csv", "企业名称,职工总数\n甲,1\n".encode(), "csv"),
])
def test_the_kind_is_that_of_the_content(world, name, content, kind):
    stored = store(world, name, content)
    assert (stored.kind, stored.size, stored.name) == (kind, len(content), name)
    assert location(stored).read_bytes() == content


def test_only_the_kinds_asked_for_are_taken(world):
    with pytest.raises(WutongError, match="W171"):
        store(world, "a.pdf", PDF, allowed=TABLES)
    assert store(world, "a.pdf", PDF, allowed=DOCUMENTS).kind == "pdf"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "a\x00b.pdf", "…/…/x.pdf"])
def test_no_name_leads_out_of_the_folder(world, name):
    stored = store(world, name, PDF)
    assert location(stored).resolve().is_relative_to(settings.FILES_ROOT.resolve())
    assert location(stored).name == stored.id.hex
    assert not set("/\\\x00") & set(stored.name)


def test_a_download_is_an_attachment_that_no_browser_shows(world):
    stored = world.here.file
    response = client_of(world.here.people["company_user"]).get(reverse("core:file", args=[stored.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def test_another_organisation_and_another_zone_do_not_find_a_file(world):
    from wutong.site.core.domain.files import store_file as keep

    foreign = keep(
        actor=None, zone=world.here.zone, content=io.BytesIO(PDF), name="别家.pdf", organisation=world.here.bank)
    address = reverse("core:file", args=[foreign.pk])
    assert client_of(world.here.people["company_user"]).get(address).status_code == 404
    assert client_of(world.there.people["zone_officer"]).get(address).status_code == 404
    answer = client_of(world.here.people["zone_officer"]).get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF


def test_files_lie_outside_of_what_is_served_as_static():
    assert not settings.FILES_ROOT.is_relative_to(settings.STATIC_ROOT)
    assert all(not settings.FILES_ROOT.is_relative_to(folder) for folder in settings.STATICFILES_DIRS)
