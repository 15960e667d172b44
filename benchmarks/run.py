"""Every measure, one after another, each in a process of its own: `make bench`.

Prints one line of JSON for each, then a table of measure, figure, bound and verdict. Exit code 1 if a bound is missed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import data
from measure import child

WORK = Path(tempfile.gettempdir()) / "wutong-bench"
Row = tuple[str, float, float]


def engine(folder: str) -> list[Row]:
    """Generated SQL beside its peers, and whether both agree."""
    found = child("evaluate.py", str(WORK))
    print(found)
    wide = child("policies.py", folder, "scoring", "100")
    print(wide)
    return [
        ("generated / hand-written SQL, 1,000,000 companies", found["engine_to"]["hand_interval"], 1.5),
        ("companies on which the two differ", found["differences"], 0),
        ("100 policies × 1,000,000 companies, s", wide["seconds"], 25),
        ("… peak memory, MB", wide["peak_mb"], 500),
    ]


def exactness() -> list[Row]:
    """Companies exactly on a threshold."""
    lines = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("thresholds.py"))], check=True, capture_output=True, text=True,
    ).stdout
    print(lines, end="")
    return [("companies on a threshold judged wrongly", lines.count("}") - lines.count('"wrong": 0,'), 0)]


def command_line() -> list[Row]:
    """What a zone officer waits for."""
    book, demo, out = WORK / "big.xlsx", WORK / "demo", WORK / "run"
    maker = str(Path(__file__).with_name("workbook.py"))
    subprocess.run([sys.executable, maker, "make", str(book), "20000"], check=True)
    check = child("workbook.py", "time", "check", str(book), "--out", str(WORK / "checked.xlsx"))
    subprocess.run([sys.executable, "-m", "wutong", "demo", "--out", str(demo)], check=True, stdout=subprocess.DEVNULL)
    table = next(demo.glob("*.xlsx"), None)
    table = next(path for path in demo.glob("*.xlsx") if path.name != "results.xlsx")
    run = child("workbook.py", "time", "evaluate", str(table), "--on", "2026-11-01", "--out", str(out))
    reasons = child("explain.py", str(out))
    print(check, run, reasons, sep="\n")
    return [
        ("check of 20,000 × 30, s", check["seconds"], 10),
        ("… peak memory, MB", check["peak_mb"], 400),
        ("evaluate of the demo workbook, pages included, s", run["seconds"], 10),
        ("explanation of one company, p95, ms", reasons["p95_ms"], 50),
    ]


def show(rows: list[Row]) -> int:
    """Print the table; return the exit code."""
    missed: list[Any] = [row for row in rows if row[1] > row[2]]
    for name, value, bound in rows:
        print(f"{'ok  ' if value <= bound else 'MISS'} {name:<55} {value:>10} ≤ {bound}")
    return int(bool(missed))


if __name__ == "__main__":
    place = data.snapshot(1_000_000, WORK).folder
    sys.exit(show([*engine(str(place)), *exactness(), *command_line()]))
