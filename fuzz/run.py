"""Run one fuzz target with atheris: ``python fuzz/run.py feel -max_total_time=600``.

Other arguments go to libFuzzer. The corpus that is kept lies in fuzz/seeds/<target>; what the run adds goes to
fuzz/work/<target> (not in version control), an input that crashes to fuzz/work/crash-….
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["wutong", "targets"]):
    from targets import TARGETS

HERE = Path(__file__).parent


def main() -> None:
    """Start libFuzzer on the target named first."""
    name, *options = sys.argv[1:]
    work = HERE / "work" / name
    work.mkdir(parents=True, exist_ok=True)
    seeds = HERE / "seeds" / name
    dictionary = HERE / f"{name}.dict"
    if dictionary.is_file():
        options.append(f"-dict={dictionary}")
    arguments = [sys.argv[0], *options, f"-artifact_prefix={work.parent}/crash-{name}-", str(work), str(seeds)]
    atheris.Setup(arguments, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
