"""The floors of the house hold: imports go down only, and a peer is loaded only where it belongs."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIGHT = ["wutong.errors", "wutong.values", "wutong.feel", "wutong.dmn", "wutong.packs"]


@pytest.mark.parametrize("module", LIGHT)
def test_lower_floors_load_neither_database_nor_printer(module):
    code = f"import sys, {module}; print(sorted({{'duckdb', 'sqlglot', 'pyarrow', 'jinja2'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


def test_no_source_file_leaves_a_mark_for_later(root):
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    left = [
        f"{path.relative_to(root)}: {mark}"
        for path in (root / "src").rglob("*.py")
        for mark in marks
        if mark in path.read_text("utf-8")
    ]
    assert left == []
