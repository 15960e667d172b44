"""Official tables as point models give what the policy packs give, on every golden case of the policy."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from wutong.backends.at_hand import columns_by_table, default_backend, shipped_catalogue
from wutong.packs.cases import case_tables, load_cases
from wutong.points.loader import find_model, model_files
from wutong.points.score import score
from wutong.policy.evaluate import compile_block

PACK = Path(str(resources.files("wutong.packs"))) / "national"
PAIRS = {
    "tsme-points": "tsme-115-2017",
    "innovative-sme-points": "innovative-sme-63-2022",
    "hnte-innovation": "hnte-32-2016",
    "srdi-points": "srdi-63-2022",
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_model_gives_the_total_of_the_policy_on_every_golden_case(name):
    policy, cases = load_cases(PACK / f"{PAIRS[name]}.cases.yaml")
    model, compared = find_model(name), 0
    for on in sorted({c.on for c in cases if policy.in_force(c.on)}):
        group = [c for c in cases if c.on == on]
        tables = case_tables(group, shipped_catalogue())
        block = compile_block([policy], columns_by_table(tables), on)
        expected = default_backend().query(block.sql, tables).sort_by("company").to_pylist()
        got = score(tables, model, on).table.to_pylist()
        for want, row, case in zip(expected, got, group, strict=True):
            ends = [want["p00_o0_lo"], want["p00_o0_hi"]]
            lows = [Decimal(0) if ends[0] is None else ends[0], model.root.max if ends[1] is None else ends[1]]
            assert [row["score_lo"], row["score_hi"]] == lows, case.name
            compared += 1
    assert compared > 50


def test_every_shipped_model_loads_and_its_rules_compile():
    from datetime import date

    from wutong.points.compile import compile_model

    columns = {"companies": {"company": "string"}}
    for path in model_files():
        from wutong.points.loader import load_model

        made = load_model(path)
        if not made.empty:
            assert compile_model(made, columns, made.end or date(2026, 11, 1)).sql()


