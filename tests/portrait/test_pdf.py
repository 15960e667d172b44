"""The PDF holds the Chinese text, the marks on every page, and fetches nothing."""

from __future__ import annotations

import builtins
import shutil
import subprocess

import pytest
from tests.portrait.made import FULL, full, portrait

from wutong.errors import WutongError
from wutong.portrait import pdf
from wutong.report import printing


def _pages(data: bytes) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return made.stdout.decode().split("\f")[:-1]


def test_every_page_carries_text_marks_run_and_number():
    data = pdf.as_pdf(full())
    pages = _pages(data)
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "企业画像 · 甲0" in page
        assert "演示数据 · 示范模型 · 含草案政策" in page
        assert "运行编号 0123456789ab" in page
        assert f"第 {number} 页，共 {len(pages)} 页" in page
    assert "亏损" in pages[0]
    assert "125万元" in "".join(pages)
    assert data == pdf.as_pdf(portrait(FULL))


def test_nothing_is_fetched(monkeypatch, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    page = f'<link rel=attachment href="{secret.as_uri()}"><a rel=attachment href="{secret.as_uri()}">x</a><img src="{secret.as_uri()}">'
    monkeypatch.setattr(pdf, "as_html", lambda _: page)
    data = pdf.as_pdf(full())
    assert b"EmbeddedFile" not in data
    assert b"/Image" not in data


def test_without_the_extra_the_way_out_is_told(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **more):
        if name.startswith("weasyprint"):
            raise ImportError("No module named 'weasyprint'")
        return real(name, *args, **more)

    printing._printer.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(WutongError, match="D105"):
        pdf.as_pdf(full())
    printing._printer.cache_clear()
