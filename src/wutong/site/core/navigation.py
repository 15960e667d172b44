"""The side bar: the entries of every app that the person may open, in groups."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

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
    items = sorted((item for app in site_apps() for item in app.navigation), key=lambda item: item.group)
    allowed = [item for item in items if request.user.has_perm(item.permission)]
    best = _current(request.path, allowed)
    groups: dict[int, list[tuple[NavItem, str]]] = {}
    for item in allowed:
        groups.setdefault(item.group, []).append((item, reverse(item.url)))
    return [
        Group(
            next((str(i.group_label) for i, _ in members if i.group_label), ""),
            tuple(Entry(str(i.label), href, i.icon, href == best) for i, href in members))
        for members in groups.values()
    ]


def _current(path: str, items: list[NavItem]) -> str:
    """Return the link that leads nearest to the present page."""
    return max((h for item in items if path.startswith(h := reverse(item.url))), key=len, default="")
