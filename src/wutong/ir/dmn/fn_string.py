"""The function `string`: the FEEL text of a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wutong.ir.dmn import temporal
from wutong.ir.dmn.lists import parameter
from wutong.ir.dmn.values import (
    Context,
    Either,
    Interval,
    Items,
    NotCompilableError,
    Rows,
    Scalar,
    Value,
    absent,
    is_true,
    null_of,
    text,
)
from wutong.sql.emit import Expr, case, lam, lit, op

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering
    from wutong.ir.dmn.plan import Plan

_NULL = lit("null")


def string(lowering: Lowering, value: Value) -> Value:
    """Return the text of a value; null for null.

    Raises:
        NotCompilableError: F411 for a function, which has no text in a query.
    """
    if isinstance(value, Scalar):
        return lowering.settled(temporal.scalar_text(lowering.plan, value))
    made = case([(absent(value), null_of("string"))], nested(lowering.plan, value))
    return text(lowering.plan.bind(made))


def nested(plan: Plan, value: Value) -> Expr:
    """Return the text of a value as part of a list or context: texts quoted, dates after an @, null as a word."""
    match value:
        case Items(items=items):
            made = _bracketed("[", [nested(plan, i) for i in items], "]")
        case Rows():
            made = _rows(plan, value)
        case Context(entries=entries):
            made = _bracketed("{", [op("concat", lit(f"{_key(k)}: "), nested(plan, v)) for k, v in entries], "}")
        case Interval():
            made = _range(plan, value)
        case Either(options):
            return case([(is_true(c), nested(plan, v)) for c, v in options], _NULL)
        case Scalar():
            return _scalar(plan, value)
        case _:
            raise NotCompilableError("F411", what="string")
    return case([(absent(value), _NULL)], made)


def _scalar(plan: Plan, value: Scalar) -> Expr:
    if value.kind == "null":
        return _NULL
    if value.kind == "string":
        return op("coalesce", op("concat", lit('"'), _escaped(value.sql), lit('"')), _NULL)
    spelled = temporal.scalar_text(plan, value).sql
    if value.kind not in ("number", "boolean"):
        spelled = op("concat", lit('@"'), spelled, lit('"'))
    return op("coalesce", spelled, _NULL)


def _escaped(sql: Expr) -> Expr:
    return op("replace_text", op("replace_text", sql, lit("\\"), lit("\\\\")), lit('"'), lit('\\"'))


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w ]+", key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rows(plan: Plan, value: Rows) -> Expr:
    if value.of.kind == "null":
        texts = op("list_map", value.sql, lam([plan.fresh("x_")], _NULL))
    else:
        name, item = parameter(plan, value.of)
        texts = op("list_map", value.sql, lam([name], nested(plan, item)))
    return op("concat", lit("["), op("join_text", texts, lit(", ")), lit("]"))


def _range(plan: Plan, value: Interval) -> Expr:
    low, high = (_NULL if end is None else nested(plan, end) for end in (value.low, value.high))
    if value.test is not None:
        return op("concat", lit(f"({value.test} "), low, lit(")"))
    if value.low is None:
        return op("concat", lit(f"({'<=' if value.high_closed else '<'} "), high, lit(")"))
    if value.high is None:
        return op("concat", lit(f"({'>=' if value.low_closed else '>'} "), low, lit(")"))
    marks = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return op("concat", lit(marks[0]), low, lit(".."), high, lit(marks[1]))


def _bracketed(start: str, parts: list[Expr], end: str) -> Expr:
    pieces: list[Expr] = [lit(start)]
    for n, part in enumerate(parts):
        pieces += [lit(", "), part] if n else [part]
    return op("concat", *pieces, lit(end))
