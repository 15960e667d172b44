"""What a deployment chooses, read once from environment variables; every default is the safe one.

Documented in docs/operations.md; ``tests/site/config`` holds the two together.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wutong.errors import Place, WutongError

KEY_FILE = "secret.key"
_WEAK_STARTS = ("django-insecure", "changeme", "secret", "wutong")
_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON; "
    "PRAGMA mmap_size=1073741824; PRAGMA cache_size=-20000;"
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The choices of one deployment."""

    data: Path
    secret_key: str
    database: dict[str, Any]
    hosts: tuple[str, ...]
    https: bool
    proxies: int
    demo: bool
    mfa_required: bool
    password_profile: str
    one_session: bool
    idle_minutes: int
    session_hours: int
    worker_memory_mb: int
    tasks: str

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Environment:
        """Return the choices in `env`. Raises WutongError W101 to W104."""
        data = Path(env.get("WUTONG_DATA", "wutong-data")).resolve()
        return cls(
            data=data,
            secret_key=secret_key(data, env.get("WUTONG_SECRET_KEY")),
            database=database(data, env.get("WUTONG_DATABASE_URL")),
            hosts=tuple(h.strip() for h in env.get("WUTONG_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h.strip()),
            https=_flag(env, "WUTONG_HTTPS", default=True),
            proxies=_count(env, "WUTONG_PROXIES", 0),
            demo=_flag(env, "WUTONG_DEMO", default=False),
            mfa_required=_flag(env, "WUTONG_MFA_REQUIRED", default=True),
            password_profile=_choice(env, "WUTONG_PASSWORD_PROFILE", ("mlps3", "asvs")),
            one_session=_flag(env, "WUTONG_ONE_SESSION", default=True),
            idle_minutes=_count(env, "WUTONG_IDLE_MINUTES", 30),
            session_hours=_count(env, "WUTONG_SESSION_HOURS", 8),
            worker_memory_mb=_count(env, "WUTONG_WORKER_MEMORY_MB", 1024),
            tasks=_choice(env, "WUTONG_TASKS", ("worker", "inline")),
        )


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "1" if default else "0").strip().lower()
    if text not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise WutongError.of("W101", name=name, value=text, allowed="0, 1")
    return text in {"1", "true", "yes", "on"}


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default)).strip()
    if not text.isdecimal():
        raise WutongError.of("W101", name=name, value=text, allowed="0, 1, 2 …")
    return int(text)


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name, allowed[0]).strip().lower()
    if text not in allowed:
        raise WutongError.of("W101", name=name, value=text, allowed=", ".join(allowed))
    return text


def secret_key(data: Path, given: str | None) -> str:
    """Return the signing key: the one given, or the one in the data folder, made there on the first run.

    Raises WutongError W102 for a weak key, W103 for a key file that others may read.
    """
    key = given if given is not None else _key_file(data / KEY_FILE)
    if len(key) < 50 or len(set(key)) < 16 or key.lower().startswith(_WEAK_STARTS):
        raise WutongError.of("W102")
    return key


def _key_file(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        # Windows has no such bits; the folder's access list is the means there.
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WutongError.of("W103", Place(file=str(path))) from None
        return path.read_text("ascii").strip()
    key = secrets.token_urlsafe(64)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key


def database(data: Path, url: str | None) -> dict[str, Any]:
    """Return Django's description of the database: SQLite in the data folder unless a URL names PostgreSQL.

    >>> database(Path("/d"), "postgresql://wutong:p%40ss@db:5433/zone")["PASSWORD"]
    'p@ss'

    Raises WutongError W104.
    """
    if url is None:
        return {
            "ENGINE": "django.db.backends.sqlite3", "NAME": data / "db.sqlite3",
            "CONN_MAX_AGE": 60,  # opening the file and the PRAGMAs cost more than most queries of a page
            # Deferred transactions lose 38 to 57 % of concurrent writes (design/web.md 3.5); immediate ones none.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _SQLITE_START},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise WutongError.of("W104", scheme=parts.scheme or "?")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""), "PORT": parts.port or query.pop("port", ""),
        "OPTIONS": {**query, "pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
    }
