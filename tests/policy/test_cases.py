"""Faulty case files are told with a code, a file and the case; good ones give one outcome per expectation."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.policy.made import HEAD

from wutong.errors import WutongError
from wutong.policy.golden import run_cases

POLICY = HEAD + """
conditions: [{code: c, zh: 人数够, when: 上年职工总数 >= 10人, source: s}]
benefits: [{code: b, zh: 奖励, amount: 上年职工总数 * 100元, source: s}]
"""


def outcomes(folder: Path, cases: str) -> list[tuple[str, object, object]]:
    (folder / "made.yaml").write_text(POLICY, "utf-8")
    file = folder / "made.cases.yaml"
    file.write_text(cases, "utf-8")
    return [(o.item, o.expected, o.got) for o in run_cases(file)]


def test_one_outcome_per_expectation(tmp_path: Path) -> None:
    got = outcomes(tmp_path, """
base: {职工总数: {2025: 10}}
cases:
  - {name: 够, on: 2026-11-01, expect: {verdict: eligible, c: true, 奖励: 0.1万元, 合计: 1000元}}
  - {name: 缺, on: 2026-11-01, without: [职工总数], expect: {verdict: unknown, 奖励: [0, null]}}
  - {name: 早, on: 2019-01-01, expect: {verdict: not_in_force}}
""")
    assert got == [("verdict", "not_in_force", "not_in_force"), ("verdict", "eligible", "eligible"),
                   ("c", True, True), ("奖励", [1000, 1000], [1000, 1000]), ("合计", [1000, 1000], [1000, 1000]),
                   ("verdict", "unknown", "unknown"), ("奖励", [0, None], [0, None])]


@pytest.mark.parametrize(("code", "cases"), [
    ("P131", "[]"),
    ("P131", "cases: [{name: 甲, expect: {verdict: eligible}}]"),
    ("P131", "cases: [{name: 甲, on: 今天, expect: {verdict: eligible}}]"),
    ("P131", "cases: [{name: 甲, on: 2026-11-01, expect: eligible}]"),
    ("P131", "cases: [甲]"),
    ("P132", "cases: [{name: 甲, on: 2026-11-01, with: {职工总数: {2025: 很多}}, expect: {verdict: eligible}}]"),
    ("P133", "cases: [{name: 甲, on: 2026-11-01, with: {没有的: 1}, expect: {verdict: eligible}}]"),
    ("P133", "cases: [{name: 甲, on: 2026-11-01, with: {职工总数: 1}, expect: {verdict: eligible}}]"),
    ("P133", "cases: [{name: 甲, on: 2026-11-01, with: {已获支持: [旧]}, expect: {verdict: eligible}}]"),
    ("P134", "cases: [{name: 甲, on: 2026-11-01, expect: {没有的: 1}}]"),
    ("P135", "cases: [{name: 甲, on: 2026-11-01, expect: {奖励: 很多}}]"),
])
def test_faulty_cases_are_told(tmp_path: Path, code: str, cases: str) -> None:
    with pytest.raises(WutongError) as caught:
        outcomes(tmp_path, cases)
    assert caught.value.diagnostics[0].code == code
    assert caught.value.diagnostics[0].place.file == "made.cases.yaml"


def test_cases_without_their_policy(tmp_path: Path) -> None:
    (tmp_path / "made.cases.yaml").write_text("cases: []", "utf-8")
    with pytest.raises(WutongError) as caught:
        run_cases(tmp_path / "made.cases.yaml")
    assert caught.value.diagnostics[0].code == "P130"
