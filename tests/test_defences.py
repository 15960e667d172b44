"""The rows of scripts/defences.yaml stay true: each defence stands where its row says, each test exists.

That the tests fail without their defences takes a quarter of an hour: ``python scripts/prove_defences.py``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
ROWS = yaml.safe_load((ROOT / "scripts" / "defences.yaml").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[r["row"] for r in ROWS])
def test_a_row_names_a_line_and_a_test(row):
    assert sorted(row) == ["becomes", "file", "row", "test", "was"]
    assert row["was"] in (ROOT / row["file"]).read_text("utf-8")
    assert row["was"] != row["becomes"]
    file, _, name = row["test"].partition("::")
    text = (ROOT / file).read_text("utf-8")
    assert not name or f"def {name}(" in text


def test_the_page_holds_every_row():
    spec = importlib.util.spec_from_file_location("prove_defences", ROOT / "scripts" / "prove_defences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "security.md").read_text("utf-8").endswith(f"{module.MARK}\n\n{module.table(ROWS)}\n")
