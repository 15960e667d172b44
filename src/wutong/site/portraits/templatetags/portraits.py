"""Figures that show where they come from."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wutong.points.tree import half_up
from wutong.report.format import plain
from wutong.site.core.interfaces.cells import BLANK

register = template.Library()


@register.simple_tag
def figure(text: Any, source: str = "") -> SafeString:
    """Show a figure; its source comes up on hover, focus and tap, and is read out behind it."""
    if not source:
        return format_html("{}", text)
    return format_html('<span class="fig" tabindex="0">{}<span class="fig-source">{}</span></span>', text, source)


@register.filter
def exact(value: Any) -> str:
    """Show a number with separators and no trailing zeros, unknown as a dash.

    >>> from decimal import Decimal
    >>> exact(Decimal("1234.50")), exact(None)
    ('1,234.5', '—')
    """
    return BLANK if value is None else plain(value)


@register.filter
def change(value: Any) -> str:
    """Show a number with its sign, to two places.

    >>> from decimal import Decimal
    >>> change(Decimal("2.504")), change(Decimal("-1")), change(None)
    ('+2.5', '−1', '')
    """
    if value is None:
        return ""
    rounded = half_up(value)
    return f"+{plain(rounded)}" if rounded > 0 else plain(rounded).replace("-", "−")
