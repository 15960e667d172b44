from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum

from wutong.errors import WutongError
from wutong.values import check_digit, parse_uscc
from wutong.values.uscc import ALPHABET

VALID = ["91350100M000100Y43", "91000000MA0000007C", "91370200MA0DEM0132", "123702000000000191", "93370200MA0WXYQ12W"]
REGIONS = st.from_regex(r"[0-9]{6}", fullmatch=True)
LETTERS = st.text(ALPHABET, min_size=9, max_size=9)


@pytest.mark.parametrize("code", VALID)
def test_vectors_are_valid(code: str) -> None:
    assert parse_uscc(code) == code
    assert parse_uscc(f" {code[:8]}-{code[8:].lower()} ") == code


def test_vectors_are_those_of_the_facts(shared: Path) -> None:
    text = (shared / "facts" / "policy_facts.md").read_text("utf-8")
    section = text.partition("### 8.2")[2].partition("### 8.3")[0]
    assert sorted(set(re.findall(r"`([0-9A-Z]{18})`", section))) == sorted(VALID)


@pytest.mark.parametrize(("text", "code"), [
    ("91350100M000100Y4", "V121"), ("91350100M000100Y433", "V121"), ("", "V121"), ("91350100M000100Y4O", "V122"), ("91350100I000100Y43", "V122"),
    ("9135O100M000100Y43", "V122"), ("91A50100M000100Y43", "V123"), ("91350100M000100Y44", "V124"), ("９１３５０１００Ｍ０００１００Ｙ４４", "V124"),
])
def test_what_is_wrong_is_told(text: str, code: str) -> None:
    with pytest.raises(WutongError) as error:
        parse_uscc(text)
    assert error.value.code == code


def test_the_expected_check_digit_is_told() -> None:
    with pytest.raises(WutongError) as error:
        parse_uscc("91350100M000100Y44")
    assert dict(error.value.diagnostics[0].values)["expected"] == "3"


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_change_of_one_character_is_always_caught(code: str, position: int, char: str) -> None:
    changed = code[:position] + char + code[position + 1:]
    if changed == code:
        return
    with pytest.raises(WutongError):
        parse_uscc(changed)


@given(REGIONS, LETTERS)
def test_codes_agree_with_stdnum(region: str, letters: str) -> None:
    stem = f"91{region}{letters}"
    code = stem + check_digit(stem)
    assert parse_uscc(code) == code
    assert stdnum.is_valid(code)
