"""Reading numbers as people write them: separators, full-width forms, 万 and 亿, percent signs, units.

Never a guess: text that has two readings (``1,5``, ``约300万``, ``3-5人``) is an error, not a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from wutong.errors import WutongError
from wutong.values.chinese import parse_chinese
from wutong.values.units import EXACT, MAGNITUDES, Unit, convert, plain

UNKNOWN_TEXTS = frozenset({
    "", "-", "--", "---", "/", "//", "\\", "无", "暂无", "未知", "不详", "不适用", "未填", "空", "缺失", "n/a", "na",
    "n.a.", "null", "none", "nan", "#n/a", "?", "…", "*",
})
"""Texts that mean "not known" in tables; compared after full-width folding, without blanks, in lower case."""

_FOLD = {i: i - 0xFEE0 for i in range(0xFF01, 0xFF5F)} | {
    0x3000: " ", 0xA0: " ", 0x2212: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2012: "-", 0xFFE5: "¥",
    0x3001: ",", 0x3002: ".", 0x2009: " ", 0x202F: " ", 0x200B: None, 0xFEFF: None,
}
_SIMPLE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:'\d{3})+")
_BODY = re.compile(r"([0-9][0-9, ']*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,2}))?")
_SIGN = re.compile(r"^(?:人民币|rmb|RMB|CNY|cny)?\s*[¥￥]?\s*([+-]?)\s*[¥￥]?\s*(.*)$", re.DOTALL)
_VAGUE = re.compile(r"约|大概|左右|以上|以下|不足|超过|超|近|余|多|至|~|～|≈|>|<|≥|≤|\d\s*-\s*\d|不低于|不少于|上下")
_MAGNITUDE = re.compile("(" + "|".join(sorted((m for m in MAGNITUDES if m), key=len, reverse=True)) + ")?(.*)",
                        re.DOTALL)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its value and the unit stated with it, if any; `scaled` when 万 or 亿 was written."""

    value: Decimal
    unit: Unit | None = None
    scaled: bool = False

    def to(self, target: Unit, column: Unit | None) -> Decimal:
        """Return the value in `target`; `column` is the unit of the column, used where none is written.

        A magnitude without a unit (``1.2亿``) counts in the base unit of the target. Raises V102, V103, V106.
        """
        if self.unit is not None:
            return convert(self.value, self.unit, target)
        if self.scaled:
            if not (target.is_money or target.is_count or target.dimension in {"area", "mass", "energy"}):
                raise WutongError.of("V106", unit=target.text)
            return convert(self.value, target.base, target)
        if column is None:
            raise WutongError.of("V105", unit=target.text)
        return convert(self.value, column, target)


def fold(text: str) -> str:
    """Return `text` with full-width forms made half-width and outer blanks removed.

    >>> fold("１２，３００．５　")
    '12,300.5'
    """
    return text.translate(_FOLD).strip()


def is_unknown(text: str, unknowns: frozenset[str] = UNKNOWN_TEXTS) -> bool:
    """Return whether `text` stands for a value not known.

    >>> is_unknown("—"), is_unknown(" N/A "), is_unknown("0")
    (True, True, False)
    """
    return "".join(fold(text).split()).casefold() in unknowns


@lru_cache(maxsize=65536)
def parse_quantity(text: str) -> Quantity:
    """Return the number and unit written in `text`. Raises V104 (not a number), V107 (vague), V101 (unit).

    >>> parse_quantity("3,500万元")
    Quantity(value=Decimal('3500'), unit=Unit(text='万元', dimension='money:CNY', factor=Fraction(10000, 1)), scaled=False)
    >>> parse_quantity("(1,200)").value, parse_quantity("1亿2000万").value, parse_quantity("一千二百万").value
    (Decimal('-1200'), Decimal('120000000'), Decimal('12000000'))
    """
    if _SIMPLE.fullmatch(text):
        return Quantity(Decimal(text.replace(",", "")))
    folded = fold(text)
    if _VAGUE.search(folded):
        raise WutongError.of("V107", text=text)
    if folded.startswith("(") and folded.endswith(")") and len(folded) > 2:
        inner = _signed(folded[1:-1], text)
        if inner.value < 0:
            raise WutongError.of("V104", text=text)
        return Quantity(inner.value.copy_negate() if inner.value else inner.value, inner.unit, inner.scaled)
    return _signed(folded, text)


def _signed(folded: str, text: str) -> Quantity:
    match = _SIGN.match(folded)
    sign, body = match.groups() if match else ("", folded)
    quantity = _unsigned(body.strip(), text)
    if sign == "-" and quantity.value:
        return Quantity(quantity.value.copy_negate(), quantity.unit, quantity.scaled)
    return quantity


