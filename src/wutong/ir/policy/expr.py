"""From the syntax tree of a rule to typed SQL: units checked, unknown carried, every fault placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.ir.policy import units
from wutong.ir.policy.arith import add, choose, constant, negate, subtract
from wutong.ir.policy.compare import FALSE, MIRROR, NULL, TRUE, compare_numbers
from wutong.ir.policy.plan import Lookup
from wutong.ir.policy.values import Day, Interval, Number, Options, Rows, Text, Truth, Value
from wutong.sql.nodes import Expr, case, lit, op
from wutong.sql.types import DATE, VARCHAR


class Names(Protocol):
    """What a rule may name."""

    three: bool
    on: date

    def value(self, name: str) -> Value | None:
        """Return what `name` stands for, or None."""

    def similar(self, name: str) -> list[str]:
        """Return names close to a misspelt one."""

    def aggregate(self, function: str, rows: Rows) -> Value:
        """Return an aggregate over child rows."""

    def rows_scope(self, child: str, variable: str | None) -> Names:
        """Return the scope inside a filter over a child table."""

    def bind(self, node: Expr) -> Expr:
        """Give a value its own column, so that it is computed once."""

    def lookup(self, wanted: Lookup) -> str:
        """Join a large table; return the id of its columns."""


@dataclass(slots=True)
class Comparison:
    """One comparison met while lowering a condition, kept for its explanation."""

    left: Value
    operator: str
    right: Value
    left_node: ast.Node
    right_node: ast.Node


@dataclass(slots=True)
class Lowering:
    """Lowers one expression; `met` collects its comparisons when a list is given."""

    names: Names
    place: Place
    text: str = ""
    met: list[Comparison] | None = None
    input: Value | None = None
    input_node: ast.Node = field(default_factory=lambda: ast.Name("?"))

    def fail(self, code: str, node: ast.Node, **values: object) -> WutongError:
        """Return the error of `code` at `node`."""
        place = self.place.merged(expression=self.text or None, offset=node.span.start + 1)
        return WutongError.of(code, place, **values)

    def lower(self, node: ast.Node) -> Value:
        """Return the typed value of `node`.

        Raises:
            WutongError: F5xx, with the character where the fault stands.
        """
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise self.fail("F501", node, construct=type(node).__name__)
        return handler(self, node)

    def number(self, node: ast.Node) -> Number:
        """Lower `node` and insist on a number."""
        value = self.lower(node)
        if isinstance(value, Number):
            return value
        if isinstance(value, Rows):
            raise self.fail("F502", node)
        raise self.fail("F503", node, need="数", got=kind_of(value))

    def truth(self, node: ast.Node) -> Truth:
        """Lower `node` and insist on a truth value."""
        value = self.lower(node)
        if isinstance(value, Truth):
            return value
        raise self.fail("F503", node, need="是非", got=kind_of(value))

    def day(self, node: ast.Node) -> Day:
        """Lower `node` and insist on a date."""
        value = self.lower(node)
        if isinstance(value, Day):
            return value
        raise self.fail("F503", node, need="日期", got=kind_of(value))

    def compare(self, left: Value, operator: str, right: Value, at: ast.Node) -> Truth:
        """Return ``left operator right``."""
        if isinstance(left, Number) and isinstance(right, Number):
            left, right = self.aligned(left, right, at)
            return compare_numbers(left, operator, right)
        if type(left) is not type(right) or isinstance(left, Options | Rows):
            raise self.fail("F504", at, left=kind_of(left), right=kind_of(right))
        if isinstance(left, Text) and isinstance(right, Text):
            self._spelled(left, right, at)
        assert not isinstance(right, Options | Rows | Number)  # noqa: S101 - same type as left, see above
        assert not isinstance(left, Number)  # noqa: S101
        if operator not in ("=", "!=") and not isinstance(left, Day):
            raise self.fail("F505", at, operator=operator, got=kind_of(left))
        return Truth(op(_COMPARE[operator], left.expr, right.expr))

    def _spelled(self, left: Text, right: Text, at: ast.Node) -> None:
        """A text that its code list cannot hold would make a condition that never holds."""
        for one, other in ((left, right), (right, left)):
            if one.values and other.const is not None and other.const not in one.values:
                raise self.fail("F506", at, text=other.const, known="、".join(one.values))

    def held(self, value: Interval) -> Interval:
        """Give the ends columns of their own, for operations that mention them more than once."""
        if value.const is not None:
            return value
        lo = None if value.lo is None else self.names.bind(value.lo)
        hi = lo if value.exact else None if value.hi is None else self.names.bind(value.hi)
        plain = lo if value.exact else value.plain
        return Interval(lo, hi, value.digits, value.scale, plain, value.low, value.high)

    def aligned(self, left: Number, right: Number, at: ast.Node) -> tuple[Number, Number]:
        """Bring both to one unit; only literals convert by themselves."""
        try:
            return units.align(left, right)
        except units.UnitMismatch as clash:
            raise self.fail(clash.code, at, left=clash.left, right=clash.right) from None


_COMPARE = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def kind_of(value: Value) -> str:
    """Return the Chinese name of a value's type."""
    return {Number: "数", Truth: "是非", Text: "文本", Day: "日期", Options: "列表", Rows: "子表行"}[type(value)]


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


