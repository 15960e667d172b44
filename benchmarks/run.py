"""Every measure, one after another, each in a process of its own: `make bench`.

Arguments: names of groups, as ``policies nearmiss points``; all if none is named. Prints one line of JSON for each
measure, then one table of measure, figure, bound and verdict. Exit code 1 if a bound is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import data
from measure import child, children

if TYPE_CHECKING:
    from collections.abc import Callable

WORK = Path(tempfile.gettempdir()) / "wutong-bench"
Row = tuple[str, float, float]


def engine(_: str) -> list[Row]:
    """Generated SQL beside its peers, and whether both agree."""
    found = told(child("evaluate.py", str(WORK)))
    return [
        ("generated / hand-written SQL, 1,000,000 companies", found["engine_to"]["hand_interval"], 1.5),
        ("companies on which the two differ", found["differences"], 0),
    ]


def policies(folder: str) -> list[Row]:
    """A hundred scoring policies over a million companies, to Parquet."""
    wide = told(child("policies.py", folder, "scoring", "100"))
    return [
        ("100 policies × 1,000,000 companies, s", wide["seconds"], 25),
        ("… peak memory, MB", wide["peak_mb"], 500),
    ]


def nearmiss(_: str) -> list[Row]:
    """Near misses of a whole registry from its masks."""
    found = told(child("nearmiss.py", "1000000", "100"))
    return [("near misses of 1,000,000 companies × 100 policies, s", found["seconds"], 2)]


def reform(_: str) -> list[Row]:
    """A back-test of a hundred policies beside a plain run, on a fifth of the companies."""
    found = told(child("reform.py", str(WORK), "200000", "100"))
    return [("back-test / plain run, 100 policies × 200,000", found["to_plain"], 2)]


def tables(_: str) -> list[Row]:
    """A table of 3,700 rules; the figure is the time of a row, so that less is better."""
    found = told(child("bigtable.py"))
    return [("table of 3,700 rules, µs per row", round(1e6 / found["rows_per_second"], 2), 2)]


def combine(_: str) -> list[Row]:
    """The best combination under exclusive groups."""
    found = [told(one) for one in children("combine.py", "10000", "30")]
    return [(f"best of 10,000 × 30, {one['structure']}, s", one["seconds"], 10) for one in found]


def engines(_: str) -> list[Row]:
    """DuckDB, PostgreSQL and Spark on the same companies."""
    found = told(child("engines.py", "proof", str(WORK), "20000"))
    return [("columns on which three engines differ", sum(map(len, found["differing_columns"].values())), 0)]


def points(_: str) -> list[Row]:
    """Scores, ranks and one explanation."""
    found = {one["measure"]: told(one) for one in children("points.py", "10000000")}
    return [
        ("points, CPU to a bare scan, 10,000,000 rows", found["tiers over bare scan"]["cpu"], 2.5),
        ("one explanation out of stored points, ms", found["one explanation"]["median_ms"], 50),
        ("ranks of 50,000,000 by histogram, s", found["rank by histogram"]["seconds"], 10),
    ]


def uncertainty(_: str) -> list[Row]:
    """Exact ranks of many weightings."""
    small, _top, large, large_top, *_rest = [told(one) for one in children("uncertainty.py")]
    return [
        ("10,000 rankings of 1,000, s", small["seconds"], 0.3),
        ("10,000 rankings of 100,000, s", large["seconds"], 15),
        ("… the top only, s", large_top["seconds"], 4),
    ]


def told(found: dict[str, Any]) -> dict[str, Any]:
    """Print a result and return it."""
    print(json.dumps(found, ensure_ascii=False), flush=True)
    return found


def exactness(_: str) -> list[Row]:
    """Companies exactly on a threshold."""
    lines = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("thresholds.py"))], check=True, capture_output=True, text=True,
    ).stdout
    print(lines, end="")
    return [("companies on a threshold judged wrongly", lines.count("}") - lines.count('"wrong": 0,'), 0)]


def command_line(_: str) -> list[Row]:
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


GROUPS: dict[str, Callable[[str], list[Row]]] = {
    made.__name__: made
    for made in (engine, policies, exactness, command_line, nearmiss, reform, tables, combine, engines, points, uncertainty)
}


def main(*names: str) -> int:
    unknown = sorted(set(names) - set(GROUPS))
    if unknown:
        sys.exit(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    place = str(data.snapshot(1_000_000, WORK).folder)
    return show([row for name in names or GROUPS for row in GROUPS[name](place)])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
