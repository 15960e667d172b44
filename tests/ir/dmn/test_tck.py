"""The DMN TCK through SQL: what passes, what is refused, and that nothing comes out wrong in silence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from wutong.dmn.tck import run_dir
from wutong.ir.dmn.engine import SqlEngine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("lift", [False, True], ids=["plain", "lifted"])
def test_level_2_is_complete_and_pushed_down(shared: Path, lift: bool) -> None:
    engine = SqlEngine(lift=lift, fold=False)
    total = run_dir(shared / "data" / "dmn-tck" / "compliance-level-2", engine).total
    assert (total.passed, total.cases) == (116, 116)
    assert (engine.tally.pushed, engine.tally.folded, engine.tally.refused) == (126, 0, [])


FAST = ("0001-filter", "0004-lending", "0014-loan-comparison", "0084-feel-for-loops", "0085-decision-services",
        "0092-feel-lambda", "0103-feel-is-function", "1155-list-replace-function", "1111-feel-matches-function")


@pytest.mark.parametrize("folder", FAST)
@pytest.mark.parametrize("lift", [False, True], ids=["plain", "lifted"])
def test_level_3_is_right_or_refused(shared: Path, folder: str, lift: bool) -> None:
    engine = SqlEngine(lift=lift, fold=False)
    report = run_dir(shared / "data" / "dmn-tck" / "compliance-level-3" / folder, engine)
    refused = Counter(case for _, case, _ in engine.tally.refused)
    wrong = [f for f in report.failures if f.case not in refused]
    assert wrong == []
