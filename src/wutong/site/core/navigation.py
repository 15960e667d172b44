"""The side bar: the entries of every app that the person may open, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString

from wutong.site.config.apps import NavItem, site_apps


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the side bar."""

    label: str
    href: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading."""

    label: str
    entries: tuple[Entry, ...]


def side_bar(request: HttpRequest) -> list[Group]:
    """Return the groups of links for the person of this request."""
    may = cache(request.user.has_perm)  # several entries ask for one permission
    allowed = [item for item in _items() if may(item.permission)]
    best = _current(request.path, allowed)
    groups: dict[int, list[tuple[NavItem, str]]] = {}
    for item in allowed:
        groups.setdefault(item.group, []).append((item, _address(item.url, get_script_prefix())))
    return [
        Group(
            next((str(i.group_label) for i, _ in members if i.group_label), ""),
            tuple(Entry(str(i.label), href, i.icon, href == best) for i, href in members))
        for members in groups.values()
    ]


@lru_cache(maxsize=256)
def links(groups: tuple[Group, ...]) -> SafeString:
    """Return the links as HTML. The key is all that is shown, so nobody gets another person's links or language."""
    return render_to_string("partials/sidebar.html", {"side_bar": groups})


@cache
def _items() -> tuple[NavItem, ...]:
    return tuple(sorted((item for app in site_apps() for item in app.navigation), key=lambda item: item.group))


@cache
def _address(url: str, _prefix: str) -> str:
    return reverse(url)


def _current(path: str, items: list[NavItem]) -> str:
    """Return the link that leads nearest to the present page."""
    return max((h for item in items if path.startswith(h := _address(item.url, get_script_prefix()))), key=len, default="")
