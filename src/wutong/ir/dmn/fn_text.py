"""String functions. Regular expressions are the common subset of XPath and RE2, checked while compiling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wutong.feel import xregex
from wutong.ir.dmn import temporal
from wutong.ir.dmn.fn_number import numeric
from wutong.ir.dmn.fn_string import string
from wutong.ir.dmn.lists import as_list
from wutong.ir.dmn.operators import only, scalar
from wutong.ir.dmn.signatures import MISSING, Variant, one
from wutong.ir.dmn.types import STRING, list_of, sql_type
from wutong.ir.dmn.values import (
    NULL,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    and_,
    is_null,
    number,
    or_,
    text,
    truth,
)
from wutong.sql.emit import DOUBLE, VARCHAR, Expr, case, cast, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

_NO_TEXT = lit(None, VARCHAR)
#: the groups a replacement of RE2 can name
_MAX_GROUP = 9


def textual(value: Value) -> Expr:
    """Return the SQL of a string argument."""
    return scalar(value, "string").sql


def _upper(lowering: Lowering, value: Value) -> Value:
    """Upper case with the letters that become several, as ß: the database maps one letter to one."""
    s = lowering.plan.bind(textual(value))
    several = [chr(c) for c in range(0x110000) if len(chr(c).upper()) > 1]
    spelled = s
    for letter in several:
        spelled = op("replace_text", spelled, lit(letter), lit(letter.upper()))
    has = op("matches", s, lit(f"[{''.join(several)}]"))
    return text(lowering.plan.bind(op("upper", case([(has, spelled)], s))))


def _lower(lowering: Lowering, value: Value) -> Value:
    s = op("replace_text", textual(value), lit("\u0130"), lit("\u0130".lower()))
    return text(lowering.plan.bind(op("lower", s)))


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

def _flags(value: Value) -> str:
    if value is MISSING or value is NULL:
        return ""
    flags = scalar(value, "string").const
    if not isinstance(flags, str):
        raise NotCompilableError("F418", what="flags")
    return flags


def _pattern(value: Value, flags: str) -> xregex.Regex:
    """Return a pattern RE2 reads as XPath would.

    Raises:
        NullResultError: it is no regular expression.
        NotCompilableError: F417 a construct RE2 lacks, F418 a pattern that comes from data.
    """
    item = scalar(value, "string")
    if not isinstance(item.const, str):
        raise NotCompilableError("F418", what="pattern")
    try:
        made = xregex.for_re2(item.const, flags)
    except xregex.NoRegexError as fault:
        raise NullResultError from fault
    if made is None:
        raise NotCompilableError("F417", pattern=item.const)
    return made


def _matches(lowering: Lowering, source: Value, pattern: Value, flags: Value) -> Value:
    s = textual(source)
    return truth(lowering.plan.bind(op("matches", s, lit(_pattern(pattern, _flags(flags)).text))))


def _replace(lowering: Lowering, source: Value, pattern: Value, replacement: Value, flags: Value) -> Value:
    s, used = textual(source), _flags(flags)
    made = _pattern(pattern, used)
    by = scalar(replacement, "string").const
    if not isinstance(by, str):
        raise NotCompilableError("F418", what="replacement")
    try:
        parts = xregex.replacement(by, made.groups, used)
    except xregex.NoRegexError as fault:
        raise NullResultError from fault
    if xregex.matches_nothing(str(scalar(pattern, "string").const), used):  # an error in XPath, so null
        raise NullResultError
    if any(isinstance(p, int) and p > _MAX_GROUP for p in parts):
        raise NotCompilableError("F417", pattern=by)
    spelled = "".join(f"\\{p}" if isinstance(p, int) else p.replace("\\", "\\\\") for p in parts)
    return text(lowering.plan.bind(op("replace_regex", s, lit(made.text), lit(spelled), lit("g"))))


def _split(lowering: Lowering, source: Value, delimiter: Value) -> Value:
    s, made = textual(source), _pattern(delimiter, "")
    if xregex.matches_nothing(str(scalar(delimiter, "string").const)):
        raise NullResultError
    return Rows(STRING, lowering.plan.bind(op("split_regex", s, lit(made.text))))


def _join(lowering: Lowering, source: Value, delimiter: Value) -> Value:
    if isinstance(source, Scalar) and source.kind == "null":
        raise NullResultError
    items = as_list(source)
    between = lit("") if delimiter in (MISSING, NULL) else textual(delimiter)
    if isinstance(items, Items):
        sources = [scalar(i, "string", "null") for i in items.items]
        listed = cast(op("list", *(i.sql for i in sources)), sql_type(list_of(STRING)))
    else:
        listed = only(items, "string", "null").sql
    made = op("coalesce", op("join_text", listed, between), lit(""))
    return text(lowering.plan.bind(case([(or_(is_null(listed), is_null(between)), _NO_TEXT)], made)))


FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "string": one(string, "from"),
    "string length": one(_length, "string"), "upper case": one(_upper, "string"),
    "lower case": one(_lower, "string"),
    "substring": one(_substring, "string", "start position", "length", optional=1),
    "substring before": one(_before, "string", "match"), "substring after": one(_after, "string", "match"),
    "contains": one(_test("contains"), "string", "match"),
    "starts with": one(_test("starts_with"), "string", "match"),
    "ends with": one(_test("ends_with"), "string", "match"),
    "matches": one(_matches, "input", "pattern", "flags", optional=1),
    "replace": one(_replace, "input", "pattern", "replacement", "flags", optional=1),
    "split": one(_split, "string", "delimiter"),
    "string join": one(_join, "list", "delimiter", optional=1),
}
