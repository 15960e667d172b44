"""The solver in silence: nothing C prints comes out, not even later, and afterwards all is as before."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from wutong.policy.solver import silence

PROGRAM = """
import ctypes
from wutong.policy import solver
from wutong.policy.program import Row, maximise
libc = ctypes.CDLL("ucrtbase" if __import__("sys").platform == "win32" else None)
solve = solver.optimize.milp
def loud(*args, **kwargs):
    libc.puts(b"a remark of the solver")
    return solve(*args, **kwargs)
solver.optimize.milp = loud
libc.puts(b"before")
print(maximise([3, 2], [1, 5], [Row("money", (4, 3), high=10)]))
libc.puts(b"after")
"""


def test_what_the_solver_prints_is_lost_and_nothing_else() -> None:
    # through a pipe, where C keeps what is printed until the end
    out = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True).stdout
    assert sorted(out.split()) == sorted(["before", "[1,", "2]", "after"])


def test_solvers_side_by_side_give_the_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    meet = Barrier(4)

    def solve(_: int) -> None:
        with silence.held():
            meet.wait(10)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(solve, range(4)))
    print("heard", flush=True)  # noqa: T201 - what is tested
    assert capfd.readouterr().out == "heard\n"


def test_an_error_gives_the_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), silence.held():
        1 / 0  # noqa: B018 - fails on purpose
    print("heard", flush=True)  # noqa: T201 - what is tested
    assert capfd.readouterr().out == "heard\n"
