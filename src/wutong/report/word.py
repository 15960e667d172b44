"""Word files from templates that people may edit (docxtpl): sandboxed, and without the time they were made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from wutong.errors import WutongError
from wutong.report.timeless import timeless


def filled(template: bytes, fields: Mapping[str, Any]) -> bytes:
    """Return a Word file with the fields of its template filled; equal input gives equal bytes.

    Raises WutongError C131 for a template that is no Word file or uses fields that do not exist.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415 - takes half a second, only Word files need it

    buffer = io.BytesIO()
    try:
        made = DocxTemplate(io.BytesIO(template))
        # a zone's own template is text of somebody else: no attribute of ours may be reached from it
        made.render(dict(fields), jinja_env=SandboxedEnvironment(autoescape=True, undefined=StrictUndefined))
        made.save(buffer)
    except (TemplateError, SecurityError, ValueError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise WutongError.of("C131", reason=str(error).split("\n", maxsplit=1)[0][:120]) from error
    return timeless(buffer.getvalue())
