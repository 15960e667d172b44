"""Reading FEEL: names, precedence, units, ranges, tests, and errors at their place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.ast import Binary, Call, Filter, In, Literal, Name, Negate, Path, Range, Span, UnaryTest
from wutong.feel.parser import parse_expression, parse_unary_tests


def num(value: int | str, unit: str | None = None) -> Literal:
    return Literal(Decimal(value), unit)


def test_blanks_between_words_make_different_names():
    tree = parse_expression("Employment  Status = EmploymentStatus", names=["Employment Status", "EmploymentStatus"])
    assert tree == Binary("=", Name("Employment Status"), Name("EmploymentStatus"))


def test_the_longest_name_in_scope_wins_over_an_operator():
    assert parse_expression("a-b", names=["a", "b", "a-b"]) == Name("a-b")
    assert parse_expression("a-c", names=["a", "b", "a-b", "c"]) == Binary("-", Name("a"), Name("c"))


def test_full_width_brackets_match_only_as_written_in_dmn_and_folded_in_policies():
    name = "营业收入(万元)"
    assert parse_expression("营业收入（万元） + 1", names=[name], profile="policy") == Binary("+", Name(name), num(1))
    with pytest.raises(WutongError):
        parse_expression("营业收入（万元） + 1", names=[name])


def test_a_name_written_exactly_wins_over_a_folded_one():
    names = ["收入(元)", "收入（元）"]
    assert parse_expression("收入（元）", names=names, profile="policy") == Name("收入（元）")
    assert parse_expression("收入(元)", names=names, profile="policy") == Name("收入(元)")


@pytest.mark.parametrize(("text", "tree"), [
    ("1 + 2 * 3", Binary("+", num(1), Binary("*", num(2), num(3)))),
    ("1 - 2 - 3", Binary("-", Binary("-", num(1), num(2)), num(3))),
    ("2 ** 3 ** 2", Binary("**", Binary("**", num(2), num(3)), num(2))),
    ("-2 ** 2", Binary("**", Negate(num(2)), num(2))),
    ("a or b and c", Binary("or", Name("a"), Binary("and", Name("b"), Name("c")))),
    ("a = 1 and b", Binary("and", Binary("=", Name("a"), num(1)), Name("b"))),
    ("a between 1 and 2 and b", Binary("and", ast.Between(Name("a"), num(1), num(2)), Name("b"))),
    ("a.b[1].c", Path(Filter(Path(Name("a"), "b"), num(1)), "c")),
    ("a in < 5", In(Name("a"), (UnaryTest("<", num(5)),))),
    ("a in (1, [2..3), > 4)", In(Name("a"), (num(1), Range(num(2), num(3), True, False), UnaryTest(">", num(4))))),
    ("a in (1..2]", In(Name("a"), (Range(num(1), num(2), False, True),))),
    ("a in [1,2]", In(Name("a"), (ast.ListLiteral((num(1), num(2))),))),
    ("]1..5[", Range(num(1), num(5), False, False)),
    ("(< 10)", Range(None, num(10), False, False)),
    ("(>= 10)", Range(num(10), None, True, False)),
    ('@"2026-11-01"', ast.AtLiteral("2026-11-01")),
    ("date and time(x)", Call(Name("date and time"), (Name("x"),))),
    ("string length(string: x)", Call(Name("string length"), (Name("x"),), ("string",))),
    ("x instance of list<number>", ast.InstanceOf(Name("x"), ast.TypeRef("list", (ast.TypeRef("number"),)))),
    ('{"a b": 1, c: 2}', ast.ContextLiteral((("a b", num(1)), ("c", num(2))))),
    ("[]", ast.ListLiteral(())),
    ("1.5e3", num("1500")),
    ("/* x */ 1 // y", num(1)),
])  # fmt: skip
def test_expressions(text, tree):
    assert parse_expression(text) == tree


def test_names_bound_inside_are_in_scope_there():
    tree = parse_expression("for my item in xs return my item + 1")
    assert tree == ast.For((ast.Iterator("my item", Name("xs")),), Binary("+", Name("my item"), num(1)))
    tree = parse_expression("{a b: 1, c: a b + 1}")
    assert tree == ast.ContextLiteral((("a b", num(1)), ("c", Binary("+", Name("a b"), num(1)))))
    tree = parse_expression("function(a b: number, c) a b + c")
    assert tree == ast.FunctionLiteral(
        (("a b", ast.TypeRef("number")), ("c", None)), Binary("+", Name("a b"), Name("c")))
    tree = parse_expression("some 该 企业 in 企业 satisfies 该 企业 > 1")
    assert tree == ast.Quantified(
        "some", (ast.Iterator("该 企业", Name("企业")),), Binary(">", Name("该 企业"), num(1)))


@pytest.mark.parametrize("profile", ["dmn", "policy"])
def test_declared_names_may_hold_full_width_brackets_and_signs(profile):
    tree = parse_expression("{收入（万元）: 1, b: 收入（万元） + 1}", profile=profile)
    assert tree == ast.ContextLiteral(
        (("收入（万元）", num(1)), ("b", Binary("+", Name("收入（万元）"), num(1)))))
    tree = parse_expression("for 占比% in xs return 占比%", profile=profile)
    assert tree == ast.For((ast.Iterator("占比%", Name("xs")),), Name("占比%"))
    tree = parse_expression("f(收入（万元）: 1, a-b: 2)", profile=profile)
    assert tree == Call(Name("f"), (num(1), num(2)), ("收入（万元）", "a-b"))


def test_members_are_known_after_a_dot_and_in_filters_only():
    tree = parse_expression("x.a b[c d = 1]", names=["x"], members=["a b", "c d"])
    assert tree == Filter(Path(Name("x"), "a b"), Binary("=", Name("c d"), num(1)))
    with pytest.raises(WutongError):
        parse_expression("c d", members=["c d"])


@pytest.mark.parametrize(("text", "tree"), [
    ("5000万元", num(5000, "万元")),
    ("30%", num(30, "%")),
    ("30％", num(30, "%")),
    ("１２个月", num(12, "个月")),
    ("1.5亿元 + 3人", Binary("+", num("1.5", "亿元"), num(3, "人"))),
    ("x≥30%", Binary(">=", Name("x"), num(30, "%"))),
    ("（x＋1）×2", Binary("*", Binary("+", Name("x"), num(1)), num(2))),
    ("类别 = “I类”", Binary("=", Name("类别"), Literal("I类"))),
    ("评估日 + 12个月", Binary("+", Name("评估日"), num(12, "个月"))),
    ("best of(a, b)", Call(Name("best of"), (Name("a"), Name("b")))),
])  # fmt: skip
def test_policy_profile(text, tree):
    assert parse_expression(text, names=["x", "类别", "评估日", "a", "b"], profile="policy") == tree


def test_units_are_no_part_of_the_standard():
    with pytest.raises(WutongError) as caught:
        parse_expression("30%")
    assert caught.value.code == "F104"


@pytest.mark.parametrize(("text", "tests", "negated"), [
    ("-", (ast.AnyTest(),), False),
    ("< 5", (UnaryTest("<", num(5)),), False),
    ("-5", (Negate(num(5)),), False),
    ("1, [2..3]", (num(1), Range(num(2), num(3))), False),
    ("not(1, 2)", (num(1), num(2)), True),
    ("not(>= 0.3)", (UnaryTest(">=", num("0.3")),), True),
    ("not(a) and b", (Binary("and", Call(Name("not"), (Name("a"),)), Name("b")),), False),
    ("? > 5", (Binary(">", Name("?"), num(5)),), False),
])  # fmt: skip
def test_unary_tests(text, tests, negated):
    assert parse_unary_tests(text) == ast.UnaryTests(tests, negated)


def test_spans_point_at_the_source():
    tree = parse_expression(" a + (b * c)", names=["a", "b", "c"])
    assert isinstance(tree, Binary)
    assert (tree.left.span, tree.right.span) == (Span(1, 2), Span(6, 11))


@pytest.mark.parametrize(("text", "code", "line", "offset"), [
    ("", "F108", 1, 1),
    ("1 +", "F102", 1, 4),
    ("(1", "F102", 1, 3),
    ("1 )", "F101", 1, 3),
    ("a\n+ # 1", "F104", 2, 3),
    ('"abc', "F103", 1, 1),
    ("1 /* x", "F103", 1, 3),
    ("f(a: 1, 2)", "F109", 1, 9),
    ("if a then b", "F102", 1, 12),
    ("x instance of", "F102", 1, 14),
])  # fmt: skip
def test_errors_have_code_and_place(text, code, line, offset):
    with pytest.raises(WutongError) as caught:
        parse_expression(text, place=Place(file="p.yaml", policy="tsme"))
    found = caught.value.diagnostics[0]
    assert (found.code, found.place.line, found.place.offset) == (code, line, offset)
    assert (found.place.file, found.place.policy, found.place.expression) == ("p.yaml", "tsme", text)
    assert "?" not in found.text("zh") + found.remedy("zh") + found.text("en") + found.remedy("en")


@pytest.mark.parametrize(("text", "guess"), [
    ("上年 职工总数 > 3", "上年职工总数"),
    ("3 > 上年职工 总数", "上年职工总数"),
    ("上年职工总数 > 100 人", "100人"),
])  # fmt: skip
def test_a_misplaced_blank_is_explained(text, guess):
    with pytest.raises(WutongError) as caught:
        parse_expression(text, names=["上年职工总数"], profile="policy")
    assert caught.value.code == "F106"
    assert guess in caught.value.diagnostics[0].remedy("zh")


def test_an_unknown_unit_is_named():
    with pytest.raises(WutongError) as caught:
        parse_expression("5000万块", profile="policy")
    assert caught.value.code == "F105"
    assert "万块" in caught.value.diagnostics[0].text("zh")


@pytest.mark.parametrize("text", [
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 5000,
    "-" * 5000 + "1",
    "+".join(["1"] * 5000),
    "if a then b else " * 5000 + "c",
    "a" + ".b" * 5000,
    "not(" * 5000 + "a" + ")" * 5000,
    "function(a) " * 5000 + "a",
    "x instance of " + "list<" * 5000 + "number" + ">" * 5000,
])  # fmt: skip
def test_deep_input_is_an_error_with_a_code(text):
    with pytest.raises(WutongError) as caught:
        parse_expression(text)
    assert caught.value.code == "F107"


def test_thirty_conditions_and_tiers_are_not_too_deep():
    parse_expression(" and ".join(f"a{i} = {i}" for i in range(100)))
    parse_expression("".join(f"if a > {i} then {i} else " for i in range(30)) + "0")


def test_escapes_in_texts():
    assert parse_expression(r'"a\"b\\c\n\u4E2D\U01F40E\d"') == Literal('a"b\\c\n中🐎\\d')
