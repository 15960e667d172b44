"""XPath's regular expressions: what is one, and what each part matches in Python as written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.errors import WutongError
from wutong.feel.interp import evaluate
from wutong.feel.parser import parse_expression
from wutong.feel.xregex import NoRegexError, for_re2, read, replacement


@pytest.mark.parametrize("pattern", [
    "(", ")", "a]", "a}", "{", "[", "[]", "[a", "a{2,1}", "a**", "a++", "*a", "(?=a)", "(?i)a", r"\b", r"\z", r"\Q", r"(a\1)",
    r"\0", "[b-a]", "[a-c-e]", r"\p{Foo}", r"\p{IsFoo}", r"\p", "[[a]]", "a{,2}", r"[\1]", "\\",
])  # fmt: skip
def test_what_xpath_does_not_know_is_no_pattern(pattern):
    with pytest.raises(NoRegexError):
        read(pattern)


@pytest.mark.parametrize(("pattern", "flags", "text", "found"), [
    ("[a-z-[aeiou]]+", "", "xyz", True), ("^[a-z-[aeiou]]$", "", "e", False), (r"\w", "", "_", False),
    (r"^\i\c*$", "", "a-b", True), (r"^\i", "", "-a", False), (r"\p{IsGreek}", "", "α", True), (r"\P{L}", "", "a", False),
    ("a b", "x", "ab", True), ("a[ ]b", "x", "ab", False), ("a.c", "q", "abc", False), ("A.C", "qi", "a.c", True),
    ("a$", "", "a\n", False), ("^b$", "m", "a\nb\n", True), ("a.b", "", "a\rb", False), ("a.b", "s", "a\nb", True),
    ("[^Q]", "i", "q", False), ("[A-Z-[IO]]", "i", "i", False), ("k", "i", "\u212a", True), (r"\p{Lu}", "i", "a", False),
    (r"(a)(b)\2\1", "", "abba", True), (r"(a)\1", "i", "aA", True), ("a{2}", "", "aa", True), ("", "", "x", True),
])  # fmt: skip
def test_what_is_matched(pattern, flags, text, found):
    assert (re.search(read(pattern, flags).text, text) is not None) is found


@pytest.mark.parametrize("pattern", [r"(a)\1", "(a{100}){100}", "a{1001}"])
def test_re2_is_not_given_what_it_lacks(pattern):
    assert for_re2(pattern) is None


@pytest.mark.parametrize(("text", "groups", "parts"), [
    ("$1x", 1, [1, "x"]), ("$12", 1, [1, "2"]), ("$12", 12, [12]), ("$0", 0, [0]), ("$3", 1, []), (r"\$\\", 0, ["$", "\\"]),
])
def test_replacements(text, groups, parts):
    assert replacement(text, groups) == parts


@pytest.mark.parametrize("text", ["$", "$a", "\\", r"\n"])
def test_what_is_no_replacement(text):
    with pytest.raises(NoRegexError):
        replacement(text, 1)


def test_nested_repetitions_on_a_long_text_are_refused_and_not_run():
    tree = parse_expression('matches("' + "a" * 40 + '!", "^(a+)+$")')
    with pytest.raises(WutongError) as refused:
        evaluate(tree)
    assert refused.value.diagnostics[0].code == "F304"


@given(st.text(alphabet="ab.*+?{}[]()|\\^$-12,dwspi", max_size=12), st.text(alphabet="smixq", max_size=2))
def test_every_text_is_a_pattern_python_takes_or_none(pattern, flags):
    try:
        re.compile(read(pattern, flags).text)
    except NoRegexError:
        return
