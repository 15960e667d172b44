"""Having a file read by a limited child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from wutong.errors import Place, WutongError
from wutong.site.core.domain.files import limits, location
from wutong.site.core.models import StoredFile
from wutong.site.imports.child import REPORT

SECONDS = 120


@contextmanager
def reading_of(stored: StoredFile, on: date, headers: Mapping[str, str]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give the folder with the tables of a file and the report on it; the folder goes at the end.

    Raises WutongError W301 if the file takes more memory or time than allowed.
    """
    with tempfile.TemporaryDirectory(prefix="import-", dir=settings.TEMPORARY) as name:
        folder = Path(name)
        path = folder / f"in.{stored.kind}"
        path.symlink_to(location(stored))
        job = {"folder": name, "path": str(path), "on": on.isoformat(), "headers": dict(headers), "limits": asdict(limits()),
               "memory_mb": settings.WORKER_MEMORY_MB, "seconds": SECONDS}
        done = _run(json.dumps(job), folder)
        if done != 0:
            raise WutongError.of("W301", Place(file=stored.name), memory=settings.WORKER_MEMORY_MB, seconds=SECONDS)
        yield folder, _named(json.loads((folder / REPORT).read_text("utf-8")), path.name, stored.name)


def _run(job: str, folder: Path) -> int:
    # Nothing of the site's environment goes along: no key, no database.
    environment = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LANG": "C.UTF-8",
                   "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    command = [sys.executable, "-m", "wutong.site.imports.child"]
    try:
        done = subprocess.run(  # noqa: S603 - this program
            command, input=job, text=True, env=environment, cwd=folder, timeout=SECONDS * 2, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


def _named(report: dict[str, Any], short: str, name: str) -> dict[str, Any]:
    """Return the report with the user's own name of the file."""
    for finding in (*report.get("findings", ()), *report.get("refused", ())):
        if finding.get("file") == short:
            finding["file"] = name
        for text in ("zh", "en", "fix_zh", "fix_en"):
            finding[text] = finding[text].replace(short, name)
    return report
