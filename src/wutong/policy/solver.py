"""HiGHS in silence: it prints a remark to the standard output whatever it is told, which spoils JSON for a program.

The remark (``HighsMipSolverData::transformNewIntegerFeasibleSolution``) is a ``printf`` left in its source.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from scipy import optimize

STDOUT = 1


class _Silence:
    """Descriptor 1 leads nowhere as long as somebody is inside; solvers may run side by side."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._kept = -1

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._away()
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._back()

    def _away(self) -> None:
        if sys.stdout is not None:
            sys.stdout.flush()
        _flush()
        self._kept = os.dup(STDOUT)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDOUT)
        os.close(nowhere)

    def _back(self) -> None:
        # what C still holds would come out later
        _flush()
        os.dup2(self._kept, STDOUT)
        os.close(self._kept)


def _flush() -> None:
    """Empty the buffers of the C library."""
    ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None).fflush(None)


silence = _Silence()


def milp(*args: Any, **kwargs: Any) -> Any:
    """Solve an integer program as ``scipy.optimize.milp`` does, in silence."""
    with silence.held():
        return optimize.milp(*args, **kwargs)
