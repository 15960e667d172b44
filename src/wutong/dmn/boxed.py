"""Evaluating boxed expressions (DMN 1.5, chapter 10.2)."""

from __future__ import annotations

from typing import Any

from wutong.dmn import model as dmn
from wutong.dmn.logic import Logic
from wutong.dmn.tables import decide
from wutong.feel.compare import quantified
from wutong.feel.interp import Scope, filtered, make_function
from wutong.feel.kinds import coerce
from wutong.feel.values import FunctionValue, invoke


def boxed(expression: dmn.Expression | None, scope: Scope, logic: Logic) -> Any:
    """Return the value of a boxed expression; None without one or if it does not fit its declared type."""
    if expression is None:
        return None
    value = _boxed(expression, scope, logic)
    wanted = logic.kind(expression.type_ref)
    if wanted is None or isinstance(expression, dmn.Function):
        return value
    return coerce(value, wanted)


def _boxed(expression: dmn.Expression, scope: Scope, logic: Logic) -> Any:
    match expression:
        case dmn.LiteralExpression(text):
            return logic.value(text, scope)
        case dmn.DecisionTable():
            return decide(expression, scope, logic)
        case dmn.Context():
            return _context(expression, scope, logic)
        case dmn.Relation(columns, rows):
            names = [c.name for c in columns]
            return [dict(zip(names, (boxed(c, scope, logic) for c in row), strict=False)) for row in rows]
        case dmn.ListExpression(items):
            return [boxed(item, scope, logic) for item in items]
        case dmn.Invocation(function, bindings):
            target = boxed(function, scope, logic)
            values = [boxed(b.value, scope, logic) for b in bindings]
            return invoke(target, values, tuple(b.name for b in bindings))
        case dmn.Function():
            return function_value(expression, scope, logic)
    return _control(expression, scope, logic)


def _context(context: dmn.Context, scope: Scope, logic: Logic) -> Any:
    values: dict[str, Any] = {}
    inner = scope.inner(values)
    for entry in context.entries:
        value = coerce(boxed(entry.value, inner, logic), logic.kind(entry.type_ref))
        if entry.name is None:
            return value
        if entry.name in values:
            return None
        values[entry.name] = value
    return values


def function_value(
    function: dmn.Function, scope: Scope, logic: Logic, result: str | None = None
) -> FunctionValue:
    """Return a boxed function as a value; functions of Java or PMML give null."""
    parameters = [(p.name, logic.kind(p.type_ref)) for p in function.parameters]
    declared = logic.kind(function.type_ref or result)
    if declared is not None and declared.name == "function":
        declared = declared.result
    body = function.body if function.kind == "FEEL" else None
    return make_function(parameters, lambda inner: boxed(body, inner, logic), scope, declared)


def _control(expression: dmn.Expression, scope: Scope, logic: Logic) -> Any:
    match expression:
        case dmn.Conditional(condition, yes, no):
            return boxed(yes if boxed(condition, scope, logic) is True else no, scope, logic)
        case dmn.Filter(source, condition):
            return filtered(boxed(source, scope, logic), lambda inner: boxed(condition, inner, logic), scope)
        case dmn.For(iterator, source, body):
            items = boxed(source, scope, logic)
            partial: list[Any] = []
            for item in _items(items):
                inner = scope.inner({iterator: item, "partial": list(partial)})
                partial.append(boxed(body, inner, logic))
            return None if items is None else partial
        case dmn.Quantified(kind, iterator, source, condition):
            items = boxed(source, scope, logic)
            found = [boxed(condition, scope.inner({iterator: item}), logic) for item in _items(items)]
            return None if items is None else quantified(kind, found)
    raise TypeError(type(expression).__name__)


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
