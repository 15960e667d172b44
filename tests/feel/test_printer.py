"""parse(print(tree)) == tree, for trees made at random."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.feel.printer import to_text

NAMES = ["a", "上年 收入（万元）", "x1", "rate-of-pay", "职工总数"]
MEMBERS = ["b", "月 收入"]

numbers = st.decimals(0, 10**9, places=3).map(ast.Literal)
units = st.builds(ast.Literal, st.integers(0, 9999).map(Decimal), st.sampled_from(["万元", "%", "人", "个月"]))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(ast.Literal)
leaves = st.one_of(
    numbers, units, texts, st.sampled_from([True, False, None]).map(ast.Literal),
    st.sampled_from(NAMES).map(ast.Name), st.sampled_from(["2026-11-01", "P1D"]).map(ast.AtLiteral),
)
type_refs = st.sampled_from([
    ast.TypeRef("number"), ast.TypeRef("date and time"), ast.TypeRef("list", (ast.TypeRef("string"),)),
    ast.TypeRef("context", fields=(("b", ast.TypeRef("number")),)),
    ast.TypeRef("function", (ast.TypeRef("Any"),), result=ast.TypeRef("string")),
])  # fmt: skip
comparisons = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def ranges(inner):
    both = st.builds(ast.Range, inner, inner, st.booleans(), st.booleans())
    below = st.builds(lambda e, c: ast.Range(None, e, False, c), inner, st.booleans())
    above = st.builds(lambda e, c: ast.Range(e, None, c, False), inner, st.booleans())
    return both | below | above


def calls(inner):
    named = st.lists(st.tuples(st.sampled_from(["a", "start position"]), inner), min_size=1, max_size=2)
    function = st.sampled_from(["string length", "max", "not"]).map(ast.Name)
    plain = st.builds(ast.Call, function, st.lists(inner, max_size=3).map(tuple))
    return plain | st.builds(
        lambda f, pairs: ast.Call(f, tuple(v for _, v in pairs), tuple(n for n, _ in pairs)), function, named)


def iterators(inner):
    return st.lists(st.builds(ast.Iterator, st.sampled_from(["i", "本 年"]), inner), min_size=1, max_size=2).map(tuple)


def grow(inner):
    tests = st.lists(inner | st.builds(ast.UnaryTest, comparisons, inner), min_size=1, max_size=3).map(tuple)
    ops = comparisons | st.sampled_from(["+", "-", "*", "/", "**", "and", "or"])
    bases = inner.filter(lambda n: not isinstance(n, ast.Literal | ast.AtLiteral))
    keys = st.sampled_from(["b", "月 收入", "if", "x:y"])
    return st.one_of(
        st.builds(ast.Binary, ops, inner, inner), st.builds(ast.Negate, inner), ranges(inner), calls(inner),
        st.builds(ast.Between, inner, inner, inner), st.builds(ast.In, inner, tests),
        st.builds(ast.Path, inner, st.sampled_from(MEMBERS)), st.builds(ast.Filter, inner, inner),
        st.builds(ast.Call, bases, st.tuples(inner)), st.builds(ast.InstanceOf, inner, type_refs),
        st.builds(ast.If, inner, inner, inner), st.builds(ast.For, iterators(inner), inner),
        st.builds(ast.Quantified, st.sampled_from(["some", "every"]), iterators(inner), inner),
        st.builds(ast.ListLiteral, st.lists(inner, max_size=3).map(tuple)),
        st.builds(ast.ContextLiteral, st.lists(st.tuples(keys, inner), max_size=3).map(tuple)),
        st.builds(ast.FunctionLiteral, st.just((("p", None), ("参 数", ast.TypeRef("number")))), inner),
        st.builds(ast.UnaryTest, st.sampled_from(["=", "!="]), inner),
    )  # fmt: skip


trees = st.recursive(leaves, grow, max_leaves=12)


def parse(text):
    return parse_expression(text, names=NAMES, members=MEMBERS, profile="policy")


@settings(max_examples=300)
@given(trees)
def test_an_expression_survives_printing(tree):
    assert parse(to_text(tree)) == tree


@settings(max_examples=100)
@given(st.lists(trees | st.builds(ast.UnaryTest, comparisons, trees), min_size=1, max_size=3), st.booleans())
def test_unary_tests_survive_printing(tests, negated):
    tree = ast.UnaryTests(tuple(tests), negated)
    assert parse_unary_tests(to_text(tree), names=NAMES, members=MEMBERS, profile="policy") == tree


@pytest.mark.parametrize("text", ["-", "not(a)", "(not(a))", "(< 5)", "[1..(a[1])]", "-a.b", "(-a).b", "(a + b) * -c"])
def test_printing_adds_no_brackets_that_are_not_needed(text):
    read = parse_unary_tests if text in ("-", "not(a)", "(not(a))") else parse_expression
    assert to_text(read(text)) == text
