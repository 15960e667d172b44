"""Units of the figures that zones collect, with exact conversion.

A unit has a dimension and an exact factor to the base of its dimension. Conversions are exact or an error:
nothing is rounded here. 年 and 月 share the dimension ``month`` and 天 and 周 the dimension ``day``, since a
month has no fixed number of days. 亩 is 2000/3 ㎡, so that only some amounts convert exactly to ㎡.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import cache

from wutong.errors import WutongError

EXACT = Context(prec=76, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that raises instead of rounding; 76 digits hold every product of two DECIMAL(38) values."""

MAGNITUDES = {"": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7,
              "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
"""Chinese orders of magnitude as powers of ten."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: canonical text, dimension, exact factor to the base unit of the dimension.

    >>> Unit.parse("万元")
    Unit(text='万元', dimension='money:CNY', factor=Fraction(10000, 1))
    >>> Unit.parse("平方米").text, Unit.parse("个月").text
    ('㎡', '月')
    """

    text: str
    dimension: str
    factor: Fraction

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Return the unit that `text` names; blanks and full-width forms do not matter. Raises V101."""
        unit = _parse(text)
        if unit is None:
            raise WutongError.of("V101", unit=text)
        return unit

    @classmethod
    def find(cls, text: str) -> Unit | None:
        """Return the unit that `text` names, or None."""
        return _parse(text)

    @property
    def is_money(self) -> bool:
        """Whether the unit is an amount of some currency."""
        return self.dimension.startswith("money:")

    @property
    def is_count(self) -> bool:
        """Whether the unit counts things (人, 件, 项 …), so that its plain number has one meaning."""
        return self.dimension.startswith("count:") or self.dimension == "score"

    @property
    def base(self) -> Unit:
        """The unit of the same dimension with factor 1."""
        return _BASES[self.dimension]

    def __str__(self) -> str:
        return self.text


_CURRENCIES = {"元": "CNY", "美元": "USD", "欧元": "EUR", "港元": "HKD", "日元": "JPY", "英镑": "GBP"}
_COUNTS = ("人", "件", "项", "家", "个", "次", "台", "套", "篇", "户", "只", "支", "所", "座", "门", "款", "张")
_PREFIXED: dict[str, Unit] = {
    **{t: Unit(t, f"money:{c}", Fraction(1)) for t, c in _CURRENCIES.items()},
    **{t: Unit(t, f"count:{t}", Fraction(1)) for t in _COUNTS},
    "㎡": Unit("㎡", "area", Fraction(1)),
    "吨": Unit("吨", "mass", Fraction(1)),
    "千瓦时": Unit("千瓦时", "energy", Fraction(1)),
    "吨标准煤": Unit("吨标准煤", "coal", Fraction(1)),
    "亩": Unit("亩", "area", Fraction(2000, 3)),
}
_PLAIN: dict[str, Unit] = {
    "比值": Unit("比值", "ratio", Fraction(1)),
    "倍": Unit("倍", "ratio", Fraction(1)),
    "%": Unit("%", "ratio", Fraction(1, 100)),
    "‰": Unit("‰", "ratio", Fraction(1, 1000)),
    "公顷": Unit("公顷", "area", Fraction(10_000)),
    "平方公里": Unit("平方公里", "area", Fraction(1_000_000)),
    "月": Unit("月", "month", Fraction(1)),
    "年": Unit("年", "month", Fraction(12)),
    "天": Unit("天", "day", Fraction(1)),
    "周": Unit("周", "day", Fraction(7)),
    "小时": Unit("小时", "hour", Fraction(1)),
    "分": Unit("分", "score", Fraction(1)),
}
_ALIASES = {
    "圆": "元", "人民币": "元", "人民币元": "元", "元人民币": "元", "rmb": "元", "cny": "元", "¥": "元",
    "usd": "美元", "$": "美元", "eur": "欧元", "hkd": "港元", "jpy": "日元", "gbp": "英镑", "港币": "港元",
    "名": "人", "位": "人", "企业": "家", "百分比": "%", "百分点": "%", "个百分点": "%",
    "平方米": "㎡", "m2": "㎡", "平米": "㎡", "平方": "㎡", "个月": "月", "日": "天", "个自然日": "天",
    "度": "千瓦时", "kwh": "千瓦时", "吨标煤": "吨标准煤", "tce": "吨标准煤", "h": "小时",
    "万人民币": "万元", "人民币万元": "万元", "万元人民币": "万元", "万元rmb": "万元", "亿元人民币": "亿元",
}
_BASES = {u.dimension: u for u in (*_PREFIXED.values(), *_PLAIN.values()) if u.factor == 1 and u.text != "倍"}


@cache
def _parse(text: str) -> Unit | None:
    key = "".join(unicodedata.normalize("NFKC", text).split())
    key = "㎡" if key == "m2" else _ALIASES.get(key.casefold(), key)
    known = _PLAIN.get(key) or _PREFIXED.get(key)
    if known is not None:
        return known
    for size in (2, 1):
        prefix, rest = key[:size], key[size:]
        base = _PREFIXED.get(_ALIASES.get(rest.casefold(), rest))
        if base is not None and prefix in MAGNITUDES:
            return Unit(prefix + base.text, base.dimension, base.factor * 10 ** MAGNITUDES[prefix])
    return None


def convert(value: Decimal, source: Unit | str, target: Unit | str) -> Decimal:
    """Return `value`, given in `source`, in `target`, exactly.

    Raises V101 (unknown unit), V102 (different dimensions) or V103 (no finite decimal, as 1 亩 in ㎡).

    >>> convert(Decimal("3500.5"), "万元", "元")
    Decimal('35005000')
    >>> convert(Decimal("12"), "%", "比值")
    Decimal('0.12')
    >>> convert(Decimal(3), "亩", "㎡")
    Decimal('2000')
    """
    one = source if isinstance(source, Unit) else Unit.parse(source)
    other = target if isinstance(target, Unit) else Unit.parse(target)
    if one.factor == other.factor and one.dimension == other.dimension:
        return value
    if one.dimension != other.dimension:
        raise WutongError.of("V102", source=one.text, target=other.text)
    return _scale(value, one, other)


def _scale(value: Decimal, source: Unit, target: Unit) -> Decimal:
    factor = source.factor / target.factor
    try:
        product = EXACT.multiply(value, Decimal(factor.numerator))
        result = EXACT.divide(product, Decimal(factor.denominator))
    except (Inexact, InvalidOperation, Overflow):
        raise WutongError.of("V103", value=value, source=source.text, target=target.text) from None
    return plain(result)


def plain(value: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without exponent.

    >>> plain(Decimal("1.50E+3")), plain(Decimal("2.500"))
    (Decimal('1500'), Decimal('2.5'))
    """
    if value == 0:
        return Decimal(0)
    short = value.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]
