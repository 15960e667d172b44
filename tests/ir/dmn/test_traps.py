"""The semantic mismatches between FEEL and SQL (design rules §4.1), each on DuckDB, by its number in the table."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from wutong.errors import WutongError
from wutong.ir.dmn.engine import SqlEngine

from .conftest import cases_of, model_of, plain

if TYPE_CHECKING:
    from .conftest import Ask


@pytest.mark.parametrize(("text", "expected"), [
    ("null = null", True), ("null = 3", False), ("null != 3", True), ("a = null", [True, False]),
    ("a != 5", [True, False]), ("null < 3", None), ("null between 1 and 2", None), ("null in [1..2]", None),
])
def test_1_2_equality_is_total_and_order_is_not(ask: Ask, text: str, expected: Any) -> None:
    if isinstance(expected, list):
        assert ask(text, [{"a": None}, {"a": 5}]) == expected
    else:
        assert ask(text) == [expected]


def test_1_equality_of_inputs_with_nulls(ask: Ask) -> None:
    rows = [{"a": x, "b": y} for x in (None, 1) for y in (None, 1)]
    assert ask("a = b", rows, a="number", b="number") == [True, False, False, True]
    assert ask("a < b", rows, a="number", b="number") == [None, None, None, False]


@pytest.mark.parametrize(("text", "expected"), [
    ("null and false", False), ("null and true", None), ("null or true", True), ("null or false", None),
    ("1 and false", False), ('"x" or true', True), ("1 and true", None), ("not(null)", None), ("not(1)", None),
])
def test_3_logic_is_kleene_and_other_types_count_as_null(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("1 / 0", None), ("0 / 0", None), ("7 / 2", 3.5), ("1 / (2 - 2)", None), ("10 / 4 * 0", 0.0),
])
def test_6_7_division(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_6_one_zero_does_not_stop_the_others(ask: Ask) -> None:
    assert ask("a / b", [{"a": 6, "b": 3}, {"a": 6, "b": 0}, {"a": None, "b": 2}]) == [2.0, None, None]


@pytest.mark.parametrize("text", [
    "10 ** 400", "exp(1000)", "log(0)", "log(-1)", "sqrt(-1)", "(-8) ** 0.5", "10 ** 308 * 100", "1 / 10 ** 400",
    'number("1e999")',
])
def test_9_10_no_infinity_no_nan(ask: Ask, text: str) -> None:
    assert ask(text) == [None]


def test_9_bad_rows_give_null_not_a_dead_batch(ask: Ask) -> None:
    rows = [{"t": "2024-01-31"}, {"t": "2024-13-01"}, {"t": "nonsense"}, {"t": ""}, {"t": None}, {"t": "x" * 5000}]
    assert ask("date(t)", rows, t="string") == ["2024-01-31", None, None, None, None, None]
    assert ask("number(t)", rows, t="string") == [None] * 6
    assert ask("duration(t)", [{"t": "P1D"}, {"t": "P99999999999999999999D"}, {"t": "PT"}], t="string") == \
        ["P1D", None, None]
    assert ask("date and time(t)", [{"t": "2024-01-01T10:00:00@Europe/Paris"}, {"t": "2024-01-01T10:00:00@No/Where"}],
               t="string") == ["2024-01-01T10:00:00@Europe/Paris", None]


def test_9_overflow_of_durations_is_null(ask: Ask) -> None:
    assert ask("duration(d) * k", [{"d": "P10000000D", "k": 2}, {"d": "P10000000D", "k": 10**9}], d="string") == \
        ["P20000000D", None]
    assert ask('date("2024-01-01") + duration(d)', [{"d": "P1D"}, {"d": "P9000000000000M"}], d="string") == \
        ["2024-01-02", None]


@pytest.mark.parametrize(("text", "expected"), [
    ("decimal(0.125, 2)", 0.12), ("decimal(0.135, 2)", 0.14), ("decimal(2.5, 0)", 2.0), ("decimal(-2.5, 0)", -2.0),
    ("round half up(2.5, 0)", 3.0), ("round half up(-2.5, 0)", -3.0), ("round half down(2.5, 0)", 2.0),
    ("round half down(-2.51, 0)", -3.0), ("round up(1.1, 1)", 1.1), ("round up(5.121, 2)", 5.13),
    ("round down(-5.5, 0)", -5.0), ("floor(-1.56, 1)", -1.6), ("ceiling(1.5)", 2.0),
])
def test_11_rounding(ask: Ask, text: str, expected: float) -> None:
    assert ask(text) == [pytest.approx(expected, abs=1e-12)]


@pytest.mark.parametrize(("text", "expected"), [
    ("modulo(12, 5)", 2.0), ("modulo(-12, 5)", 3.0), ("modulo(12, -5)", -3.0), ("modulo(10, 0)", None),
    ("modulo(-10.1, 4.5)", pytest.approx(3.4)),
])
def test_12_modulo_is_floored(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ("sum([1, null])", None), ("mean([1, null, 3])", None), ("min([1, null])", None), ("max(1, null)", None),
    ("median([1, null])", None), ("all([true, null])", None), ("all([false, null])", False),
    ("any([true, null])", True), ("any([false, null])", None), ("count([1, null])", 2.0), ("sum([])", None),
    ("max([])", None), ("all([])", True), ("any([])", False), ("max(1, 2)", 2.0),
])
def test_13_14_aggregates_do_not_skip_null(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_13_aggregates_over_lists_from_data(ask: Ask) -> None:
    rows = [{"xs": [1, 2, 3]}, {"xs": [1, None]}, {"xs": []}, {"xs": None}]
    assert ask("sum(xs)", rows) == [6.0, None, None, None]
    assert ask("max(xs)", rows) == [3.0, None, None, None]
    assert ask("count(xs)", rows) == [3.0, 2.0, 0.0, None]
    assert ask("some x in xs satisfies x > 1", rows) == [True, None, False, None]
    assert ask("every x in xs satisfies x > 0", rows) == [True, None, True, None]
    assert ask("xs[item > 1]", rows) == [[2.0, 3.0], [], [], None]
    assert ask("for x in xs return x * 2", rows) == [[2.0, 4.0, 6.0], [2.0, None], [], None]


@pytest.mark.parametrize(("text", "expected"), [
    ('date("2024-01-31") + duration("P1M")', "2024-02-29"), ('date("2023-01-31") + duration("P1M")', "2023-02-28"),
    ('date("2024-02-29") - duration("P1Y")', "2023-02-28"), ('date("2024-03-01") - date("2024-02-01")', "P29D"),
    ('duration("P1M") = duration("P30D")', None), ('duration("P1M") < duration("P40D")', None),
    ('duration("P1Y") = duration("P12M")', True), ('duration("PT24H") = duration("P1D")', True),
    ('(date("2024-01-31") + duration("P1M")) instance of date', True), ('string(duration("-PT1H30M"))', "-PT1H30M"),
])
def test_15_16_17_dates_and_durations(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ('date and time("2018-10-08T00:00:00+02:00") = date and time("2018-10-08T00:00:00@Europe/Paris")', True),
    ('is(@"20:00:50+00:00", @"21:00:50+01:00")', False), ('string(@"2018-12-08T00:00:00@Asia/Dhaka")',
                                                          "2018-12-08T00:00:00@Asia/Dhaka"),
    ('@"2018-12-08T10:00:00+08:00".time offset', "PT8H"), ('@"23:59:59" < @"10:00:00Z"', None),
])
def test_18_zones_are_kept(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_19_today_is_the_date_of_the_run() -> None:
    engine = SqlEngine(as_of=datetime(2025, 3, 4))
    found = engine.run(model_of({"t": "today()"}, {}), cases_of([{}], "t"))
    assert [plain(f["t"]) for f in found] == ["2025-03-04"]


@pytest.mark.parametrize(("text", "expected"), [
    ("[1, 2, 3][1]", 1.0), ("[1, 2, 3][-1]", 3.0), ("[1, 2, 3][0]", None), ("[1, 2, 3][4]", None),
    ("[1, 2, 3][-4]", None), ("distinct values([3, 1, 3, 2, 1])", [3.0, 1.0, 2.0]), ("5[1]", 5.0),
    ("[1] = 1", None), ('upper case(["a"])', "A"), ('[1, "a", true][2]', "a"), ("reverse([1, 2])", [2.0, 1.0]),
])
def test_20_21_22_23_lists(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_20_positions_from_data(ask: Ask) -> None:
    rows = [{"n": n} for n in (1, -1, 0, 4, None)]
    assert ask("[10, 20, 30][n]", rows, n="number") == [10.0, 30.0, None, None, None]
    assert ask("sublist([10, 20, 30], n)", rows[:2], n="number") == [[10.0, 20.0, 30.0], [30.0]]
    assert ask("distinct values(xs)", [{"xs": [2, 1, 2]}]) == [[2.0, 1.0]]


@pytest.mark.parametrize(("text", "expected"), [
    ('{a: 1, b: "x"} = {b: "x", a: 1}', True), ("{a: 1} = {a: 1, b: null}", False), ("{a: {b: 2}}.a.b", 2.0),
    ('get value({a: 1}, "a")', 1.0), ("{a: 1, b: a + 1}", {"a": 1.0, "b": 2.0}),
])
def test_24_contexts_are_compared_by_name(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_24_contexts_from_data(ask: Ask) -> None:
    rows = [{"c": {"年龄": 3, "名": "a"}}, {"c": {"年龄": None, "名": "b"}}, {"c": None}]
    assert ask("c.年龄 + 1", rows) == [4.0, None, None]
    assert ask("c = null", rows) == [False, False, True]
    assert ask("cs[a > 1].b", [{"cs": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}]) == [["y"]]


def test_25_34_names_stay_out_of_the_sql() -> None:
    names = {"Age": 1, "age": 2, "从事研发和相关技术创新活动的科技人员占企业当年职工总数的比例（百分之）": 3, "a b": 4}
    texts = {"sum": " + ".join(f"{n} * {10 ** k}" for k, n in enumerate(names))}
    engine = SqlEngine(fold=False)
    model = model_of(texts, dict.fromkeys(names, "number"))
    assert [plain(f["sum"]) for f in engine.run(model, cases_of([names], "sum"))] == [4321.0]


def test_25_hostile_text_is_a_value(ask: Ask) -> None:
    hostile = "'; DROP TABLE cases; -- \\ \" 梧桐"
    assert ask("s = t", [{"s": hostile, "t": hostile}]) == [True]
    assert ask('"it\'s; -- \\\\ x"') == ["it's; -- \\ x"]


@pytest.mark.parametrize(("text", "expected"), [
    ('matches("foobar", "^fo*b")', True), ('matches("a\\nb", "a.b")', False), ('matches("abc", "[")', None),
    ('replace("abc", "(b)", "[$1]")', "a[b]c"), ('split("a;b;c", ";")', ["a", "b", "c"]),
    ('matches("ab", "a(?=b)")', None), ('matches("a", "a++")', None), ('matches("O", "[A-Z-[O]]")', False),
    ('matches("α中", "\\\\p{IsGreek}\\\\p{Lo}")', True), ('matches("_", "\\\\w")', False), ('replace("abc", "x*", "-")', None),
    ('matches("AbC", "abc", "i")', True), ('matches("a\\nb", "a.b", "s")', True),
])
def test_26_regular_expressions(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize("text", ['matches("aa", "(a)\\\\1")', 'matches("a", "(a{100}){100}")'])
def test_26_what_the_database_lacks_is_an_error_with_a_place(text: str) -> None:
    engine = SqlEngine(fold=False)
    found = engine.run(model_of({"answer": text}, {}), cases_of([{}], "answer"))
    assert found == [{}]
    (refused,) = engine.tally.refused
    assert refused[2].code == "F417"
    assert refused[2].diagnostics[0].place.clause == "answer"
    assert refused[2].diagnostics[0].place.offset == 1


@pytest.mark.parametrize(("text", "expected"), [
    ('substring("foobar", 3)', "obar"), ('substring("foobar", -2, 1)', "a"), ('substring("foobar", 0)', None),
    ('substring("foobar", 7)', None), ('substring("\U0001F40Eab", 2)', "ab"), ('string length("\U0001F40Eab")', 3.0),
    ('substring before("foobar", "x")', ""), ('substring after("foobar", "ob")', "ar"), ('contains("foo", null)', None),
    ('"a" < "b"', True), ('"Z" < "a"', True), ('"深" > "z"', True),
])
def test_27_28_texts(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    ('number("1.000.000,01", ".", ",")', 1000000.01), ('number("1 000", " ", ".")', 1000.0), ('number("x")', None),
    ("string(1)", "1"), ("string(1.50)", "1.5"), ('string(date("2024-01-02"))', "2024-01-02"), ("string(null)", None),
    ("string(true)", "true"), ('date("2024-02-30")', None), ('time("25:00:00")', None),
])
def test_29_conversions(ask: Ask, text: str, expected: Any) -> None:
    assert ask(text) == [expected]


def test_32_arguments_are_bound_once() -> None:
    deep = {"d0": "a + 1", **{f"d{n}": f"d{n - 1} * d{n - 1} - d{n - 1}" for n in range(1, 15)}}
    engine = SqlEngine(fold=False)
    from wutong.ir.dmn.engine import Target
    model, cases = model_of(deep, {"a": "number"}), cases_of([{"a": 1}], "d14")
    sql = engine.compile(model, [Target("d14")], cases).sql(engine.backend)
    assert len(sql) < 8000
    assert plain(engine.run(model, cases)[0]["d14"]) == 2.0


def test_functions_and_closures_are_applied_while_compiling(ask: Ask) -> None:
    assert ask("(function(x, y) x * y)(a, 3)", [{"a": 2}, {"a": None}], a="number") == [6.0, None]
    assert ask("sort(xs, function(x, y) x > y)", [{"xs": [2, 3, 1]}]) == [[3.0, 2.0, 1.0]]
    assert ask("sort([2, 3, 1], function(x, y) x > y)") == [[3.0, 2.0, 1.0]]


def test_values_of_several_types(ask: Ask) -> None:
    rows = [{"b": True}, {"b": False}, {"b": None}]
    assert ask('if b then 1 else "no"', rows, b="boolean") == [1.0, "no", "no"]
    assert ask('(if b then 1 else "no") instance of number', rows, b="boolean") == [True, False, False]
    assert ask("if b then {x: 1} else [1, 2]", rows[:2], b="boolean") == [{"x": 1.0}, [1.0, 2.0]]


def test_circular_decisions_are_refused() -> None:
    from wutong.dmn.model import Decision, LiteralExpression, Model
    model = Model("m", decisions=(Decision("a", "a", None, LiteralExpression("b"), ("b",)),
                                  Decision("b", "b", None, LiteralExpression("a"), ("a",))))
    engine = SqlEngine(fold=False)
    engine.run(model, cases_of([{}], "a"))
    assert [r[2].code for r in engine.tally.refused] == ["F423"]


def test_dates_beyond_the_engine_are_refused_not_rounded() -> None:
    engine = SqlEngine(fold=False)
    engine.run(model_of({"x": 'date("999999999-12-31")', "y": 'time("10:00:00.1234567")'}, {}),
               cases_of([{}], "x", "y"))
    assert [r[2].code for r in engine.tally.refused] == ["F426", "F426"]


def test_folding_is_counted_apart() -> None:
    model = model_of({"x": 'date("999999999-12-31")'}, {})
    engine = SqlEngine(fold=True)
    assert [plain(f["x"]) for f in engine.run(model, cases_of([{}], "x"))] == ["999999999-12-31"]
    assert (engine.tally.pushed, engine.tally.folded, engine.tally.refused) == (0, 1, [])


def test_an_unknown_element_is_named() -> None:
    engine = SqlEngine(fold=False)
    engine.run(model_of({"x": "1"}, {}), cases_of([{}], "y"))
    error = engine.tally.refused[0][2]
    assert isinstance(error, WutongError)
    assert error.code == "F425"


def test_dates_as_python_values(ask: Ask) -> None:
    rows = [{"d": date(2024, 5, 31)}, {"d": None}]
    assert ask('d + duration("P1M")', rows, d="date") == ["2024-06-30", None]
    assert ask("d.month", rows, d="date") == [5.0, None]
