"""The DMN Technology Compatibility Kit with the reference interpreter."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wutong.dmn import dump_dmn, load_dmn
from wutong.dmn.tck import InterpreterEngine, Work, agrees, load_cases, run_dir

#: What the interpreter does not do, by name: Java is never run.
EXCLUDED = {"0076-feel-external-java": 14}


@pytest.fixture(scope="module")
def kit(shared):
    folder = shared / "data" / "dmn-tck"
    if not folder.is_dir():
        pytest.skip("../shared/data/dmn-tck is absent")
    return folder


def test_level_2_passes_in_full(kit):
    report = run_dir(kit / "compliance-level-2", InterpreterEngine())
    assert report.failures == []
    assert (report.total.cases, report.total.passed) == (116, 116)


def test_level_3_fails_only_where_named(kit):
    report = run_dir(kit / "compliance-level-3", InterpreterEngine())
    missed = {name: t.cases - t.passed for name, t in report.folders.items() if t.passed < t.cases}
    assert missed == EXCLUDED
    assert report.total.cases == 2734


def test_every_model_of_the_kit_survives_writing_and_reading(kit):
    for path in sorted(kit.rglob("*.dmn")):
        model = load_dmn(path)
        known = [i.model for i in model.imports if i.model]
        assert load_dmn(dump_dmn(model), imports=known) == model, path.name


def test_an_engine_that_says_nothing_passes_nothing(kit):
    class Silent:
        tally = Work()

        def run(self, _model, cases):
            return [{} for _ in cases]

    report = run_dir(kit / "compliance-level-2" / "0004-simpletable-U", Silent())
    assert report.total.passed == 0
    assert len(report.failures) == report.total.results > 0


def test_cases_are_read(kit):
    files = load_cases(kit / "compliance-level-2" / "0004-simpletable-U")
    assert [f.model.name for f in files] == ["0004-simpletable-U.dmn"]
    first = files[0].cases[0]
    assert first.inputs == {"Age": Decimal(18), "RiskCategory": "Medium", "isAffordable": True}
    assert [(e.name, e.value) for e in first.expected] == [("Approval Status", "Approved")]


@pytest.mark.parametrize(("expected", "found", "same"), [
    (Decimal(1), Decimal("1.000000009"), True),
    (Decimal(1), Decimal("1.00000001"), False),
    ([Decimal(1), {"a": Decimal(2)}], [Decimal(1), {"a": Decimal("2.000000001")}], True),
    ([Decimal(1)], [Decimal(1), None], False),
    ({"a": None}, {}, False),
    (None, False, False),
    (True, Decimal(1), False),
])  # fmt: skip
def test_agreement(expected, found, same):
    assert agrees(expected, found) is same
