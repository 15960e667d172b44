"""Whatever is wrong with a policy file is told with a code, never with a traceback."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from wutong.errors import WutongError
from wutong.packs.loader import load_file, parse_policy
from wutong.policy.evaluate import compile_block

GOOD = """
policy: made
pack: tests
version: "1"
name: {zh: 自拟政策}
kind: grant
status: official
in_force: {from: 2020-01-01}
window: {from: 2026-03-01}
sources: {s: {doc_no: 测试, clause: 第一条, grade: V}}
parameters:
  - {code: rate, zh: 比例, value: 0.5, source: s}
  - {code: base, zh: 基数, values: [{value: 10, source: s}]}
let: [{code: sum, zh: 合计, expr: 上年营业收入}]
tables:
  - {code: t, zh: 表, hit: FIRST, inputs: [上年职工总数], output: {type: number}, source: s, rules: [["-", 1]]}
conditions: [{code: c, zh: 条件, when: 上年职工总数 >= 10, source: s}]
decide: {all: [c]}
outputs: [sum]
benefits: [{code: b, zh: 奖励, amount: 10万元, source: s}]
"""
WRONG: list[Any] = [5, "x", [], {}, ["x"], {"a": 1}, True, [[]], [None], [{}], None]


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, item in inner for p in paths(item, (*path, key)))]


def with_wrong(path: tuple[Any, ...], wrong: Any) -> str:
    if not path:
        return yaml.safe_dump(wrong)
    tree = copy.deepcopy(yaml.safe_load(GOOD))
    target = tree
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = wrong
    return yaml.safe_dump(tree, allow_unicode=True)


def codes(text: str) -> set[str]:
    with pytest.raises(WutongError) as caught:
        parse_policy(text, "made.yaml")
    return {d.code for d in caught.value.diagnostics}


def test_the_good_file_is_good() -> None:
    assert parse_policy(GOOD, "made.yaml").zh == "自拟政策"


def faulty_places(text: str) -> list[str | None]:
    """Return the files of all faults of loading and compiling."""
    try:
        compile_block([parse_policy(text, "made.yaml")], {"companies": {}}, date(2026, 11, 1))
    except WutongError as error:
        return [d.place.file for d in error.diagnostics]
    return []


@pytest.mark.parametrize("path", paths(yaml.safe_load(GOOD)), ids=str)
def test_wrong_shapes_never_end_in_a_traceback(path: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        assert set(faulty_places(with_wrong(path, wrong))) <= {"made.yaml"}


@pytest.mark.parametrize(("old", "new", "code"), [
    ("inputs: [上年职工总数]", "inputs: 上年职工总数", "P121"),
    ("in_force: {from: 2020-01-01}", "in_force: 2020-01-01", "P121"),
    ("name: {zh: 自拟政策}", "name: {en: Made}", "P105"),
    ('rules: [["-", 1]]', "rules: []", "P105"),
    ('rules: [["-", 1]]', "rules: [[1]]", "P110"),
    ("decide: {all: [c]}", "decide: {all: c}", "P114"),
    ("decide: {all: [c]}", "decide: {all: [d]}", "P113"),
    ("grade: V", "grade: A", "P109"),
    ("grade: V", "grade: M", "P116"),
    ("value: 0.5", "value: null", "P117"),
    ("kind: grant", "kind: gift", "P118"),
    ("from: 2020-01-01", "from: 2020-13-01", "P101"),
    ('version: "1"', 'version: "1"\nversion: "2"', "P102"),
    ("outputs: [sum]", "outptus: [sum]", "P103"),
    ("conditions: [{", "conditions: [7, {", "P104"),
    ("when: 上年职工总数 >= 10, source: s", "when: 上年职工总数 >= 10", "P106"),
    ("when: 上年职工总数 >= 10, source: s", "when: 上年职工总数 >= 10, source: q", "P107"),
    ("window: {from: 2026-03-01}", "window: {from: 三月}", "P108"),
    ("when: 上年职工总数 >= 10, ", "", "P111"),
    ("code: rate", "code: sum", "P115"),
])
def test_fault_has_its_code(old: str, new: str, code: str) -> None:
    assert old in GOOD
    assert code in codes(GOOD.replace(old, new))


def test_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(WutongError) as caught:
        load_file(tmp_path / "made.yaml")
    assert caught.value.diagnostics[0].code == "P101"


@pytest.mark.parametrize(("text", "reason"), [
    ("a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)), "aliases"),
    ("a: &a [*a]", "nesting"), ("[" * 3000 + "]" * 3000, "nesting"),
])
def test_a_few_lines_that_stand_for_billions_of_values_are_refused(text, reason):
    with pytest.raises(WutongError, match="P101") as caught:
        parse_policy(text, "bomb.yaml")
    assert reason in str(caught.value)
