"""The demo zone in the site: made by the acts people do, whole or not at all, entered with passwords made now."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from wutong.errors import WutongError
from wutong.site.config.demo import COMPANY, claim, is_demo

# The real command with a smaller zone: what it does to 627 companies it does to these.
SMALL = """
import sys
import wutong.demo as demo
whole = demo.companies
demo.companies = lambda seed=2024: [c for c in whole(seed) if c.facts.get("uscc", "").startswith("91370200DEM00000")]
from wutong.cli.app import main
sys.exit(main())
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``wutong demo`` in a process of its own, as Django is set up for the tests in this one."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WUTONG_", "DJANGO_"))}
    command = [sys.executable, "-c", SMALL, "--json", "demo", "--out", "demo", "--no-serve", *options]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def answers(process: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the passwords by user name."""
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout)
    return {u["username"]: u["password"] for u in found["users"]}


def test_a_demo_is_made_once_and_entered_with_new_passwords_each_time(tmp_path):
    first = answers(run(tmp_path))
    assert sorted(first) == ["auditadmin", "bank", "company", "lead", "officer", "secadmin", "sysadmin", "viewer"]
    with sqlite3.connect(tmp_path / "demo-site" / "db.sqlite3") as base:
        actions = dict(base.execute("SELECT action, count(*) FROM core_auditevent GROUP BY action"))
        runs = base.execute("SELECT kind, state, count(*) FROM runs_run GROUP BY kind, state").fetchall()
        companies = base.execute("SELECT count(*) FROM registry_company").fetchone()[0]
        user = base.execute("SELECT name FROM core_organisation WHERE uscc = ?", [COMPANY]).fetchone()
    assert companies == 9
    assert runs == [("points", "done", 2), ("policies", "done", 1)]
    assert user[0] != "演示企业"
    # people and companies came in by request and another's agreement
    assert (actions["approval.request"], actions["approval.decide"], actions["import.propose"]) == (6, 6, 1)
    again = answers(run(tmp_path))
    assert sorted(again) == sorted(first)
    assert not set(again.values()) & set(first.values())
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path):
    (tmp_path / "ledger.txt").write_text("x", "utf-8")
    with pytest.raises(WutongError) as caught:
        claim(tmp_path)
    assert caught.value.code == "W108"
    assert not is_demo(tmp_path)
    claim(tmp_path / "absent")
