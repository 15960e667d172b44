"""Faulty models: every fault with its code and its place, before anything runs."""

from __future__ import annotations

import pytest
from tests.points.made import HEAD, ON, model

from wutong.errors import WutongError
from wutong.points.compile import compile_model
from wutong.points.loader import find_model

GOOD = """
stages: [{code: s, zh: 早, when: 上年营业收入 < 100万元}, {code: t, zh: 晚, when: true}]
root:
  code: total
  zh: 总
  aggregate: arithmetic
  children:
    - {code: a, zh: 甲, weight: {s: 40%, t: 60%}, value: 上年营业收入, unit: 元, ramp: [[0, 0], [100万元, 100]]}
    - {code: b, zh: 乙, weight: {s: 60%, t: 40%}, value: 上年营业收入, unit: 元, tiers: [[300万元, 100], [100万元, 50]]}
"""


def faults(text: str, head: str = HEAD) -> list[tuple[str, str | None]]:
    with pytest.raises(WutongError) as error:
        model(text, head)
    return [(d.code, d.place.clause) for d in error.value.diagnostics]


def test_the_good_model_loads():
    assert [p.key for p in model(GOOD).profiles] == ["s/*", "t/*"]


@pytest.mark.parametrize(("old", "new", "want"), [
    ("{s: 40%, t: 60%}", "{s: 41%, t: 60%}", [("S101", "total")]),
    ("{s: 40%, t: 60%}", "{s: 40.001%, t: 60%}", [("S102", "a")]),
    ("{s: 40%, t: 60%}", "{s: 40%, t: 60%, u: 1%}", [("S103", "a")]),
    ("{s: 40%, t: 60%}", "{s: 40%}", [("S114", "total")]),
    ("[[0, 0], [100万元, 100]]", "[[100万元, 0], [0, 100]]", [("S105", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, 0], [0, 100]]", [("S105", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, 100], [100万元, 0]]", [("S106", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, 0], [.inf, 100]]", [("S108", "a"), ("S105", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, 0], [.nan, 100]]", [("S108", "a"), ("S105", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, -5], [100万元, 100]]", [("S106", "a")]),
    ("[[300万元, 100], [100万元, 50]]", "[[100万元, 100], [300万元, 50]]", [("S105", "b")]),
    ("ramp: [[0, 0], [100万元, 100]]", "flag: 100, min_max: true", [("S107", "a")]),
    ("ramp: [[0, 0], [100万元, 100]]", "log_ramp: [[0, 0], [100万元, 100]]", [("S133", "a")]),
    ("[[0, 0], [100万元, 100]]", "[[0, 0], [100万元, 80]]", [("S112", "total")]),
    ("aggregate: arithmetic", "aggregate: geometric", [("S111", "total")]),
    ("aggregate: arithmetic", "aggregate: average", [("S109", "total")]),
    ("code: b", "code: a", [("P115", "a")]),
])
def test_a_fault_is_placed(old, new, want):
    assert old in GOOD
    assert faults(GOOD.replace(old, new)) == want


def test_a_tree_that_contains_itself_is_told():
    assert faults("root: &r {code: total, zh: 总, aggregate: sum, children: [*r]}")[0][0] in ("S104", "P101")


def test_a_demo_model_needs_its_label():
    assert faults(GOOD, HEAD.replace("status: draft", "status: demo")) == [("S113", "banner")]


def test_grades_go_down_to_zero_and_minima_name_nodes():
    text = GOOD + "grades: [{code: A, zh: 优, from: 50}, {code: B, zh: 良, from: 60}]\nminima: [{node: nobody, points: 1}]\n"
    assert faults(text) == [("S117", "grades"), ("S116", "minima")]


@pytest.mark.parametrize(("rule", "code"), [
    ("上年营业收人", "F510"), ("上年营业收入 + 上年职工总数", "F520"), ("拥有自主品牌", "F503"), ("上年营业收入 +", "F102"),
])
def test_faulty_rules_are_found_by_the_compiler_of_policies(rule, code):
    made = model(GOOD.replace("value: 上年营业收入, unit: 元, ramp", f"value: {rule}, unit: 元, ramp", 1))
    with pytest.raises(WutongError) as error:
        compile_model(made, {"companies": {"company": "string"}}, ON)
    assert error.value.code == code
    assert error.value.diagnostics[0].place.clause == "a"


def test_lets_that_name_each_other_are_a_circle():
    made = model("let: [{code: x, zh: 甲乙, expr: 乙丙 + 1}, {code: y, zh: 乙丙, expr: 甲乙 + 1}]\n" + GOOD)
    with pytest.raises(WutongError) as error:
        compile_model(made, {"companies": {"company": "string"}}, ON)
    assert error.value.code == "F542"


@pytest.mark.parametrize(("name", "code"), [("nobody", "S120")])
def test_an_unknown_model_is_told(name, code):
    with pytest.raises(WutongError) as error:
        find_model(name)
    assert error.value.code == code


def test_models_are_found_by_id_version_and_name():
    assert find_model("tsme-points@115-2017") == find_model("tsme-points") == find_model("national.tsme-points")
