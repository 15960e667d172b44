"""A real worker on a real SQLite file is killed in the middle of an import; what was begun is finished, once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_site.py")
COMPANIES, PART = 1000, 200


@pytest.fixture
def site(tmp_path):
    """The environment of a site of its own, with the batch in its queue."""
    environment = {**os.environ, "WUTONG_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "wutong.site.config.settings"}
    environment.pop("WUTONG_DATABASE_URL", None)
    subprocess.run([sys.executable, str(SCRIPT), "prepare"], env=environment, check=True)
    return environment


def _worker(environment) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--interval", "0.1"], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _one(environment, query: str):
    database = next(Path(environment["WUTONG_DATA"]).glob("*.sqlite3"))
    with sqlite3.connect(database, timeout=20) as connection:
        return connection.execute(query).fetchone()


def _state(environment) -> tuple[str, int]:
    return _one(environment, "SELECT state, done FROM imports_importbatch")


def _whole(environment) -> None:
    """Every line is written whole or not at all: two facts, two rows of its list, one company."""
    applied = _one(environment, "SELECT count(*) FROM imports_importline WHERE is_applied")[0]
    counts = [_one(environment, f"SELECT count(*) FROM registry_{table}")[0] for table in ("company", "fact", "listrow")]
    assert counts == [applied, applied * 2, applied * 2]
    assert applied == _state(environment)[1]


def test_a_killed_worker_leaves_no_half_rows_and_none_twice(site):
    reached = 0
    for _kill in range(2):
        worker = _worker(site)
        deadline = time.monotonic() + 60
        while _state(site)[1] <= reached and time.monotonic() < deadline:
            time.sleep(0.005)
        worker.kill()
        worker.wait()
        state, done = _state(site)
        assert (state, reached < done < COMPANIES) == ("applying", True)
        reached = done
        _whole(site)
        subprocess.run([sys.executable, str(SCRIPT), "resume"], env=site, check=True)
    worker = _worker(site)
    deadline = time.monotonic() + 60
    while _state(site)[0] != "applied" and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    assert _state(site) == ("applied", COMPANIES)
    _whole(site)
    assert _one(site, "SELECT count(DISTINCT uscc) FROM registry_company") == (COMPANIES,)
    assert _one(site, "SELECT count(*) FROM core_auditevent WHERE action = 'import.part'") == (COMPANIES // PART,)
