"""String functions. Regular expressions are the common subset of XPath and RE2, checked while compiling."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from wutong.ir.dmn import temporal
from wutong.ir.dmn.fn_number import numeric
from wutong.ir.dmn.lists import as_list
from wutong.ir.dmn.operators import scalar
from wutong.ir.dmn.signatures import MISSING, Variant, one
from wutong.ir.dmn.types import STRING, list_of, sql_type
from wutong.ir.dmn.values import (
    NULL,
    Context,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    and_,
    is_null,
    number,
    text,
    truth,
)
from wutong.sql.emit import DOUBLE, VARCHAR, Expr, case, cast, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

_NO_TEXT = lit(None, VARCHAR)


def textual(value: Value) -> Expr:
    """Return the SQL of a string argument."""
    return scalar(value, "string").sql


def _plain(name: str) -> Callable[[Lowering, Value], Value]:
    return lambda lowering, value: text(lowering.plan.bind(op(name, textual(value))))


def _test(name: str) -> Callable[[Lowering, Value, Value], Value]:
    return lambda lowering, s, part: truth(lowering.plan.bind(op(name, textual(s), textual(part))))


def _length(lowering: Lowering, value: Value) -> Value:
    return number(lowering.plan.bind(cast(op("length", textual(value)), DOUBLE)))


def _substring(lowering: Lowering, source: Value, start: Value, length: Value) -> Value:
    bind = lowering.plan.bind
    s, at = bind(textual(source)), bind(temporal.whole(numeric(start)))
    size = bind(op("length", s))
    first = bind(case([(op("gt", at, lit(0)), at)], op("add", size, at, lit(1))))
    inside = and_(op("ne", at, lit(0)), op("ge", first, lit(1)), op("le", first, size))
    if length is MISSING or length is NULL:
        return text(bind(case([(inside, op("substring", s, first))], _NO_TEXT)))
    count = bind(temporal.whole(numeric(length)))
    good = and_(inside, op("ge", count, lit(1)))
    return text(bind(case([(good, op("substring", s, first, count))], _NO_TEXT)))


def _before(lowering: Lowering, source: Value, match: Value) -> Value:
    bind = lowering.plan.bind
    s, part = bind(textual(source)), bind(textual(match))
    at = bind(op("position", s, part))
    found = op("substring", s, lit(1), op("sub", at, lit(1)))
    return text(bind(case([(op("gt", at, lit(0)), found), (is_null(at), _NO_TEXT)], lit(""))))


def _after(lowering: Lowering, source: Value, match: Value) -> Value:
    bind = lowering.plan.bind
    s, part = bind(textual(source)), bind(textual(match))
    at = bind(op("position", s, part))
    found = op("substring", s, op("add", at, op("length", part)))
    return text(bind(case([(op("eq", part, lit("")), s), (op("gt", at, lit(0)), found), (is_null(at), _NO_TEXT)],
                          lit(""))))


# ---- regular expressions -------------------------------------------------------------------------------------

_NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|\\[icIC]|\\k|\\p\{Is|\(\?>|[*+?}]\+")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\]\\])*\]|\\.|\.|.", re.DOTALL)
#: XPath's blocks that have a plain range
_BLOCKS = {r"\p{IsBasicLatin}": r"[\x00-\x7f]", r"\P{IsBasicLatin}": r"[^\x00-\x7f]"}


def _flags(value: Value) -> str:
    if value is MISSING or value is NULL:
        return ""
    flags = scalar(value, "string").const
    if not isinstance(flags, str):
        raise NotCompilableError("F418", what="flags")
    if set(flags) - set("smixq"):
        raise NullResultError
    return flags


def _pattern(value: Value, flags: str) -> str:
    """Return a pattern RE2 reads as XPath would.

    Raises:
        NullResultError: it is no regular expression.
        NotCompilableError: F417 a construct RE2 lacks, F418 a pattern that comes from data.
    """
    item = scalar(value, "string", "null")
    if item.kind == "null":
        raise NullResultError
    pattern = item.const
    if not isinstance(pattern, str):
        raise NotCompilableError("F418", what="pattern")
    if "q" in flags:
        return re.escape(pattern)
    if "x" in flags:
        pattern = re.sub(r"\s(?![^\[]*\])", "", pattern)
    for block, plain in _BLOCKS.items():
        pattern = pattern.replace(block, plain)
    _check(pattern)
    if "s" not in flags:  # XPath's dot leaves out both line ends, RE2's only the line feed
        pattern = _CLASS.sub(lambda m: r"[^\n\r]" if m.group() == "." else m.group(), pattern)
    kept = "".join(f for f in "ism" if f in flags)
    return f"(?{kept}){pattern}" if kept else pattern


def _check(pattern: str) -> None:
    bare = pattern.replace("\\\\", "")
    if re.search(r"\[[^\]]*\\\d|\\0|\\[pP]\{(?!\w+\})", bare):
        raise NullResultError
    try:
        groups = re.compile(re.sub(r"\\[pP]\{\w+\}|\\\d", "a", bare)).groups
    except re.error as fault:
        raise NullResultError from fault
    numbers = [int(n) for n in re.findall(r"\\(\d)", bare)]
    if any(n > groups for n in numbers):
        raise NullResultError
    if numbers or _NOT_RE2.search(bare) or re.search(r"\[[^\]]*-\[", bare):
        raise NotCompilableError("F417", pattern=pattern)


def _matches(lowering: Lowering, source: Value, pattern: Value, flags: Value) -> Value:
    s = textual(source)
    return truth(lowering.plan.bind(op("matches", s, lit(_pattern(pattern, _flags(flags))))))


def _replace(lowering: Lowering, source: Value, pattern: Value, replacement: Value, flags: Value) -> Value:
    s, used = textual(source), _flags(flags)
    made = _pattern(pattern, used)
    by = scalar(replacement, "string").const
    if not isinstance(by, str):
        raise NotCompilableError("F418", what="replacement")
    if re.search(r"(?<!\\)\$(?!\d)", by) and "q" not in used:
        raise NullResultError
    groups = re.compile(re.sub(r"\\[pP]\{\w+\}", "a", made)).groups
    by = re.sub(r"(?<!\\)\$(\d+)", lambda m: _group(m.group(1), groups), by.replace("\\\\", "\0"))
    by = by.replace("\\$", "$").replace("\0", "\\\\")
    return text(lowering.plan.bind(op("replace_regex", s, lit(made), lit(by), lit("g"))))


def _group(digits: str, groups: int) -> str:
    # XPath takes as many digits as there are groups: $12 with 2 groups is group 1 and the digit 2
    size = next((n for n in range(len(digits), 0, -1) if int(digits[:n]) <= groups), 0)
    return f"\\{digits[:size]}{digits[size:]}" if size else digits[1:]


def _split(lowering: Lowering, source: Value, delimiter: Value) -> Value:
    s = textual(source)
    return Rows(STRING, lowering.plan.bind(op("split_regex", s, lit(_pattern(delimiter, "")))))


def _join(lowering: Lowering, source: Value, delimiter: Value, prefix: Value, suffix: Value) -> Value:
    if isinstance(source, Scalar) and source.kind == "null":
        raise NullResultError
    items = as_list(source)
    between = lit("") if delimiter in (MISSING, NULL) else textual(delimiter)
    if isinstance(items, Items):
        sources = [scalar(i, "string", "null") for i in items.items]
        listed = cast(op("list", *(i.sql for i in sources)), sql_type(list_of(STRING)))
    elif items.of.kind in ("string", "null"):
        listed = items.sql
    else:
        raise NullResultError
    made = op("coalesce", op("join_text", listed, between), lit(""))
    ends = [lit("") if v in (MISSING, NULL) else textual(v) for v in (prefix, suffix)]
    whole = op("concat", ends[0], made, ends[1])
    return text(lowering.plan.bind(case([(is_null(listed), _NO_TEXT)], whole)))


def _join_plain(lowering: Lowering, source: Value, delimiter: Value) -> Value:
    return _join(lowering, source, delimiter, MISSING, MISSING)


def _string(lowering: Lowering, value: Value) -> Value:
    if isinstance(value, Items | Context):
        return text(lowering.plan.bind(_structure(lowering, value)))
    if not isinstance(value, Scalar):
        raise NotCompilableError("F411", what="string")
    return lowering.settled(temporal.scalar_text(lowering.plan, value))


def _structure(lowering: Lowering, value: Value) -> Expr:
    match value:
        case Items(items=items):
            parts = [_structure(lowering, i) for i in items]
            return _bracketed("[", parts, "]")
        case Context(entries=entries):
            named = [op("concat", lit(f"{k}: "), _structure(lowering, v)) for k, v in entries]
            return _bracketed("{", named, "}")
        case Scalar(kind="null"):
            return lit("null")
        case Scalar(kind="string", sql=sql):
            return op("coalesce", op("concat", lit('"'), sql, lit('"')), lit("null"))
        case Scalar():
            return op("coalesce", temporal.scalar_text(lowering.plan, value).sql, lit("null"))
    raise NotCompilableError("F411", what="string")


def _bracketed(start: str, parts: list[Expr], end: str) -> Expr:
    pieces: list[Expr] = [lit(start)]
    for n, part in enumerate(parts):
        pieces += [lit(", "), part] if n else [part]
    return op("concat", *pieces, lit(end))


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "string": one(_string, "from"),
    "string length": one(_length, "string"), "upper case": one(_plain("upper"), "string"),
    "lower case": one(_plain("lower"), "string"),
    "substring": one(_substring, "string", "start position", "length", optional=1),
    "substring before": one(_before, "string", "match"), "substring after": one(_after, "string", "match"),
    "contains": one(_test("contains"), "string", "match"),
    "starts with": one(_test("starts_with"), "string", "match"),
    "ends with": one(_test("ends_with"), "string", "match"),
    "matches": one(_matches, "input", "pattern", "flags", optional=1),
    "replace": one(_replace, "input", "pattern", "replacement", "flags", optional=1),
    "split": one(_split, "string", "delimiter"),
    "string join": (*one(_join, "list", "delimiter", "prefix", "suffix"), *one(_join_plain, "list", "delimiter", optional=1)),
}
