"""Starting the site: the first run, and the processes of `wutong site run`."""

# ruff: noqa: S603 - the commands started are this program and gunicorn

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import django

SETTINGS = "wutong.site.config.settings"
# Builds in the wheels of django-htmx and allauth that no page loads; compressing them would take most of the time.
_UNUSED = ["htmx-4*", "htmax-4*", "htmx-2.js", "ext", "allauth", "account", "mfa"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class FirstUser:
    """An administrator made at the first run, with the password for one sign-in."""

    role: str
    username: str
    password: str


def prepare(data: Path, *, https: bool | None = None) -> None:
    """Set the environment for the data folder and start Django in this process.

    Raises WutongError W101 to W104 for an environment the site refuses to run in.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ["WUTONG_DATA"] = str(data)
    if https is not None:
        os.environ["WUTONG_HTTPS"] = "1" if https else "0"
    django.setup()


def migrated() -> bool:
    """Return whether the database has every table in its present form."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 - settings come first
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - settings come first

    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def first_run(names: dict[str, str]) -> list[FirstUser]:
    """Make or upgrade the tables, gather the static files, and make the administrators that are missing.

    `names` gives the user name for each of the three administrators' roles. Passwords are made here and now and
    returned once; none is shipped. Running it again only upgrades.
    """
    from django.core.cache import caches  # noqa: PLC0415 - settings come first
    from django.core.management import call_command  # noqa: PLC0415 - the same

    call_command("migrate", interactive=False, verbosity=0)
    caches["shared"].clear()  # pages made by the version before
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_UNUSED)
    return _administrators(names)


def _administrators(names: dict[str, str]) -> list[FirstUser]:
    from wutong.site.core.domain.roles import grant_role  # noqa: PLC0415 - settings come first
    from wutong.site.core.domain.users import create_user  # noqa: PLC0415 - settings come first
    from wutong.site.core.enums import Role  # noqa: PLC0415 - settings come first
    from wutong.site.core.models import RoleGrant  # noqa: PLC0415 - settings come first

    made = []
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        if not RoleGrant.objects.filter(role=role, revoked_at=None).exists():
            user, password = create_user(actor=None, username=names[role.value], name=str(role.label))
            grant_role(actor=None, user=user, role=role, zone=None)
            made.append(FirstUser(str(role.label), user.username, password))
    return made


def web_command(host: str, port: int, workers: int) -> list[str]:
    """Return the command of the web server: gunicorn; on Windows, which has none, Django's own for trying things out."""
    if os.name == "nt":
        return [sys.executable, "-m", "django", "runserver", "--noreload", "--insecure", f"{host}:{port}"]
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        sys.executable, "-m", "gunicorn", "wutong.site.config.wsgi:application", "--bind", place,
        "--workers", str(workers), "--threads", "4", "--worker-class", "gthread", "--worker-tmp-dir", "/dev/shm",  # noqa: S108 - gunicorn's own advice: heartbeat files off the disk
        "--timeout", "60", "--max-requests", "2000", "--max-requests-jitter", "200", "--log-level", "warning",
    ]


WORKER = [sys.executable, "-m", "django", "db_worker", "--interval", "1"]
SEAL = [sys.executable, "-m", "wutong", "audit", "seal"]


def serve(web: Sequence[str], background: Sequence[Sequence[str]] = (WORKER,)) -> int:
    """Run the web server and its helpers until one of SIGINT and SIGTERM, or until the server ends; return its code.

    A helper that dies is started again, at most once in five seconds. The audit chain is sealed at the start and
    after each midnight.
    """
    server = subprocess.Popen(list(web))
    helpers = [_Helper(list(command)) for command in background]
    stop = _Stop()
    sealed: date | None = None
    while server.poll() is None and not stop.asked:
        for helper in helpers:
            helper.keep_alive()
        if sealed != (today := date.today()):  # noqa: DTZ011 - the day of the machine's own calendar
            sealed = today
            subprocess.Popen(SEAL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait(60)
        time.sleep(0.5)
    for process in (server, *(helper.process for helper in helpers)):
        process.terminate()
    code = server.wait(30)
    for helper in helpers:
        helper.process.wait(30)
    return 0 if stop.asked else code


class _Stop:
    """Notes that the process was asked to end."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._note)
        signal.signal(signal.SIGINT, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.asked = True


class _Helper:
    """A process that is started again when it ends."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.started = time.monotonic()
        self.process = subprocess.Popen(command)

    def keep_alive(self) -> None:
        if self.process.poll() is not None and time.monotonic() - self.started > 5:
            self.started = time.monotonic()
            self.process = subprocess.Popen(self.command)
