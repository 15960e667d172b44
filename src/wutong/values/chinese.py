"""Chinese numerals both ways: 一千二百万 ↔ 12000000, financial capitals (壹仟贰佰万元整) included."""

from __future__ import annotations

import re
from decimal import Decimal

from wutong.values.units import EXACT, plain

_DIGITS = {c: i for i, row in enumerate(("〇零○", "一壹弌幺", "二贰两貮", "三叁", "四肆", "五伍", "六陆", "七柒",
                                        "八捌", "九玖")) for c in row}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERAL = re.compile("[" + "".join([*_DIGITS, *_SMALL, *_LARGE]) + "点]+")


def is_chinese_numeral(text: str) -> bool:
    """Return whether `text` consists of Chinese numeral characters only, digits included."""
    return _NUMERAL.fullmatch(text) is not None and any(c in _DIGITS or c in "十拾" for c in text)


def parse_chinese(text: str) -> Decimal | None:
    """Return the value of a Chinese numeral, or None if it is not well formed.

    Abbreviated tails (三万五) have two readings and are not accepted.

    >>> parse_chinese("一千二百万"), parse_chinese("叁点伍亿"), parse_chinese("二〇二四"), parse_chinese("三万五")
    (Decimal('12000000'), Decimal('350000000'), Decimal('2024'), None)
    """
    if not is_chinese_numeral(text):
        return None
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    if "点" in text:
        return _with_point(text)
    whole = _whole(text)
    return None if whole is None else Decimal(whole)


def _with_point(text: str) -> Decimal | None:
    head, _, tail = text.partition("点")
    scale = 1
    while tail and tail[-1] in _LARGE:
        scale *= _LARGE[tail[-1]]
        tail = tail[:-1]
    if not tail or any(c not in _DIGITS for c in tail):
        return None
    whole = _whole(head)
    if whole is None:
        return None
    fraction = "".join(str(_DIGITS[c]) for c in tail)
    return plain(EXACT.multiply(Decimal(f"{whole}.{fraction}"), Decimal(scale)))


def _whole(text: str) -> int | None:
    """Read 亿 and 万 as separators of blocks below ten thousand; each block must be smaller than its scale."""
    for mark, scale in (("亿億", 10**8), ("万萬", 10**4)):
        at = max(text.rfind(c) for c in mark)
        if at >= 0:
            head, tail = _whole(text[:at]), _tail(text[at + 1:], scale)
            return None if not head or tail is None else head * scale + tail
    return _block(text)


def _tail(text: str, scale: int) -> int | None:
    if not text:
        return 0
    value = _whole(text)
    if value is None or value >= scale:
        return None
    # 三万五 could mean 35 000 or 30 005: only 三万零五 says the latter and 三万五千 the former
    gap = value < scale // 10 and text[0] not in "零〇○"
    return None if gap and len(text) == 1 else value


def _block(text: str) -> int | None:
    total, digit, last = 0, None, 10**4
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _SMALL and _SMALL[char] < last:
            last = _SMALL[char]
            total += (1 if digit is None and last == 10 else digit or 0) * last
            digit = None
        else:
            return None
    if digit and last > 10 and last < 10**4 and text[-2] not in "零〇○":
        return None
    return total + (digit or 0) if text else None


def format_chinese(value: int, capitals: bool = False) -> str:
    """Return a whole number below 10^16 as a Chinese numeral; `capitals` gives the financial form.

    >>> format_chinese(12_000_000), format_chinese(10_050), format_chinese(305, capitals=True)
    ('一千二百万', '一万零五十', '叁佰零伍')
    """
    digits = "零壹贰叁肆伍陆柒捌玖" if capitals else "零一二三四五六七八九"
    if value < 0 or value >= 10**16:
        raise ValueError("format_chinese takes 0 … 10^16 - 1")
    text = _say(value, digits, ("仟", "佰", "拾") if capitals else ("千", "百", "十"))
    return text[1:] if text.startswith("一十") else text


def _say(value: int, digits: str, small: tuple[str, str, str]) -> str:
    for mark, scale in (("亿", 10**8), ("万", 10**4)):
        if value >= scale:
            head, tail = divmod(value, scale)
            joint = digits[0] if 0 < tail < scale // 10 else ""
            return _say(head, digits, small) + mark + joint + (_say(tail, digits, small) if tail else "")
    text, rest = "", value
    for mark, scale in zip(small, (1000, 100, 10), strict=True):
        count, rest = divmod(rest, scale)
        if count:
            text += digits[count] + mark
        elif text and rest and not text.endswith(digits[0]):
            text += digits[0]
    return text + (digits[rest] if rest or not text else "")
