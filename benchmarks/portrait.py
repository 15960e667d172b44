"""Portraits of the demo zone: every company as a page, one as Word and PDF, against opening the run itself.

Arguments: [RUN], a folder of ``wutong demo``; it is built in a temporary folder without one. Wall and processor
seconds: the machine may be shared, so read the ratios.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from measure import report

from wutong.cli.app import main
from wutong.portrait import open_zone
from wutong.portrait.write import as_bytes, write_all
from wutong.report.run import open_run

if TYPE_CHECKING:
    from collections.abc import Iterator


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def zone(arguments: list[str]) -> Iterator[Path]:
    """Give a run folder of the demo zone."""
    if arguments:
        yield Path(arguments[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        main(["demo", "--out", f"{folder}/demo", "--json"])
        yield Path(folder) / "demo"


def bench(run: Path) -> None:
    """Print the measures."""
    bare = timed(lambda: open_run(run))
    with tempfile.TemporaryDirectory() as folder:
        count = 0

        def pages() -> None:
            nonlocal count
            count = write_all(open_zone(run), Path(folder), ".html", lambda *_: None)

        every = timed(pages)
    report("run opened, every policy explained", wall_s=round(bare[0], 1), cpu_s=round(bare[1], 1))
    report("pages of all companies, run opened and scored too", pages=count, wall_s=round(every[0], 1), cpu_s=round(every[1], 1),
           to_opening=round(every[1] / bare[1], 2))
    found = open_zone(run)
    one = max(found.portraits(), key=lambda p: len(p.timeline))
    for kind in (".html", ".docx", ".pdf"):
        as_bytes(one, kind)  # imports and fonts, once per process
        wall, cpu = min(timed(partial(as_bytes, one, kind)) for _ in range(3))
        report(f"the longest portrait as {kind}", wall_s=round(wall, 2), cpu_s=round(cpu, 2))


if __name__ == "__main__":
    with zone(sys.argv[1:]) as run:
        bench(run)
