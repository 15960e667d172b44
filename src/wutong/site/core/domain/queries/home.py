"""Panels of the home page: every app may add some; each is computed for one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from wutong.site.core.models import User


@dataclass(frozen=True, slots=True)
class Panel:
    """A tile: one figure with its unit and date, or a sentence, and where it leads. No figure without `as_of`."""

    title: str | Promise
    value: str = ""
    unit: str | Promise = ""
    text: str | Promise = ""
    href: str = ""
    tone: str = ""
    as_of: str = ""
    stale: bool = False


_PANELS: list[tuple[int, Callable[[User], Panel | None]]] = []


def panel(order: int = 50) -> Callable[[Callable[[User], Panel | None]], Callable[[User], Panel | None]]:
    """Register a function that gives a tile, or None where the person has no use for it."""

    def register(function: Callable[[User], Panel | None]) -> Callable[[User], Panel | None]:
        _PANELS.append((order, function))
        return function

    return register


def panels_for(user: User) -> list[Panel]:
    """Return the tiles of this person in order."""
    made = (function(user) for _order, function in sorted(_PANELS, key=lambda entry: entry[0]))
    return [tile for tile in made if tile is not None]
