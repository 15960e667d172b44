"""Portraits in the browser: what they show, to whom, from which run, and what stays on record."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import date, timedelta
from threading import Thread
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from site_axe import faults
from site_fixtures import acting

from wutong.errors import WutongError
from wutong.site.core.models import AuditEvent
from wutong.site.portraits.domain.queries.portraits import _opened, portrait_of, runs_now
from wutong.site.portraits.domain.services import record_service, withdraw_service
from wutong.site.portraits.enums import ServiceKind
from wutong.site.portraits.views.portraits import Portraits
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Match


def test_a_portrait_shows_what_the_engine_found_with_its_source(world, as_role):
    page = as_role("zone_officer").get(reverse("portraits:portrait", args=[world.here.company.uscc])).content.decode()
    run, points = runs_now()
    made = portrait_of(world.here.company, run, points)
    assert made.stamp.run == run.number
    assert made.stamp.points_run == points.number
    assert all(line.name in page for line in made.policies)
    revenue = next(s for s in made.series if s.code == "revenue")
    cell = next(c for c in revenue.cells if c.year == 2025)
    assert f'<span class="fig" tabindex="0">{cell.text}<span class="fig-source">{cell.source}</span></span>' in page
    assert world.here.service.text in page


def test_a_company_sees_its_own_portrait_and_no_other(world, as_role):
    client = as_role("company_user")
    own = client.get(reverse("portraits:mine"))
    assert own.status_code == 200
    assert world.here.company.name in own.content.decode()
    assert world.here.foreign.name not in own.content.decode()
    assert client.get(reverse("portraits:file", args=[world.here.foreign.uscc, "json"])).status_code == 404


def test_looking_leaves_one_event_a_day_and_the_company_none(world, as_role):
    def seen() -> int:
        return AuditEvent.objects.filter(action="portrait.view").count()

    officer, address = as_role("zone_officer"), reverse("portraits:portrait", args=[world.here.company.uscc])
    before = seen()
    officer.get(address)
    officer.get(address)
    assert seen() == before + 1
    as_role("company_user").get(reverse("portraits:mine"))
    assert seen() == before + 1


def test_another_process_finds_the_portrait_made(world, as_role, monkeypatch):
    client, address = as_role("zone_officer"), reverse("portraits:portrait", args=[world.here.company.uscc])
    client.get(address)
    _opened.cache_clear()  # as in a process that starts
    monkeypatch.setattr("wutong.portrait.open.open_zone", lambda *_args, **_more: pytest.fail("opened again"))
    assert 'aria-labelledby="identity"' in client.get(address).content.decode()


def test_threads_that_want_one_run_open_it_once(world, in_zone, monkeypatch):
    from wutong.portrait.open import open_zone

    opened = []

    def slowly(*args, **more):
        opened.append(args)
        time.sleep(0.2)
        return open_zone(*args, **more)

    _opened.cache_clear()
    monkeypatch.setattr("wutong.portrait.open.open_zone", slowly)
    company, (run, points) = world.here.company, runs_now()
    threads = [Thread(target=portrait_of, args=(company, run, points)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_a_file_is_the_portrait_and_leaves_an_event(world, as_role):
    client = as_role("zone_officer")
    before = AuditEvent.objects.filter(action="data.export").count()
    content = client.get(reverse("portraits:file", args=[world.here.company.uscc, "json"])).content
    assert json.loads(content)["code"] == world.here.company.uscc
    assert client.get(reverse("portraits:file", args=[world.here.company.uscc, "docx"])).content[:2] == b"PK"
    assert AuditEvent.objects.filter(action="data.export").count() == before + 2
    assert client.get(reverse("portraits:file", args=[world.here.company.uscc, "exe"])).status_code == 404


def test_services_are_recorded_taken_back_and_never_changed(world, in_zone):
    officer, company = world.here.people["zone_officer"], world.here.company
    with pytest.raises(WutongError) as caught:
        record_service(actor=officer, company=company, day=timezone.localdate() + timedelta(days=1), kind=ServiceKind.VISIT, text="走访")
    assert caught.value.code == "W701"
    service = record_service(actor=officer, company=company, day=date(2026, 1, 5), kind=ServiceKind.CONTACT, text=" 来电 ")
    assert service.text == "来电"
    withdraw_service(actor=officer, service=service)
    with pytest.raises(WutongError) as caught:
        withdraw_service(actor=officer, service=service)
    assert caught.value.code == "W702"


def test_a_withdrawn_service_is_not_shown(world, as_role):
    client, address = as_role("zone_officer"), reverse("portraits:portrait", args=[world.here.company.uscc])
    assert world.here.service.text in client.get(address).content.decode()
    client.post(reverse("portraits:service_withdraw", args=[world.here.service.pk]))
    assert world.here.service.text not in client.get(address).content.decode()


def test_the_list_counts_the_matches_of_the_last_run_alone(world, in_zone):
    run, points = runs_now()
    assert (run.pk, points.pk) == (latest(RunKind.POLICIES).pk, latest(RunKind.POINTS).pk)
    view = Portraits()
    view.request = SimpleNamespace(user=acting(world.here.people["zone_officer"], in_zone))
    rows = list(view.queryset())
    assert rows
    for row in rows:
        found = Counter(Match.objects.filter(run=run, company=row).values_list("outcome", flat=True))
        assert (row.eligible, row.near, row.unknown) == (found["eligible"], found["near"], found["unknown"])
    assert sum(row.eligible + row.near + row.unknown for row in rows) > 0


def test_a_portrait_is_made_in_the_language_of_the_page(world, as_role):
    client = as_role("zone_officer")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("portraits:portrait", args=[world.here.company.uscc])).content.decode()
    assert "Over the years" in page


@pytest.mark.browser
def test_portraits_in_the_browser(live_world, browse):
    address = reverse("portraits:portrait", args=[live_world.here.company.uscc])
    for width in (1440, 390):
        page = browse("zone_officer", address, width=width, shot="portrait")
        assert faults(page) == []
    figure = page.locator(".fig").first
    figure.focus()
    assert figure.locator(".fig-source").is_visible()
    browse("zone_officer", reverse("portraits:portraits"), shot="portraits")
    browse("company_user", reverse("portraits:mine"), shot="portrait-mine")
