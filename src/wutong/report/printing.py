"""Pages as PDF by WeasyPrint, with their print style; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from wutong.errors import WutongError


def pdf_of(page: str) -> bytes:
    """Return an HTML page as PDF; the same page under the same fonts is the same bytes.

    Raises:
        WutongError: D105 the extra ``pdf`` or a system library it needs is missing.
    """
    document: bytes = _printer()(string=page).write_pdf()
    return document


@cache
def _printer() -> Callable[..., Any]:
    """Return WeasyPrint's document, which may open no address of any protocol."""
    try:
        import weasyprint  # noqa: PLC0415 - an extra, and slow to load
        import weasyprint.urls  # noqa: PLC0415
    except (ImportError, OSError) as error:  # OSError: the package is there, pango is not
        raise WutongError.of("D105", why=str(error).split("\n", maxsplit=1)[0][:120]) from error
    return partial(weasyprint.HTML, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=()))
