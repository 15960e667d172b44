"""A portrait as PDF: the page of `wutong.portrait.html` with its print style."""

from __future__ import annotations

from wutong.portrait.html import as_html
from wutong.portrait.model import Portrait
from wutong.report.printing import pdf_of


def as_pdf(portrait: Portrait) -> bytes:
    """Return the portrait as PDF; the same portrait under the same fonts is the same bytes.

    Raises:
        WutongError: D105 the extra ``pdf`` or a system library it needs is missing.
    """
    return pdf_of(as_html(portrait))
