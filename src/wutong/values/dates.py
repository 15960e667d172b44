"""Reading dates as people write them; day and month order is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from wutong.errors import WutongError
from wutong.values.numbers import fold

_FULL = re.compile(
    r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*[日号]?"
    r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_MONTH = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*月?(?:份)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date and how precisely it was written; month precision stands for the first day of the month."""

    value: date
    precision: Literal["day", "month"] = "day"


@lru_cache(maxsize=65536)
def parse_date(text: str) -> ReadDate:
    """Return the date in `text`. Raises V111 (not a date), V112 (no such day), V113 (year missing or short).

    >>> parse_date("2024年3月1日").value, parse_date("20240301").value, parse_date("２０２４．３．１").value
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))
    >>> parse_date("2024年3月")
    ReadDate(value=datetime.date(2024, 3, 1), precision='month')
    """
    folded = fold(text)
    match = _FULL.fullmatch(folded) or _COMPACT.fullmatch(folded)
    if match is not None:
        return ReadDate(_date(int(match[1]), int(match[2]), int(match[3]), text))
    match = _MONTH.fullmatch(folded)
    if match is not None:
        return ReadDate(_date(int(match[1]), int(match[2]), 1, text), "month")
    if re.fullmatch(r"\d{1,2}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?|\d{4}年?", folded):
        raise WutongError.of("V113", text=text)
    raise WutongError.of("V111", text=text)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise WutongError.of("V112", text=text) from None


def from_serial(serial: int, epoch: Literal[1900, 1904] = 1900) -> date:
    """Return the date of an Excel serial number in the 1900 or the 1904 system.

    Serial 60 of the 1900 system is 29 February 1900, a day that never was: V112. Below 1: V112.

    >>> from_serial(45352), from_serial(43890, 1904), from_serial(59), from_serial(61)
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), datetime.date(1900, 2, 28), datetime.date(1900, 3, 1))
    """
    first = 0 if epoch == 1904 else 1
    if serial < first or serial > 2_957_003 or (epoch == 1900 and serial == 60):
        raise WutongError.of("V112", text=str(serial))
    if epoch == 1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=serial)


def from_number(number: float, epoch: Literal[1900, 1904] = 1900) -> date:
    """Return the date meant by a bare number in a date column: 20240301, or a serial of 1954–2119.

    A number that could be a year (2024) or a year and month (2024.3, 202403) is V113; else V111.

    >>> from_number(20240301.0), from_number(45352.0)
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))
    """
    text = f"{number:.15g}"
    if 1900 <= number < 2200 or 190001 <= number <= 220012:
        raise WutongError.of("V113", text=text)
    if 19000101 <= number <= 22001231 and number == int(number):
        return _date(int(number) // 10000, int(number) // 100 % 100, int(number) % 100, text)
    if 18000 <= number <= 80500:
        return from_serial(int(number), epoch)
    raise WutongError.of("V111", text=text)
