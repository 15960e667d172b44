"""What happens around every page: language, session limits, the zone, and the gate before a person may go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_scopes import scope

from wutong.site.core.context import client_address, present_address
from wutong.site.core.domain.passwords import profile
from wutong.site.core.domain.users import end_session
from wutong.site.core.limits import MINUTE, spent
from wutong.site.core.views.errors import too_often

Respond = Callable[[HttpRequest], HttpResponse]

_STARTED, _SEEN, TOKEN = "wutong_started", "wutong_seen", "wutong_token"
_SEEN_EVERY = 60  # seconds: a page must not cost a write each time
# Pages one may reach before the gate opens; everything else leads to what must be done first.
_ALWAYS = frozenset({"account_login", "account_logout", "set_language", "core:health"})
_FOR_PASSWORD = _ALWAYS | {"core:password"}
_FOR_FACTOR = _ALWAYS | {
    "core:password", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}


def sign_in_whole(respond: Respond) -> Respond:
    """Lead the whole page to the sign-in, where htmx asked for a part of it: the form must not land in a table or tile."""

    def run(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if request.htmx and isinstance(response, HttpResponseRedirect) and response.url.startswith(resolve_url(settings.LOGIN_URL)):
            return HttpResponseClientRedirect(response.url)
        return response

    return run


def chosen_language(respond: Respond) -> Respond:
    """Chinese unless the person has chosen otherwise: a browser's own list says little in an office."""

    def run(request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = respond(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return run


def session_limits(respond: Respond) -> Respond:
    """End sessions that are idle, too long, switched off, or replaced by a newer one."""

    def run(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            reason = _over(request, now)
            if reason:
                request.session_over = True  # the signal of logout would call it signed out
                end_session(user=request.user, reason=reason)
                logout(request)
                messages.info(request, _REASONS[reason]())
                return redirect(settings.LOGIN_URL)
            if now - request.session.get(_SEEN, 0) > _SEEN_EVERY:
                request.session[_SEEN] = int(now)
        return respond(request)

    return run


_REASONS: dict[str, Callable[[], str]] = {
    "idle": lambda: _("您离开的时间较长，为保护数据已自动退出，请重新登录。"),
    "too_long": lambda: _("本次登录已达最长时限，请重新登录。"),
    "replaced": lambda: _("该账号已在别处登录或已被重置，请重新登录。"),
}


def _over(request: HttpRequest, now: float) -> str:
    started = request.session.setdefault(_STARTED, int(now))
    seen = request.session.get(_SEEN, started)
    if now - seen > settings.SESSION_IDLE.total_seconds():
        return "idle"
    if now - started > settings.SESSION_AT_MOST.total_seconds():
        return "too_long"
    replaced = request.user.session_key != request.session.get(TOKEN, "")
    return "replaced" if replaced and (settings.ONE_SESSION or not request.user.session_key) else ""


def current_zone(respond: Respond) -> Respond:
    """Let the person act in the zone chosen, and let every query of the page see that zone only."""

    def run(request: HttpRequest) -> HttpResponse:
        zone = None
        if request.user.is_authenticated:
            zones = request.user.zones
            chosen = request.session.get("zone")
            zone = next((z for z in zones if z.pk == chosen), zones[0] if zones else None)
            request.user.enter(zone)
        address = present_address.set(client_address(request))
        try:
            with scope(zone=zone):
                response = respond(request)
                # A lazy template would query after the scope has ended.
                return response.render() if hasattr(response, "render") and not response.is_rendered else response
        finally:
            present_address.reset(address)

    return run


def gate(respond: Respond) -> Respond:
    """Lead a person whose password is due, or who lacks the second factor staff need, to the page that mends it."""

    def run(request: HttpRequest) -> HttpResponse:
        target = _must_go(request, timezone.now())
        return redirect(target) if target else respond(request)

    return run


def _must_go(request: HttpRequest, now: datetime) -> str:
    user = request.user
    if not user.is_authenticated:
        return ""
    try:
        here = resolve(request.path_info).view_name
    except Resolver404:
        return ""
    if user.password_due(profile().days, now):
        return "" if here in _FOR_PASSWORD else "core:password"
    if settings.MFA_REQUIRED and user.is_staff_member and not user.authenticator_set.filter(type="totp").exists():
        return "" if here in _FOR_FACTOR else "mfa_activate_totp"
    return ""


SEARCHES, EXPORTS = 120, 30
"""A minute and account (or address, of nobody signed in): more than a person does, less than who copies the registry."""


def asking_limits(respond: Respond) -> Respond:
    """Bound searches and exports, which cost most and give most away."""

    def run(request: HttpRequest) -> HttpResponse:
        asked = request.GET if request.method == "GET" else request.POST if "xlsx" in request.POST else {}
        kind, most = ("export", EXPORTS) if {"export", "xlsx"} & set(asked) else ("search", SEARCHES)
        if kind == "export" or asked.get("q"):
            who = f"user:{request.user.pk}" if request.user.is_authenticated else f"at:{client_address(request)}"
            if spent(f"{kind}:{who}", most):
                return too_often(request, MINUTE)
        return respond(request)

    return run
