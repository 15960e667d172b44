from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.errors import WutongError
from wutong.values import from_serial, parse_date
from wutong.values.dates import from_number


@pytest.mark.parametrize("text", [
    "2024-03-01", "2024/3/1", "2024.3.1", "20240301", "2024年3月1日", "2024 年 3 月 1 日", "２０２４－０３－０１", "2024-03-01 00:00:00",
    "2024-03-01T08:30", "2024年3月1号",
])
def test_days(text: str) -> None:
    assert parse_date(text).value == date(2024, 3, 1)
    assert parse_date(text).precision == "day"


@pytest.mark.parametrize("text", ["2024年3月", "2024-03", "2024/3", "2024.3", "2024年03月份"])
def test_months_are_their_first_day_and_say_so(text: str) -> None:
    assert parse_date(text).value == date(2024, 3, 1)
    assert parse_date(text).precision == "month"


@pytest.mark.parametrize(("text", "code"), [
    ("2024-02-30", "V112"), ("20241301", "V112"), ("2023-02-29", "V112"), ("24-3-1", "V113"), ("03/01/2024", "V113"), ("2024", "V113"), ("2024年", "V113"),
    ("3月1日", "V111"), ("长期", "V111"), ("", "V111"), ("2024-3-1-1", "V111"), ("二〇二四年", "V111"),
])
def test_what_is_no_certain_day_is_an_error(text: str, code: str) -> None:
    with pytest.raises(WutongError) as error:
        parse_date(text)
    assert error.value.code == code


@pytest.mark.parametrize(("serial", "epoch", "day"), [
    (1, 1900, date(1900, 1, 1)), (59, 1900, date(1900, 2, 28)), (61, 1900, date(1900, 3, 1)), (45352, 1900, date(2024, 3, 1)),
    (0, 1904, date(1904, 1, 1)), (43890, 1904, date(2024, 3, 1)),
])
def test_serials(serial: int, epoch: int, day: date) -> None:
    assert from_serial(serial, epoch) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(("serial", "epoch"), [(60, 1900), (0, 1900), (-1, 1904), (3_000_000, 1900)])
def test_serials_that_are_no_day(serial: int, epoch: int) -> None:
    with pytest.raises(WutongError) as error:
        from_serial(serial, epoch)  # type: ignore[arg-type]
    assert error.value.code == "V112"


@pytest.mark.parametrize(("number", "code"), [(2024.0, "V113"), (2024.3, "V113"), (202403.0, "V113"), (5.0, "V111"), (20241350.0, "V112")])
def test_bare_numbers_with_two_readings(number: float, code: str) -> None:
    with pytest.raises(WutongError) as error:
        from_number(number)
    assert error.value.code == code


@given(st.dates(date(1955, 1, 1), date(2110, 1, 1)))
def test_every_way_of_writing_a_day_is_read_as_that_day(day: date) -> None:
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}"):
        assert parse_date(text).value == day
    serial = (day - date(1899, 12, 30)) / timedelta(days=1)
    assert from_number(serial) == day
    assert from_number(serial - 1462, 1904) == day if serial - 1462 > 18_000 else True
