"""The code blocks of the README run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

def test_there_is_an_example_of_at_most_ten_lines():
    assert len(BLOCKS) == 1
    assert 5 <= len([line for line in BLOCKS[0].splitlines() if line.strip()]) <= 10

@pytest.mark.parametrize("block", BLOCKS)
def test_example_runs_and_prints_what_it_says(block, tmp_path):
    expected = re.search(r"^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[1].splitlines()
    done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == expected
