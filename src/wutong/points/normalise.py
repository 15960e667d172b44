"""From the value of an indicator to its points in SQL: both ends, sound under any completion of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import log

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.ir.policy.context import Context
from wutong.ir.policy.lowering import Lowering, kind_of
from wutong.ir.policy.rounding import rounded
from wutong.ir.policy.rules import Rule, lower_rules
from wutong.ir.policy.tables import lower_table
from wutong.ir.policy.values import Interval, Number, Truth, Value
from wutong.packs.model import Table
from wutong.points.model import Indicator, Normaliser, Step
from wutong.points.whole import CENTS, Whole, clipped, divided, greatest, number, times, whole
from wutong.sql.nodes import Expr, Op, case, cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL, DOUBLE, HUGEINT, INTEGER, SqlType
from wutong.values.units import Unit

PLACES = 6
MONEY_PLACES = 2
SAFE = 2**62
POINT = Unit.parse("分")


@dataclass(frozen=True, slots=True)
class Scored:
    """An indicator on the plan: what it measures, its points, and whether they are exactly known."""

    indicator: Indicator
    value: Value
    raw: Whole
    points: Whole


def cents(points: Decimal) -> int:
    """Return points as whole hundredths.

    >>> cents(Decimal("12.5"))
    1250
    """
    return int(points * CENTS)


def score_indicator(context: Context, indicator: Indicator) -> Scored:
    """Put an indicator on the plan.

    Raises:
        WutongError: F1xx, F5xx for its rule, S130 for bounds that are not frozen yet.
    """
    code, text = indicator.code, indicator.value
    if indicator.normaliser.from_data:
        raise WutongError.of("S130", context.place(code), kind=indicator.normaliser.kind)
    node = context.parse(text, code)
    value = context.columns(context.lowering(text, code).lower(node))
    made = _HOW[indicator.normaliser.kind](context, indicator, node, value)
    raw = _bound(context, made)
    return Scored(indicator, value, raw, _bound(context, _missing(indicator, raw)))


def _bound(context: Context, points: Whole) -> Whole:
    """Give what is computed columns of its own."""
    sure = None if points.sure is None else context.plan.bind(points.sure)
    return Whole(context.plan.bind(points.lo), context.plan.bind(points.hi), sure=sure)


def _missing(indicator: Indicator, raw: Whole) -> Whole:
    """``zero`` counts what is proven; ``floor`` gives its points where nothing better is proven."""
    if raw.exact or indicator.missing in ("interval", "gate"):
        return raw
    if indicator.missing == "zero":
        return Whole(raw.lo, raw.lo)
    node = case([(raw.known, raw.lo)], greatest(raw.lo, number(cents(indicator.floor))))
    return Whole(node, node)


def _need(context: Context, indicator: Indicator, value: Value, what: type[Value], said: str) -> Lowering:
    lowering = context.lowering(indicator.value, indicator.code)
    if not isinstance(value, what):
        raise lowering.fail("F503", ast.Name(indicator.zh), need=said, got=kind_of(value))
    return lowering


def _ends(value: Interval, low: int, high: int) -> Whole:
    """Return an interval of hundredths with its open ends closed."""

    def end(node: Expr | None, to: int) -> Expr:
        return number(to) if node is None else op("coalesce", cast(node, BIGINT), number(to))

    if value.const is not None:
        return Whole(number(int(value.const)), number(int(value.const)))
    return Whole(end(value.lo, low), end(value.hi, high))


def _tiers(context: Context, indicator: Indicator, node: ast.Node, value: Value) -> Whole:
    """The decision table of the tiers, with the compiler of decision tables."""
    how = indicator.normaliser
    lowering = _need(context, indicator, value, Number, "数")
    sign = (">" if how.strict else ">=") if indicator.direction == "higher" else ("<" if how.strict else "<=")
    rows = [(f"{sign} {_figure(s.cut, indicator.unit)}", str(cents(s.points))) for s in how.steps]
    rows.append(("-", str(cents(how.otherwise))))
    table = Table(indicator.code, indicator.zh, "FIRST", (indicator.value,), "number", None, (), None, tuple(rows))
    parsed = [
        ((context.parse_cell(test, indicator.code),), context.parse(out, indicator.code)) for test, out in rows
    ]
    rules = lower_rules(lowering, [(node, value)], parsed)
    chain = _chain(context, value, rules[:-1], how)
    if chain is not None:
        return chain
    found = lower_table(lowering, table, [value], rules, None)
    assert isinstance(found, Number)  # noqa: S101 - what a table of constants gives
    every = [cents(s.points) for s in how.steps] + [cents(how.otherwise)]
    return _ends(found.num, min(every), max(every))


def _chain(context: Context, value: Value, rules: Sequence[Rule], how: Normaliser) -> Whole | None:
    """One CASE where the value is known or wholly unknown: a missing value fails every test.

    That holds for a bare quantity whose tests its domain does not decide; else the table takes over.
    """
    if not isinstance(value, Number) or value.den is not None or value.num.plain is None:
        return None
    if any(r.hit.const is not None or not _compares(r.hit.expr) for r in rules):
        return None
    branches: list[tuple[Expr, Expr]] = [
        (r.hit.expr, lit(cents(s.points), INTEGER)) for r, s in zip(rules, how.steps, strict=True)
    ]
    otherwise = cents(how.otherwise)
    every = [cents(s.points) for s in how.steps] + [otherwise]
    if otherwise != min(every):
        branches.append((op("is_not_null", value.num.plain), lit(otherwise, INTEGER)))
    # 32 bits: the column is read many times, and a third faster for it
    low = context.plan.bind(case(branches, lit(min(every), INTEGER)))
    # of all spellings this CASE keeps the bounds of the column known, so that sums need no check for overflow
    high = case([(op("is_null", value.num.plain), lit(max(every), INTEGER))], low)
    return Whole(low, high, sure=op("is_not_null", value.num.plain))


def _compares(node: Expr) -> bool:
    return isinstance(node, Op) and node.name in ("ge", "gt", "le", "lt")


def _figure(cut: Decimal, unit: str | None) -> str:
    return f"{cut:f}{unit or ''}"


def measured(context: Context, value: Number) -> Interval:
    """Return a number as a decimal: 2 places for money, else at most 6."""
    money = value.unit is not None and value.unit.is_money
    return context.interval(rounded(value, MONEY_PLACES if money else PLACES, context.plan.bind))


def _aligned(context: Context, indicator: Indicator, value: Value) -> Interval:
    lowering = _need(context, indicator, value, Number, "数")
    assert isinstance(value, Number)  # noqa: S101 - just checked
    zero = Number(Interval(None, None, 1, 0), unit=Unit.parse(indicator.unit) if indicator.unit else None)
    aligned = lowering.aligned(value, zero, ast.Name(indicator.zh))[0]
    return measured(context, aligned)


def _ramp(context: Context, indicator: Indicator, _node: ast.Node, value: Value) -> Whole:
    """Straight lines between cut-points, in whole numbers: each end of the value gives one end of the points."""
    steps, found = indicator.normaliser.steps, _aligned(context, indicator, value)
    lines = _log_lines if indicator.normaliser.kind == "log_ramp" else _lines
    low_x, high_x = (found.lo, found.hi) if indicator.direction == "higher" else (found.hi, found.lo)
    worst, best = sorted((cents(steps[0].points), cents(steps[-1].points)))

    def end(x: Expr | None, open_end: int) -> Expr:
        if x is None:
            return number(open_end)
        return op("coalesce", lines(context, x, found.scale, steps), number(open_end))

    if found.const is not None:
        one = end(found.lo, worst)
        return Whole(one, one)
    if found.plain is not None and found.low is None and found.high is None:
        known = context.plan.bind(lines(context, found.plain, found.scale, steps))
        return Whole.known_or(known, number(worst), number(best))
    return Whole(end(low_x, worst), end(high_x, best))


def _lines(context: Context, x: Expr, scale: int, steps: Sequence[Step]) -> Expr:
    kind = DECIMAL(38, scale) if scale > 2 else DECIMAL(18, scale)
    last = steps[-1]
    inside = context.plan.bind(
        case(
            [(op("le", x, lit(steps[0].cut, kind)), lit(steps[0].cut, kind)),
             (op("ge", x, lit(last.cut, kind)), lit(last.cut, kind))],
            cast(x, kind),
        )
    )
    branches = [
        (op("le", inside, lit(b.cut, kind)), _line(inside, scale, a, b, kind)) for a, b in pairwise(steps)
    ]
    return cast(case(branches, lit(None, BIGINT)), BIGINT)


def _line(x: Expr, scale: int, a: Step, b: Step, kind: SqlType) -> Expr:
    """Points on the line from `a` to `b`, measured from its lower end so that halves round up."""
    rise, run = cents(b.points) - cents(a.points), int((b.cut - a.cut).scaleb(scale))
    wide = 2 * abs(rise) * run >= SAFE
    size = HUGEINT if wide else BIGINT
    base, from_x = (a, op("sub", x, lit(a.cut, kind))) if rise >= 0 else (b, op("sub", lit(b.cut, kind), x))
    if rise == 0:
        return number(cents(a.points))
    steps = cast(op("mul", from_x, lit(Decimal(10) ** scale, DECIMAL(scale + 1, 0))), size)
    part = op("divide_half_up", op("mul", steps, lit(abs(rise), size)), lit(run, size)) if wide else divided(
        times(steps, abs(rise)), number(run)
    )
    return op("add", number(cents(base.points)), cast(part, BIGINT))


def _log_lines(context: Context, x: Expr, _scale: int, steps: Sequence[Step]) -> Expr:
    """The same over ln x, in doubles, rounded to hundredths."""
    first, last = steps[0], steps[-1]
    real = cast(x, DOUBLE)
    inside = context.plan.bind(
        case(
            [(op("le", real, lit(float(first.cut))), lit(float(first.cut))),
             (op("ge", real, lit(float(last.cut))), lit(float(last.cut)))],
            real,
        )
    )
    branches = []
    for a, b in pairwise(steps):
        rise = cents(b.points) - cents(a.points)
        share = op("div", op("sub", op("ln", inside), lit(log(a.cut))), lit(log(b.cut) - log(a.cut)))
        points = op("add", lit(float(cents(a.points))), op("mul", share, lit(float(rise))))
        branches.append((op("le", inside, lit(float(b.cut))), points))
    return whole(case(branches, lit(None, DOUBLE)))


def _flag(context: Context, indicator: Indicator, _node: ast.Node, value: Value) -> Whole:
    _need(context, indicator, value, Truth, "是非")
    assert isinstance(value, Truth)  # noqa: S101 - just checked
    full, none = number(cents(indicator.normaliser.steps[0].points)), number(0)
    truth = value.expr if indicator.direction == "higher" else op("not", value.expr)
    known = context.plan.bind(case([(truth, full), (op("not", truth), none)], lit(None, BIGINT)))
    return Whole.known_or(known, none, full)


def _points(context: Context, indicator: Indicator, node: ast.Node, value: Value) -> Whole:
    lowering = _need(context, indicator, value, Number, "数")
    assert isinstance(value, Number)  # noqa: S101 - just checked
    if value.unit is not None:
        value = lowering.aligned(value, Number(Interval(None, None, 1, 0), unit=POINT), node)[0]
    found = context.interval(rounded(value, 2, context.plan.bind))
    top = cents(indicator.max)

    def end(end_: Expr | None, to: int) -> Expr:
        if end_ is None:
            return number(to)
        points = cast(op("mul", cast(end_, DECIMAL(18, 2)), lit(Decimal(100), DECIMAL(3, 0))), BIGINT)
        return op("coalesce", clipped(context.plan.bind(points), 0, top), number(to))

    if found.const is not None:
        one = number(max(0, min(top, cents(found.const))))
        return Whole(one, one)
    return Whole(end(found.lo, 0), end(found.hi, top))


_HOW = {"tiers": _tiers, "ramp": _ramp, "log_ramp": _ramp, "flag": _flag, "points": _points}
