"""Filters and tags every template has without loading anything."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from wutong.site.core.interfaces.cells import BLANK, number_text, text_of
from wutong.site.core.masks import field_of, masked_value
from wutong.site.core.templatetags.icons import ICONS

register = template.Library()

VERDICTS = {
    "eligible": ("good", _("符合")), "ineligible": ("bad", _("不符合")),
    "unknown": ("warn", _("待定")), "manual": ("info", _("需人工认定")),
}


@register.filter
def number(value: Any, places: int = 0) -> str:
    """Show a number with separators, unknown as a dash."""
    return number_text(value, places)


@register.filter
def wan(value: Any, places: int = 2) -> str:
    """Show an amount of yuan in 万元."""
    return BLANK if value is None else number_text(value / 10_000, places)


@register.filter
def shown(value: Any) -> str:
    """Show any value the way tables do: dates, yes and no, unknown as a dash."""
    return text_of(value, "text")


@register.filter
def verdict(value: str) -> SafeString:
    """Show a verdict as a tag whose colour is never the only sign."""
    tone, label = VERDICTS[str(value)]
    return format_html('<span class="tag tag-{}">{}</span>', tone, label)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the line icons; decoration only, hidden from screen readers."""
    return mark_safe(
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ICONS.get(name, ICONS["dot"])}</svg>')


@register.simple_tag(takes_context=True)
def with_query(context: dict, **changes: Any) -> str:
    """Return the present address's query with some parameters changed; None removes one."""
    query: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("partials/masked.html", takes_context=True)
def masked(context: dict, obj: Any, name: str) -> dict[str, Any]:
    """Show a personal field masked, with a way to reveal it for whoever may."""
    field = field_of(obj, name)
    user = context["request"].user
    return {
        "text": masked_value(obj, name) or BLANK, "obj": obj, "name": name, "label": obj._meta.label,
        "may_reveal": bool(field and getattr(obj, name) and user.has_perm(field.reveal, obj)),
        "request": context["request"],
    }
