"""What every page needs: the layout's values, and the present request for the audit chain."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from wutong.site.core.navigation import links, side_bar

# The address goes into every audit event; domain functions know no requests.
present_address: ContextVar[str] = ContextVar("present_address", default="")


def client_address(request: HttpRequest) -> str:
    """Return the address of the client; behind `PROXIES` trusted proxies, the one the outermost of them saw."""
    hops = [h.strip() for h in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if h.strip()]
    if settings.PROXIES and len(hops) >= settings.PROXIES:
        return hops[-settings.PROXIES][:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


def user_name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """Return the user name somebody tries: axes would look for the form's own field name, allauth passes another."""
    tried = (credentials or {}).get("username") or (request.POST.get("login") if request else "")
    return str(tried or "")[:64]


def layout(request: HttpRequest) -> dict[str, Any]:
    """Return the values of the base layout: side bar, zone, banners."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    zone = getattr(user, "zone", None)
    groups = cache(lambda: side_bar(request) if signed_in else [])  # a part of a page asks for none of it
    return {
        "side_bar": groups,
        "side_links": cache(lambda: links(tuple(groups()))),  # stands there twice
        "zone": zone,
        "demo": settings.DEMO or bool(zone and zone.is_demo),
        "factor_optional": not settings.MFA_REQUIRED,
    }
