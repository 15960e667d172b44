"""The database of the site's tests: SQLite in memory, or with WUTONG_TEST_DB=postgres a cluster of this run."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_URL = "WUTONG_TEST_DATABASE_URL"  # set by the first process, so that workers of xdist share one cluster


def database_url() -> str | None:
    """Return the URL of the database to test on, None for SQLite."""
    wanted = os.environ.get("WUTONG_TEST_DB", "sqlite")
    if wanted == "sqlite":
        return None
    if wanted != "postgres":
        raise ValueError(f"WUTONG_TEST_DB is sqlite or postgres, not {wanted}")
    if _URL not in os.environ:
        os.environ[_URL] = _start()
    return os.environ[_URL]


def _start() -> str:
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="wutong-test-pg-", dir="/tmp"))
    folder.chmod(0o777)
    # PostgreSQL refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run(str(binaries / "initdb"), "-D", str(data), "-U", "wutong", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start")

    def stop() -> None:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://wutong@/postgres?host={folder}"
