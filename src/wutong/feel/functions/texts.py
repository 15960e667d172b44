"""Text functions (DMN 1.5, 10.3.4.3) and the text form of values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wutong.feel import xregex
from wutong.feel.functions.patterns import bounded
from wutong.feel.functions.registry import builtin
from wutong.feel.values import FunctionValue, RangeValue, number

_CONSTANTS = {None: "null", True: "true", False: "false"}


def text_of(value: Any, *, nested: bool = False) -> str:
    """Return the FEEL text of a value; texts are quoted inside lists and contexts.

    >>> text_of(Decimal("1.50")), text_of([None, "a"])
    ('1.50', '[null, "a"]')
    """
    match value:
        case None | bool():
            return _CONSTANTS[value]
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if nested else value
        case Decimal():
            return format(value, "f")
        case list():
            return f"[{', '.join(text_of(v, nested=True) for v in value)}]"
        case dict():
            return "{" + ", ".join(f"{_key(k)}: {text_of(v, nested=True)}" for k, v in value.items()) + "}"
        case RangeValue():
            return _range_text(value)
        case FunctionValue():
            return f"function({', '.join(value.parameters)})"
    return f'@"{value}"' if nested else str(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w ]+", key) else text_of(key, nested=True)


def _range_text(value: RangeValue) -> str:
    if value.op is not None:
        return f"({value.op} {text_of(value.low if value.high is None else value.high, nested=True)})"
    opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{opening}{text_of(value.low, nested=True)}..{text_of(value.high, nested=True)}{closing}"


@builtin("string(from: any)")
def _string(value: Any) -> str | None:
    return None if value is None else text_of(value)


@builtin("substring(string: string, start position: number, length?: number)")
def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    begin = int(start)
    if begin == 0 or abs(begin) > len(text):
        return None
    if length is not None and int(length) < 1:
        return None
    first = begin - 1 if begin > 0 else len(text) + begin
    return text[first:] if length is None else text[first:first + int(length)]


@builtin("string length(string: string)")
def _length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case(string: string)")
def _upper(text: str) -> str:
    return text.upper()


@builtin("lower case(string: string)")
def _lower(text: str) -> str:
    return text.lower()


@builtin("substring before(string: string, match: string)")
def _before(text: str, match: str) -> str:
    head, found, _ = text.partition(match) if match else ("", "", "")
    return head if found else ""


@builtin("substring after(string: string, match: string)")
def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def _contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with(string: string, match: string)")
def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("replace(input: string, pattern: string, replacement: string, flags?: any)")
def _replace(text: str, pattern: str, replacement: str, flags: Any = None) -> str | None:
    compiled = _regex(pattern, flags, text)
    if compiled is None or compiled.search(""):
        return None
    try:
        parts = xregex.replacement(replacement, compiled.groups, flags or "")
    except xregex.NoRegexError:
        return None
    return compiled.sub(lambda m: "".join(p if isinstance(p, str) else m.group(p) or "" for p in parts), text)


@builtin("matches(input: string, pattern: string, flags?: any)")
def _matches(text: str, pattern: str, flags: Any = None) -> bool | None:
    compiled = _regex(pattern, flags, text)
    return None if compiled is None else compiled.search(text) is not None


@builtin("split(string: string, delimiter: string)")
def _split(text: str, delimiter: str) -> list[str] | None:
    compiled = _regex(delimiter, None, text)
    if compiled is None or compiled.search(""):
        return None
    parts, position = [], 0
    for match in compiled.finditer(text):
        parts.append(text[position:match.start()])
        position = match.end()
    return [*parts, text[position:]]


@builtin("string join(list: list, delimiter?: any)")
def _join(items: list[Any], delimiter: Any = None) -> str | None:
    if not isinstance(delimiter, str | None) or any(not isinstance(i, str | None) for i in items):
        return None
    return (delimiter or "").join(i for i in items if i is not None)


def _regex(pattern: str, flags: Any, text: str) -> re.Pattern[str] | None:
    """Compile an XPath pattern; None if it is invalid. Raises WutongError F304 where it might never end on `text`."""
    if not isinstance(flags, str | None):
        return None
    try:
        made = xregex.read(pattern, flags or "")
        compiled = re.compile(made.text)
    except (xregex.NoRegexError, re.error, OverflowError, RecursionError):
        return None
    return bounded(compiled, text)


@builtin("number(from: string, grouping separator?: any, decimal separator?: any)")
def _number(text: str, grouping: Any = None, decimal: Any = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ".", ","):
        return None
    if grouping is not None and grouping == decimal:
        return None
    if grouping:
        text = text.replace(grouping, "")
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    if not re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text, re.ASCII):
        return None
    return number(Decimal(text))


@builtin("number(from: number)")
def _number_same(value: Decimal) -> Decimal:
    return value
