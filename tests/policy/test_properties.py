"""Properties of all packs over the demo zone: what is decided stays decided, and only facts matter."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from wutong.demo import build
from wutong.packs import choose, load_packs
from wutong.policy.evaluate import Results, evaluate
from wutong.tables import read_workbook

ON = date(2026, 11, 1)
Tables = Mapping[str, pa.Table]


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The tables of the demo zone, every sixth company of it."""
    path = tmp_path_factory.mktemp("demo") / "demo.xlsx"
    build(path)
    tables = dict(read_workbook(path, on=ON).tables)
    kept = set(tables["companies"].column("company").to_pylist()[::6])
    return {n: t.filter(pa.array([c in kept for c in t.column("company").to_pylist()])) for n, t in tables.items()}


@pytest.fixture(scope="module")
def decided(zone: dict[str, pa.Table]) -> Results:
    return evaluate(zone, choose(load_packs(), ON), ON)


def punched(table: pa.Table, share: float, dice: random.Random, keep: tuple[str, ...]) -> pa.Table:
    """Return `table` with that share of its cells emptied."""
    for index, name in enumerate(table.column_names):
        if name not in keep:
            cells = [None if dice.random() < share else v for v in table.column(name).to_pylist()]
            table = table.set_column(index, name, pa.array(cells, table.schema.field(name).type))
    return table


def contains(outer: tuple[Any, Any], inner: tuple[Any, Any]) -> bool:
    """Tell whether one range lies in the other; None is an open end."""
    low = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    high = outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    return low and high


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_filling_in_missing_data_never_reverses_a_verdict(zone: Tables, decided: Results, seed: int) -> None:
    dice = random.Random(seed)
    less = {n: punched(t, 0.15, dice, ("company", "name", "policy", "clause")) for n, t in zone.items()}
    before = evaluate(less, choose(load_packs(), ON), ON).wide.to_pydict()
    after = decided.wide.to_pydict()
    settled = 0
    for compiled in decided.policies:
        p = compiled.prefix
        for company, old, new in zip(after["company"], before[f"{p}_verdict"], after[f"{p}_verdict"], strict=True):
            if old in (0, 1):
                assert new == old, (company, compiled.policy.key)
                settled += 1
        for n, benefit in enumerate(compiled.benefits):
            pairs = zip(after["company"], zip(before[f"{p}_b{n}_lo"], before[f"{p}_b{n}_hi"], strict=True),
                        zip(after[f"{p}_b{n}_lo"], after[f"{p}_b{n}_hi"], strict=True), strict=True)
            assert [c for c, old, new in pairs if not contains(old, new)] == [], benefit.code
    assert settled > 500


def test_order_of_rows_changes_nothing(zone: Tables, decided: Results) -> None:
    dice = random.Random(7)
    shuffled = {n: t.take(pa.array(dice.sample(range(t.num_rows), t.num_rows), pa.int64())) for n, t in zone.items()}
    assert evaluate(shuffled, choose(load_packs(), ON), ON).wide.equals(decided.wide)


def test_three_valued_mode_never_contradicts_interval_mode(zone: Tables, decided: Results) -> None:
    plain = evaluate(zone, choose(load_packs(), ON), ON, mode="three_valued").wide.to_pydict()
    sound = decided.wide.to_pydict()
    for compiled in decided.policies:
        name = f"{compiled.prefix}_verdict"
        assert [c for c, a, b in zip(sound["company"], plain[name], sound[name], strict=True)
                if {a, b} == {0, 1}] == [], compiled.policy.key


def test_amounts_written_in_another_unit_give_the_same_verdict(tmp_path: Path) -> None:
    """One company in 元 and in 万元, through the reader."""
    results = []
    for unit, factor in (("元", Decimal(1)), ("万元", Decimal(10000))):
        file = tmp_path / f"{unit}.csv"
        amounts = [Decimal("12345678.90"), Decimal("740740.73"), Decimal("9876543.21"), Decimal(5000000)]
        heads = ["营业收入", "研发费用", "成本费用支出", "资产总额"]
        head = ",".join(["统一社会信用代码", "企业名称", "2025年职工总数", *(f"2025年{h}({unit})" for h in heads)])
        row = ",".join(["91370200MA0DEM0132", "青岛演示甲有限公司", "50", *(format(a / factor, "f") for a in amounts)])
        file.write_text(f"{head}\n{row}\n", "utf-8")
        reading = read_workbook(file, on=ON)
        assert reading.diagnostics == ()
        results.append(evaluate(reading.tables, choose(load_packs(["national"]), ON), ON).wide)
    assert results[0].equals(results[1])
