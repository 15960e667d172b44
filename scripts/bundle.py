r"""Pack everything a server without the internet needs: wheels by the lock, Wutong's own wheel, deploy files, hashes.

    make bundle, or: python3 scripts/bundle.py dist/wutong-1.0-py3-none-any.whl dist/wutong-bundle.tar \
        [--python 3.11 --platform manylinux_2_28_x86_64]

Run it with a Python that has pip, on a machine that reaches the registry. On the server: ``tar xf``, then
``sh install.sh /opt/wutong``: it compares every hash before it installs anything. Without ``--platform`` the wheels are
those of this machine.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = """#!/bin/sh
# Install Wutong into a virtual environment, from the files beside this script only. Usage: sh install.sh [/opt/wutong]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
place=${1:-/opt/wutong}
cd "$here"
sha256sum --check --quiet SHA256SUMS || { echo "A file differs from SHA256SUMS: nothing was installed." >&2; exit 1; }
${PYTHON:-python3} -m venv --without-pip "$place"
pip=$(ls wheels/pip-*.whl)
install="$place/bin/python $pip/pip install --quiet --no-index --find-links wheels"
$install --require-hashes -r run.lock
$install --no-deps wheels/wutong-*.whl
"$place/bin/wutong" --version
"""


def run(*command: str) -> None:
    """Run a program of this Python; a failure ends the bundle."""
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)


def collect(folder: Path, wheel: Path, python: str, platform: str) -> None:
    """Put the parts of the bundle into a folder."""
    wheels = folder / "wheels"
    target = ["--platform", platform, "--python-version", python] if platform else []
    lock = ROOT / "requirements" / "run.lock"
    run("pip", "download", "--quiet", "--only-binary", ":all:", "--require-hashes", "-r", str(lock), "-d", str(wheels), *target)
    run("pip", "download", "--quiet", "--no-deps", "pip", "-d", str(wheels))
    shutil.copy(wheel, wheels)
    shutil.copy(lock, folder / "run.lock")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    for name in ("LICENSE", "README.md", "README.zh.md", "docs/operations.md"):
        shutil.copy(ROOT / name, folder / Path(name).name)
    (folder / "install.sh").write_text(INSTALL, "utf-8")
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    sums = (f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}\n" for p in files)
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def main() -> int:
    """Write the bundle beside its place, then move it there."""
    parser = argparse.ArgumentParser(description="Pack Wutong for a server without the internet.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    parser.add_argument("--platform", default="")
    asked = parser.parse_args()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.out.parent) as temp:
        folder = Path(temp) / "wutong"
        (folder / "wheels").mkdir(parents=True)
        collect(folder, asked.wheel, asked.python, asked.platform)
        made = Path(temp) / "bundle.tar"
        with tarfile.open(made, "w") as archive:
            archive.add(folder, "wutong")
        made.replace(asked.out)
    print(f"{asked.out}: {asked.out.stat().st_size >> 20} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
