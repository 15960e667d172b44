"""Numbers, ranges and money as people read them, in one place for pages, workbook and terminal.

Money is shown in 万元 when that is exact to two decimals, else in 元 to the last digit: a value just below
a threshold must never look equal to it. Totals may round (`rough`), the exact 元 stays in the tooltip.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from wutong.report.model import Measure, Range, Value
from wutong.report.texts import Words

_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_CENT = Decimal("0.01")
_SHOWN = Decimal("0.0001")  # a ratio of amounts has no last digit; the gap beside it stays exact
_OPS = {"=": "=", "==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_TIGHT = frozenset("万亿元人%件㎡年月日天分项个岁家倍")


def plain(number: Decimal | int) -> str:
    """Return a number with thousands separators and no trailing zeros.

    >>> plain(Decimal("1234567.50")), plain(Decimal("3E+2")), plain(Decimal("-0.00"))
    ('1,234,567.5', '300', '0')
    """
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def money(amount: Decimal, words: Words, *, rough: bool = False, yuan: bool = False) -> str:
    """Return an amount of 元 for people; `yuan` keeps to 元, as a column does in which one amount needs it.

    >>> [money(Decimal(x), Words("zh")) for x in ("300000", "4999.5", "49999999.99", "120000000")]
    ['30万元', '4,999.5元', '49,999,999.99元', '12,000万元']
    >>> money(Decimal(300000), Words("zh"), yuan=True)
    '300,000元'
    >>> money(Decimal("1234567890.12"), Words("zh"), rough=True), money(Decimal(300000), Words("en"))
    ('12.35亿元', '¥300,000')
    """
    if words.lang == "en":
        return f"¥{plain(amount.quantize(Decimal(1)) if rough else amount)}"
    number, unit = (plain(amount), "") if yuan else _scaled(amount, rough=rough)
    return f"{number}{unit}元"


def needs_yuan(amount: Decimal) -> bool:
    """Return whether 万元 with two decimals would not say the amount exactly.

    >>> needs_yuan(Decimal("6998250")), needs_yuan(Decimal("7999800")), needs_yuan(Decimal(500))
    (True, False, False)
    """
    return amount % 100 != 0


def _scaled(amount: Decimal, *, rough: bool) -> tuple[str, str]:
    if rough and abs(amount) >= _YI:
        return plain((amount / _YI).quantize(_CENT, ROUND_HALF_UP)), "亿"
    wan = amount / _WAN
    if abs(amount) >= _WAN and (rough or wan == wan.quantize(_CENT)):
        return plain(wan.quantize(_CENT, ROUND_HALF_UP)), "万"
    return plain(amount.quantize(_CENT) if rough else amount), ""


def money_range(value: Range | None, words: Words, *, rough: bool = False, yuan: bool = False) -> str:
    """Return a range of money.

    >>> zh, r = Words("zh"), lambda a, b: Range(a if a is None else Decimal(a), b if b is None else Decimal(b))
    >>> money_range(r(300000, 500000), zh), money_range(r(300000, None), zh), money_range(r(5, 5), zh)
    ('30万–50万元', '至少 30万元，上限未知', '5元')
    >>> money_range(r(0, 0), zh), money_range(r(None, None), zh), money_range(r(0, 500000), zh)
    ('0元', '未知', '0–50万元')
    >>> money_range(r(0, None), zh)
    '上限未知'
    """
    if value is None:
        return ""
    low, high = value
    if low is None or high is None:
        return _half_open(low, high, words, rough=rough, yuan=yuan)
    if low == high:
        return money(low, words, rough=rough, yuan=yuan)
    if yuan and words.lang == "zh":
        return f"{plain(low)}–{plain(high)}元"
    if words.lang == "en":
        return f"{money(low, words, rough=rough)}–{money(high, words, rough=rough)[1:]}"
    (a, unit_a), (b, unit_b) = _scaled(low, rough=rough), _scaled(high, rough=rough)
    first = "元" if not unit_a and low and unit_b else unit_a
    return f"{a}{first}–{b}{unit_b}元"


def _half_open(low: Decimal | None, high: Decimal | None, words: Words, *, rough: bool, yuan: bool) -> str:
    if low == 0:
        return words["unbounded"]
    if low is not None:
        return words.fill("no_ceiling", money(low, words, rough=rough, yuan=yuan))
    if high is not None:
        return words.fill("no_floor", money(high, words, rough=rough, yuan=yuan))
    return words["unknown"]


def exact_range(value: Range | None, words: Words) -> str:
    """Return a range of money in 元 to the last digit, for tooltips.

    >>> exact_range(Range(Decimal(300000), Decimal(500000)), Words("zh"))
    '300,000–500,000 元'
    """
    if value is None:
        return ""
    low, high = ("?" if end is None else plain(end) for end in value)
    unit = "元" if words.lang == "zh" else "yuan"
    return f"{low} {unit}" if low == high else f"{low}–{high} {unit}"


def scalar(value: Value, unit: str, words: Words) -> str:
    """Return one known value with its unit.

    >>> [scalar(v, u, Words("zh")) for v, u in ((Decimal(500), "人"), (True, ""), (date(2026, 5, 1), ""))]
    ['500人', '是', '2026-05-01']
    """
    if value is None:
        return words["unknown"]
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if unit == "元":
        return money(Decimal(value), words)
    if isinstance(value, Decimal) and value != (short := value.quantize(_SHOWN, ROUND_HALF_UP)):
        value = short
    return _with_unit(plain(value), unit)


def _with_unit(text: str, unit: str) -> str:
    return text + (unit if unit[:1] in _TIGHT else f" {unit}" if unit else "")


def between(low: Value, high: Value, unit: str, words: Words) -> str:
    """Return a value known only as a range.

    >>> between(Decimal(3), Decimal(5), "%", Words("zh")), between(Decimal(3), None, "人", Words("zh"))
    ('3–5%', '至少 3人')
    """
    if low is None and high is None:
        return words["unknown"]
    if low == high:
        return scalar(low, unit, words)
    if low is None or high is None:
        key, end = ("at_least", low) if high is None else ("at_most", high)
        return words.fill(key, scalar(end, unit, words))
    if unit == "元" and isinstance(low, Decimal) and isinstance(high, Decimal):
        return money_range(Range(low, high), words)
    if isinstance(low, Decimal | int) and not isinstance(low, bool):
        return f"{scalar(low, '', words)}–{scalar(high, unit, words)}"
    return f"{scalar(low, unit, words)}–{scalar(high, unit, words)}"


def points(value: Range | None, words: Words, unit: str = "分") -> str:
    """Return a score or a range of scores."""
    if value is None:
        return ""
    return between(value.low, value.high, unit if words.lang == "zh" else "", words)


def operator(op: str, words: Words) -> str:
    """Return the comparison sign for people."""
    if op in _OPS:
        return _OPS[op]
    return words[op] if op in {"in", "between"} else op


def left_side(text: str) -> str:
    """Return what is compared without the wrapper that only turns a ratio into %.

    >>> left_side("percent(上年研发费用 / 上年营业收入)"), left_side("percent(a) + percent(b)")
    ('上年研发费用 / 上年营业收入', 'percent(a) + percent(b)')
    """
    inner = text.removeprefix("percent(").removesuffix(")")
    whole = len(text) - len(inner) == len("percent()")
    return inner if whole and ")" not in inner.split("(", 1)[0] else text


def threshold(measure: Measure, words: Words) -> str:
    """Return ``≤ 500人``."""
    if measure.threshold is None and not measure.op:
        return ""
    return f"{operator(measure.op, words)} {scalar(measure.threshold, measure.unit, words)}"


def gap(amount: Decimal | None, unit: str, op: str, words: Words) -> str:
    """Return how far a value is from its threshold.

    >>> gap(Decimal("1.2"), "%", ">=", Words("zh")), gap(Decimal(20), "人", "<=", Words("zh"))
    ('差1.2个百分点', '超出20人')
    """
    if amount is None:
        return ""
    if unit == "%":
        size = f"{plain(amount)}{words['points']}"
    else:
        size = money(amount, words) if unit == "元" else _with_unit(plain(amount), unit)
    side = words["over" if op in {"<", "<="} else "short"]
    return side + size


def fact_text(text: str, unit: str, words: Words) -> str:
    """Return a fact's value: grouped and in 万元 when it is a plain number with a unit, else as given.

    >>> fact_text("12345678", "元", Words("zh")), fact_text("生物医药", "", Words("zh"))
    ('12,345,678元', '生物医药')
    """
    if not text or not unit:
        return text
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text if text.endswith(unit) else f"{text} {unit}"
    return scalar(number, unit, words) if number.is_finite() else text
