"""Files: taken in after looking at their content, given out as attachments."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction

from wutong.errors import Place, WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import FieldClass
from wutong.site.core.models import Organisation, StoredFile, User, Zone

if TYPE_CHECKING:
    from wutong.tables.safety import Limits

AT_MOST = 50 << 20
TABLES = frozenset({"xlsx", "xls", "ods", "csv", "parquet"})
DOCUMENTS = frozenset({"pdf", "png", "jpg", "docx"})
_MAGIC = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))


@cache
def limits() -> Limits:
    """Return the bounds for files of the site: 200 MB unpacked, ratio 60 (normal workbooks 12 to 14, a bomb 399)."""
    from wutong.tables.safety import Limits  # noqa: PLC0415 - the engine's reader loads slowly

    return Limits(file=AT_MOST, inflated=200 << 20, ratio=60, ratio_from=1 << 20)


def clean_name(name: str) -> str:
    r"""Return a file name without folders and control characters, for showing and for the download's name.

    >>> clean_name("..\\..\\etc/pass\twd.pdf"), clean_name("/")
    ('passwd.pdf', 'file')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(c for c in last if c.isprintable())[-200:].strip(". ") or "file"


def kind_by_content(path: Path, name: str) -> str:
    """Return what a file is by its first bytes and structure, whatever its name says.

    Raises WutongError W171 if it is none of the kinds taken, and those of ``wutong.tables.safety``.
    """
    from wutong.tables.safety import kind_of  # noqa: PLC0415 - the engine's reader loads slowly

    with path.open("rb") as stream:
        head = stream.read(8)
    for start, kind in _MAGIC:
        if head.startswith(start):
            return kind
    if head.startswith(b"PK") and _is_docx(path):
        return "docx"
    try:
        return kind_of(path, limits())
    except WutongError as error:
        if error.code in {"T103", "T109"}:
            raise WutongError.of("W171", Place(file=name)) from None
        raise


def _is_docx(path: Path) -> bool:
    from wutong.tables.safety import check_directory  # noqa: PLC0415 - the engine's reader loads slowly

    try:
        with zipfile.ZipFile(path) as archive:
            check_directory(archive, path, limits())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, OSError):
        return False
    if any(n.endswith("vbaProject.bin") for n in names):
        raise WutongError.of("T105", Place(file=path.name))
    return "word/document.xml" in names


@writes("file.store")
def store_file(
    *, actor: User | None, zone: Zone, content: BinaryIO, name: str, allowed: frozenset[str] = TABLES | DOCUMENTS,
    organisation: Organisation | None = None, sensitivity: FieldClass = FieldClass.INTERNAL,
) -> StoredFile:
    """Keep a file: counted while copied, typed by content, stored under a random name.

    Raises WutongError W171 (kind not taken), T102 (empty), T108 (too large) and the others of ``tables.safety``.
    """
    shown = clean_name(name)
    suffix = PurePosixPath(shown).suffix  # the reader of tables tells CSV from other text by it
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", suffix=suffix, dir=root)
    path = Path(temporary)
    try:
        size, digest = _copy(content, handle, shown)
        kind = kind_by_content(path, shown)
        if kind not in allowed:
            raise WutongError.of("W171", Place(file=shown))
        stored = StoredFile(
            zone=zone, organisation=organisation, name=shown, kind=kind, size=size, sha256=digest,
            sensitivity=sensitivity, uploaded_by=actor)
        target = root / stored.path
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)
    stored.save(force_insert=True)
    record(actor, stored, name=shown, kind=kind, size=size, sha256=digest)
    return stored


def _copy(content: BinaryIO, handle: int, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as out:
        while block := content.read(1 << 20):
            size += len(block)
            if size > AT_MOST:
                raise WutongError.of("T108", Place(file=name), size=size >> 20, limit=AT_MOST >> 20)
            digest.update(block)
            out.write(block)
    if not size:
        raise WutongError.of("T102", Place(file=name))
    return size, digest.hexdigest()


def location(stored: StoredFile) -> Path:
    """Return where the content lies."""
    return Path(settings.FILES_ROOT) / stored.path


@writes("file.open")
def open_file(*, actor: User, stored: StoredFile) -> Path:
    """Return the content's place for a download, on record."""
    record(actor, stored, sha256=stored.sha256)
    return location(stored)


@writes("file.remove")
def remove_file(*, actor: User, stored: StoredFile) -> None:
    """Remove a file nobody refers to; the content goes when the transaction is through."""
    record(actor, stored, name=stored.name, sha256=stored.sha256)
    path = location(stored)
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
