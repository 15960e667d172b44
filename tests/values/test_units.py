from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.errors import WutongError
from wutong.values import Unit, convert, plain

MONEY = st.sampled_from(["元", "千元", "万元", "百万元", "千万元", "亿元"])
AMOUNTS = st.decimals(min_value=-10**14, max_value=10**14, places=4, allow_nan=False)


@pytest.mark.parametrize(("text", "canonical"), [
    ("元", "元"), ("人民币", "元"), ("RMB", "元"), (" 万 元 ", "万元"), ("％", "%"), ("平方米", "㎡"), ("m²", "㎡"), ("M2", "㎡"),
    ("个月", "月"), ("名", "人"), ("万人", "万人"), ("万美元", "万美元"), ("十亿元", "十亿元"), ("日", "天"), ("万平方米", "万㎡"),
])
def test_units_are_known_by_many_names(text: str, canonical: str) -> None:
    assert Unit.parse(text).text == canonical


@pytest.mark.parametrize("text", ["", "块", "万", "亿", "元元", "万万", "米"])
def test_unknown_units_are_an_error(text: str) -> None:
    with pytest.raises(WutongError) as error:
        Unit.parse(text)
    assert error.value.code == "V101"


@pytest.mark.parametrize(("value", "source", "target", "result"), [
    ("1.23456789", "亿元", "元", "123456789"), ("1", "元", "万元", "0.0001"), ("6", "%", "比值", "0.06"),
    ("5", "‰", "%", "0.5"), ("2", "年", "月", "24"), ("18", "月", "年", "1.5"), ("3", "亩", "㎡", "2000"),
    ("1", "平方公里", "㎡", "1000000"), ("2", "周", "天", "14"), ("0", "万元", "元", "0"),
])
def test_conversion_is_exact(value: str, source: str, target: str, result: str) -> None:
    assert convert(Decimal(value), source, target) == Decimal(result)


@pytest.mark.parametrize(("source", "target", "code"), [
    ("元", "人", "V102"), ("元", "美元", "V102"), ("年", "天", "V102"), ("件", "项", "V102"), ("%", "元", "V102"),
    ("亩", "㎡", "V103"), ("月", "年", "V103"),
])
def test_what_does_not_convert_is_an_error(source: str, target: str, code: str) -> None:
    with pytest.raises(WutongError) as error:
        convert(Decimal(1), source, target)
    assert error.value.code == code


@given(AMOUNTS, MONEY, MONEY)
def test_conversion_there_and_back_changes_nothing(value: Decimal, one: str, other: str) -> None:
    assert convert(convert(value, one, other), other, one) == value


@given(AMOUNTS, MONEY, MONEY)
def test_conversion_agrees_with_rational_arithmetic(value: Decimal, one: str, other: str) -> None:
    exact = Fraction(value) * Unit.parse(one).factor / Unit.parse(other).factor
    assert Fraction(convert(value, one, other)) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-10**20, max_value=10**20))
def test_plain_keeps_the_number_and_has_no_exponent(value: Decimal) -> None:
    short = plain(value)
    assert short == value
    assert "E" not in str(short) or abs(short) < Decimal("0.000001")
    assert int(short.as_tuple().exponent) <= 0
