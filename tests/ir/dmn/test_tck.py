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


#: What does not compile, by folder and code: Java, back-references, nanoseconds and far years. Nothing else may.
EXCLUDED = {
    ("0076-feel-external-java", "F411"): 18, ("1111-feel-matches-function", "F417"): 1,
    ("1115-feel-date-function", "F426"): 5, ("1117-feel-date-and-time-function", "F426"): 14,
    ("1120-feel-duration-function", "F426"): 2, ("1121-feel-years-and-months-duration-function", "F426"): 2,
}


def test_level_3_is_pushed_down_but_for_what_is_named(shared: Path) -> None:
    report = run_dir(shared / "data" / "dmn-tck" / "compliance-level-3", SqlEngine(fold=False))
    refused = Counter((f.file.split("-test-")[0], f.code) for f in report.failures)
    assert refused == EXCLUDED
    total = report.total
    assert (total.cases, total.pushed, total.folded, total.refused, total.wrong) == (2734, 2692, 0, 42, 0)


#: folders of each kind of construct; all of them run lifted in `scripts/gen_conformance.py`
FAST = ("0001-filter", "0012-list-functions", "0084-feel-for-loops", "0085-decision-services", "0092-feel-lambda",
        "1155-list-replace-function", "1111-feel-matches-function")


@pytest.mark.parametrize("folder", FAST)
def test_level_3_is_right_or_refused_with_literals_in_columns(shared: Path, folder: str) -> None:
    engine = SqlEngine(lift=True, fold=False)
    report = run_dir(shared / "data" / "dmn-tck" / "compliance-level-3" / folder, engine)
    assert [f for f in report.failures if not f.code] == []
    assert report.total.pushed > 0
