"""The installer of the bundle installs nothing if one file differs from its hash."""

from __future__ import annotations

import hashlib
import runpy
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = b"idna==3.10\n"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with one file and its hash."""
    (tmp_path / "install.sh").write_text(runpy.run_path(str(ROOT / "scripts" / "bundle.py"))["INSTALL"], "utf-8")
    (tmp_path / "run.lock").write_text(LOCK.decode(), "utf-8")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(LOCK).hexdigest()}  run.lock\n", "utf-8")
    return tmp_path


def installed(bundle: Path) -> subprocess.CompletedProcess[str]:
    """Run the installer with a stand-in for Python that says it was called."""
    python = bundle / "python"
    python.write_text('#!/bin/sh\necho called "$@"\nexit 7\n', "utf-8")
    python.chmod(0o755)
    command = ["sh", str(bundle / "install.sh"), str(bundle / "there")]
    return subprocess.run(command, env={"PATH": "/usr/bin:/bin", "PYTHON": str(python)}, capture_output=True, text=True, check=False)


def test_whole_files_are_installed(bundle: Path) -> None:
    done = installed(bundle)
    assert (done.returncode, done.stdout) == (7, f"called -m venv --without-pip {bundle / 'there'}\n")


def test_one_altered_file_stops_it_before_anything(bundle: Path) -> None:
    (bundle / "run.lock").write_text("idna==3.9\n", "utf-8")
    done = installed(bundle)
    assert (done.returncode, "called" in done.stdout) == (1, False)
    assert "nothing was installed" in done.stderr
    assert not (bundle / "there").exists()
