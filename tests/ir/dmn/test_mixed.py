"""What lists of data may hold: items of several types, times with their zones, contexts of several shapes."""

from __future__ import annotations

from typing import Any

import pytest

from wutong.dmn.tck import InterpreterEngine, agrees
from wutong.ir.dmn.engine import SqlEngine

from .conftest import Ask, cases_of, model_of

#: expressions over a list whose length depends on data, so that the list is one in SQL
TEXTS = (
    'xs[item != "b"]', "count(xs[item = null])", "reverse(xs)", 'append(xs, @"2026-11-01")', "flatten([xs, [xs]])",
    "for x in xs return if x instance of number then x * 2 else x", "xs[item instance of string]", "index of(xs, 2)",
    'list contains(xs, "b")', 'list contains(xs, "z")', "xs[1]", "xs[-1]", "string(xs)", "xs = [1, 2]", "remove(xs, 1)",
    'insert before(xs, 1, "new")', "distinct values(xs)", 'some x in xs satisfies x = "b"', "concatenate(xs, [true])",
    "{a: xs}.a[2]", "xs instance of list<number>", "[xs, 5]",
)
ROWS: list[dict[str, Any]] = [{"xs": [1, "b", 2]}, {"xs": ["b", None, 3]}, {"xs": [1, 2]}, {"xs": []}, {"xs": None}]


@pytest.mark.parametrize("lift", [False, True], ids=["plain", "lifted"])
def test_lists_of_several_types_mean_what_the_interpreter_says(lift: bool) -> None:
    names = {f"r{n}": text for n, text in enumerate(TEXTS)}
    model, cases = model_of(names, {"xs": None}), cases_of(ROWS, *names)
    engine = SqlEngine(lift=lift, fold=False)
    found, expected = engine.run(model, cases), InterpreterEngine().run(model, cases)
    assert engine.tally.refused == []
    wrong = [(text, row, theirs[name], mine.get(name)) for name, text in names.items()
             for row, mine, theirs in zip(ROWS, found, expected, strict=True) if not agrees(theirs[name], mine.get(name))]
    assert wrong == []


ZONED = 'for t in [@"10:00:00Z", @"11:30:00+01:00", @"12:00:00@Asia/Shanghai"][item != null] return '


@pytest.mark.parametrize(("text", "expected"), [
    (f"{ZONED} string(t)", ["10:00:00Z", "11:30:00+01:00", "12:00:00@Asia/Shanghai"]),
    (f'{ZONED} string(t + @"PT1H")', ["11:00:00Z", "12:30:00+01:00", "13:00:00@Asia/Shanghai"]),
    (f'({ZONED} t)[item < @"10:15:00Z"]', ["10:00:00Z", "12:00:00@Asia/Shanghai"]),
    (f"({ZONED} t)[2].time offset", "PT1H"),
    ('[@"2026-11-01T10:00:00@Asia/Shanghai", @"2026-11-01"][item != null]', ["2026-11-01T10:00:00@Asia/Shanghai", "2026-11-01"]),
])
def test_times_in_lists_keep_their_zones(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize(("text", "code"), [
    (f"sort({ZONED} t)", "F412"), (f"max({ZONED} t)", "F412"), (f"distinct values({ZONED} t)", "F412"),
    ('sum(for x in [1, "a"][item != null] return x)', "F413"), ("for i in 1..2000000 return i", "F427"),
])
def test_what_sql_would_get_wrong_is_refused(text: str, code: str) -> None:
    engine = SqlEngine(lift=True, fold=False)
    assert engine.run(model_of({"answer": text}, {}), cases_of([{}], "answer")) == [{}]
    assert [error.code for _, _, error in engine.tally.refused] == [code]


@pytest.mark.parametrize(("text", "expected"), [
    ("[{a: 1}, {b: 2}, {a: 3}][a > 1]", [{"a": 3.0}]), ("[{a: 1}, {b: 2}].a", [1.0, None]),
    ('(function(a: number, b: number) 5)("x", 1)', None), ("(function(x: number) x) instance of function<string> -> number", False),
    ("(function(x: number) x) instance of function<number> -> number", True), ("null instance of Null", True),
    ("abs instance of function<number> -> number", True), ("abs instance of function<number, number> -> number", False),
    ("for i in [1..3] return i", [1.0, 2.0, 3.0]), ("for i in [3..1] return i", None), ("for i in (1..3) return i", [2.0]),
    ("for i in 1.5..3 return i", None), ("[1, 2, 3][1.5]", None), ("sort([2, null])", None), ("sort([])", []),
    ("string(0.1 + 0.2)", "0.3"), ("string(1e20)", "100000000000000000000"), ("string(-1.5e-10)", "-0.00000000015"),
    ('string([1, "a\\"b", null, @"2026-11-01", {k: [1..3]}])', '[1, "a\\"b", null, @"2026-11-01", {k: [1..3]}]'),
    ('upper case("straße")', "STRASSE"), ("round down(5.5, -6111)", 0.0), ("round up(5.5, -6111)", None),
])
def test_values(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_a_loop_from_data_that_is_too_long_stops_the_query() -> None:
    engine = SqlEngine(fold=False)
    model, cases = model_of({"answer": "for i in 1..n return i"}, {"n": "number"}), cases_of([{"n": 10**12}], "answer")
    with pytest.raises(Exception, match="more than 1000000 steps"):
        engine.run(model, cases)
