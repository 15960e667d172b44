"""Floor 0: units, numbers, dates, codes, three-valued truth and intervals."""

from wutong.values.chinese import format_chinese, parse_chinese
from wutong.values.dates import ReadDate, from_serial, parse_date
from wutong.values.interval import Interval, Truth, all_of, any_of, best_of, negation
from wutong.values.numbers import (
    UNKNOWN_TEXTS,
    Quantity,
    format_money,
    format_number,
    from_float,
    is_unknown,
    parse_number,
    parse_quantity,
)
from wutong.values.units import EXACT, Unit, convert, plain
from wutong.values.uscc import check_digit, parse_uscc

__all__ = [
    "EXACT", "UNKNOWN_TEXTS", "Interval", "Quantity", "ReadDate", "Truth", "Unit", "all_of", "any_of", "best_of",
    "check_digit", "convert", "format_chinese", "format_money", "format_number", "from_float", "from_serial",
    "is_unknown", "negation", "parse_chinese", "parse_date", "parse_number", "parse_quantity", "parse_uscc", "plain",
]
