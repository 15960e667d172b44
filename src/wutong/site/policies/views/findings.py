"""Findings of lint as a page shows them: the cell they belong to, and where it is edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wutong.errors import Diagnostic

SEVERITIES = {"error": ("bad", _("错误")), "warning": ("warn", _("提醒")), "note": ("muted", _("说明"))}


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding: its words, its part and field, and the address of that part."""

    code: str
    severity: str
    text: str
    remedy: str
    part: str
    field: str
    href: str

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return SEVERITIES[self.severity][0]

    @property
    def label(self) -> Any:
        """The word of its tag."""
        return SEVERITIES[self.severity][1]


def shown(document: dict[str, Any], found: Diagnostic, draft: int | None) -> Shown:
    """Return a finding at its cell, with the address where it is mended if `draft` may be edited."""
    from wutong.policy.edit.fields import spot_of  # noqa: PLC0415 - the engine loads slowly

    lang = "en" if get_language() == "en" else "zh"
    spot = spot_of(document, found)
    address = "" if draft is None else reverse("policies:draft_edit", args=[draft, spot.part]) + (f"#f.{spot.field}" if spot.field else "")
    return Shown(found.code, found.severity, found.text(lang), found.remedy(lang), spot.part, spot.field, address)
