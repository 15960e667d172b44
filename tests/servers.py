"""Servers that tests start for themselves: a private PostgreSQL cluster, one Spark session.

Use as fixtures by naming this module in ``pytest_plugins`` (tests/conftest.py does).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    other = shutil.which("initdb")
    return Path(other).resolve().parent if other else None


def _as_another(user: str | None, *command: str) -> None:
    """Run a command as `user`: PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", user, "--"] if user else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


def _someone() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def private_postgres(programs: Path) -> Iterator[str]:
    """Give the connection string of a server of one's own, on a socket in a folder that vanishes with it.

    Its locale is not C, so that what forgets the collation shows.
    """
    user = _someone()
    folder = Path(tempfile.mkdtemp(prefix="wt-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _as_another(user, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "wutong", "-E", "UTF8",
                    "--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=20 -k {folder}"
        _as_another(user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "60", "-l", str(folder / "log"),
                    "-o", options, "start")
        yield f"host={folder} user=wutong dbname=postgres"
    finally:
        if (data / "postmaster.pid").exists():
            _as_another(user, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """The connection string of a private server, for the whole test run."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: scripts/system_packages.sh installs it")
    with private_postgres(programs) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def spark_session() -> Iterator[SparkSession]:
    """One Spark session for the whole test run, of one core and few partitions."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: scripts/system_packages.sh installs it")
    from wutong.backends.spark import local_session

    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a short life does not repay the optimising compiler
    session = local_session(threads=2, memory="1g", partitions=1, java=quick)
    yield session
    session.stop()
