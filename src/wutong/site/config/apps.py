"""Every trade of the site is a package with ``apps.py``: found, not listed, so that adding one touches no other file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module, resources
from typing import ClassVar

from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the side bar: shown to whoever holds `permission`."""

    label: str | Promise
    url: str
    permission: str
    icon: str = "dot"
    group: int = 50
    group_label: str | Promise = ""


class SiteApp(AppConfig):
    """Base of every app: where it is mounted and what it adds to the side bar."""

    default: ClassVar[bool] = False  # not itself an app, although every apps.py imports it
    url_prefix: ClassVar[str] = ""
    navigation: ClassVar[tuple[NavItem, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.default = True


def found() -> list[str]:
    """Return the dotted names of all apps of the site, `core` first, as others refer to its models."""
    names = sorted(
        entry.name for entry in resources.files("wutong.site").iterdir()
        if entry.is_dir() and entry.name != "config" and entry.joinpath("apps.py").is_file()
    )
    return [f"wutong.site.{name}" for name in sorted(names, key=lambda n: (n != "core", n))]


def site_apps() -> Iterable[SiteApp]:
    """Return the configuration of every app of the site, in the order of `found`."""
    return [config for config in apps.get_app_configs() if isinstance(config, SiteApp)]


def urlpatterns() -> list[URLPattern | URLResolver]:
    """Return the addresses of every app that has ``urls.py``, each under its prefix."""
    return [
        path(config.url_prefix, include(import_module(f"{config.name}.urls")))
        for config in site_apps() if resources.files(config.name).joinpath("urls.py").is_file()
    ]
