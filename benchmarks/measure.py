"""Timing and memory: alternatives take turns in one process, peak memory is read in a child of its own."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent


def interleaved(alternatives: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each alternative; they take turns, so that noise of the machine hits all."""
    times: dict[str, list[float]] = {name: [] for name in alternatives}
    for _ in range(rounds):
        for name, run in alternatives.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def children(script: str, *arguments: str) -> list[dict[str, Any]]:
    """Run `script` in a fresh interpreter and return all its lines of JSON."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def child(script: str, *arguments: str) -> dict[str, Any]:
    """Run `script` in a fresh interpreter and return its last line of JSON."""
    return children(script, *arguments)[-1]


def peak_mb() -> float:
    """Return the peak resident memory of this process in MB (1 MB = 10**6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def report(name: str, **values: Any) -> None:
    """Print one result as a line for people, then as JSON for a caller."""
    print(json.dumps({"measure": name, **values}, ensure_ascii=False), flush=True)
