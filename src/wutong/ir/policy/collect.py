"""Hit policies that gather: lists of outputs and their sum, count, least and greatest."""

from __future__ import annotations

from decimal import Decimal

from wutong.feel import ast
from wutong.ir.policy.arith import add, constant
from wutong.ir.policy.lowering import Lowering
from wutong.ir.policy.rules import Rule, aligned, scalar, size_of, unit_of
from wutong.ir.policy.values import Interval, Number, Text, Value
from wutong.packs.model import Table
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL, VARCHAR


def listed(rules: list[Rule]) -> Value:
    """Return several outputs as one text, known only if every rule is decided."""
    null = lit(None, VARCHAR)
    open_ = op("or", *(op("is_null", r.hit.expr) for r in rules))
    separator = lit("、", VARCHAR)
    texts = [
        case([(r.hit.expr, op("concat", separator, _as_text(r.output)))], lit("", VARCHAR)) for r in rules
    ]
    joined = op("concat", *texts) if len(texts) > 1 else texts[0]
    return Text(case([(open_, null)], op("substring", joined, lit(2, BIGINT))))


def _as_text(value: Value) -> Expr:
    if isinstance(value, Number):
        return cast(value.num.lo, VARCHAR) if value.num.lo is not None else lit(None, VARCHAR)
    return cast(scalar(value), VARCHAR)


def collected(lowering: Lowering, table: Table, rules: list[Rule]) -> Value:
    """Return the count, sum, least or greatest of the outputs of all rules that hit."""
    kind = table.hit.removeprefix("COLLECT ")
    if kind == "COUNT":
        counted = [Rule(r.hit, Number(constant(Decimal(1))), r.tests) for r in rules]
        return Number(
            _summed(lowering, counted, [Number(constant(Decimal(1)))] * len(rules)), unit=unit_of(table, [])
        )
    numbers, _ = aligned(lowering, rules, None)
    if len(numbers) < len(rules):
        raise lowering.fail("F541", ast.Name(table.zh), kinds=kind)
    if kind == "SUM":
        return Number(_summed(lowering, rules, numbers), unit=unit_of(table, numbers))
    return Number(_extreme(lowering, rules, numbers, kind), unit=unit_of(table, numbers))


def _summed(lowering: Lowering, rules: list[Rule], numbers: list[Number]) -> Interval:
    """A rule that may hit adds its output only to the end it can move."""
    total = constant(Decimal(0))
    for rule, number in zip(rules, numbers, strict=True):
        total = add(total, _addend(rule.hit.expr, number.num, three=lowering.names.three))
    return total


def _addend(hit: Expr, item: Interval, *, three: bool) -> Interval:
    zero, kind = Decimal(0), DECIMAL(item.digits, item.scale)
    null, nothing = lit(None, kind), lit(zero, kind)
    lo_open = nothing if item.nonneg else op("least", nothing, item.lo or null)
    hi_open = nothing if item.high is not None and item.high <= 0 else item.hi or null
    if three:
        lo_open = hi_open = null
    lo = case([(hit, item.lo or null), (op("not", hit), nothing)], lo_open)
    hi = case([(hit, item.hi or null), (op("not", hit), nothing)], hi_open)
    low = None if item.low is None else min(item.low, zero)
    high = None if item.high is None else max(item.high, zero)
    return Interval(lo, lo if three else hi, item.digits, item.scale, None, low, high)


def _extreme(lowering: Lowering, rules: list[Rule], numbers: list[Number], kind: str) -> Interval:
    """MAX: sure hits bound it below, possible hits above; no sure hit leaves that end open. MIN mirrors it."""
    digits, scale = size_of(numbers)
    null = lit(None, DECIMAL(digits, scale))
    name, near, far = ("greatest", "lo", "hi") if kind == "MAX" else ("least", "hi", "lo")
    sure = [
        case([(r.hit.expr, getattr(n.num, near) or null)], null) for r, n in zip(rules, numbers, strict=True)
    ]
    may = [
        case([(op("is_not_false", r.hit.expr), getattr(n.num, far) or null)], null)
        for r, n in zip(rules, numbers, strict=True)
    ]
    any_sure = op("or", *(op("is_true", r.hit.expr) for r in rules))
    inner = lowering.names.bind(op(name, *sure) if len(sure) > 1 else sure[0])
    outer = lowering.names.bind(case([(any_sure, op(name, *may) if len(may) > 1 else may[0])], null))
    lo, hi = (inner, outer) if kind == "MAX" else (outer, inner)
    if lowering.names.three:
        same = case([(op("eq", lo, hi), lo)], null)
        return Interval(same, same, digits, scale, same)
    return Interval(lo, hi, digits, scale)
