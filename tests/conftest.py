"""What every test shares: hypothesis profiles, the public test data beside the repository, and no silent skips."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

pytest_plugins = ["tests.servers"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
os.environ["COLUMNS"] = "200"  # printed tables do not break their cells, whatever the terminal
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# Deadlines measure the machine, not the code; CI repeats the same examples so that red stays red.
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), max_examples=100, derandomize=True)
settings.register_profile("long", settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public test data beside the repository; the test is skipped by name without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: public test data lies outside the repository")
    return SHARED


def _excused(report: Any) -> bool:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return "../shared" in reason and not SHARED.is_dir()


def _no_silent_skip(report: Any) -> None:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and not _excused(report):
        report.outcome = "failed"
        report.longrepr = f"skipped with CI=true: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Turn a skip into a failure in CI: a test that never runs proves nothing."""
    report = yield
    _no_silent_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Do the same for a whole module that skips itself."""
    report = yield
    _no_silent_skip(report)
    return report
