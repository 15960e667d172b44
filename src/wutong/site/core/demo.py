"""What apps add to a demo zone: each may have ``demo.py`` with ``ORDER`` and ``seed(place)``, loaded only then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module, resources

from wutong.site.config.apps import site_apps
from wutong.site.core.models import User, Zone

Seed = Callable[["Place"], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A zone with the companies of the demo, its last runs, and a person for each role (by the role's code)."""

    zone: Zone
    people: dict[str, User]
    today: date


def seeds() -> Iterator[tuple[str, Seed]]:
    """Yield the name of each app that adds something, and how, in the order they ask for."""
    modules = [
        import_module(f"{app.name}.demo") for app in site_apps()
        if app.label != "core" and resources.files(app.name).joinpath("demo.py").is_file()]
    for module in sorted(modules, key=lambda m: (m.ORDER, m.__name__)):
        yield module.__name__.split(".")[-2], module.seed
