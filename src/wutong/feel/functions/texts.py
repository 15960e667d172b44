"""Text functions (DMN 1.5, 10.3.4.3) and the text form of values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wutong.feel.functions.patterns import bounded
from wutong.feel.functions.registry import builtin
from wutong.feel.values import FunctionValue, RangeValue, number

#: Longer patterns are refused: the interpreter is a reference, not a place to be slow in.
_MAX_PATTERN = 2000
_UNSUPPORTED = re.compile(r"\(\?(?!:)|\\[ZAzbBG]")


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


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string)")
def _replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    compiled = _regex(pattern, flags)
    if compiled is None or (compiled.groups == 0 and compiled.fullmatch("")):
        return None
    if "q" not in (flags or ""):
        if re.search(r"(?<!\\)\$(?!\d)|\\(?![\\$])", replacement):
            return None
        return bounded(compiled, text).sub(lambda m: _expand(replacement, m), text)
    return compiled.sub(lambda _: replacement, text)


def _expand(replacement: str, match: re.Match[str]) -> str:
    def one(part: re.Match[str]) -> str:
        if part.group(1):
            return part.group(1)
        digits = part.group(2)
        while len(digits) > 1 and int(digits) > match.re.groups:
            digits = digits[:-1]
        rest = part.group(2)[len(digits):]
        return (match.group(int(digits)) or "" if int(digits) <= match.re.groups else "") + rest

    return re.sub(r"\\([\\$])|\$(\d+)", one, replacement)


@builtin("matches(input: string, pattern: string, flags?: any)")
def _matches(text: str, pattern: str, flags: Any = None) -> bool | None:
    compiled = _regex(pattern, flags) if isinstance(flags, str | None) else None
    return None if compiled is None else bounded(compiled, text).search(text) is not None


@builtin("split(string: string, delimiter: string)")
def _split(text: str, delimiter: str) -> list[str] | None:
    compiled = _regex(delimiter, None)
    if compiled is None:
        return None
    parts, position = [], 0
    for match in bounded(compiled, text).finditer(text):
        parts.append(text[position:match.start()])
        position = match.end()
    return [*parts, text[position:]]


@builtin("string join(list: list, delimiter?: any)")
def _join(items: list[Any], delimiter: Any = None) -> str | None:
    if not isinstance(delimiter, str | None) or any(not isinstance(i, str | None) for i in items):
        return None
    return (delimiter or "").join(i for i in items if i is not None)


def _regex(pattern: str, flags: str | None) -> re.Pattern[str] | None:
    """Compile an XPath pattern (XQuery 1.0 and XPath 2.0, 7.6.1); None if it is invalid or not supported."""
    options = 0
    for flag in flags or "":
        if flag not in "smixq":
            return None
        options |= {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE}.get(flag, 0)
    if len(pattern) > _MAX_PATTERN:
        return None
    if "q" in (flags or ""):
        return re.compile(re.escape(pattern), options)
    if "x" in (flags or ""):
        pattern = _CLASS.sub(lambda m: m.group(1) or "", pattern)
    if _UNSUPPORTED.search(pattern):
        return None
    try:
        return re.compile(_translate(pattern, options), options)
    except (re.error, OverflowError, RecursionError):
        return None


_CLASSES = {
    r"\i": r"[A-Za-z_:\u00C0-\uFFFD]", r"\I": r"[^A-Za-z_:\u00C0-\uFFFD]",
    r"\c": r"[-.\w:]", r"\C": r"[^-.\w:]",
    r"\p{L}": r"[^\W\d_]", r"\p{Lu}": r"[A-Z]", r"\p{Ll}": r"[a-z]", r"\p{N}": r"\d", r"\p{Nd}": r"\d",
    r"\P{L}": r"[\W\d_]", r"\P{N}": r"\D", r"\P{Nd}": r"\D", r"\p{IsBasicLatin}": r"[\x00-\x7F]",
}


#: A character class, kept under the flag ``x``, or blanks, dropped.
_CLASS = re.compile(r"((?<!\\)\[(?:\\.|[^\]\\])*\])|\s+")
_SUBTRACTION = re.compile(r"\[([^\[\]]+)-\[([^\[\]]+)\]\]")
#: A category, an escape, a character class or one character: what a pattern is made of.
_PART = re.compile(r"\\[pP]\{[\s\w]+\}|\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def _translate(pattern: str, options: int) -> str:
    """Rewrite what Python reads differently: ``.`` and ``$``, class subtraction, categories.

    Raises re.error for a back-reference inside a character class.
    """
    dot = "." if options & re.DOTALL else r"[^\n\r]"
    end = "$" if options & re.MULTILINE else r"\Z"

    def part(match: re.Match[str]) -> str:
        text = match.group()
        if text.startswith("[") and re.search(r"(?<!\\)\\\d", text):
            raise re.error("back-reference inside a character class")
        return {".": dot, "$": end}.get(text) or _CLASSES.get(text, text)

    return _PART.sub(part, _SUBTRACTION.sub(r"(?:(?![\2])[\1])", pattern))


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