def _unsigned(body: str, text: str) -> Quantity:
    """Sum parts of falling magnitude (1亿2000万), then read the rest as a unit."""
    total, ceiling, scaled, rest = Decimal(0), None, False, body
    while True:
        match = _BODY.match(rest)
        if match is None:
            return _chinese(rest, text) if ceiling is None else _finish(total, rest, scaled, text)
        value, rest = _figure(match, text), rest[match.end():].strip()
        unit = Unit.find(rest)
        if unit is not None and ceiling is None:
            return Quantity(value, unit)
        found = _MAGNITUDE.match(rest)
        magnitude, rest = found.groups() if found else (None, rest)
        scale = Decimal(10) ** MAGNITUDES[magnitude or ""]
        if ceiling is not None and value * scale >= ceiling:
            raise WutongError.of("V104", text=text)
        total = EXACT.add(total, EXACT.multiply(value, scale))
        ceiling, scaled, rest = scale, scaled or bool(magnitude), rest.strip()
        if not magnitude:
            return _finish(total, rest, scaled, text)


def _finish(total: Decimal, rest: str, scaled: bool, text: str) -> Quantity:
    rest = rest.removesuffix("整")
    if not rest:
        return Quantity(plain(total), None, scaled)
    unit = Unit.find(rest)
    if unit is None:
        raise WutongError.of("V104", text=text)
    return Quantity(plain(total), unit)


def _figure(match: re.Match[str], text: str) -> Decimal:
    digits, exponent = match.groups()
    digits = digits.strip()
    whole, _, fraction = digits.partition(".")
    whole = whole.strip()
    if not whole.isdigit() and whole and not _GROUPED.fullmatch(whole):
        raise WutongError.of("V108", text=text)
    number = re.sub(r"[, ']", "", whole) or "0"
    return Decimal(f"{number}.{fraction or 0}E{exponent or 0}") if fraction or exponent else Decimal(number)


def _chinese(body: str, text: str) -> Quantity:
    """Read a Chinese numeral, with the longest tail that names a unit taken as the unit (五千万 | 元)."""
    body = body.removesuffix("整")
    for size in range(len(body), 0, -1):
        value = parse_chinese(body[:size])
        unit = Unit.find(body[size:]) if size < len(body) else None
        if value is not None and (unit is not None or size == len(body)):
            return Quantity(value, unit, unit is None and any(c in "万亿萬億" for c in body))
    raise WutongError.of("V104", text=text)


def parse_number(
    text: str, unit: Unit | str | None = None, column: Unit | str | None = None,
    unknowns: frozenset[str] = UNKNOWN_TEXTS,
) -> Decimal | None:
    """Return the number in `text`, in `unit`, or None where the text means "not known".

    `column` is the unit of figures without a unit of their own (default: `unit`). Without `unit` the figure
    must be bare. Raises V101–V108.

    >>> parse_number("1.2亿", "元"), parse_number("3,500", "元", "万元"), parse_number("—", "元")
    (Decimal('120000000'), Decimal('35000000'), None)
    """
    if is_unknown(text, unknowns):
        return None
    quantity = parse_quantity(text)
    if unit is None:
        if quantity.unit is not None:
            raise WutongError.of("V102", source=quantity.unit.text, target="无单位")
        return quantity.value
    target = Unit.parse(unit) if isinstance(unit, str) else unit
    given = target if column is None else Unit.parse(column) if isinstance(column, str) else column
    return quantity.to(target, given)


def from_float(value: float) -> Decimal:
    """Return a spreadsheet number as people see it: the 15 significant digits that Excel keeps.

    >>> from_float(0.1 + 0.2), from_float(12345678.0)
    (Decimal('0.3'), Decimal('12345678'))
    """
    return Decimal(int(value)) if value.is_integer() and abs(value) < 1e15 else plain(Decimal(f"{value:.15g}"))


def format_number(value: Decimal, unit: Unit | str | None = None) -> str:
    """Return the exact number with thousands separators and its unit.

    >>> format_number(Decimal("-1234567.50"), "元")
    '-1,234,567.5元'
    """
    return f"{plain(value):,f}" + (str(unit) if unit is not None else "")


def format_money(yuan: Decimal) -> str:
    """Return an amount in 元 exactly, in 亿元 or 万元 where that needs no more than four decimals.

    >>> format_money(Decimal(35_000_000)), format_money(Decimal("1234.56")), format_money(Decimal(250_000_000))
    ('3,500万元', '1,234.56元', '2.5亿元')
    """
    for name, power in (("亿元", 8), ("万元", 4)):
        scaled = plain(yuan.scaleb(-power, EXACT))
        if abs(yuan) >= 10**power and -int(scaled.as_tuple().exponent) <= 4:
            return format_number(scaled, name)
    return format_number(yuan, "元")
