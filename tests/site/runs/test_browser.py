"""Pages of runs, policies and points in Chromium: silent, accessible, fitting both screens."""

from __future__ import annotations

import pytest
from django.urls import reverse
from site_axe import faults
from site_browser import photograph

pytestmark = pytest.mark.browser


def test_pages_of_results_are_silent_accessible_and_fit_the_screen(pages, live_world):
    here, args = live_world.here, live_world.policy_args
    visited = [
        ("home", "core:home", []), ("runs", "runs:runs", []), ("run", "runs:run", [here.run.pk]), ("start", "runs:start_policies", []),
        ("policies", "policies:policies", []), ("policy", "policies:policy", ["national", "tsme"]),
        ("diff", "policies:diff", [args.pack, args.policy, args.old, args.new]), ("matches", "policies:matches", []),
        ("company", "policies:company", [here.company.uscc]), ("match", "policies:match", [here.match.pk]),
        ("models", "points:models", []), ("model", "points:model", ["qingdao-early-stage-demo", "1"]),
        ("ranking", "points:ranking", [args.model]), ("score", "points:score", [here.score.pk]),
    ]
    page, wide = pages("zone_officer"), []
    for name, address, given in visited:
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(reverse(address, args=given)).status == 200, name
            if width == 1440:
                assert faults(page) == [], name
            photograph(page, f"runs-{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []
