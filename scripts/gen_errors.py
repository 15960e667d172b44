"""Write docs/errors.md from the message files, so that every error code has its place in the docs."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = ROOT / "src" / "wutong" / "messages"
PAGE = ROOT / "docs" / "errors.md"

HEAD = """# Errors

Every error has a code, a place, a reason and a remedy, in Chinese and English. `{field}` stands for what the error
names. This page is made from `src/wutong/messages` by `make errors`.
"""


def cell(text: str) -> str:
    """Return a message as one table cell."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def section(path: Path) -> str:
    """Return one message file as a heading and a table."""
    rows = yaml.safe_load(path.read_text("utf-8")) or {}
    lines = [f"## {path.stem}", "", "| code | 原因 · reason | 处理 · remedy |", "|---|---|---|"]
    for code, texts in sorted(rows.items()):
        both = [f"{cell(texts[zh])}<br>{cell(texts[en])}" for zh, en in (("zh", "en"), ("fix_zh", "fix_en"))]
        lines.append(f"| `{code}` | {both[0]} | {both[1]} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(path) for path in sorted(MESSAGES.glob("*.yaml")))])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
