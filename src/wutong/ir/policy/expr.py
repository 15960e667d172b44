"""From the syntax tree of a rule to typed SQL: units checked, unknown carried, every fault placed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from wutong.feel import ast
from wutong.ir.policy import functions, unary, units  # noqa: F401 - the first two register what they lower
from wutong.ir.policy.arith import add, choose, constant, negate, subtract
from wutong.ir.policy.compare import FALSE, NULL, SQL_NAMES, TRUE
from wutong.ir.policy.dates import day_arithmetic, day_of
from wutong.ir.policy.lowering import Lowering, handles, kind_of
from wutong.ir.policy.values import Day, Interval, Number, Options, Plain, Rows, Text, Truth, Value
from wutong.sql.nodes import Expr, case, lit, op
from wutong.sql.types import VARCHAR


@handles(ast.Literal)
def _literal(self: Lowering, node: ast.Literal) -> Value:
    value = node.value
    if isinstance(value, bool):
        return Truth(TRUE if value else FALSE, value)
    if isinstance(value, Decimal):
        if node.unit is None:
            return Number(constant(value), literal=True)
        unit = units.find(node.unit)
        if unit is None:
            raise self.fail("F507", node, unit=node.unit)
        return units.in_base(Number(constant(value), unit=unit, literal=True))
    if isinstance(value, str):
        return Text(lit(value, VARCHAR), const=value)
    raise self.fail("F508", node)


@handles(ast.AtLiteral)
def _at(self: Lowering, node: ast.AtLiteral) -> Value:
    return day_of(self, node, node.text)


@handles(ast.Name)
def _name(self: Lowering, node: ast.Name) -> Value:
    if node.name == "?" and self.input is not None:
        return self.input
    value = self.names.value(node.name)
    if value is None:
        similar = self.names.similar(node.name)
        raise self.fail("F510", node, name=node.name, similar="、".join(similar) or "—")
    return value


@handles(ast.Path)
def _path(self: Lowering, node: ast.Path) -> Value:
    base = node.base
    if isinstance(base, ast.Name):
        joined = self.names.value(f"{base.name}.{node.name}")
        if joined is not None:
            return joined
    value = self.lower(base)
    if isinstance(value, Rows) and value.column is None:
        return Rows(value.child, value.where, node.name, value.as_name)
    if isinstance(value, Day) and node.name in ("year", "month", "day"):
        part = op(node.name, value.expr)
        return Number(Interval(part, part, 4, 0, part))
    raise self.fail("F511", node, name=node.name, got=kind_of(value))


@handles(ast.Negate)
def _negate(self: Lowering, node: ast.Negate) -> Value:
    value = self.number(node.operand)
    return Number(negate(value.num), value.den, value.unit, value.literal)


@handles(ast.Filter)
def _filter(self: Lowering, node: ast.Filter) -> Value:
    base = self.lower(node.base)
    if not isinstance(base, Rows) or base.column is not None:
        raise self.fail("F512", node, got=kind_of(base))
    inner = Lowering(self.names.rows_scope(base.child, None), self.place, self.text)
    condition = inner.truth(node.condition).expr
    where = condition if base.where is None else op("and", base.where, condition)
    return Rows(base.child, where)


@handles(ast.Binary)
def _binary(self: Lowering, node: ast.Binary) -> Value:
    if node.op in ("and", "or"):
        return Truth(op(node.op, self.truth(node.left).expr, self.truth(node.right).expr))
    if node.op in SQL_NAMES:
        return _comparison(self, node)
    left_value = self.lower(node.left)
    if isinstance(left_value, Day):
        return day_arithmetic(self, node, left_value)
    left, right = self.number(node.left), self.number(node.right)
    if node.op in ("+", "-"):
        return units.add(*self.aligned(left, right, node), subtract if node.op == "-" else add)
    combined = _MULTIPLICATIVE.get(node.op)
    if combined is None:
        raise self.fail("F501", node, construct=node.op)
    try:
        return combined(left, right)
    except units.UnitMismatchError as clash:
        raise self.clashed(clash, node) from None


_MULTIPLICATIVE: dict[str, Callable[[Number, Number], Number]] = {
    "*": units.multiply,
    "/": units.divide,
    "**": units.power,
}


def _comparison(self: Lowering, node: ast.Binary) -> Truth:
    for side in (node.left, node.right):
        if isinstance(side, ast.Literal) and side.value is None:
            raise self.fail("F508", side)
    left, right = self.lower(node.left), self.lower(node.right)
    truth = self.compare(left, node.op, right, node)
    self.note(left, node.op, right, node.left, node.right)
    return truth


@handles(ast.Between)
def _between(self: Lowering, node: ast.Between) -> Value:
    low = ast.Binary(">=", node.value, node.low, span=node.span)
    high = ast.Binary("<=", node.value, node.high, span=node.span)
    return self.lower(ast.Binary("and", low, high, span=node.span))


@handles(ast.If)
def _if(self: Lowering, node: ast.If) -> Value:
    condition, yes, no = self.truth(node.condition), self.lower(node.yes), self.lower(node.no)
    if condition.const is not None:
        return yes if condition.const else no
    test = self.names.bind(condition.expr)
    if isinstance(yes, Number) and isinstance(no, Number):
        return _chosen(self, test, *self.aligned(yes, no, node))
    if not isinstance(yes, Plain) or not isinstance(no, Plain) or type(yes) is not type(no):
        raise self.fail("F504", node, left=kind_of(yes), right=kind_of(no))
    return _either(test, yes, no)


def _chosen(self: Lowering, test: Expr, yes: Number, no: Number) -> Number:
    one, three = constant(Decimal(1)), self.names.three
    num = choose(test, self.held(yes.num), self.held(no.num), three=three)
    if yes.den is None and no.den is None:
        return Number(num, None, yes.unit)
    return Number(
        num, choose(test, self.held(yes.den or one), self.held(no.den or one), three=three), yes.unit
    )


def _either(condition: Expr, yes: Plain, no: Plain) -> Value:
    null = NULL if isinstance(yes, Truth) else op("nullif", yes.expr, yes.expr)
    same = case([(op("eq", yes.expr, no.expr), yes.expr)], null)
    node = case([(condition, yes.expr), (op("not", condition), no.expr)], same)
    if isinstance(yes, Text) and isinstance(no, Text):
        known = tuple(dict.fromkeys((*_possible(yes), *_possible(no))))
        return Text(node, known if _possible(yes) and _possible(no) else ())
    return Truth(node) if isinstance(yes, Truth) else Day(node)


def _possible(text: Text) -> tuple[str, ...]:
    return (text.const,) if text.const is not None else text.values


@handles(ast.Quantified)
def _quantified(self: Lowering, node: ast.Quantified) -> Value:
    if len(node.iterators) != 1:
        raise self.fail("F501", node, construct=node.kind)
    iterator = node.iterators[0]
    rows = self.lower(iterator.source)
    if not isinstance(rows, Rows) or rows.column is not None:
        raise self.fail("F512", iterator.source, got=kind_of(rows))
    inner = Lowering(self.names.rows_scope(rows.child, iterator.name), self.place, self.text)
    condition = inner.truth(node.condition).expr
    if node.kind == "every":
        condition = op("not", condition)
    where = condition if rows.where is None else op("and", rows.where, condition)
    found = self.names.aggregate("exists", Rows(rows.child, where))
    assert isinstance(found, Truth)  # noqa: S101 - what `exists` gives
    return found if node.kind == "some" else Truth(op("not", found.expr))


@handles(ast.ListLiteral)
def _list(self: Lowering, node: ast.ListLiteral) -> Value:
    return Options(tuple(self.lower(i) for i in node.items))
