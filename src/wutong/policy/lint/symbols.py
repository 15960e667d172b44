"""Rules as formulas for the solver z3 (de Moura and Bjørner, TACAS 2008): facts become variables with their domains.

Everything is known here: the question is what companies can exist, not what is missing. What has no formula (text
functions, dates moved by months, aggregates) is a variable that may take any value of its type, so that "cannot hold"
is always true and "can hold" may be too cautious. Quotients become products, which keeps most rules linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.feel.printer import to_text
from wutong.ir.policy.check import Checked
from wutong.ir.policy.order import Item, ParsedTable
from wutong.ir.policy.values import Day, Number, Text, Truth, Value
from wutong.policy.lint.grid import domain
from wutong.tables.catalogue import Fact
from wutong.values.units import Unit

_PERCENT = "%"
_MOST_RULES = 200
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Fractional:
    """A number ``num / den`` in base units; `den` None is 1, and is not negative where given."""

    num: Any
    den: Any = None


Symbol = Any
"""A z3 term for truth values, texts and dates (as whole numbers), or a Fractional."""


@dataclass(slots=True)
class Symbols:
    """The variables of one policy, the formulas of its names, and what is known about both."""

    checked: Checked
    domains: list[Any] = field(default_factory=list)
    known: dict[str, Symbol] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    guarded: int = 0
    divisors: list[Any] = field(default_factory=list)
    input: Symbol = None

    def truth(self, node: ast.Node) -> Any:
        """Return the formula of a condition; divisors met on the way must not be zero for it to be decided."""
        return self._of(node)

    # -- names ------------------------------------------------------------------------------------------

    def _name(self, name: str) -> Symbol | None:
        if name == "?":
            return self.input
        if name not in self.known:
            made = self._made(name)
            if made is None:
                return None
            self.known[name] = made
        return self.known[name]

    def _made(self, name: str) -> Symbol | None:
        context = self.checked.context
        item = next((i for i in self.checked.items if name in (i.source.code, i.source.zh)), None)
        if item is not None:
            return self._shared(item)
        value = context.scope.local.get(name)
        if value is not None:  # a parameter
            return self._constant(value) if _const(value) is not None else self._variable(name, value)
        found = context.plan.catalogue.resolve(name, context.plan.on.year)
        return None if found is None else self._fact(*found)

    def _shared(self, item: Item) -> Symbol:
        """A quotient of a name may be guarded in one rule and not in another; its divisor counts where it is used."""
        if isinstance(item, ParsedTable):
            return self._table(item)
        return self._of(item.node)

    def _fact(self, fact: Fact, column: str) -> Symbol:
        if fact.type == "boolean":
            return z3.Bool(column)
        if fact.type in ("text", "code"):
            text = z3.Int(column)
            if fact.values:
                self.domains.append(z3.Or([text == self._code(v) for v in fact.values]))
            return text
        number = z3.Int(column) if fact.type in ("integer", "date") else z3.Real(column)
        for bound, compare in ((fact.min, ">="), (fact.max, "<=")):
            if bound is not None:
                figure = bound.toordinal() if isinstance(bound, date) else _rational(bound)
                self.domains.append(_COMPARE[compare](number, figure))
        return number if fact.type == "date" else Fractional(z3.ToReal(number) if fact.type == "integer" else number)

    def _code(self, text: str) -> int:
        return self.codes.setdefault(text, len(self.codes))

    # -- values -----------------------------------------------------------------------------------------

    def _constant(self, value: Value) -> Symbol:
        const = _const(value)
        if isinstance(const, bool):
            return z3.BoolVal(const)
        if isinstance(const, str):
            return z3.IntVal(self._code(const))
        if isinstance(const, date):
            return z3.IntVal(const.toordinal())
        assert isinstance(value, Number)  # noqa: S101 - the other kinds are above
        return Fractional(_based(value.const or Decimal(0), value.unit))

    def _variable(self, name: str, value: Value) -> Symbol:
        """Return a variable for something without a formula; the same text is the same variable."""
        if isinstance(value, Truth):
            return z3.Bool(name)
        if isinstance(value, Number):
            whole = value.den is None and value.num.scale == 0
            number = z3.ToReal(z3.Int(name)) if whole else z3.Real(name)
            low, high = domain(value)
            self.domains += [number >= _based(low, value.unit)] if low is not None else []
            self.domains += [number <= _based(high, value.unit)] if high is not None else []
            return Fractional(number)
        if isinstance(value, Text) and value.values:
            text = z3.Int(name)
            self.domains.append(z3.Or([text == self._code(v) for v in value.values]))
            return text
        return z3.Int(name)

    def _opaque(self, node: ast.Node) -> Symbol:
        text = to_text(node)
        if text not in self.known:
            value = self.checked.context.lowering(text, "lint").lower(node)
            self.known[text] = self._constant(value) if _const(value) is not None else self._variable(text, value)
        return self.known[text]

    # -- expressions ------------------------------------------------------------------------------------

    def _of(self, node: ast.Node) -> Symbol:
        formula = self._formula(node)
        return self._opaque(node) if formula is None else formula

    def _formula(self, node: ast.Node) -> Symbol | None:
        match node:
            case ast.Name(name):
                return self._name(name)
            case ast.Literal(value, unit):
                return self._literal(value, unit)
            case ast.Binary(op, left, right):
                return self._binary(op, left, right)
            case ast.Between(value, low, high):
                middle = self._of(value)
                return z3.And(self._compared(middle, ">=", self._of(low)), self._compared(middle, "<=", self._of(high)))
            case ast.In(value, tests):
                return self._passes(self._of(value), tests)
            case ast.If(condition, yes, no):
                return self._if(condition, yes, no)
            case ast.Call(ast.Name(name), arguments, None):
                return self._call(name, arguments)
        return None

    def _binary(self, op: str, left: ast.Node, right: ast.Node) -> Symbol | None:
        if op == "/":
            return self._quotient(left, right)
        one, other = self._of(left), self._of(right)
        if op in ("and", "or"):
            return z3.And(one, other) if op == "and" else z3.Or(one, other)
        return self._compared(one, op, other) if op in _COMPARE else self._arithmetic(op, one, other)

    def _literal(self, value: object, unit: str | None) -> Symbol | None:
        if isinstance(value, bool):
            return z3.BoolVal(value)
        if isinstance(value, Decimal):
            return Fractional(_based(value, Unit.find(unit) if unit else None))
        return z3.IntVal(self._code(value)) if isinstance(value, str) else None

    def _compared(self, left: Symbol, op: str, right: Symbol) -> Any:
        compare = _COMPARE[op]
        if not isinstance(left, Fractional):
            return compare(left, right)
        for den in (left.den, right.den):
            if den is not None and not self.guarded:
                self.divisors.append(den)
        return compare(_times(left.num, right.den), _times(right.num, left.den))

    def _arithmetic(self, op: str, left: Symbol, right: Symbol) -> Symbol | None:
        if not isinstance(left, Fractional) or not isinstance(right, Fractional):
            return None
        if op in "+-":
            num, other = _times(left.num, right.den), _times(right.num, left.den)
            return Fractional(num + other if op == "+" else num - other, _den(left.den, right.den))
        if op == "*":
            return Fractional(left.num * right.num, _den(left.den, right.den))
        return None

    def _quotient(self, left: ast.Node, right: ast.Node) -> Symbol | None:
        """A quotient stays a fraction where its divisor cannot be negative, so that comparing may multiply by it."""
        typed = self.checked.context.lowering(to_text(right), "lint").lower(right)
        if not isinstance(typed, Number) or not typed.num.nonneg or (typed.den is not None and not typed.den.nonneg):
            return None
        over, under = self._of(left), self._of(right)
        return Fractional(_times(over.num, under.den), _den(over.den, under.num))

    def _if(self, condition: ast.Node, yes: ast.Node, no: ast.Node) -> Symbol:
        test = self._of(condition)
        self.guarded += 1
        one, other = self._of(yes), self._of(no)
        self.guarded -= 1
        return _either(test, one, other)

    def _call(self, name: str, arguments: tuple[ast.Node, ...]) -> Symbol | None:
        if name == "not":
            return z3.Not(self._of(arguments[0]))
        if name in ("percent", "ratio"):
            number = self._of(arguments[0])
            return Fractional(number.num * z3.RealVal("100" if name == "percent" else "1/100"), number.den)
        if name == "convert":
            return self._of(arguments[0])
        if name in ("best of", "least of") or (name in ("max", "min") and len(arguments) > 1):
            return self._best(">=" if name in ("best of", "max") else "<=", arguments)
        if name == "exists" and isinstance(arguments[0], ast.Filter):
            return self._of(ast.Call(ast.Name("count"), arguments)).num >= 1
        return None

    def _best(self, op: str, arguments: tuple[ast.Node, ...]) -> Symbol:
        best, *others = [self._of(a) for a in arguments]
        self.guarded += 1
        for other in others:
            best = _either(self._compared(best, op, other), best, other)
        self.guarded -= 1
        return best

    # -- tests and tables -------------------------------------------------------------------------------

    def _passes(self, value: Symbol, tests: tuple[ast.Node, ...]) -> Any:
        return z3.Or([self._test(value, t) for t in tests])

    def _test(self, value: Symbol, node: ast.Node) -> Any:
        match node:
            case ast.AnyTest():
                return z3.BoolVal(True)
            case ast.UnaryTest(op, right):
                return self._compared(value, op, self._of(right))
            case ast.ListLiteral(items):
                return z3.Or([self._compared(value, "=", self._of(i)) for i in items])
            case ast.Range(low, high, low_in, high_in):
                parts = []
                if low is not None:
                    parts.append(self._compared(value, ">=" if low_in else ">", self._of(low)))
                if high is not None:
                    parts.append(self._compared(value, "<=" if high_in else "<", self._of(high)))
                return z3.And(*parts)
        outer, self.input = self.input, value
        same = self._of(node)
        self.input = outer
        return same if _is_truth(same) and not _is_truth(value) else self._compared(value, "=", same)

    def _table(self, parsed: ParsedTable) -> Symbol:
        """A table that gives one value is a chain of cases, in the order the rules decide."""
        table = parsed.source
        value = self.checked.context.scope.local[table.code]
        rest = self._variable(f"{table.code} none", value) if parsed.default is None else self._of(parsed.default)
        if table.hit not in ("FIRST", "UNIQUE", "ANY") or len(parsed.rules) > _MOST_RULES:
            return self._variable(table.code, value)
        inputs = [self._of(node) for node in parsed.inputs]
        self.guarded += 1
        for tests, output in reversed(parsed.rules):
            hits = [self._cell(v, t) for v, t in zip(inputs, tests, strict=True)]
            rest = _either(z3.And(*hits), self._of(output), rest)
        self.guarded -= 1
        return rest

    def _cell(self, value: Symbol, tests: ast.UnaryTests) -> Any:
        either = self._passes(value, tests.tests)
        return z3.Not(either) if tests.negated else either


def _const(value: Value) -> object:
    return value.const if isinstance(value, Number | Truth | Text | Day) else None


def _is_truth(symbol: Symbol) -> bool:
    return not isinstance(symbol, Fractional) and z3.is_bool(symbol)


def _rational(value: Decimal) -> Any:
    return z3.RealVal(str(value))


def _based(value: Decimal, unit: Unit | None) -> Any:
    """Return a figure in the base of its dimension; % stay as they are written."""
    if unit is None or unit.text == _PERCENT:
        return _rational(value)
    return z3.RealVal(str(Fraction(value) * unit.factor))


def _times(value: Any, den: Any) -> Any:
    return value if den is None else value * den


def _den(left: Any, right: Any) -> Any:
    return right if left is None else left if right is None else left * right


def _either(test: Any, one: Symbol, other: Symbol) -> Symbol:
    if not isinstance(one, Fractional):
        return z3.If(test, one, other)
    if one.den is None and other.den is None:
        return Fractional(z3.If(test, one.num, other.num))
    dens = [z3.RealVal(1) if x.den is None else x.den for x in (one, other)]
    return Fractional(z3.If(test, one.num, other.num), z3.If(test, *dens))


Errors = (WutongError, z3.Z3Exception)
"""What may go wrong while a rule is put into formulas; the rule is then not decided."""
