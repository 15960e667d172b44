"""Writing portraits to files: one, or one page per company of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from wutong.portrait.data import Zone
from wutong.portrait.html import as_html
from wutong.portrait.model import Portrait
from wutong.portrait.pdf import as_pdf
from wutong.portrait.word import as_word
from wutong.report.pages import unique_names
from wutong.report.plain import plain

Progress = Callable[[str, int, int], None]
KINDS = (".html", ".docx", ".pdf", ".json")


def as_json(portrait: Portrait) -> str:
    """Return the portrait as JSON; amounts are text, so that no digit is lost."""
    return json.dumps(plain(portrait), ensure_ascii=False, indent=2) + "\n"


def as_bytes(portrait: Portrait, kind: str, template: bytes | None = None) -> bytes:
    """Return the portrait in one of `KINDS`; `template` is a Word template of one's own.

    Raises:
        WutongError: C131 a template that does not fit, D105 no PDF can be made here.
    """
    match kind:
        case ".docx":
            return as_word(portrait, template)
        case ".pdf":
            return as_pdf(portrait)
        case ".html":
            return as_html(portrait).encode()
        case _:
            return as_json(portrait).encode()


def write_all(zone: Zone, folder: Path, kind: str, progress: Progress, template: bytes | None = None) -> int:
    """Write the portrait of every company into `folder`, named by its code; return how many."""
    names = unique_names(c.code for c in zone.view.companies)
    for done, (name, portrait) in enumerate(zip(names, zone.portraits(), strict=True), 1):
        (folder / f"{name}{kind}").write_bytes(as_bytes(portrait, kind, template))
        progress("portraits", done, len(names))
    return len(names)
