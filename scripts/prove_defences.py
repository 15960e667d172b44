"""Take each defence away in a copy of the project and see its test fail: a test that passes without it proves nothing.

    python scripts/prove_defences.py [--write] [WORD]

Rows are those of ``scripts/defences.yaml``, with WORD in their name if given. ``--write`` puts the table into docs/security.md.
Ends with 1 if a test passes without its defence, or if a defence is no longer where its row says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("src", "tests", "scripts", "docs", "benchmarks", ".ci", "Makefile", "README.md", "pyproject.toml")
PAGE, MARK = ROOT / "docs" / "security.md", "<!-- rows: scripts/prove_defences.py -->"
FAILED = 1
"""What pytest ends with when tests ran and failed; anything else is no proof."""


def copied(into: Path) -> None:
    """Copy what tests need; the folder beside the project stays reachable."""
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif place.exists():
            shutil.copy(place, into / name)
    shared = ROOT.parent / "shared"
    if shared.exists():
        (into.parent / "shared").symlink_to(shared)


def without(row: dict[str, str], copy: Path) -> str:
    """Take one defence away, run its test, put it back; return "fails" or what happened instead."""
    file = copy / row["file"]
    text = file.read_text("utf-8")
    if row["was"] not in text:
        return "the defence is not where the row says"
    file.write_text(text.replace(row["was"], row["becomes"]), "utf-8")
    env = {**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy / 'tests' / 'site'}", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", row["test"]]
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, timeout=600, check=False)
    finally:
        file.write_text(text, "utf-8")
    broken = done.returncode != FAILED or " failed" not in done.stdout
    return "fails" if not broken else f"no proof: pytest ended with {done.returncode}"


def table(rows: list[dict[str, str]]) -> str:
    """Return the rows as Markdown."""
    lines = ["| requirement | defence | test that fails without it |", "|---|---|---|"]
    lines += [f"| {r['row']} | `{r['file']}` | `{r['test'].removeprefix('tests/')}` |" for r in rows]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Prove the rows asked for; return 1 if one is unproved."""
    rows = yaml.safe_load((ROOT / "scripts" / "defences.yaml").read_text("utf-8"))
    words = [a for a in arguments if not a.startswith("--")]
    chosen = [r for r in rows if not words or words[0] in r["row"]]
    unproved = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy.mkdir()
        copied(copy)
        for row in chosen:
            said = without(row, copy)
            unproved += said != "fails"
            print(f"{'ok  ' if said == 'fails' else 'MISS'} {row['row']}: {row['test']} {said}", flush=True)
    if "--write" in arguments:
        head = PAGE.read_text("utf-8").split(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{table(rows)}\n", "utf-8")
    return 1 if unproved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
