"""Every error code: four texts, one place in the docs, and somewhere that raises it."""

from __future__ import annotations

import re
import subprocess
import sys
from string import Formatter

import pytest

from wutong.errors import messages

CODES = sorted(messages())
TEXTS = ("zh", "en", "fix_zh", "fix_en")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", CODES)
def test_has_all_four_texts(code):
    texts = messages()[code]
    assert sorted(texts) == sorted(TEXTS)
    assert all(texts[key].strip() for key in TEXTS)
    assert HAN.search(texts["zh"])
    assert HAN.search(texts["fix_zh"])


@pytest.mark.parametrize("code", CODES)
def test_both_languages_name_the_same_things(code):
    def fields(key: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(messages()[code][key]) if name}

    assert fields("zh") == fields("en")


@pytest.mark.parametrize("code", CODES)
def test_is_raised_somewhere(root, code):
    raising = [path for path in (root / "src").rglob("*.py") if f'"{code}"' in path.read_text("utf-8")]
    assert raising != []


def test_no_code_is_raised_without_texts(root):
    used = {
        code
        for path in (root / "src").rglob("*.py")
        for code in re.findall(r'"([CDFPRSTVW]\d{3})"', path.read_text("utf-8"))
    }
    assert sorted(used - set(CODES)) == []


def test_the_page_is_current(root):
    written = (root / "docs" / "errors.md").read_text("utf-8")
    code = "import gen_errors, sys; sys.stdout.buffer.write(gen_errors.page().encode())"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, 'scripts'); {code}"]
    made = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode("utf-8")
    assert written == made, "run `make errors`"
