"""Real pages in Chromium: any console message, page error or CSP report fails the test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django_scopes import scopes_disabled

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium():
    """Debian's browser, started once."""
    from playwright.sync_api import sync_playwright

    path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if path is None:
        pytest.skip("chromium is absent")
    # Playwright's loop runs in this thread; Django would take every query for one made inside async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def live_world(live_server, transactional_db):
    """The world in a database the server's threads see."""
    from site_fixtures import present_world

    with scopes_disabled():
        return present_world()


@pytest.fixture
def pages(chromium, live_server, live_world):
    """``pages("zone_officer", width=1440)`` → a signed-in page; it fails the test for whatever the console says."""
    from site_fixtures import client_of

    contexts, said = [], []

    def open_page(role: str, width: int = 1440, height: int = 900):
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=live_server.url)
        contexts.append(context)
        user = live_world.people.get(role)
        if user is not None:
            cookie = client_of(user).cookies["wutong_session"].value
            context.add_cookies([{"name": "wutong_session", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"page error: {error}"))
        return page

    open_page.said = said
    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def browse(pages):
    """``browse(role, address, shot="name")`` → the page, opened and (with WUTONG_SHOTS=folder) photographed."""

    def run(role: str, address: str, *, width: int = 1440, shot: str = ""):
        page = pages(role, width)
        response = page.goto(address, wait_until="networkidle")
        assert response.status == 200, (address, response.status)
        photograph(page, f"{shot}-{width}" if shot else "")
        return page

    return run


def photograph(page, name: str) -> None:
    """Keep a picture of the whole page, if pictures are wanted."""
    folder = os.environ.get("WUTONG_SHOTS")
    if folder and name:
        Path(folder).mkdir(parents=True, exist_ok=True)
        # hiding carets leaves empty style attributes behind, which htmx then copies and the CSP refuses
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True, caret="initial")
