"""Backup and restore, on both databases, as an operator does them; what is damaged or in the way is refused whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from site_database import _start

SCRIPT = """
import sys
from pathlib import Path
import django
django.setup()
from django_scopes import scope
from wutong.site.core.domain.files import store_file
from wutong.site.core.domain.zones import create_zone
from wutong.site.core.models import User
zone = create_zone(actor=None, code="z", name="园")
with scope(zone=zone):
    store_file(actor=User.objects.first(), zone=zone, content=open(sys.argv[1], "rb"), name="佐证.csv")
"""


def wutong(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run([sys.executable, "-m", "wutong", *words], env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def cluster():
    """Two empty databases of a PostgreSQL started for this module: one to back up, one to restore into."""
    url = _start()
    for name in ("kept", "again"):
        subprocess.run(["psql", url, "-c", f"CREATE DATABASE {name}"], check=True, capture_output=True)
    return lambda name: url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request, tmp_path_factory):
    """A site with a zone and a file, its backup, and the environments to make it in and to restore it in."""
    folder = tmp_path_factory.mktemp(request.param)
    base = {k: v for k, v in os.environ.items() if not k.startswith(("WUTONG_", "DJANGO_"))}
    base |= {"DJANGO_SETTINGS_MODULE": "wutong.site.config.settings", "WUTONG_HTTPS": "0"}
    first, again = dict(base), dict(base)
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        first["WUTONG_DATABASE_URL"], again["WUTONG_DATABASE_URL"] = cluster("kept"), cluster("again")
    first["WUTONG_DATA"] = str(folder / "data")
    assert wutong(first, "site", "init").returncode == 0
    (folder / "a.csv").write_text("企业名称\n甲\n", "utf-8")
    subprocess.run([sys.executable, "-c", SCRIPT, str(folder / "a.csv")], env=first, check=True)
    done = wutong(first, "backup", str(folder / "b.tar"))
    assert done.returncode == 0, done.stderr
    return folder, first, again, request.param


def test_a_backup_comes_back_whole_with_its_audit_chain(kept):
    folder, _first, again, _vendor = kept
    place = folder / "restored"
    assert wutong(again, "restore", str(folder / "b.tar")).returncode == 0
    done = wutong(again, "restore", str(folder / "b.tar"), str(place), "--key", str(folder / "data" / "secret.key"))
    assert done.returncode == 0, done.stderr
    assert wutong(again | {"WUTONG_DATA": str(place)}, "audit", "verify").returncode == 0
    before = sorted(p.relative_to(folder / "data") for p in (folder / "data" / "files").rglob("*"))
    assert sorted(p.relative_to(place) for p in (place / "files").rglob("*")) == before
    assert len(before) == 2
    assert (place / "secret.key").read_bytes() == (folder / "data" / "secret.key").read_bytes()


def test_the_key_is_not_in_the_archive_and_no_file_is_overwritten(kept):
    folder, first, _again, _vendor = kept
    with tarfile.open(folder / "b.tar") as tar:
        names = tar.getnames()
    assert [n for n in names if "secret" in n or n.startswith(("static", "tmp"))] == []
    before = (folder / "b.tar").read_bytes()
    refused = wutong(first, "backup", str(folder / "b.tar"))
    assert (refused.returncode, "[W751]" in refused.stderr) == (3, True)
    assert (folder / "b.tar").read_bytes() == before
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []


def changed(source: Path, target: Path, name: str, content: bytes | None) -> None:
    """Copy an archive with one part changed, or left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            data = old.extractfile(member).read()
            if member.name.startswith(name):
                if content is None:
                    continue
                data, member.size = content, len(content)
            new.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize(("name", "content", "code"), [
    ("files/", b"other", "W755"), ("files/", None, "W755"), ("database", b"x", "W755"), ("manifest.json", b"{}", "W754"),
    ("manifest.json", b'{"format": 99}', "W754"),
])
def test_a_damaged_archive_is_refused_and_leaves_nothing(kept, tmp_path, name, content, code):
    folder, _first, again, _vendor = kept
    changed(folder / "b.tar", tmp_path / "bad.tar", name, content)
    done = wutong(again, "restore", str(tmp_path / "bad.tar"), str(tmp_path / "place"))
    assert (done.returncode, f"[{code}]" in done.stderr) == (3, True), done.stderr
    assert not (tmp_path / "place").exists()


def test_what_lies_in_the_way_is_left_alone(kept, tmp_path):
    folder, _first, again, _vendor = kept
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    done = wutong(again, "restore", str(folder / "b.tar"), str(tmp_path))
    assert "[W756]" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_archive_of_another_database_is_refused(kept, tmp_path):
    folder, first, _again, vendor = kept
    other = {k: v for k, v in first.items() if k != "WUTONG_DATABASE_URL"}
    if vendor == "sqlite":
        other["WUTONG_DATABASE_URL"] = "postgresql:///none"
    done = wutong(other, "restore", str(folder / "b.tar"), str(tmp_path / "place"))
    assert "[W757]" in done.stderr
    assert not (tmp_path / "place").exists()


def test_a_database_that_differs_from_its_manifest_is_not_kept(kept, tmp_path):
    folder, first, again, vendor = kept
    if vendor == "postgresql":  # its dump cannot be changed by hand; a database that holds something refuses it
        done = wutong(first, "restore", str(folder / "b.tar"), str(tmp_path / "place"))
        assert "[W752]" in done.stderr
    else:
        with tarfile.open(folder / "b.tar") as tar:
            raw, manifest = tar.extractfile("database").read(), json.loads(tar.extractfile("manifest.json").read())
        path = tmp_path / "db"
        path.write_bytes(raw)
        with sqlite3.connect(path) as base:
            base.execute("DELETE FROM core_passwordrecord WHERE id = (SELECT min(id) FROM core_passwordrecord)")
        base.close()
        manifest["parts"]["database"] = hashlib.sha256(path.read_bytes()).hexdigest()
        changed(folder / "b.tar", tmp_path / "half.tar", "database", path.read_bytes())
        changed(tmp_path / "half.tar", tmp_path / "bad.tar", "manifest.json", json.dumps(manifest).encode())
        done = wutong(again, "restore", str(tmp_path / "bad.tar"), str(tmp_path / "place"))
        assert "[W758]" in done.stderr
    assert not (tmp_path / "place").exists()
