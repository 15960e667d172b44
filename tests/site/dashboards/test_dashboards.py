"""Dashboards: the figures of the zone's own last runs, with their age; nothing of another zone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from site_axe import faults

from wutong.site.dashboards.domain.queries import zone
from wutong.site.runs.models import Match, Score, Snapshot


def test_figures_are_those_of_the_last_runs(world, in_zone):
    user = world.here.people["zone_officer"]
    user.enter(in_zone)
    met = dict(zone.policies(user).pairs)
    rows = Match.objects.filter(run=world.here.run)
    assert met
    for name, counts in met.items():
        by = Counter(rows.filter(policy_name=name).values_list("outcome", flat=True))
        assert counts == (by["eligible"], by["near"], by["unknown"])
    _model, points = zone.distribution(user)
    assert sum(points.values) == Score.objects.filter(run=world.here.points_run).exclude(low=None).count()
    asked = Counter(f for m in rows.filter(outcome="unknown") for f in m.missing)
    assert zone.asked_first(user).values[0] == max(asked.values())


def test_totals_count_the_money_that_left(world, in_zone):
    user = world.here.people["zone_officer"]
    user.enter(in_zone)
    found = zone.totals(user)
    assert (found["paid"], found["reserved"], found["budget"]) == (Decimal(3), 0, Decimal(20))
    assert found["companies"] == world.here.run.snapshot.companies


def test_old_data_turn_grey_and_say_so(world, as_role):
    client = as_role("zone_officer")
    assert "数据偏旧" not in client.get(reverse("dashboards:overview")).content.decode()
    Snapshot.objects.filter(zone=world.here.zone).update(known=timezone.now() - timedelta(days=8))
    page = client.get(reverse("dashboards:overview")).content.decode()
    assert page.count("数据偏旧") == page.count('class="card stale"') == 6


@pytest.mark.browser
def test_dashboards_in_the_browser(live_world, browse, pages, tmp_path):
    page = browse("zone_officer", reverse("dashboards:overview"), shot="dash-overview")
    assert faults(page) == []
    browse("zone_officer", reverse("dashboards:overview"), width=390, shot="dash-overview")
    wall = pages("zone_officer", 1920, 1080)
    for width in (1920, 3840):
        wall.set_viewport_size({"width": width, "height": 1080})
        assert wall.goto(reverse("dashboards:screen"), wait_until="networkidle").status == 200
        size = wall.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [width, 1080]
