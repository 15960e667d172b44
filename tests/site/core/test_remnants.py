"""What is over leaves nothing: no session after signing out, no file in the temporary folder after a job."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from django.contrib.sessions.models import Session
from django.urls import reverse
from site_fixtures import client_of

sys.path.insert(0, str(Path(__file__).parent.parent / "imports"))


def test_after_signing_out_the_session_is_gone_and_its_cookie_opens_nothing(world):
    client = client_of(world.here.people["zone_officer"])
    key = client.cookies["wutong_session"].value
    assert world.here.company.name in client.get("/companies/").content.decode()
    assert Session.objects.filter(pk=key).exists()
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(pk=key).exists()
    client.cookies["wutong_session"] = key
    answer = client.get("/companies/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_reading_and_writing_a_file_leaves_nothing_in_the_temporary_folder(world, tmp_path, monkeypatch):
    from books import book
    from test_imports import NEW, upload, written

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert written(world, upload(world, book([(NEW, "新企业", 3, 7, "高新区")]))).state == "applied"
    refused = upload(world, book([("=1+1", "公式", 1, 1, "")]))
    assert refused.lines.filter(kind="rejected").exists()
    assert [p.name for p in tmp_path.rglob("*")] == []
