"""Write the lock files: every dependency pinned with hashes, for Linux, macOS and Windows.

    python scripts/lock.py            # resolve again, keeping the pins that still fit
    python scripts/lock.py --upgrade  # take newer releases

Needs `uv` on the path or as a module. The index is always PyPI, whatever this machine is configured to use,
so a lock never names a mirror.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
# `dev` is resolved first and bounds `run`, so one package has one version in both files.
LOCKS: dict[str, tuple[str, ...]] = {
    "dev": ("dev", "pdf", "site", "spark", "postgres"),
    "run": ("pdf", "site"),
}


def uv() -> list[str]:
    """Return the command that starts uv."""
    found = shutil.which("uv")
    return [found] if found else [sys.executable, "-m", "uv"]


def compile_lock(name: str, extras: tuple[str, ...], options: list[str]) -> None:
    """Resolve one lock file."""
    command = [*uv(), "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "--no-header"]
    command += ["--python-version", "3.11", "--no-annotate", "--no-config", "--no-strip-extras", "--no-emit-index-url", "--quiet"]
    command += ["--default-index", "https://pypi.org/simple", "--output-file", f"requirements/{name}.lock"]
    command += [part for extra in extras for part in ("--extra", extra)]
    if name == "run":  # the editable install of `make demo` needs the build backend, pinned like the rest
        command += ["requirements/build.in"]
    if name != "dev":
        command += ["--constraint", "requirements/dev.lock"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)


def main() -> None:
    """Resolve every lock file."""
    FOLDER.mkdir(exist_ok=True)
    for name, extras in LOCKS.items():
        compile_lock(name, extras, sys.argv[1:])
        print(f"requirements/{name}.lock")


if __name__ == "__main__":
    main()
