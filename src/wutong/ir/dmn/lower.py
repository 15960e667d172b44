"""From the FEEL syntax tree to compile-time values: one method per construct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from wutong.feel import ast
from wutong.ir.dmn import lists, operators, temporal
from wutong.ir.dmn.builtins import BUILTINS, call_builtin
from wutong.ir.dmn.choice import choose, each
from wutong.ir.dmn.coerce import coerce, conforms, type_from_ast
from wutong.ir.dmn.operators import condition, equal
from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.types import FeelType
from wutong.ir.dmn.values import (
    NULL,
    UNKNOWN,
    Context,
    Either,
    Function,
    Interval,
    Items,
    NotCompilableError,
    NullResultError,
    Rows,
    Scalar,
    Value,
    absent,
    and_,
    is_true,
    not_,
    or_,
    truth,
)
from wutong.sql.emit import BOOLEAN, DOUBLE, VARCHAR, Expr, col, lit

#: calls inside calls; a model that goes deeper is recursive
MAX_CALLS = 40


@dataclass(slots=True)
class Lowering:
    """Compiles expressions into one plan.

    With `lift` every literal becomes a column (`literals`: id → value), so nothing can be folded away.
    """

    plan: Plan
    lift: bool = False
    as_of: datetime | None = None
    types: dict[str, FeelType] = field(default_factory=dict)
    literals: dict[str, Decimal | str | bool] = field(default_factory=dict)
    calls: int = 0
    item_tests: bool = True
    boxed: Callable[[Any, Scope], Value] | None = None

    def lower(self, node: ast.Node, scope: Scope) -> Value:
        """Return the value of an expression in a scope.

        Raises:
            NotCompilableError: it has no SQL form; carries the span of the innermost construct at fault.
        """
        try:
            return self._dispatch(node, scope)
        except NullResultError:
            return NULL
        except NotCompilableError as fault:
            fault.values.setdefault("span", node.span)
            raise

    def _dispatch(self, node: ast.Node, scope: Scope) -> Value:
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise NotCompilableError("F410", what=type(node).__name__)
        return handler(self, node, scope)

    def constant(self, value: Decimal | str | bool) -> Scalar:
        """Return a literal, or with `lift` the column that holds it."""
        kind, sql = {bool: ("boolean", BOOLEAN), str: ("string", VARCHAR)}.get(type(value), ("number", DOUBLE))
        if not self.lift:
            return Scalar(kind, lit(value, sql), value)
        name = self.plan.fresh("k")
        self.literals[name] = value
        return Scalar(kind, col(name), value)

    def is_allowed(self, tests: ast.UnaryTests, value: Value) -> Expr:
        """Return whether a value passes the allowed values of its type."""
        return self.unary_tests(tests, value, Scope())

    def coerced(self, value: Value, kind: FeelType | None) -> Value:
        """Return a value converted to a declared type."""
        return coerce(self, value, kind)

    # ---- leaves ----

    def _literal(self, node: ast.Literal, _: Scope) -> Value:
        return NULL if node.value is None else self.constant(node.value)

    def _at(self, node: ast.AtLiteral, _: Scope) -> Value:
        source = self.constant(node.text)
        if node.text.lstrip("-").startswith("P"):
            return temporal.parse_duration(self.plan, source.sql, node.text)
        if "T" in node.text:
            return temporal.parse_datetime(self.plan, source.sql, node.text)
        if ":" in node.text:
            return temporal.parse_time(self.plan, source.sql, node.text)
        return temporal.parse_date(self.plan, source.sql, node.text)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        found = scope.find(node.name)
        if found is not None:
            return found
        if node.name in BUILTINS:
            name = node.name
            return Function((), lambda *args: call_builtin(self, name, args, None), name)
        return NULL

    def _range(self, node: ast.Range, scope: Scope) -> Value:
        low = None if node.low is None else self.lower(node.low, scope)
        high = None if node.high is None else self.lower(node.high, scope)
        return Interval(low, high, node.low_closed, node.high_closed)

    def _test_value(self, node: ast.UnaryTest, scope: Scope) -> Value:
        value = self.lower(node.value, scope)
        return Interval(value, value, test=node.op)

    def _list(self, node: ast.ListLiteral, scope: Scope) -> Value:
        return Items(tuple(self.lower(i, scope) for i in node.items))

    def _context(self, node: ast.ContextLiteral, scope: Scope) -> Value:
        names = [name for name, _ in node.entries]
        if len(set(names)) != len(names):
            return NULL
        inner = scope.holding({})
        for name, value in node.entries:
            inner.names[name] = self.lower(value, inner)
        return Context(tuple((n, inner.names[n]) for n in names))

    # ---- operators ----

    def _binary(self, node: ast.Binary, scope: Scope) -> Value:
        a, b = self.lower(node.left, scope), self.lower(node.right, scope)
        if node.op in ("and", "or"):
            return truth(self.plan.bind(_logic(node.op, condition(a), condition(b))))
        if node.op in ("=", "!="):
            same = equal(a, b)
            return truth(self.plan.bind(same if node.op == "=" else not_(same)))
        return each((a, b), lambda x, y: self._operate(node.op, x, y))

    def _operate(self, symbol: str, a: Value, b: Value) -> Value:
        if symbol in ("<", "<=", ">", ">="):
            return truth(self.plan.bind(operators.compare(symbol, a, b)))
        return operators.arithmetic(self.plan, symbol, a, b)

    def _negate(self, node: ast.Negate, scope: Scope) -> Value:
        return each((self.lower(node.operand, scope),), lambda x: operators.negate(self.plan, x))

    def _between(self, node: ast.Between, scope: Scope) -> Value:
        parts = [self.lower(n, scope) for n in (node.value, node.low, node.high)]
        return truth(self.plan.bind(operators.between(*parts)))

    def _if(self, node: ast.If, scope: Scope) -> Value:
        test = self.plan.bind(is_true(condition(self.lower(node.condition, scope))))
        return self.settled(choose([(test, self.lower(node.yes, scope))], self.lower(node.no, scope)))

    def settled(self, value: Value) -> Value:
        """Return the value with the SQL of its parts bound to columns."""
        match value:
            case Scalar(offset=None):
                return replace(value, sql=self.plan.bind(value.sql))
            case Scalar(offset=offset, zone=zone):
                parts = [None if e is None else self.plan.bind(e) for e in (offset, zone)]
                return replace(value, sql=self.plan.bind(value.sql), offset=parts[0], zone=parts[1])
            case Rows():
                return replace(value, sql=self.plan.bind(value.sql))
            case Items(items=items, present=there):
                return Items(tuple(map(self.settled, items)), None if there is None else self.plan.bind(there))
            case Context(entries=entries, present=there):
                settled = tuple((k, self.settled(v)) for k, v in entries)
                return Context(settled, None if there is None else self.plan.bind(there))
            case Either(options):
                return Either(tuple((self.plan.bind(c), self.settled(v)) for c, v in options))
        return value

    def _instance(self, node: ast.InstanceOf, scope: Scope) -> Value:
        kind = type_from_ast(node.type, self.types)
        return truth(self.plan.bind(conforms(self, self.lower(node.value, scope), kind)))

    # ---- tests ----

    def _in(self, node: ast.In, scope: Scope) -> Value:
        value = self.lower(node.value, scope)
        return truth(self.plan.bind(or_(*(self.test(t, value, scope) for t in node.tests))))

    def test(self, node: ast.Node, value: Value, scope: Scope) -> Expr:
        """Return whether `value` passes one test."""
        try:
            return self._test(node, value, scope)
        except NullResultError:
            return UNKNOWN

    def _test(self, node: ast.Node, value: Value, scope: Scope) -> Expr:
        match node:
            case ast.AnyTest():
                return lit(True)
            case ast.UnaryTest(op=symbol, value=right):
                other = self.lower(right, scope)
                if symbol in ("=", "!="):
                    same = equal(value, other)
                    return same if symbol == "=" else not_(same)
                return operators.compare(symbol, value, other)
            case ast.UnaryTests():
                return self.unary_tests(node, value, scope)
        if mentions_input(node):
            return condition(self.lower(node, scope.holding({"?": value})))
        return matches(value, self.lower(node, scope))

    def unary_tests(self, tests: ast.UnaryTests, value: Value, scope: Scope) -> Expr:
        """Return whether `value` passes the tests of a cell."""
        passed = or_(*(self.test(t, value, scope) for t in tests.tests))
        return not_(passed) if tests.negated else passed

    # ---- structure ----

    def _path(self, node: ast.Path, scope: Scope) -> Value:
        return each((self.lower(node.base, scope),), lambda v: lists.path(self.plan, v, node.name))

    def _filter(self, node: ast.Filter, scope: Scope) -> Value:
        base = self.lower(node.base, scope)
        return each((base,), lambda v: lists.filter_list(self, v, node.condition, scope))

    def _for(self, node: ast.For, scope: Scope) -> Value:
        return lists.loop(self, node, scope)

    def _quantified(self, node: ast.Quantified, scope: Scope) -> Value:
        return lists.quantified(self, node, scope)

    # ---- functions ----

    def _function(self, node: ast.FunctionLiteral, scope: Scope) -> Value:
        if node.external:
            raise NotCompilableError("F411", what="external")
        kinds = tuple((n, None if t is None else type_from_ast(t, self.types)) for n, t in node.parameters)
        return self.function(kinds, lambda inner: self.lower(node.body, inner), scope, node)

    def function(
        self, parameters: tuple[tuple[str, FeelType | None], ...], body: Callable[[Scope], Value], scope: Scope,
        identity: object,
    ) -> Function:
        """Return a function value; its arguments are bound to columns once, however often the body reads them."""
        def apply(*arguments: Value) -> Value:
            if len(arguments) != len(parameters):
                raise NullResultError
            if self.calls >= MAX_CALLS:
                raise NotCompilableError("F415")
            named, lost = dict[str, Value](), list[Expr]()
            for (name, kind), given in zip(parameters, arguments, strict=True):
                fitted = self.coerced(given, kind)
                named[name] = self.settled(fitted)
                if fitted is not given:
                    lost.append(and_(not_(absent(given)), absent(named[name])))
            spoilt = or_(*lost)
            if spoilt == lit(True):
                raise NullResultError
            self.calls += 1
            try:
                made = body(scope.holding(named))
            finally:
                self.calls -= 1
            return choose([(self.plan.bind(spoilt), NULL)], made)
        return Function(parameters, apply, identity)

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        arguments = tuple(self.lower(a, scope) for a in node.arguments)
        if isinstance(node.function, ast.Name) and scope.find(node.function.name) is None:
            if node.function.name not in BUILTINS:
                raise NullResultError
            return call_builtin(self, node.function.name, arguments, node.names)
        return self.apply(self.lower(node.function, scope), arguments, node.names)

    def apply(self, function: Value, arguments: tuple[Value, ...], names: tuple[str, ...] | None) -> Value:
        """Return the result of a function value.

        Raises:
            NullResultError: it is no function, or the arguments do not fit its parameters.
        """
        if isinstance(function, Either):
            return each((function,), lambda f: self.apply(f, arguments, names))
        if not isinstance(function, Function):
            raise NullResultError
        if names is None:
            return function.apply(*arguments)
        if isinstance(function.body, str) and function.body in BUILTINS:
            return call_builtin(self, function.body, arguments, names)
        given = dict(zip(names, arguments, strict=True))
        if given.keys() != {n for n, _ in function.parameters}:
            raise NullResultError
        return function.apply(*(given[n] for n, _ in function.parameters))


def _logic(symbol: str, a: Expr, b: Expr) -> Expr:
    return and_(a, b) if symbol == "and" else or_(a, b)


def matches(value: Value, wanted: Value) -> Expr:
    """Return whether a value equals, or is an item of, or lies in `wanted`."""
    if isinstance(wanted, Interval):
        return operators.inside(value, wanted)
    if isinstance(wanted, Items):
        parts = [] if not isinstance(value, Items | Rows) else [operators.equal(value, wanted)]
        return or_(*parts, *(_item_matches(value, item) for item in wanted.items))
    if isinstance(wanted, Rows) and not isinstance(value, Items | Rows):
        return lists.contains(wanted, value)
    return equal(value, wanted)


def _item_matches(value: Value, item: Value) -> Expr:
    """Return whether an item of a list is or holds the value; an item of another type is simply another value."""
    try:
        return operators.inside(value, item) if isinstance(item, Interval) else is_true(equal(value, item))
    except NullResultError:
        return UNKNOWN


def mentions_input(node: object) -> bool:
    """Tell whether an expression reads the tested value ``?``."""
    if isinstance(node, ast.Name):
        return node.name == "?"
    if isinstance(node, tuple):
        return any(mentions_input(n) for n in node)
    if isinstance(node, ast.Node):
        return any(mentions_input(getattr(node, f)) for f in node.__dataclass_fields__ if f != "span")
    return False


#: how each node compiles; boxed expressions are added by `wutong.ir.dmn.model`
HANDLERS: dict[type[ast.Node], Callable[..., Value]] = {
    ast.Literal: Lowering._literal, ast.AtLiteral: Lowering._at, ast.Name: Lowering._name,  # noqa: SLF001
    ast.Range: Lowering._range, ast.UnaryTest: Lowering._test_value, ast.ListLiteral: Lowering._list,  # noqa: SLF001
    ast.ContextLiteral: Lowering._context, ast.Binary: Lowering._binary, ast.Negate: Lowering._negate,  # noqa: SLF001
    ast.Between: Lowering._between, ast.If: Lowering._if, ast.InstanceOf: Lowering._instance, ast.In: Lowering._in,  # noqa: SLF001
    ast.Path: Lowering._path, ast.Filter: Lowering._filter, ast.For: Lowering._for,  # noqa: SLF001
    ast.Quantified: Lowering._quantified, ast.FunctionLiteral: Lowering._function, ast.Call: Lowering._call,  # noqa: SLF001
}
