from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.errors import WutongError
from wutong.values import format_money, format_number, from_float, parse_number, parse_quantity


@pytest.mark.parametrize(("text", "yuan"), [
    ("1,234.50", "1234.50"), ("１，２３４．５", "1234.5"), ("1 234 567", "1234567"), ("1.2亿", "120000000"),
    ("3,500万元", "35000000"), ("3500 万", "35000000"), ("1亿2000万", "120000000"), ("1亿2000万元", "120000000"),
    ("¥1,200", "1200"), ("￥1,200元", "1200"), ("人民币300万元整", "3000000"), ("RMB 5,000", "5000"), ("-12", "-12"), ("−12", "-12"),
    ("(1,200)", "-1200"), ("（1,200）", "-1200"), ("+5", "5"), ("1.2E+08", "120000000"), ("1e8", "100000000"), (".5", "0.5"),
    ("一千二百万", "12000000"), ("一千二百万元", "12000000"), ("叁佰万元整", "3000000"), ("三点五亿元", "350000000"), ("0", "0"),
    ("1'200'000", "1200000"), ("12万元", "120000"), ("0.1千元", "100"), ("十万元", "100000"), ("-1.5亿", "-150000000"),
])
def test_amounts_as_people_write_them(text: str, yuan: str) -> None:
    assert parse_number(text, "元") == Decimal(yuan)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "/", "无", "N/A", "n/a", "NULL", "未知", "不详", "　", "－"])
def test_blanks_mean_unknown_never_zero(text: str) -> None:
    assert parse_number(text, "元") is None


@pytest.mark.parametrize(("text", "code"), [
    ("约300万", "V107"), ("300万左右", "V107"), ("300万以上", "V107"), ("3-5", "V107"), ("3~5", "V107"), (">500", "V107"), ("近亿元", "V107"),
    ("1,5", "V108"), ("12,34", "V108"), ("1,2345", "V108"), ("1,234,56", "V108"), ("12 34", "V108"),
    ("abc", "V104"), ("1.2.3", "V104"), ("5000块", "V104"), ("1万2亿", "V104"), ("三万五", "V104"), ("(-5)", "V104"), ("12a", "V104"),
    ("5人", "V102"), ("5%", "V102"), ("5美元", "V102"), ("--5", "V104"), ("万", "V104"),
])
def test_what_has_two_readings_or_none_is_an_error(text: str, code: str) -> None:
    with pytest.raises(WutongError) as error:
        parse_number(text, "元")
    assert error.value.code == code


@pytest.mark.parametrize(("text", "unit", "column", "value"), [
    ("12%", "%", None, "12"), ("１２％", "%", None, "12"), ("12%", "比值", None, "0.12"), ("0.12", "%", "比值", "12"), ("5‰", "%", None, "0.5"),
    ("3500", "元", "万元", "35000000"), ("3500元", "元", "万元", "3500"), ("1.2亿", "元", "万元", "120000000"),
    ("120", "人", None, "120"), ("1.2万人", "人", None, "12000"), ("1.2万", "人", None, "12000"), ("120名", "人", None, "120"), ("3亩", "㎡", None, "2000"),
])
def test_the_unit_in_the_cell_beats_the_unit_of_the_column(text: str, unit: str, column: str | None, value: str) -> None:
    assert parse_number(text, unit, column) == Decimal(value)


def test_a_magnitude_means_nothing_for_percentages() -> None:
    with pytest.raises(WutongError) as error:
        parse_number("1.2亿", "%")
    assert error.value.code == "V106"


def test_a_bare_number_needs_the_unit_of_its_column() -> None:
    from wutong.values import Unit

    with pytest.raises(WutongError) as error:
        parse_quantity("12").to(Unit.parse("元"), None)
    assert error.value.code == "V105"


@given(st.decimals(min_value=-10**15, max_value=10**15, places=2, allow_nan=False))
def test_money_written_and_read_again_is_the_same(yuan: Decimal) -> None:
    assert parse_number(format_money(yuan), "元") == yuan
    assert parse_number(format_number(yuan, "元"), "元") == yuan
    assert parse_number(f"({format_number(abs(yuan))})", "元") == -abs(yuan)


@given(st.integers(-10**15 + 1, 10**15 - 1), st.integers(0, 6))
def test_a_spreadsheet_number_is_the_decimal_that_was_typed(digits: int, places: int) -> None:
    typed = Decimal(digits).scaleb(-places)
    assert from_float(float(typed)) == typed


def outcome(text: str) -> str:
    try:
        value = parse_number(text, "元")
    except WutongError as error:
        return error.code
    return "unknown" if value is None else "number" if value.is_finite() else "not finite"


@given(st.one_of(st.text(max_size=12), st.text("0123456789,.万亿元%-+()eE 一二十百千零点约", max_size=10)))
def test_any_text_gives_a_number_unknown_or_a_coded_error(text: str) -> None:
    assert outcome(text) in {"number", "unknown", "V101", "V102", "V103", "V104", "V106", "V107", "V108"}
