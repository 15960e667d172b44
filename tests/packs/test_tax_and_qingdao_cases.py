"""The golden cases of the tax packs and of Qingdao, and that the fourteen worked examples are all among them."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from wutong.packs.loader import load_file
from wutong.packs.text import load_yaml
from wutong.policy.golden import run_cases

PACKS = Path(str(resources.files("wutong.packs")))
TAX = sorted(f for name in ("small-profit", "hnte-tax", "rd-super-deduction") for f in (PACKS / "national").glob(f"{name}-*.cases.yaml"))
FILES = [*TAX, *sorted((PACKS / "qingdao").glob("*.cases.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name.removesuffix(".cases.yaml"))
def test_golden_cases(path: Path) -> None:
    assert [o for o in run_cases(path) if not o.ok] == []


def test_every_version_has_its_cases() -> None:
    assert len(FILES) == 16
    for path in FILES:
        raw = load_yaml(path.read_text("utf-8"), path.name)
        policy = load_file(path.with_name(path.name.replace(".cases", "")))
        assert (raw["policy"], raw["version"]) == (policy.id, policy.version)


def test_the_fourteen_worked_examples_are_golden_cases() -> None:
    names = [case["name"] for f in TAX for case in load_yaml(f.read_text("utf-8"), f.name)["cases"]]
    shown = {int(m[1]) for name in names if (m := re.match(r"E(\d+) ", name))}
    assert shown == set(range(1, 15))


def test_figures_from_memory_keep_a_version_a_draft() -> None:
    drafts = {f.name.removesuffix(".cases.yaml") for f in FILES if load_file(f.with_name(f.name.replace(".cases", ""))).status == "draft"}
    assert drafts == {"small-profit-2019", "rd-super-deduction-2008", "rd-super-deduction-2018", "rd-super-deduction-2022q4",
                      "rd-super-deduction-2028", "htz-platforms-2024", "htz-qualified-2024", "htz-veto-2021", "laoshan-platforms-2025"}
