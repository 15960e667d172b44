"""The bill of materials names what the lock pins, all of it, the same every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_bill_names_every_pinned_package_with_its_hashes():
    run = [sys.executable, str(ROOT / "scripts" / "sbom.py")]
    first, again = (subprocess.run(run, capture_output=True, check=True).stdout for _n in range(2))
    assert first == again
    bill = json.loads(first)
    lock = (ROOT / "requirements" / "run.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", lock, re.MULTILINE))
    assert {c["name"]: c["version"] for c in bill["components"]} == pinned
    assert sum(len(c["hashes"]) for c in bill["components"]) == lock.count("--hash=sha256:")
    assert all(c["hashes"] for c in bill["components"])
    assert "django" in {c["name"].lower() for c in bill["components"]}
    assert bill["dependencies"][0]["dependsOn"] == [c["bom-ref"] for c in bill["components"]]