def _at(self: Lowering, node: ast.AtLiteral) -> Value:
    return _date(self, node, node.text)


def _date(self: Lowering, node: ast.Node, text: str) -> Day:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise self.fail("F509", node, text=text) from None
    return Day(lit(day, DATE), day)


def _name(self: Lowering, node: ast.Name) -> Value:
    if node.name == "?" and self.input is not None:
        return self.input
    value = self.names.value(node.name)
    if value is None:
        similar = self.names.similar(node.name)
        raise self.fail("F510", node, name=node.name, similar="、".join(similar) or "—")
    return value


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
        return Number(Interval(*[op(node.name, value.expr)] * 2, 4, 0, op(node.name, value.expr)))
    raise self.fail("F511", node, name=node.name, got=kind_of(value))


def _negate(self: Lowering, node: ast.Negate) -> Value:
    value = self.number(node.operand)
    return Number(negate(value.num), value.den, value.unit, value.literal)


def _filter(self: Lowering, node: ast.Filter) -> Value:
    base = self.lower(node.base)
    if not isinstance(base, Rows) or base.column is not None:
        raise self.fail("F512", node, got=kind_of(base))
    inner = Lowering(self.names.rows_scope(base.child, None), self.place, self.text)
    condition = inner.truth(node.condition).expr
    where = condition if base.where is None else op("and", base.where, condition)
    return Rows(base.child, where)


def _binary(self: Lowering, node: ast.Binary) -> Value:
    if node.op in ("and", "or"):
        left, right = self.truth(node.left), self.truth(node.right)
        return Truth(op(node.op, left.expr, right.expr))
    if node.op in _COMPARE:
        return _comparison(self, node)
    left_value = self.lower(node.left)
    if isinstance(left_value, Day):
        return _day_arithmetic(self, node, left_value)
    left, right = self.number(node.left), self.number(node.right)
    if node.op in ("+", "-"):
        return units.add(*self.aligned(left, right, node), subtract if node.op == "-" else add)
    try:
        return _MULTIPLICATIVE[node.op](left, right)
    except units.UnitMismatch as clash:
        raise self.fail(clash.code, node, left=clash.left, right=clash.right) from None
    except KeyError:
        raise self.fail("F501", node, construct=node.op) from None


_MULTIPLICATIVE: dict[str, Callable[[Number, Number], Number]] = {
    "*": units.multiply, "/": units.divide, "**": units.power,
}


def _comparison(self: Lowering, node: ast.Binary) -> Truth:
    for side in (node.left, node.right):
        if isinstance(side, ast.Literal) and side.value is None:
            raise self.fail("F508", side)
    left, right = self.lower(node.left), self.lower(node.right)
    truth = self.compare(left, node.op, right, node)
    _note(self, left, node.op, right, node.left, node.right)
    return truth


def _note(self: Lowering, left: Value, operator: str, right: Value, a: ast.Node, b: ast.Node) -> None:
    if self.met is None:
        return
    constant_left = isinstance(left, Number | Text | Day) and left.const is not None
    if constant_left and isinstance(right, Number | Text | Day) and right.const is None:
        left, right, a, b, operator = right, left, b, a, MIRROR[operator]
    if isinstance(left, Number) and isinstance(right, Number):
        left, right = self.aligned(left, right, a)
    self.met.append(Comparison(left, operator, right, a, b))


def _day_arithmetic(self: Lowering, node: ast.Binary, left: Day) -> Value:
    right = self.lower(node.right)
    if node.op == "-" and isinstance(right, Day):
        return days_between(right, left)
    if node.op not in "+-" or not isinstance(right, Number) or right.const is None or right.unit is None:
        raise self.fail("F513", node)
    amount = right.const if node.op == "+" else -right.const
    moved = units.moved(left.expr, amount, right.unit)
    if moved is None:
        raise self.fail("F513", node)
    return Day(moved)


def days_between(start: Day, end: Day) -> Number:
    """Return the days from `start` to `end`."""
    node = op("days_between", start.expr, end.expr)
    return Number(Interval(node, node, 7, 0, node), unit=units.find("天"))


def _between(self: Lowering, node: ast.Between) -> Value:
    low = ast.Binary(">=", node.value, node.low, span=node.span)
    high = ast.Binary("<=", node.value, node.high, span=node.span)
    return self.lower(ast.Binary("and", low, high, span=node.span))


def _in(self: Lowering, node: ast.In) -> Value:
    value = self.lower(node.value)
    tests = [tested(self, value, node.value, t) for t in node.tests]
    return Truth(tests[0].expr if len(tests) == 1 else op("or", *(t.expr for t in tests)))


