"""Dates in rules: written ones, moved ones, the days between two."""

from __future__ import annotations

from datetime import date

from wutong.feel import ast
from wutong.ir.policy import units
from wutong.ir.policy.lowering import Lowering
from wutong.ir.policy.values import Day, Interval, Number, Value
from wutong.sql.nodes import lit, op
from wutong.sql.types import DATE


def day_of(self: Lowering, node: ast.Node, text: str) -> Day:
    """Return the date written as `text`, ISO 8601."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise self.fail("F509", node, text=text) from None
    return Day(lit(day, DATE), day)


def day_arithmetic(self: Lowering, node: ast.Binary, left: Day) -> Value:
    """Return a date moved by a duration, or the days between two dates."""
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
