"""Django for the tests of the site, and the world they live in: two zones, every role in each, data in both."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"

import django  # noqa: E402
import pytest  # noqa: E402

django.setup()
pytest.register_assert_rewrite("site_fixtures", "site_browser", "site_axe")

from site_fixtures import *  # noqa: E402, F403
