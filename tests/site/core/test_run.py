"""The commands as an operator uses them: first run, the site answering, the chain verified and tampered with."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WUTONG", "DJANGO"))}
    return {**kept, "WUTONG_DATA": str(tmp_path_factory.mktemp("site") / "data")}


def wutong(environment, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "wutong", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def first(environment):
    """What the first run says."""
    done = wutong(environment, "--json", "site", "init", "--zone", "qd", "--zone-name", "青岛园")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_first_run_makes_three_administrators_with_passwords_of_its_own_and_a_second_run_none(environment, first):
    assert [u["username"] for u in first["users"]] == ["sysadmin", "secadmin", "auditadmin"]
    assert len({u["password"] for u in first["users"]}) == 3
    again = json.loads(wutong(environment, "--json", "site", "init").stdout)
    assert again == {"ok": True, "users": []}


def test_the_site_answers_serves_its_style_and_stops_when_asked(environment, first):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "wutong", "site", "run", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = _get(f"http://127.0.0.1:{port}/account/login/", patience=60)
        style = re.search(r'href="(/static/site/base\.[0-9a-f]{12}\.css)"', page.read().decode()).group(1)
        assert page.headers["Content-Security-Policy"]
        assert b"--brand" in _get(f"http://127.0.0.1:{port}{style}").read()
        assert _get(f"http://127.0.0.1:{port}/healthz").read() == b"ok\n"
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0


def _get(address: str, patience: float = 0):
    end = time.monotonic() + patience
    while True:
        try:
            return urllib.request.urlopen(address, timeout=20)  # noqa: S310 - our own server
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def test_without_https_it_listens_on_this_machine_only(environment, first):
    done = wutong(environment, "site", "run", "--host", "0.0.0.0")  # noqa: S104 - to be refused
    assert done.returncode == 3
    assert "[W107]" in done.stderr


def test_before_the_first_run_it_says_what_to_do(environment, tmp_path):
    done = wutong({**environment, "WUTONG_DATA": str(tmp_path / "new")}, "audit", "verify")
    assert done.returncode == 3
    assert "[W106]" in done.stderr
    assert "wutong site init" in done.stderr


def test_verify_names_the_row_in_which_one_byte_was_flipped(environment, first):
    assert wutong(environment, "audit", "verify").returncode == 0
    with sqlite3.connect(f"{environment['WUTONG_DATA']}/db.sqlite3") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE core_auditevent SET object_text = object_text || '.' WHERE id = 3")
    connection.close()
    done = wutong(environment, "--json", "audit", "verify")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"ok": False, "checked": 2, "bad": 3, "reason": "altered"}
