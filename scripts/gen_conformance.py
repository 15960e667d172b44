"""Write the figures of docs/conformance.md from runs of the DMN Technology Compatibility Kit.

Usage: ``python scripts/gen_conformance.py ../shared/data/dmn-tck`` (some minutes: each level runs three times).
The text around the figures is kept; each block between ``<!-- name -->`` and ``<!-- /name -->`` is written anew.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from wutong.dmn.tck import Report, Tally, run_dir
from wutong.errors import messages
from wutong.ir.dmn.engine import SqlEngine

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conformance.md"
LEVELS = {"2": "compliance-level-2", "3": "compliance-level-3"}
HEADS = "cases | passed | pushed down | folded | refused | wrong"


def row(name: str, tally: Tally) -> str:
    """Return one row of a table of counts."""
    counts = (tally.cases, tally.passed, tally.pushed, tally.folded, tally.refused, tally.wrong)
    return f"| {name} | {' | '.join(map(str, counts))} |"


def table(first: str, rows: list[str]) -> str:
    """Return a table of counts."""
    return "\n".join([f"| {first} | {HEADS} |", "|---|" + "---:|" * 6, *rows])


def total(level: str, how: str, report: Report) -> str:
    """Return the row of one run, with its share."""
    tally = report.total
    return row(f"level {level}, {how} ({tally.passed / tally.cases:.1%})", tally)


def excluded(report: Report) -> Iterator[str]:
    """Return a row per folder and code of what is refused with an error."""
    texts = messages()
    found = Counter((f.file.split("-test-")[0], f.code) for f in report.failures if f.code)
    yield "| folder | code | results | reason |"
    yield "|---|---|---:|---|"
    for (folder, code), count in sorted(found.items()):
        yield f"| {folder} | `{code}` | {count} | {texts[code]['en'].replace('|', '/')} |"


def blocks(kit: Path) -> dict[str, str]:
    """Return the text of every block."""
    runs: dict[tuple[str, str], Report] = {}
    for level, folder in LEVELS.items():
        for how, engine in (("pushed down", SqlEngine(fold=False)), ("literals lifted", SqlEngine(lift=True, fold=False)),
                            ("with folding", SqlEngine())):
            runs[level, how] = run_dir(kit / folder, engine)
    plain = runs["3", "pushed down"]
    return {
        "totals": table("run", [total(level, how, report) for (level, how), report in runs.items()]),
        "excluded": "\n".join(excluded(plain)),
        "folders": table("folder", [row(n, t) for level in LEVELS for n, t in runs[level, "with folding"].folders.items()]),
    }


def main() -> None:
    """Rewrite the page."""
    page = PAGE.read_text("utf-8")
    for name, text in blocks(Path(sys.argv[1])).items():
        page = re.sub(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, t=text: f"{m[1]}{t}\n{m[2]}", page, flags=re.DOTALL)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
