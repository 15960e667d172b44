"""No password, key or token stands in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY",
    "token of a forge or cloud": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{20,})",
    "token of this API": r"\bwtg_[A-Za-z0-9_-]{30,}",
    "key of Django": r"django-insecure-[^\s\"']{10}",
    "password in an address": r"\b[a-z]+://(?!wutong:p%40ss@|user:password@)[^\s:/@{}<]+:[^\s:/@{}<]{4,}@",
    "password or key in code": r"""(?im)^\s*["']?(?:\w*_)?(?:password|passwd|secret_key|api_key)["']?\s*[:=]\s*["'][^"'\s{}]{8,}["']""",
}
PLACES = ("src", "scripts", "docs", "benchmarks", ".ci", "Makefile", "README.md", "pyproject.toml")
TEXTS = {".py", ".yaml", ".yml", ".toml", ".md", ".html", ".js", ".sh", ".cfg", ".ini", ".json", ".service", ".conf", ""}


def found_in(text: str) -> list[str]:
    """Return the kinds of secret a text holds."""
    return [kind for kind, pattern in KINDS.items() if re.search(pattern, text)]


def files():
    """Yield the text files of the project that ship."""
    for place in PLACES:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and file.suffix in TEXTS and "vendor" not in file.parts and "__pycache__" not in file.parts:
                yield file


def test_no_file_holds_a_secret():
    looked = list(files())
    assert len(looked) > 500
    assert {str(f.relative_to(ROOT)): k for f in looked if (k := found_in(f.read_text("utf-8", errors="replace")))} == {}


@pytest.mark.parametrize(("kind", "text"), [
    ("private key", "-----BEGIN " + "RSA PRIVATE KEY-----"),
    ("token of a forge or cloud", "x = 'gh" + "p_" + "a1B2" * 9 + "'"),
    ("token of this API", "wt" + "g_" + "a1B2c3D4" * 5),
    ("key of Django", "django-" + "insecure-abcdefghijklmn"),
    ("password in an address", "postgresql://" + "wutong:Tr0ub4dor@10.0.0.1/db"),
    ("password or key in code", "SECRET" + "_KEY = 'a1b2c3d4e5f6g7h8'"),
])
def test_each_kind_would_be_found(kind, text):
    assert kind in found_in(text)
