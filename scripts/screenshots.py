"""Photograph the demo site into docs/images: start it, sign in as each role, keep each page small.

    python scripts/screenshots.py [folder of an existing demo site]

Needs Debian's Chromium and the development environment. Pages are those a visitor should see first.
"""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
COMPANY = "91370200DEM0000051"
# name: (user name, address, width, height); the height cuts long pages
SHOTS = {
    "site-home": ("officer", "/", 1440, 640), "site-portrait": ("officer", f"/portraits/{COMPANY}/", 1440, 1250),
    "site-awards": ("officer", "/awards/", 1440, 420), "site-company": ("company", "/portal/", 1440, 900),
    "site-screen": ("officer", "/dashboards/screen/", 1920, 1080), "site-phone": ("company", "/portraits/mine/", 390, 844),
}
COLOURS = 160


def start(data: str, folder: str) -> tuple[subprocess.Popen[str], dict[str, str], str]:
    """Start the demo site; return its process, passwords by user name, and address."""
    command = [sys.executable, "-m", "wutong", "--json", "demo", "--out", f"{folder}/pages", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101 - asked for above
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            break
    said = json.loads(text)
    return process, {u["username"]: u["password"] for u in said["users"]}, said["address"]


def photograph(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    """Keep every picture."""
    for name, (user, path, width, height) in SHOTS.items():
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=address)
        page = context.new_page()
        page.set_default_timeout(120_000)  # the first portrait opens the whole zone
        page.goto("/account/login/")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", passwords[user])
        page.click("button[type=submit]")
        page.wait_for_load_state("networkidle")
        page.goto(path, wait_until="networkidle")
        page.wait_for_timeout(700)  # charts draw themselves in 300 ms
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(IMAGES / f"{name}.png", optimize=True)
        print(f"{name}.png {(IMAGES / f'{name}.png').stat().st_size >> 10} KB")
        context.close()


def main() -> None:
    """Start, photograph, stop."""
    with tempfile.TemporaryDirectory() as folder:
        process, passwords, address = start(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/site", folder)
        try:
            with sync_playwright() as playwright:
                for _try in range(60):
                    if _answers(address):
                        break
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
                photograph(browser, address, passwords)
        finally:
            process.terminate()
            process.wait(40)


def _answers(address: str) -> bool:
    host, _colon, port = address.removeprefix("http://").rstrip("/").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return True
    except OSError:
        time.sleep(1)
        return False


if __name__ == "__main__":
    main()
