"""Whatever is typed, the answer is a value or an error with a code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feel.test_printer import MEMBERS, NAMES, trees

from wutong.errors import WutongError
from wutong.feel.interp import Scope, evaluate
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.feel.values import from_python

PIECES = [
    "1", "2.5", ".", "..", "(", ")", "[", "]", "{", "}", "a", "上年 收入", "（", "）", "，", "if ", " then ", " else ",
    "for ", " in ", " return ", "some ", " satisfies ", " and ", " or ", "not(", "between ", "instance of ", "list<",
    ">", "<", "=", "!=", "-", "+", "*", "**", "/", "//", "/*", "*/", '"', "“", "@", ":", ",", "?", "\\", "%", "万元",
    "function(", "external ", "date and time(", "null", "true", "\n", "≥", "３", "㎡", "🐎", "\x00",
]  # fmt: skip
BUILT_IN = [
    "substring", "replace", "matches", "split", "number", "string", "date", "time", "date and time", "duration",
    "decimal", "floor", "modulo", "exp", "log", "sqrt", "sum", "max", "stddev", "mode", "sublist", "insert before",
    "list replace", "sort", "context", "context put", "range", "overlaps", "before", "includes", "day of year",
    "years and months duration", "best of", "months between", "string join", "get value", "round half up",
]  # fmt: skip
ARGUMENTS = [
    "null", "1", "-2", "0.5", "1e6000", "-1e30", '"a"', '"(a"', '"[1..3]"', '"2024-02-30"', '"P1Y"', "true", "[]", "[1, null]",
    '["a"]', "{}", "{a: 1}", '@"2024-02-29"', '@"-999999999-01-01"', '@"10:00:00Z"', '@"2024-01-01T00:00:00@Asia/Shanghai"',
    '@"P1D"', '@"P900000000Y"', "[1..3]", "(< 5)", "function(a, b) a", "max",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=12),
       st.sampled_from(["dmn", "policy"]), st.sampled_from([parse_expression, parse_unary_tests]))
def test_any_text_parses_or_has_an_error_with_a_place(text, profile, parse):
    try:
        parse(text, names=NAMES, members=MEMBERS, profile=profile)
    except WutongError as error:
        place = error.diagnostics[0].place
        assert place.expression == text
        assert place.line is not None
        assert place.offset is not None


@settings(max_examples=200)
@given(trees)
def test_any_tree_evaluates_or_has_an_error_with_a_code(tree):
    values = {"a": from_python(1), "x1": from_python([{"b": 2}, None]), "职工总数": "文"}
    try:
        evaluate(tree, Scope(values, unit=lambda value, _: value))
    except WutongError as error:
        code = error.code
    else:
        code = "F3"
    assert code.startswith("F3")


@settings(max_examples=400)
@given(st.sampled_from(BUILT_IN), st.lists(st.sampled_from(ARGUMENTS), max_size=4))
def test_any_call_of_a_built_in_function_has_a_value(name, arguments):
    evaluate(parse_expression(f"{name}({', '.join(arguments)})"))


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "**", "=", "<", "<=", "and", "between 1 and", "in"])
def test_any_two_values_can_meet(op):
    for left in ARGUMENTS:
        for right in ARGUMENTS:
            evaluate(parse_expression(f"{left} {op} {right}"))
