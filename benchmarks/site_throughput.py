"""Pages per second of the demo zone over HTTP: the site's own server with two workers, asked by eight readers at once.

Bars (design/web.md): 60 lists and 200 portraits a second on 2 cores, warm. The readers run on the same cores and are
counted with them. ``--companies`` reads so many portraits in turn; one by default, as a cache serves it best.

    wutong demo --no-serve --data /tmp/demo-site
    python benchmarks/site_throughput.py /tmp/demo-site
"""
# ruff: noqa: E402 - Django is configured before its modules are imported

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("data", type=Path)
parser.add_argument("--companies", type=int, default=1)
parser.add_argument("--seconds", type=float, default=12)
parser.add_argument("--port", type=int, default=8391)
ASKED = parser.parse_args()
os.environ |= {"WUTONG_DATA": str(ASKED.data.resolve()), "WUTONG_HTTPS": "0", "WUTONG_MFA_REQUIRED": "0", "WUTONG_DEMO": "1",
               "DJANGO_SETTINGS_MODULE": "wutong.site.config.settings"}

import django

django.setup()

from django.test import Client
from django_scopes import scopes_disabled

from wutong.site.config.start import web_command
from wutong.site.core.models import User
from wutong.site.registry.models import Company

READERS = 8
COOKIE = "wutong_session"


class Reader(threading.Thread):
    """Reads pages over one connection until told to stop; notes how long each took."""

    def __init__(self, addresses: list[str], cookie: str, until: float) -> None:
        super().__init__()
        self.addresses, self.headers, self.until = addresses, {"Cookie": f"{COOKIE}={cookie}"}, until
        self.times: list[float] = []
        self.bad = 0

    def run(self) -> None:
        """Read."""
        connection = http.client.HTTPConnection("127.0.0.1", ASKED.port, timeout=60)
        at = hash(self.name) % len(self.addresses)
        while (start := time.monotonic()) < self.until:
            try:
                connection.request("GET", self.addresses[at % len(self.addresses)], headers=self.headers)
                answer = connection.getresponse()
                answer.read()
                self.bad += answer.status != 200
            except (http.client.HTTPException, OSError):  # a worker that ends after its 2,000 pages closes the connection
                connection.close()
                continue
            self.times.append(time.monotonic() - start)
            at += READERS


def read(addresses: list[str], cookie: str, seconds: float) -> tuple[float, float, int]:
    """Return pages per second, the median milliseconds of a page, and the answers that were no page."""
    start = time.monotonic()
    readers = [Reader(addresses, cookie, start + seconds) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    times = [t for reader in readers for t in reader.times]
    return len(times) / (time.monotonic() - start), statistics.median(times) * 1000, sum(r.bad for r in readers)


def main() -> int:
    """Print the figures; 1 if a bar is missed."""
    client = Client()
    client.force_login(User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[COOKIE].value
    with scopes_disabled():
        codes = list(Company.objects.filter(known_until=None).order_by("uscc").values_list("uscc", flat=True)[:ASKED.companies])
    portraits = [f"/portraits/{code}/" for code in codes]
    server = subprocess.Popen(web_command("127.0.0.1", ASKED.port, 2))
    missed = 0
    try:
        time.sleep(6)
        read(portraits, cookie, max(10, ASKED.companies / 8))  # every worker has every page
        for name, addresses, bar in (
                ("portraits", portraits, 200), ("list of companies", ["/companies/"], 60), ("list of portraits", ["/portraits/"], 60)):
            read(addresses, cookie, 2)
            rate, middle, bad = read(addresses, cookie, ASKED.seconds)
            print(f"{name:<18} {rate:7.1f} pages/s (bar {bar}), median {middle:.0f} ms of {READERS} at once, {bad} failed", flush=True)
            missed += rate < bar or bad > 0
    finally:
        server.terminate()
        server.wait(30)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
