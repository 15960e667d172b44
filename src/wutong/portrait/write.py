"""Writing portraits to files: one, or one page per company of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from wutong.portrait.data import Zone
from wutong.portrait.html import as_html
from wutong.portrait.model import Portrait
from wutong.report.pages import unique_names
from wutong.report.plain import plain

Progress = Callable[[str, int, int], None]
KINDS = (".html", ".json")


def as_json(portrait: Portrait) -> str:
    """Return the portrait as JSON; amounts are text, so that no digit is lost."""
    return json.dumps(plain(portrait), ensure_ascii=False, indent=2) + "\n"


def as_bytes(portrait: Portrait, kind: str) -> bytes:
    """Return the portrait in one of `KINDS`."""
    return (as_html if kind == ".html" else as_json)(portrait).encode()


def write_all(zone: Zone, folder: Path, kind: str, progress: Progress) -> int:
    """Write the portrait of every company into `folder`, named by its code; return how many."""
    names = unique_names(c.code for c in zone.view.companies)
    for done, (name, portrait) in enumerate(zip(names, zone.portraits(), strict=True), 1):
        (folder / f"{name}{kind}").write_bytes(as_bytes(portrait, kind))
        progress("portraits", done, len(names))
    return len(names)
