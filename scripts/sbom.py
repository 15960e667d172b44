"""Write the list of everything the site runs on, with versions and hashes, from the lock file (CycloneDX 1.6, JSON).

    python scripts/sbom.py [requirements/run.lock] > wutong.cdx.json

The same lock gives the same bytes: no time, no random serial number.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, Any]]:
    """Return one component per pinned package; its hashes are those of all its files for all systems.

    >>> components("idna==3.10 --hash=sha256:" + "0" * 64)[0]["purl"]
    'pkg:pypi/idna@3.10'
    """
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if pinned := PINNED.match(line):
            name, version = pinned.groups()
            purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
            found.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": []})
        if found:
            found[-1]["hashes"] += [{"alg": "SHA-256", "content": h} for h in HASH.findall(line)]
    return found


def sbom(lock: str) -> dict[str, Any]:
    """Return the bill of materials of a lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "src/wutong/__init__.py").read_text("utf-8"))
    own = {"type": "application", "bom-ref": "wutong", "name": project["name"], "version": version[1] if version else ""}
    parts = components(lock)
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": own}, "components": parts,
        "dependencies": [{"ref": "wutong", "dependsOn": [p["bom-ref"] for p in parts]}],
    }


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "requirements" / "run.lock"
    sys.stdout.write(json.dumps(sbom(path.read_text("utf-8")), ensure_ascii=False, indent=1) + "\n")
