"""Deciding a decision table for one case, with every hit policy (DMN 1.5, 8.2.8 and 8.2.9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wutong.dmn import model as dmn
from wutong.dmn.logic import Logic
from wutong.feel import ast
from wutong.feel.compare import equal
from wutong.feel.functions import BUILTINS
from wutong.feel.interp import Scope, passes
from wutong.feel.kinds import coerce
from wutong.feel.values import invoke

_AGGREGATES = {"SUM": "sum", "MIN": "min", "MAX": "max"}


def decide(table: dmn.DecisionTable, scope: Scope, logic: Logic) -> Any:
    """Return the result of a table: a value, a context of named outputs, or a list of either."""
    hits: list[dmn.Rule] = []
    values = [coerce(logic.value(column.text, scope), logic.kind(column.type_ref)) for column in table.inputs]
    for rule in table.rules:
        if _hit(rule, values, scope, logic):
            hits.append(rule)
            if table.hit_policy == "FIRST":
                break
    if not hits:
        return _default(table, scope, logic)
    rows = [_outputs(table, rule, scope, logic) for rule in hits]
    return _select(table, rows, scope, logic)


def _hit(rule: dmn.Rule, values: list[Any], scope: Scope, logic: Logic) -> bool:
    return all(logic.passes(test, value, scope) is True for test, value in zip(rule.inputs, values, strict=True))


def _outputs(table: dmn.DecisionTable, rule: dmn.Rule, scope: Scope, logic: Logic) -> list[Any]:
    return [coerce(logic.value(text, scope), logic.kind(output.type_ref))
            for text, output in zip(rule.outputs, table.outputs, strict=True)]


def _shape(table: dmn.DecisionTable, row: list[Any]) -> Any:
    if len(table.outputs) == 1:
        return row[0]
    return {output.name or str(n): value for n, (output, value) in enumerate(zip(table.outputs, row, strict=True), 1)}


def _default(table: dmn.DecisionTable, scope: Scope, logic: Logic) -> Any:
    if all(output.default is None for output in table.outputs):
        return None
    return _shape(table, [None if o.default is None else logic.value(o.default, scope) for o in table.outputs])


def _select(table: dmn.DecisionTable, rows: list[list[Any]], scope: Scope, logic: Logic) -> Any:
    match table.hit_policy:
        case "UNIQUE":
            return _shape(table, rows[0]) if len(rows) == 1 else None
        case "ANY":
            return _shape(table, rows[0]) if all(equal(rows[0], row) is True for row in rows) else None
        case "FIRST":
            return _shape(table, rows[0])
        case "PRIORITY":
            return _shape(table, _by_priority(table, rows, scope, logic)[0])
        case "OUTPUT ORDER":
            return [_shape(table, row) for row in _by_priority(table, rows, scope, logic)]
        case "RULE ORDER":
            return [_shape(table, row) for row in rows]
        case "COLLECT":
            return _collect(table, rows)


def _collect(table: dmn.DecisionTable, rows: list[list[Any]]) -> Any:
    if table.aggregation is None:
        return [_shape(table, row) for row in rows]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if table.aggregation == "COUNT":
        return _shape(table, [Decimal(len(column)) for column in columns])
    function = BUILTINS[_AGGREGATES[table.aggregation]]
    return _shape(table, [invoke(function, [column]) for column in columns])


def _by_priority(table: dmn.DecisionTable, rows: list[list[Any]], scope: Scope, logic: Logic) -> list[list[Any]]:
    orders = [logic.tests(o.values, scope) if o.values else None for o in table.outputs]

    def rank(row: list[Any]) -> tuple[int, ...]:
        return tuple(_rank(value, order, scope) for value, order in zip(row, orders, strict=True) if order)

    return sorted(rows, key=rank)


def _rank(value: Any, order: ast.UnaryTests, scope: Scope) -> int:
    for position, test in enumerate(order.tests):
        if passes(ast.UnaryTests((test,)), value, scope) is True:
            return position
    return len(order.tests)
