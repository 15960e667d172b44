"""Query counts of every page in the matrix, as a checked-in baseline; lists ask no more for three rows than for one.

Write the files anew with ``WUTONG_WRITE_BASELINES=1`` and look at the difference before committing.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from site_fixtures import client_of
from test_matrix import ask, matrix

FOLDER = Path(__file__).resolve().parent / "query_counts"
MOST = 30


def _counts(world) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, row in sorted(matrix().items()):
        people = [role for role in row.allow if role != "anonymous"]
        if row.method != "GET" or not people or ":" not in name:
            continue
        client = client_of(world.people[people[0]])
        client.get("/healthz")  # the first request of a session writes it
        with CaptureQueriesContext(connection) as queries:
            ask(client, name, row, world)
        counts[name.split(":")[0]][name] = len(queries)
    return counts


def test_query_counts_are_those_of_the_baseline(db_world):
    counts = _counts(db_world)
    if os.environ.get("WUTONG_WRITE_BASELINES"):
        FOLDER.mkdir(exist_ok=True)
        for app, found in counts.items():
            (FOLDER / f"{app}.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    expected = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
    assert counts == expected
    assert {name: n for found in counts.values() for name, n in found.items() if n > MOST} == {}
