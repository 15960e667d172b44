"""The functions a rule may call."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.ir.policy import units
from wutong.ir.policy.arith import add, best_of, choose, constant, least_of, multiply, negate
from wutong.ir.policy.compare import compare
from wutong.ir.policy.dates import day_of, days_between
from wutong.ir.policy.lowering import Lowering, handles, kind_of
from wutong.ir.policy.rounding import rounded
from wutong.ir.policy.values import Interval, Number, Rows, Text, Truth, Value
from wutong.sql.nodes import cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL
from wutong.values.units import Unit

_AGGREGATES = {"count", "sum", "min", "max", "exists"}


@handles(ast.Call)
def call(self: Lowering, node: ast.Call) -> Value:
    """Lower a function call."""
    if not isinstance(node.function, ast.Name) or node.names is not None:
        raise self.fail("F501", node, construct="call")
    name = node.function.name
    if name in _AGGREGATES and len(node.arguments) == 1:
        rows = self.lower(node.arguments[0])
        if isinstance(rows, Rows):
            return _aggregate(self, node, name, rows)
    function = _FUNCTIONS.get(name)
    if function is None:
        known = "、".join(sorted({*_FUNCTIONS, *_AGGREGATES}))
        raise self.fail("F530", node, name=name, known=known)
    need, body = function
    if need and len(node.arguments) != need:
        raise self.fail("F531", node, name=name, need=need, got=len(node.arguments))
    try:
        return body(self, node)
    except units.UnitMismatchError as clash:
        raise self.clashed(clash, node) from None


def _aggregate(self: Lowering, node: ast.Call, name: str, rows: Rows) -> Value:
    needs_column = name in ("sum", "min", "max")
    if needs_column != (rows.column is not None):
        raise self.fail("F532", node, name=name)
    try:
        return self.names.aggregate(name, rows)
    except WutongError as error:
        raise self.fail(error.code, node, **dict(error.diagnostics[0].values)) from None


def _numbers(self: Lowering, node: ast.Call) -> list[Number]:
    items = [self.number(a) for a in node.arguments]
    for index, item in enumerate(items[1:], start=1):
        items[0], items[index] = self.aligned(items[0], item, node.arguments[index])
    for index in range(1, len(items)):
        items[0], items[index] = self.aligned(items[0], items[index], node.arguments[index])
    return items


def _over_one_denominator(
    self: Lowering, node: ast.Call, items: list[Number]
) -> tuple[list[Interval], Interval | None]:
    den: Interval | None = None
    for item in items:
        if item.den is not None and item.den != den:
            den = item.den if den is None else multiply(den, item.den)
    if den is None:
        return [i.num for i in items], None
    if den.const is None and not den.nonneg:
        raise self.fail("F533", node)
    nums = []
    for item in items:
        num = item.num
        for other in {i.den: None for i in items if i.den is not None}:
            if other != item.den:
                num = multiply(num, other)
        nums.append(num)
    return nums, den


def _extreme(pick: Callable[..., Interval]) -> Callable[[Lowering, ast.Call], Value]:
    def body(self: Lowering, node: ast.Call) -> Value:
        if len(node.arguments) < 2:
            raise self.fail("F531", node, name="best of", need="2+", got=len(node.arguments))
        items = _numbers(self, node)
        nums, den = _over_one_denominator(self, node, items)
        bound = [self.held(n) for n in nums]
        return Number(pick(bound, three=self.names.three), den, items[0].unit)

    return body


def _sum(self: Lowering, node: ast.Call) -> Value:
    items = _numbers(self, node)
    total = items[0]
    for item in items[1:]:
        total = units.add(total, item, add)
    return total


def _abs(self: Lowering, node: ast.Call) -> Value:
    value = self.number(node.arguments[0])
    num = self.held(value.num)
    zero = constant(Decimal(0))
    upper = best_of([num, negate(num)], three=self.names.three)
    if self.names.three:
        return Number(upper, value.den, value.unit)
    sign = compare(num, ">=", zero)
    kept = choose(sign, num, negate(num), three=self.names.three)
    lo = kept.lo if kept.lo is None else op("greatest", kept.lo, zero.lo or kept.lo)
    return Number(Interval(lo, upper.hi, num.digits, num.scale, None, Decimal(0)), value.den, value.unit)


def _rounding(mode: str, *, places: bool) -> Callable[[Lowering, ast.Call], Value]:
    def body(self: Lowering, node: ast.Call) -> Value:
        value = self.number(node.arguments[0])
        scale = 0
        if places:
            wanted = self.number(node.arguments[1]).const
            if wanted is None or wanted != int(wanted) or not 0 <= wanted <= 6:
                raise self.fail("F534", node)
            scale = int(wanted)
        fraction = value.den is not None and value.den.const is None
        if fraction and not value.num.nonneg and value.num.lo is None:
            raise self.fail("F533", node)
        return Number(self.held(rounded(value, scale, self.names.bind, mode)), None, value.unit)

    return body


def _convert(self: Lowering, node: ast.Call) -> Value:
    target = node.arguments[1]
    unit = (
        Unit.find(target.value) if isinstance(target, ast.Literal) and isinstance(target.value, str) else None
    )
    if unit is None:
        raise self.fail("F507", node, unit=getattr(target, "value", "?"))
    return units.converted(self.number(node.arguments[0]), unit)


def _not(self: Lowering, node: ast.Call) -> Value:
    self.denied = not self.denied
    value = self.truth(node.arguments[0])
    self.denied = not self.denied
    return Truth(op("not", value.expr), None if value.const is None else not value.const)


def _days(self: Lowering, node: ast.Call) -> Value:
    return days_between(self.day(node.arguments[0]), self.day(node.arguments[1]))


def _months(unit: str) -> Callable[[Lowering, ast.Call], Value]:
    def body(self: Lowering, node: ast.Call) -> Value:
        start, end = self.day(node.arguments[0]).expr, self.day(node.arguments[1]).expr
        months = op("months_between", start, end)
        if unit == "年":
            months = op("floor", op("div", months, lit(12, BIGINT)))
        whole = cast(months, DECIMAL(9, 0))
        return Number(Interval(whole, whole, 9, 0, whole), unit=Unit.parse(unit))

    return body


def _text(name: str) -> Callable[[Lowering, ast.Call], Value]:
    def body(self: Lowering, node: ast.Call) -> Value:
        parts = []
        for argument in node.arguments:
            value = self.lower(argument)
            if not isinstance(value, Text):
                raise self.fail("F503", argument, need="文本", got=kind_of(value))
            parts.append(value.expr)
        return Truth(op(name, *parts))

    return body


def _date_of(self: Lowering, node: ast.Call) -> Value:
    argument = node.arguments[0]
    if not isinstance(argument, ast.Literal) or not isinstance(argument.value, str):
        raise self.fail("F509", node, text="?")
    return day_of(self, argument, argument.value)


_FUNCTIONS: dict[str, tuple[int, Callable[[Lowering, ast.Call], Value]]] = {
    "percent": (1, lambda s, n: units.percent(s.number(n.arguments[0]))),
    "ratio": (1, lambda s, n: units.ratio(s.number(n.arguments[0]))),
    "convert": (2, _convert),
    "best of": (0, _extreme(best_of)),
    "least of": (0, _extreme(least_of)),
    "max": (0, _extreme(best_of)),
    "min": (0, _extreme(least_of)),
    "sum": (0, _sum),
    "abs": (1, _abs),
    "decimal": (2, _rounding("even", places=True)),
    "round half up": (2, _rounding("half_up", places=True)),
    "round up": (2, _rounding("up", places=True)),
    "round down": (2, _rounding("down", places=True)),
    "floor": (1, _rounding("floor", places=False)),
    "ceiling": (1, _rounding("ceil", places=False)),
    "not": (1, _not),
    "days between": (2, _days),
    "months between": (2, _months("月")),
    "years between": (2, _months("年")),
    "date": (1, _date_of),
    "contains": (2, _text("contains")),
    "starts with": (2, _text("starts_with")),
    "ends with": (2, _text("ends_with")),
}
