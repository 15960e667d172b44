"""Writing into a run folder so that it is either whole or not there at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wutong.errors import Lang, Place, WutongError
from wutong.report.model import RunView
from wutong.report.pages import Pages
from wutong.report.xlsx import write_workbook

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)``."""

__all__ = ["Progress", "staged", "write_pages", "write_workbook"]


def _silent(stage: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def write_pages(view: RunView, folder: Path, progress: Progress = _silent, lang: Lang = "zh") -> int:
    """Write ``index.html``, ``companies/*.html`` and ``policies/*.html`` into `folder`; return how many.

    Pages of an earlier run in the same folder are replaced as a whole: they are written into a temporary
    folder beside `folder` first. Raises OSError when the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = Pages(view, lang)
    total = len(view.companies) + len(view.policies) + 1
    temp = _make(folder)
    try:
        for sub in ("companies", "policies"):
            (temp / sub).mkdir()
        for done, (path, text) in enumerate(pages.all(), 1):
            (temp / path).write_bytes(text.encode("utf-8"))
            progress("pages", done, total)
        for name in ("companies", "policies", "index.html"):
            _replace(temp / name, folder / name)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    return total


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out`; rename it to `out` if all goes well, else leave nothing behind.

    An `out` that exists is replaced only when it is empty or an earlier run (it has ``manifest.json``).
    Raises WutongError C107 when it holds anything else, C109 when it cannot be written.
    """
    if out.exists() and not is_replaceable(out):
        raise WutongError.of("C107", Place(file=str(out)))
    with _coded(out):
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        temp = _make(out)
    try:
        yield temp
        with _coded(out):
            _replace(temp, out)
    finally:
        shutil.rmtree(temp, ignore_errors=True)


@contextmanager
def _coded(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WutongError.of("C109", Place(file=str(out)), why=error.strerror or str(error)) from error


def is_replaceable(out: Path) -> bool:
    """Return whether `out` is an empty folder or an earlier run, so that nothing foreign can be lost."""
    return out.is_dir() and ((out / "manifest.json").is_file() or not any(out.iterdir()))


def _make(near: Path) -> Path:
    """Make an empty folder on the same disk as `near`, so that the rename is one step."""
    temp = Path(tempfile.mkdtemp(prefix=f".{near.name}.", suffix=".part", dir=near.absolute().parent))
    temp.chmod(0o755)
    return temp


def _replace(new: Path, old: Path) -> None:
    """Put `new` where `old` is; the old one goes only after the new one is in place."""
    if not old.is_dir():
        new.replace(old)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{old.name}.", suffix=".old", dir=old.absolute().parent))
    old.replace(aside / "old")
    try:
        new.replace(old)
    except OSError:
        (aside / "old").replace(old)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
