from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.values import format_chinese, parse_chinese

NUMBERS = st.one_of(st.integers(0, 10**16 - 1), st.integers(0, 200_000), st.sampled_from([10**n for n in range(16)]))


@pytest.mark.parametrize(("value", "text"), [
    (0, "零"), (10, "十"), (11, "十一"), (20, "二十"), (100, "一百"), (101, "一百零一"), (110, "一百一十"), (1001, "一千零一"), (1010, "一千零一十"),
    (10_000, "一万"), (10_001, "一万零一"), (10_100, "一万零一百"), (12_000_000, "一千二百万"), (100_000_000, "一亿"), (100_000_001, "一亿零一"),
    (105_000_000, "一亿零五百万"), (10**12, "一万亿"), (120_000, "十二万"),
])
def test_known_numerals(value: int, text: str) -> None:
    assert format_chinese(value) == text
    assert parse_chinese(text) == value


@given(NUMBERS)
def test_what_is_said_is_read_again(value: int) -> None:
    assert parse_chinese(format_chinese(value)) == value
    assert parse_chinese(format_chinese(value, capitals=True)) == value


@pytest.mark.parametrize(("text", "value"), [
    ("两千", "2000"), ("三点一四", "3.14"), ("二〇二五", "2025"), ("壹仟贰佰万", "12000000"), ("一点五万", "15000"), ("两亿五千万", "250000000"),
])
def test_other_ways_of_writing(text: str, value: str) -> None:
    assert parse_chinese(text) == Decimal(value)


@pytest.mark.parametrize("text", ["三万五", "三千五", "两亿三", "百", "万", "十百", "一二百", "点五", "三点", "", "甲", "一百百", "五百千"])
def test_ill_formed_or_ambiguous_numerals_are_not_numbers(text: str) -> None:
    assert parse_chinese(text) is None


def test_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="10\\^16"):
        format_chinese(10**16)
