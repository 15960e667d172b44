"""From an exception to a coded message and an exit code; a traceback never reaches the user."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from enum import IntEnum
from pathlib import Path

import typer

from wutong import __version__
from wutong.cli.screen import Screen
from wutong.errors import Diagnostic, Place, WutongError


class Exit(IntEnum):
    """Exit codes, documented in docs/cli.md."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INPUT = 3
    PACK = 4
    INTERNAL = 5
    INTERRUPTED = 130


_USAGE_CODES = frozenset({
    "C100", "C102", "C105", "C106", "C110", "C115", "C116", "C130", "D100", "D103", "D104", "S120", "S121", "S304",
    "Q103", "Q104", "Q105", "Q106", "Q107", "Q108", "Q109",
})
_INTERNAL_CODES = frozenset({"C190", "C191"})
_USAGE_ZH = {
    "Missing option": "缺少选项", "Missing argument": "缺少参数", "Missing parameter": "缺少参数",
    "No such option": "没有这个选项", "No such command": "没有这个命令", "Invalid value": "值不对",
    "Got unexpected extra argument": "多余的参数", "Option": "选项用法不对",
}
_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


def exit_code(error: WutongError) -> Exit:
    """Return the exit code of a coded error: usage, the input, a pack, or Wutong itself."""
    code = error.code
    if code in _USAGE_CODES:
        return Exit.USAGE
    if code in _INTERNAL_CODES:
        return Exit.INTERNAL
    # Expressions live in packs; the same F code about a workbook or a DMN file carries no policy.
    if code[0] == "P" or code.startswith("S1") or (code[0] == "F" and (error.diagnostics[0].place.policy or error.diagnostics[0].place.pack)):
        return Exit.PACK
    return Exit.INPUT


def report(error: BaseException, screen: Screen) -> int:
    """Print what went wrong for people or scripts and return the exit code."""
    coded = as_coded(error)
    if screen.as_json:
        screen.json({"ok": False, "errors": [d.as_dict() for d in coded.diagnostics]})
    else:
        screen.diagnostics(coded.diagnostics)
    return int(Exit.INTERRUPTED if isinstance(error, KeyboardInterrupt) else exit_code(coded))


def as_coded(error: BaseException) -> WutongError:
    """Return the coded error for any exception."""
    if isinstance(error, WutongError):
        return error
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return WutongError(Diagnostic.of("C114", severity="note"))
    if isinstance(error, _USAGE_ERROR):
        return WutongError.of("C100", why=_usage(error))
    if isinstance(error, ModuleNotFoundError):
        return WutongError.of("C191", name=error.name or "?")
    if isinstance(error, OSError) and error.filename is not None:
        return _os_error(error)
    return WutongError.of("C190", Place(file=str(_crash_file(error))), kind=type(error).__name__)


def _usage(error: Exception) -> str:
    """Return what is wrong with the arguments: the offending word, then the parser's own sentence."""
    message = str(error.format_message())  # type: ignore[attr-defined]
    for start, zh in _USAGE_ZH.items():
        if message.startswith(start):
            return f"{zh}（{message}）"
    return message


def _os_error(error: OSError) -> WutongError:
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(error.filename)
    place = Place(file=name)
    if isinstance(error, FileNotFoundError):
        return WutongError.of("C101", place)
    if isinstance(error, IsADirectoryError):
        return WutongError.of("C112", place)
    return WutongError.of("C111", place, why=error.strerror or type(error).__name__)


def _crash_file(error: BaseException) -> Path:
    """Write what maintainers need to a new file in the temporary folder; argument values may be private."""
    handle, name = tempfile.mkstemp(prefix="wutong-crash-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"wutong {__version__}\npython {sys.version}\n{platform.platform()}\n{' '.join(sys.argv[1:2])}\n\n")
        file.writelines(traceback.format_exception(error))
    return Path(name)
