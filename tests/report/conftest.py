from __future__ import annotations

import pytest
from tests.report.invented import run


@pytest.fixture(scope="session")
def view():
    """Twelve invented companies under eight invented policies."""
    return run(12, 8)
