"""Columns that show a quantity: figures of a policy, and both sides of the comparisons of a condition."""

from __future__ import annotations

from dataclasses import dataclass

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.ir.policy.context import Context
from wutong.ir.policy.lowering import Comparison, kind_of
from wutong.ir.policy.rounding import rounded
from wutong.ir.policy.values import Day, Number, Plain, Text, Truth, Value
from wutong.sql.nodes import lit
from wutong.sql.types import DECIMAL

PLACES = 6
"""Decimal places of a quotient that is shown; comparisons never use it."""
_KINDS = {Text: "text", Day: "day", Truth: "truth"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Columns that show one quantity: `kind` number, text, day or truth."""

    kind: str
    low: str
    high: str
    unit: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison of a condition, and the columns that show its two sides."""

    left: str
    operator: str
    right: str
    value: Shown
    threshold: Shown


def show(context: Context, value: Value, name: str) -> Shown:
    """Put columns that show a value on the plan.

    Raises:
        WutongError: F503 for a list or for rows of a child table.
    """
    low, high = f"{context.prefix}_{name}_lo", f"{context.prefix}_{name}_hi"
    if isinstance(value, Number):
        number = value.num
        if value.den is not None:
            money = value.unit is not None and value.unit.is_money
            number = rounded(value, 2 if money else PLACES, context.plan.bind)
        null = lit(None, DECIMAL(18, 2))
        context.plan.outputs[low], context.plan.outputs[high] = number.lo or null, number.hi or null
        return Shown("number", low, high, str(value.unit or ""))
    if not isinstance(value, Plain):
        raise WutongError.of("F503", context.place(name), need="数", got=kind_of(value))
    context.plan.outputs[low] = value.expr
    return Shown(_KINDS[type(value)], low, low, "")


def measure(context: Context, text: str, met: Comparison, name: str) -> Measured:
    """Put columns that show both sides of a comparison on the plan; `text` is the condition."""

    def said(node: ast.Node) -> str:
        return text[node.span.start : node.span.end] or getattr(node, "name", "")

    return Measured(
        said(met.left_node),
        met.operator,
        said(met.right_node),
        show(context, met.left, f"{name}_v"),
        show(context, met.right, f"{name}_t"),
    )
