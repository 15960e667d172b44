"""The reference interpreter: FEEL as the standard says it (OMG DMN 1.5, chapter 10), value by value.

It is the oracle the SQL compiler is tested against and the folder of constants. A type error gives null, as
the standard demands; only what cannot be told from a programming slip raises WutongError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.feel.arithmetic import arithmetic, negate
from wutong.feel.ast import Node
from wutong.feel.compare import both, compare, either, member, quantified
from wutong.feel.functions import BUILTINS
from wutong.feel.kinds import Kind, coerce, conforms, resolve
from wutong.feel.temporal import parse_at, temporal_property
from wutong.feel.tree import mentions
from wutong.feel.values import Date, FunctionValue, RangeValue, invoke, number

UnitReader = Callable[[Decimal, str], Any]
_MAX_CALLS = 60
_MAX_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Names to values, inner before outer; `types` are user types by name, `unit` reads ``5000万元``."""

    values: Mapping[str, Any] = field(default_factory=dict)
    outer: Scope | None = None
    types: Mapping[str, Kind] = field(default_factory=dict)
    unit: UnitReader | None = None
    depth: int = 0

    def inner(self, values: Mapping[str, Any], *, call: bool = False) -> Scope:
        """A scope within this one."""
        return Scope(values, self, self.types, self.unit, self.depth + call)

    def find(self, name: str) -> Any:
        """The value of a name; built-in functions come last; None if unknown."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return BUILTINS.get(name)


def evaluate(node: Node, scope: Scope | Mapping[str, Any] | None = None) -> Any:
    """Evaluate an expression.

    Values in the scope are interpreter values (see `wutong.feel.values.from_python`). Raises WutongError F301
    if functions call each other without end, F302 if a unit cannot be read here.

    >>> from wutong.feel.parser import parse_expression
    >>> evaluate(parse_expression("for i in 1..3 return i * x", names=["x"]), {"x": Decimal(2)})
    [Decimal('2'), Decimal('4'), Decimal('6')]
    """
    if not isinstance(scope, Scope):
        scope = Scope(scope or {})
    try:
        return _evaluate(node, scope)
    except RecursionError as error:
        raise WutongError.of("F301", limit=_MAX_CALLS) from error


def passes(tests: ast.UnaryTests, value: Any, scope: Scope | Mapping[str, Any] | None = None) -> bool | None:
    """Tell whether an input value passes the tests of a decision table cell; None if it cannot be told."""
    if not isinstance(scope, Scope):
        scope = Scope(scope or {})
    inner = scope.inner({"?": value})
    result = either(*(_test(test, value, inner) for test in tests.tests))
    if tests.negated:
        return None if result is None else not result
    return result


def _evaluate(node: Node, scope: Scope) -> Any:
    return _HANDLERS[type(node)](node, scope)


# -- simple values ----------------------------------------------------------------------------------


def _literal(node: ast.Literal, scope: Scope) -> Any:
    if not isinstance(node.value, Decimal):
        return node.value
    if node.unit is None:
        return number(node.value)
    if scope.unit is None:
        raise WutongError.of("F302", unit=node.unit)
    return scope.unit(node.value, node.unit)


def _binary(node: ast.Binary, scope: Scope) -> Any:
    if node.op in ("and", "or"):
        left, right = _truth(_evaluate(node.left, scope)), _truth(_evaluate(node.right, scope))
        return both(left, right) if node.op == "and" else either(left, right)
    left, right = _evaluate(node.left, scope), _evaluate(node.right, scope)
    return arithmetic(node.op, left, right) if node.op in "+-**/" else compare(node.op, left, right)


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _between(node: ast.Between, scope: Scope) -> bool | None:
    value = _evaluate(node.value, scope)
    low, high = _evaluate(node.low, scope), _evaluate(node.high, scope)
    return both(compare(">=", value, low), compare("<=", value, high))


def _in(node: ast.In, scope: Scope) -> bool | None:
    value = _evaluate(node.value, scope)
    results = [_test(test, value, scope.inner({"?": value})) for test in node.tests]
    return either(*results)


def _test(test: Node, value: Any, scope: Scope) -> bool | None:
    """One test of a cell: a comparison, or an expression that is a condition or something to be equal to."""
    if isinstance(test, ast.AnyTest):
        return True
    if isinstance(test, ast.UnaryTest):
        return compare(test.op, value, _evaluate(test.value, scope))
    result = _evaluate(test, scope)
    if mentions(test, "?"):
        return _truth(result)
    if isinstance(result, bool) and not isinstance(value, bool) and not isinstance(test, (ast.Literal, ast.Name)):
        return result
    return member(value, result)


def _range(node: ast.Range, scope: Scope) -> RangeValue | None:
    low = None if node.low is None else _evaluate(node.low, scope)
    high = None if node.high is None else _evaluate(node.high, scope)
    if node.low is None:
        return RangeValue(None, high, False, node.high_closed, "<=" if node.high_closed else "<")
    if node.high is None:
        return RangeValue(low, None, node.low_closed, False, ">=" if node.low_closed else ">")
    if low is not None and high is not None and compare("<=", low, high) is None:
        return None
    return RangeValue(low, high, node.low_closed, node.high_closed)


def _comparison_value(node: ast.UnaryTest, scope: Scope) -> RangeValue:
    value = _evaluate(node.value, scope)
    return RangeValue(value, value, True, True, node.op)


def _list(node: ast.ListLiteral, scope: Scope) -> list[Any]:
    return [_evaluate(item, scope) for item in node.items]


def _context(node: ast.ContextLiteral, scope: Scope) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    inner = scope.inner(values)
    for key, value in node.entries:
        if key in values:
            return None
        values[key] = _evaluate(value, inner)
    return values


# -- access -----------------------------------------------------------------------------------------


def member_of(value: Any, name: str) -> Any:
    """``value.name``; over a list, item by item."""
    match value:
        case dict():
            return value.get(name)
        case list():
            return [member_of(v, name) for v in value]
        case RangeValue():
            parts = {"start": value.low, "end": value.high, "start included": value.low_closed,
                     "end included": value.high_closed}
            return parts.get(name)
    return temporal_property(value, name)


def _filter(node: ast.Filter, scope: Scope) -> Any:
    base = _evaluate(node.base, scope)
    return filtered(base, lambda inner: _evaluate(node.condition, inner), scope)


def filtered(base: Any, condition: Callable[[Scope], Any], scope: Scope) -> Any:
    """``base[condition]``: by index if the condition is a number, else the items for which it is true."""
    if base is None:
        return None
    items = base if isinstance(base, list) else [base]
    kept = []
    for item in items:
        bound = {"item": item, **item} if isinstance(item, dict) else {"item": item}
        found = condition(scope.inner(bound))
        if isinstance(found, Decimal):
            return _at(items, found)
        if found is not None and not isinstance(found, bool):
            return None
        if found is True:
            kept.append(item)
    if not items and isinstance(condition(scope.inner({"item": None})), Decimal):
        return None
    return kept


def _at(items: list[Any], index: Decimal) -> Any:
    position = int(index)
    if position == 0 or position != index or abs(position) > len(items):
        return None
    return items[position - 1 if position > 0 else position]


def _instance(node: ast.InstanceOf, scope: Scope) -> bool | None:
    wanted = resolve(node.type, scope.types)
    return None if wanted is None else conforms(_evaluate(node.value, scope), wanted)


# -- control ----------------------------------------------------------------------------------------


def _if(node: ast.If, scope: Scope) -> Any:
    condition = _evaluate(node.condition, scope)
    return _evaluate(node.yes if condition is True else node.no, scope)


def _items(source: Any) -> Sequence[Any] | None:
    """What a loop runs over: a list, a range of whole numbers or dates (backwards too), or one value."""
    if isinstance(source, list):
        return source
    if isinstance(source, RangeValue):
        return _range_items(source)
    return None if source is None else [source]


def _range_items(source: RangeValue) -> list[Any] | None:
    low, high = source.low, source.high
    if source.op is not None or low is None or high is None or compare("<=", low, high) is not True:
        return None
    if isinstance(low, Date) and isinstance(high, Date):
        days = _steps(low.days(), high.days(), source)
        return None if days is None else [Date.from_days(d) for d in days]
    if not (isinstance(low, Decimal) and isinstance(high, Decimal) and low == int(low) and high == int(high)):
        return None
    steps = _steps(int(low), int(high), source)
    return None if steps is None else [Decimal(i) for i in steps]


def _steps(low: int, high: int, source: RangeValue) -> list[int] | None:
    if abs(high - low) > _MAX_STEPS:
        raise WutongError.of("F303", limit=_MAX_STEPS)
    step = 1 if high >= low else -1
    steps = list(range(low, high + step, step))
    if not source.low_closed:
        steps = steps[1:]
    return steps if source.high_closed else steps[:-1]


def _loop(iterators: tuple[ast.Iterator, ...], scope: Scope) -> Iterator[Scope | None]:
    """Scopes of all combinations, the last iterator fastest; None once if a source is no list."""
    if not iterators:
        yield scope
        return
    first, *rest = iterators
    items = _items(_iterated(first.source, scope))
    if items is None:
        yield None
        return
    for item in items:
        yield from _loop(tuple(rest), scope.inner({first.name: item}))


def _iterated(source: Node, scope: Scope) -> Any:
    """A loop over ``5..1`` runs backwards; ``[5..1]``, which starts with a bracket, is a range without items."""
    if isinstance(source, ast.Range) and source.low is not None and source.high is not None:
        low, high = _evaluate(source.low, scope), _evaluate(source.high, scope)
        if source.span.start == source.low.span.start:
            return _counted(low, high)
    return _evaluate(source, scope)


def _counted(low: Any, high: Any) -> list[Any] | None:
    backwards = compare("<", high, low) is True
    items = _items(RangeValue(high, low) if backwards else RangeValue(low, high))
    return None if items is None else list(reversed(items)) if backwards else list(items)


def _for(node: ast.For, scope: Scope) -> list[Any] | None:
    partial: list[Any] = []
    for inner in _loop(node.iterators, scope):
        if inner is None:
            return None
        partial.append(_evaluate(node.body, inner.inner({"partial": list(partial)})))
    return partial


def _quantified(node: ast.Quantified, scope: Scope) -> bool | None:
    results: list[Any] = []
    for inner in _loop(node.iterators, scope):
        if inner is None:
            return None
        results.append(_evaluate(node.condition, inner))
    return quantified(node.kind, results)


# -- functions --------------------------------------------------------------------------------------


def _call(node: ast.Call, scope: Scope) -> Any:
    function = _evaluate(node.function, scope)
    arguments = [_evaluate(a, scope) for a in node.arguments]
    return invoke(function, arguments, node.names)


def make_function(
    parameters: Sequence[tuple[str, Kind | None]], body: Callable[[Scope], Any], scope: Scope,
    result: Kind | None = None,
) -> FunctionValue:
    """Return a function value that binds its arguments, converted to their types, and runs `body`."""
    names = tuple(name for name, _ in parameters)
    kinds = tuple(k for _, k in parameters)

    def run(*arguments: Any) -> Any:
        if scope.depth + 1 > _MAX_CALLS:
            raise WutongError.of("F301", limit=_MAX_CALLS)
        bound = {n: coerce(a, k) for n, a, k in zip(names, arguments, kinds, strict=True)}
        if any(a is not None and bound[n] is None for n, a in zip(names, arguments, strict=True)):
            return None
        return coerce(body(scope.inner(bound, call=True)), result)

    return FunctionValue(names, run, kinds, result=result)


def _function(node: ast.FunctionLiteral, scope: Scope) -> FunctionValue | None:
    kinds = [(name, resolve(ref, scope.types)) for name, ref in node.parameters]
    if any(k is None for _, k in kinds):
        return None
    if node.external:
        return make_function(kinds, lambda _: None, scope)
    return make_function(kinds, lambda inner: _evaluate(node.body, inner), scope)


_HANDLERS: dict[type[Node], Callable[[Any, Scope], Any]] = {
    ast.Literal: _literal,
    ast.AtLiteral: lambda node, _: parse_at(node.text),
    ast.Name: lambda node, scope: scope.find(node.name),
    ast.Path: lambda node, scope: member_of(_evaluate(node.base, scope), node.name),
    ast.Filter: _filter,
    ast.Call: _call,
    ast.Negate: lambda node, scope: negate(_evaluate(node.operand, scope)),
    ast.Binary: _binary,
    ast.Between: _between,
    ast.In: _in,
    ast.InstanceOf: _instance,
    ast.If: _if,
    ast.For: _for,
    ast.Quantified: _quantified,
    ast.ListLiteral: _list,
    ast.ContextLiteral: _context,
    ast.Range: _range,
    ast.FunctionLiteral: _function,
    ast.UnaryTest: _comparison_value,
    ast.AnyTest: lambda _node, _scope: True,
    ast.UnaryTests: lambda node, scope: passes(node, scope.find("?"), scope),
}
