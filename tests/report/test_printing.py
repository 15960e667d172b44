"""Printing a page opens nothing: no address, no redirect, no file of this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from wutong.report.printing import pdf_of

PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@pytest.fixture
def listener():
    """An address of this machine and what was asked of it; ``/there`` redirects to ``/inside``."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302 if self.path == "/there" else 200)
            self.send_header("Location", "/inside")
            self.send_header("Content-Type", "image/svg+xml")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *_arguments):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_page_with_addresses_fetches_nothing(listener, tmp_path):
    pytest.importorskip("weasyprint")
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("the key of the zone", encoding="utf-8")
    plain = pdf_of("<html><body><p>x</p></body></html>")
    hostile = pdf_of(
        f'<html><head><link rel="stylesheet" href="{address}/style.css"><link rel="attachment" href="{secret.as_uri()}">'
        f'<style>@import url({address}/more.css); body {{ background: url({address}/there) }}</style></head>'
        f'<body><p>x</p><img src="{address}/image.svg"><img src="{secret.as_uri()}"><object data="{address}/there"></object></body></html>')
    assert asked == []
    assert b"/EmbeddedFile" not in hostile
    assert plain.startswith(b"%PDF-")
    assert hostile.startswith(b"%PDF-")
