"""The golden cases of the national qualification packs, and that they notice a changed rule."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from wutong.packs.loader import choose, load_file, load_packs
from wutong.packs.text import load_yaml
from wutong.policy.golden import run_cases

NATIONAL = Path(str(resources.files("wutong.packs"))) / "national"
NAMES = ["graduation-300-2018", "hnte-32-2016", "incubatee-300-2018", "incubatee-miit", "innovative-sme-63-2022",
         "little-giant-2-2026", "little-giant-63-2022", "sme-size-300-2011", "srdi-2-2026", "srdi-63-2022",
         "tsme-115-2017"]
LADDER = {"innovative-sme", "little-giant", "srdi", "tsme"}


@pytest.mark.parametrize("name", NAMES)
def test_golden_cases(name: str) -> None:
    assert [o for o in run_cases(NATIONAL / f"{name}.cases.yaml") if not o.ok] == []


@pytest.mark.parametrize("name", NAMES)
def test_cases_name_their_policy(name: str) -> None:
    raw = load_yaml((NATIONAL / f"{name}.cases.yaml").read_text("utf-8"), name)
    policy = load_file(NATIONAL / f"{name}.yaml")
    assert (raw["policy"], raw["version"]) == (policy.id, policy.version)
    case_names = [c["name"] for c in raw["cases"]]
    assert len(case_names) == len(set(case_names))


def test_only_the_policy_without_a_text_is_a_draft() -> None:
    drafts = [n for n in NAMES if load_file(NATIONAL / f"{n}.yaml").status == "draft"]
    assert drafts == ["incubatee-miit"]
    assert all(c.manual for c in load_file(NATIONAL / "incubatee-miit.yaml").conditions)


@pytest.mark.parametrize(
    ("day", "version"), [(date(2026, 3, 31), "63-2022"), (date(2026, 4, 1), "2-2026")],
)
def test_the_ladder_switches_on_the_first_of_april_2026(day: date, version: str) -> None:
    chosen = {p.id: p.version for p in choose(load_packs(["national"]), day) if p.id in LADDER}
    assert chosen == {"innovative-sme": "63-2022", "little-giant": version, "srdi": version, "tsme": "115-2017"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tsme-115-2017", '[">= 25%", 16]', '["> 25%", 16]'),
        ("tsme-115-2017", "value: 500, unit: 人", "value: 499, unit: 人"),
        ("tsme-115-2017", "best of(研发投入甲项得分, 研发投入乙项得分)", "least of(研发投入甲项得分, 研发投入乙项得分)"),
        ("hnte-32-2016", '["<= 5000万元", 5]', '["< 5000万元", 5]'),
        ("hnte-32-2016", "value: 71, unit: 分", "value: 70, unit: 分"),
        ("hnte-32-2016", "大前年净资产 = 0元", "大前年净资产 < 0元"),
        ("innovative-sme-63-2022", '["<= 55%", 10]', '["< 55%", 10]'),
        ("little-giant-2-2026", "value: 110.25", "value: 110"),
        ("srdi-2-2026", "value: 1500, unit: 万元", "value: 1499, unit: 万元"),
        ("sme-size-300-2011", """['"工业"', ">= 20人", ">= 300万元", "-", '"小型"']""",
         """['"工业"', ">= 20人", "> 300万元", "-", '"小型"']"""),
        ("incubatee-300-2018", "入驻日期 <= 注册日期", "入驻日期 < 注册日期"),
        ("graduation-300-2018", "累计天使和风险投资 > ", "累计天使和风险投资 >= "),
    ],
)
def test_a_changed_rule_breaks_a_case(tmp_path: Path, name: str, old: str, new: str) -> None:
    text = (NATIONAL / f"{name}.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / f"{name}.yaml").write_text(text.replace(old, new), "utf-8")
    cases = tmp_path / f"{name}.cases.yaml"
    cases.write_bytes((NATIONAL / f"{name}.cases.yaml").read_bytes())
    assert [o for o in run_cases(cases) if not o.ok] != []
