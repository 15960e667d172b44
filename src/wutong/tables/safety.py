"""Is it safe to read this file? Kind by content, encryption, macros, zip bombs: all before a parser sees it.

Excel's own limits allow 17 billion cells in a few bytes, and a zip can claim any size; so sizes are taken from
the zip directory first, then counted again while inflating.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wutong.errors import Place, WutongError

Kind = Literal["xlsx", "xls", "ods", "csv", "parquet"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: bytes on disk, bytes inflated, ratio of the two, zip entries, cells of one sheet."""

    file: int = 100 << 20
    inflated: int = 300 << 20
    ratio: int = 150
    ratio_from: int = 30 << 20
    entries: int = 5_000
    cells: int = 12_000_000


LIMITS = Limits()


def kind_of(path: Path, limits: Limits = LIMITS) -> Kind:
    """Return what the file is by its content, after every check that needs no parsing.

    Raises T101 missing, T102 empty, T103 not a table, T104 encrypted, T105 macros, T106 zip bomb, T107 damaged,
    T108 too large, T109 unsupported format.
    """
    place = Place(file=path.name)
    if not path.is_file():
        raise WutongError.of("T101", place)
    size = path.stat().st_size
    if size == 0:
        raise WutongError.of("T102", place)
    if size > limits.file:
        raise WutongError.of("T108", place, size=size >> 20, limit=limits.file >> 20)
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PK"):
        return _zip_kind(path, limits)
    if head == _OLE:
        return _ole_kind(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    return _text_kind(path)


def _text_kind(path: Path) -> Kind:
    with path.open("rb") as stream:
        start = stream.read(4096)
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    markup = start.lstrip()[:1] == b"<"
    if path.suffix.lower() not in {".csv", ".tsv", ".txt"} or (b"\0" in start and not utf16) or markup:
        raise WutongError.of("T103", Place(file=path.name))
    return "csv"


def _ole_kind(path: Path) -> Kind:
    """An OLE container is an old .xls or an encrypted .xlsx; its directory names streams in UTF-16."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16le") in data:
        raise WutongError.of("T104", Place(file=path.name))
    if "_VBA_PROJECT".encode("utf-16le") in data:
        raise WutongError.of("T105", Place(file=path.name))
    if not any(name.encode("utf-16le") in data for name in ("Workbook", "Book")):
        raise WutongError.of("T103", Place(file=path.name))
    return "xls"


def _zip_kind(path: Path, limits: Limits) -> Kind:
    place = Place(file=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            check_directory(archive, path, limits)
            names = set(archive.namelist())
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise WutongError.of("T104", place)
            mimetype = archive.read("mimetype") if "mimetype" in names else b""
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
            _no_encrypted_ods(archive, names, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise WutongError.of("T107", place) from None
    if any(n.endswith("vbaProject.bin") for n in names) or b"macroEnabled" in types:
        raise WutongError.of("T105", place)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    raise WutongError.of("T109" if "xl/workbook.bin" in names else "T103", place)


def _no_encrypted_ods(archive: zipfile.ZipFile, names: set[str], place: Place) -> None:
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise WutongError.of("T104", place)


def check_directory(archive: zipfile.ZipFile, path: Path, limits: Limits = LIMITS) -> None:
    """Refuse a zip whose directory declares too much, then one that inflates to other than it declares.

    Raises T106 (bomb) or T107 (damaged, or sizes that lie).
    """
    place = Place(file=path.name)
    entries = archive.infolist()
    total = sum(info.file_size for info in entries)
    packed = max(path.stat().st_size, 1)
    bomb = total > limits.inflated or (total > limits.ratio_from and total > packed * limits.ratio)
    if bomb or len(entries) > limits.entries or len({i.filename for i in entries}) != len(entries):
        raise WutongError.of("T106", place, size=total >> 20, packed=round(packed / 2**20, 1), entries=len(entries))


def inflate(archive: zipfile.ZipFile, name: str, path: Path, limits: Limits = LIMITS) -> bytes:
    """Return one entry, inflated under its declared size and the cap. Raises T106, T107, T110 (DOCTYPE).

    zlib is driven directly: ``zipfile`` stops at the declared size, and what a lying entry holds beyond it would
    reach the next reader.
    """
    info = archive.getinfo(name)
    packed = _packed(path, info)
    try:
        stream = zlib.decompressobj(-15)
        data = packed if info.compress_type == zipfile.ZIP_STORED else stream.decompress(packed, info.file_size + 1)
    except zlib.error:
        raise WutongError.of("T107", Place(file=path.name)) from None
    if len(data) > min(info.file_size, limits.inflated):
        size = {"size": len(data) >> 20, "packed": round(len(packed) / 2**20, 1), "entries": 1}
        raise WutongError.of("T106", Place(file=path.name), **size)
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise WutongError.of("T107", Place(file=path.name))
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise WutongError.of("T110", Place(file=path.name))
    return data


def _packed(path: Path, info: zipfile.ZipInfo) -> bytes:
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        header = stream.read(30)
        known = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not known or len(header) < 30 or not header.startswith(b"PK\3\4"):
            raise WutongError.of("T107", Place(file=path.name))
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        stream.seek(name_length + extra_length, 1)
        return stream.read(info.compress_size)


_COLUMN = re.compile(rb'<c [^>]*?\br="([A-Z]{1,7})[0-9]')
_ROW = re.compile(rb'<row [^>]*?\br="([0-9]+)"')


def check_extent(data: bytes, sheet: str, path: Path, limits: Limits = LIMITS) -> None:
    """Refuse a sheet whose outermost cells span more than the allowed number of cells. Raises T111."""
    letters = set(_COLUMN.findall(data))
    width = max((column_number(c.decode()) for c in letters), default=0)
    height = max(map(int, _ROW.findall(data)), default=0)
    if width > 16_384 or height > 1_048_576 or width * height > limits.cells:
        raise WutongError.of("T111", Place(file=path.name, sheet=sheet), rows=height, columns=width)


def column_number(letters: str) -> int:
    """Return the number of a column from its letters, counted from 1.

    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column, counted from 1.

    >>> column_letters(28)
    'AB'
    """
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
