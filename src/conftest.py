"""Doctests of the site need Django's settings; nothing else here loads Django."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent / "wutong" / "site"


def pytest_collect_file(file_path: Path) -> None:
    """Set Django up before the first module of the site is imported."""
    if file_path.is_relative_to(SITE) and "django" not in sys.modules:
        sys.path.insert(0, str(SITE.parents[2] / "tests" / "site"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
        import django  # noqa: PLC0415 - only when the site is collected

        django.setup()
