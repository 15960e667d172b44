"""Commands run in this process, for tests of what they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wutong.cli.app import main


def said(capsys: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str]:
    """Run a command; return its code and all it prints."""
    capsys.readouterr()
    code = main([str(a) for a in args])
    out = capsys.readouterr()
    return code, out.out + out.err


def document(capsys: pytest.CaptureFixture[str], *args: str | Path) -> dict:
    """Run a command; return its JSON."""
    code, out = said(capsys, *args, "--json")
    assert code == 0, out
    return json.loads(out)
