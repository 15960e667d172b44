"""Backups: the database and the files in one archive with the hash of each part; restored only if everything fits."""

# ruff: noqa: S603 - the programs run are PostgreSQL's own

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wutong import __version__
from wutong.errors import Place, WutongError

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database"
FOLDERS = ("files", "runs", "seals")
"""What lies beside the database and cannot be made anew."""
LEFT_OUT = frozenset({"django_session", "django_tasks_db_dbtaskresult", "axes_accessattempt"})
"""Tables that change while nobody works; their counts are no sign of loss."""
Note = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What an archive says of itself."""

    made: str
    engine: str
    vendor: str
    tables: dict[str, int]
    audit: dict[str, Any]
    parts: dict[str, str]
    """SHA-256 of each part by its name in the archive."""

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())


def make(data: Path, out: Path, note: Note) -> Backup:
    """Write an archive of the running site; nothing stands at `out` until it is whole.

    The key is left out: it belongs elsewhere, so that whoever finds the archive cannot read encrypted values.

    Raises:
        WutongError: W751 there is a file at `out`; W752 the database's own program failed; W753 the disk is full.
    """
    if out.exists():
        raise WutongError.of("W751", Place(file=str(out)))
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent) as temp:
            note("dump", 0, 1)
            dump = Path(temp) / DUMP
            _dump(dump)
            found = [(DUMP, dump), *_files(data)]
            parts = {name: _hash(path) for name, path in found}
            made = Backup(datetime.now(UTC).isoformat(timespec="seconds"), __version__, _vendor(), counts(), audit_head(), parts)
            with tarfile.open(part, "w") as archive:
                _add(archive, MANIFEST, json.dumps({"format": FORMAT, **_plain(made)}, ensure_ascii=False, indent=1).encode())
                for done, (name, path) in enumerate(found, 1):
                    archive.add(path, name, recursive=False)
                    note("files", done, len(found))
        part.rename(out)
    except OSError as error:
        raise WutongError.of("W753", Place(file=str(out)), reason=error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def check(archive: Path) -> Backup:
    """Read an archive through and return what it says; every part must have its hash, and nothing else may be there.

    Raises:
        WutongError: W754 it is no archive of ours or of a newer format; W755 a part is missing, changed or too many.
    """
    try:
        with tarfile.open(archive) as tar:
            made, found = _manifest(tar, archive), {}
            for member in tar:
                if member.name != MANIFEST and member.isfile():
                    content = tar.extractfile(member)
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest() if content else ""
    except (tarfile.TarError, OSError, EOFError):
        raise WutongError.of("W754", Place(file=archive.name)) from None
    wrong = sorted(n for n in {*made.parts, *found} if made.parts.get(n) != found.get(n))
    if wrong:
        raise WutongError.of("W755", Place(file=archive.name), part=wrong[0], count=len(wrong))
    return made


def claim(place: Path) -> None:
    """Raise WutongError W756 if a folder holds something."""
    if place.exists() and any(place.iterdir()):
        raise WutongError.of("W756", Place(file=str(place)))


def unpack(archive: Path, place: Path, note: Note) -> Backup:
    """Check an archive and lay its parts into an empty folder, the database last.

    Raises:
        WutongError: W754, W755; W756 the folder holds something; W757 the archive is of another database than is set.
    """
    claim(place)
    note("check", 0, 1)
    made = check(archive)
    if (made.vendor == "postgresql") != bool(os.environ.get("WUTONG_DATABASE_URL")):
        raise WutongError.of("W757", vendor=made.vendor)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        members = [m for m in tar if m.name != MANIFEST]
        for done, member in enumerate(members, 1):
            tar.extract(member, place, filter="data")
            note("files", done, len(members))
    if made.vendor == "sqlite":
        (place / DUMP).rename(place / "db.sqlite3")
    return made


def load(place: Path, made: Backup) -> None:
    """Bring PostgreSQL's dump into its empty database; Django must be set up. SQLite's file is the database already."""
    if made.vendor == "postgresql":
        _program("pg_restore", "--no-owner", "--exit-on-error", "--dbname", _address(), str(place / DUMP))
        (place / DUMP).unlink()


def compare(made: Backup) -> int:
    """Compare the restored site with what the archive says: tables, audit chain, runs; return the rows compared.

    Raises:
        WutongError: W758 something differs.
    """
    from wutong.site.core.domain.queries.audit import verify  # noqa: PLC0415 - settings come first
    from wutong.site.runs.models import Run  # noqa: PLC0415 - the same

    now = counts()
    for table in sorted({*made.tables, *now}):
        if table not in LEFT_OUT and made.tables.get(table) != now.get(table):
            raise WutongError.of("W758", what=table, said=made.tables.get(table), found=now.get(table))
    if audit_head() != made.audit:
        raise WutongError.of("W758", what="audit", said=made.audit["sequence"], found=audit_head()["sequence"])
    chain = verify()
    if not chain.sound:
        raise WutongError.of("W758", what="audit", said=made.audit["sequence"], found=chain.bad)
    for run in _all(Run).filter(state="done").select_related("zone"):
        manifest = json.loads((run.folder / "manifest.json").read_text("utf-8"))
        if not str(manifest.get("id", manifest.get("run", ""))).startswith(run.number):
            raise WutongError.of("W758", what=f"run {run.pk}", said=run.number, found=manifest.get("id"))
    return made.rows


def counts() -> dict[str, int]:
    """Return the rows of every table."""
    from django.db import connection  # noqa: PLC0415 - settings come first

    with connection.cursor() as cursor:
        found = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
            found[table] = int(cursor.fetchone()[0])
    return found


def audit_head() -> dict[str, Any]:
    """Return the last link of the audit chain."""
    from wutong.site.core.models import AuditHead  # noqa: PLC0415 - settings come first

    head = AuditHead.objects.filter(pk=1).first()
    return {"sequence": head.sequence if head else 0, "hash": head.hash if head else ""}


def _all(model: Any) -> Any:
    from django_scopes import scopes_disabled  # noqa: PLC0415 - settings come first

    with scopes_disabled():  # a backup spans every zone
        return model.objects.all()


def _dump(path: Path) -> None:
    from django.db import connection  # noqa: PLC0415 - settings come first

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
    else:
        _program("pg_dump", "--format=custom", "--no-owner", "--file", str(path), _address())


def _program(name: str, *arguments: str) -> None:
    found = shutil.which(name)
    if found is None:
        raise WutongError.of("W752", program=name, reason="not found")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise WutongError.of("W752", program=name, reason=done.stderr.strip().split("\n")[-1][:200])


def _address() -> str:
    return os.environ["WUTONG_DATABASE_URL"]


def _vendor() -> str:
    from django.db import connection  # noqa: PLC0415 - settings come first

    return connection.vendor


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not any(p.startswith(".") for p in path.relative_to(data).parts):
                yield path.relative_to(data).as_posix(), path


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _plain(made: Backup) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Backup.__slots__}


def _manifest(tar: tarfile.TarFile, archive: Path) -> Backup:
    try:
        content = tar.extractfile(MANIFEST)
        raw = json.loads(content.read()) if content else {}
        known = raw.pop("format") <= FORMAT
        return Backup(**(raw if known else {}))
    except (KeyError, ValueError, TypeError):
        raise WutongError.of("W754", Place(file=archive.name)) from None