def tested(self: Lowering, value: Value, value_node: ast.Node, node: ast.Node) -> Truth:
    """Return the truth of one unary test of `value`."""
    if isinstance(node, ast.AnyTest):
        return Truth(TRUE, True)
    if isinstance(node, ast.UnaryTest):
        return unary(self, value, node.op, value_node, node.value)
    if isinstance(node, ast.Range):
        return _range_test(self, value, value_node, node)
    if mentions_input(node):
        inner = Lowering(self.names, self.place, self.text, self.met, value, value_node)
        return inner.truth(node)
    wanted = self.lower(node)
    if isinstance(wanted, Options):
        parts = [self.compare(value, "=", item, node).expr for item in wanted.items]
        return Truth(op("or", *parts) if len(parts) > 1 else parts[0])
    return unary(self, value, "=", value_node, node)


def unary(self: Lowering, value: Value, operator: str, value_node: ast.Node, node: ast.Node) -> Truth:
    """Return ``value operator node``."""
    right = self.lower(node)
    truth = self.compare(value, operator, right, node)
    _note(self, value, operator, right, value_node, node)
    return truth


def _range_test(self: Lowering, value: Value, value_node: ast.Node, node: ast.Range) -> Truth:
    parts = []
    if node.low is not None:
        parts.append(unary(self, value, ">=" if node.low_closed else ">", value_node, node.low).expr)
    if node.high is not None:
        parts.append(unary(self, value, "<=" if node.high_closed else "<", value_node, node.high).expr)
    return Truth(op("and", *parts) if len(parts) > 1 else parts[0])


def unary_tests(self: Lowering, value: Value, value_node: ast.Node, tests: ast.UnaryTests) -> Truth:
    """Return the truth of a table cell for the input `value`."""
    parts = [tested(self, value, value_node, t) for t in tests.tests]
    if len(parts) == 1:
        both = parts[0]
    else:
        both = Truth(op("or", *(p.expr for p in parts)))
    if not tests.negated:
        return both
    return Truth(op("not", both.expr), None if both.const is None else not both.const)


def mentions_input(node: ast.Node) -> bool:
    """Tell whether an expression mentions ``?``."""
    if isinstance(node, ast.Name):
        return node.name == "?"
    return any(mentions_input(child) for child in children(node))


def children(node: ast.Node) -> list[ast.Node]:
    """Return the direct sub-nodes of `node`."""
    found: list[ast.Node] = []
    for name in node.__dataclass_fields__:
        if name != "span":
            _collect(getattr(node, name), found)
    return found


def _collect(value: object, found: list[ast.Node]) -> None:
    if isinstance(value, ast.Node):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)




def _if(self: Lowering, node: ast.If) -> Value:
    condition, yes, no = self.truth(node.condition), self.lower(node.yes), self.lower(node.no)
    if condition.const is not None:
        return yes if condition.const else no
    test_ = self.names.bind(condition.expr)
    if isinstance(yes, Number) and isinstance(no, Number):
        yes, no = self.aligned(yes, no, node)
        one = constant(Decimal(1))
        num = choose(test_, self.held(yes.num), self.held(no.num), three=self.names.three)
        den = None
        if yes.den is not None or no.den is not None:
            den = choose(test_, self.held(yes.den or one), self.held(no.den or one), three=self.names.three)
        return Number(num, den, yes.unit)
    if type(yes) is not type(no) or isinstance(yes, Options | Rows | Number):
        raise self.fail("F504", node, left=kind_of(yes), right=kind_of(no))
    return _either(test_, yes, no)


def _either(condition: Expr, yes: Value, no: Value) -> Value:
    assert isinstance(yes, Truth | Text | Day)  # noqa: S101 - the caller has checked both types
    assert isinstance(no, Truth | Text | Day)  # noqa: S101
    same = case([(op("eq", yes.expr, no.expr), yes.expr)], NULL if isinstance(yes, Truth) else op("nullif", yes.expr, yes.expr))
    node = case([(condition, yes.expr), (op("not", condition), no.expr)], same)
    if isinstance(yes, Text) and isinstance(no, Text):
        known = tuple(dict.fromkeys((*_possible(yes), *_possible(no))))
        return Text(node, known if _possible(yes) and _possible(no) else ())
    return type(yes)(node)  # type: ignore[call-arg]


def _possible(text: Text) -> tuple[str, ...]:
    return (text.const,) if text.const is not None else text.values


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


def _list(self: Lowering, node: ast.ListLiteral) -> Value:
    return Options(tuple(self.lower(i) for i in node.items))


def _call(self: Lowering, node: ast.Call) -> Value:
    from wutong.ir.policy.functions import call

    return call(self, node)


_HANDLERS: dict[type, Callable[[Lowering, ast.Node], Value]] = {  # type: ignore[assignment]
    ast.Literal: _literal, ast.AtLiteral: _at, ast.Name: _name, ast.Path: _path, ast.Negate: _negate,
    ast.Filter: _filter, ast.Binary: _binary, ast.Between: _between, ast.In: _in, ast.If: _if,
    ast.Quantified: _quantified, ast.ListLiteral: _list, ast.Call: _call,
}
