"""The rules of a decision table once lowered: what they cover, and what their outputs have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wutong.feel import ast
from wutong.ir.policy.compare import NULL, TRUE
from wutong.ir.policy.lowering import Lowering, kind_of
from wutong.ir.policy.syntax import Edges, edges_of
from wutong.ir.policy.unary import unary_tests
from wutong.ir.policy.values import Day, Number, Plain, Text, Truth, Value
from wutong.packs.model import Table
from wutong.sql.nodes import Expr, lit, op
from wutong.sql.types import VARCHAR
from wutong.values.units import Unit


@dataclass(frozen=True, slots=True)
class Rule:
    """One lowered rule: whether it hits, and what it gives."""

    hit: Truth
    output: Value
    tests: tuple[ast.UnaryTests, ...]


def lower_rules(
    lowering: Lowering,
    inputs: list[tuple[ast.Node, Value]],
    parsed: Sequence[tuple[Sequence[ast.UnaryTests], ast.Node]],
) -> list[Rule]:
    """Lower every rule of a table."""
    rules = []
    for tests, output in parsed:
        truths = [
            unary_tests(lowering, value, node, t) for (node, value), t in zip(inputs, tests, strict=True)
        ]
        open_tests = [t for t in truths if t.const is not True]
        if not open_tests:
            hit = Truth(TRUE, True)
        elif len(open_tests) == 1:
            hit = open_tests[0]
        else:
            hit = Truth(op("and", *(t.expr for t in open_tests)))
        rules.append(Rule(hit, lowering.lower(output), tuple(tests)))
    return rules


def same_types(lowering: Lowering, table: Table, outputs: list[Value]) -> None:
    """Refuse outputs of different types and lists. Raises F541, F503."""
    kinds = {kind_of(o) for o in outputs}
    if len(kinds) > 1:
        raise lowering.fail("F541", ast.Name(table.zh), kinds="、".join(sorted(kinds)))
    if not all(isinstance(o, Number | Plain) for o in outputs):
        raise lowering.fail("F503", ast.Name(table.zh), need="数", got="、".join(kinds))


def by_priority(table: Table, rules: list[Rule]) -> list[Rule]:
    """Order rules by the declared order of their outputs; DMN gives the first value the highest priority."""
    order = {text: i for i, text in enumerate(table.values)}

    def rank(rule: Rule) -> int:
        out = rule.output
        const = out.const if isinstance(out, Text | Number) else None
        return order.get(str(const), len(order))

    return sorted(rules, key=rank)


def is_constant(value: Value) -> bool:
    """Tell whether a value is the same for every company.

    >>> is_constant(Truth(TRUE, True)), is_constant(Truth(NULL))
    (True, False)
    """
    return isinstance(value, Number | Plain) and value.const is not None


def disjoint(rules: list[Rule]) -> bool:
    """Tell whether no two rules of a one-input table can hit together."""
    literals = [r.tests[0].tests for r in rules]
    texts = [t[0].value for t in literals if len(t) == 1 and isinstance(t[0], ast.Literal)]
    if (
        len(texts) == len(rules)
        and len(set(texts)) == len(texts)
        and not any(r.tests[0].negated for r in rules)
    ):
        return True
    edges = [edges_of(r.tests[0]) for r in rules]
    if None in edges:
        return False
    known = sorted(
        (e for e in edges if e is not None), key=lambda e: (e.low is not None, e.low or 0, not e.low_closed)
    )
    return not any(_overlap(left, right) for left, right in pairwise(known))


def _overlap(left: Edges, right: Edges) -> bool:
    """Tell whether `left`, which does not start later, reaches into `right`."""
    if left.high is None or right.low is None:
        return True
    return left.high > right.low or (left.high == right.low and left.high_closed and right.low_closed)


def covering(rules: list[Rule]) -> bool:
    """Tell whether some rule always hits, by a dash or by tiers that leave no gap."""
    if any(r.hit.const is True for r in rules):
        return True
    edges = [edges_of(r.tests[0]) for r in rules if len(r.tests) == 1]
    if len(edges) < len(rules) or None in edges:
        return False
    spans = [e for e in edges if e is not None]
    below = [(e.high, e.high_closed) for e in spans if e.low is None and e.high is not None]
    if not below:
        return False
    reach, closed = max(below)
    for low, low_closed, high, high_closed in sorted(
        (e for e in spans if e.low is not None), key=lambda e: e.low or 0
    ):
        if low is None or low > reach or (low == reach and not (closed or low_closed)):
            return False
        if high is None:
            return True
        reach, closed = max((reach, closed), (high, high_closed))
    return False


def null_like(value: Value) -> Expr:
    """Return the unknown value of the type of `value`, a truth value, text or date."""
    return NULL if isinstance(value, Truth) else lit(None, VARCHAR)


def unit_of(table: Table, numbers: list[Number]) -> Unit | None:
    """Return the declared unit of a table, or the first one its outputs have."""
    return (
        Unit.parse(table.unit) if table.unit else next((n.unit for n in numbers if n.unit is not None), None)
    )


def aligned(
    lowering: Lowering, rules: list[Rule], default: Value | None
) -> tuple[list[Number], Number | None]:
    """Return the numeric outputs and the default in one unit."""
    numbers = [r.output for r in rules if isinstance(r.output, Number)]
    unit = next((n for n in numbers if n.unit is not None), None)
    at = ast.Name("output")
    if unit is not None:
        numbers = [lowering.aligned(n, unit, at)[0] for n in numbers]
    end = default if isinstance(default, Number) else None
    if end is not None and unit is not None:
        end = lowering.aligned(end, unit, at)[0]
    return numbers, end


def size_of(numbers: list[Number]) -> tuple[int, int]:
    """Return digits and scale that hold every one of `numbers`."""
    scale = max(n.num.scale for n in numbers)
    return min(max(n.num.digits - n.num.scale for n in numbers) + scale + 1, 38), scale


def scalar(value: Value) -> Expr:
    """Return the one expression of a truth value, text or date; :func:`same_types` lets no others through."""
    if isinstance(value, Plain):
        return value.expr
    raise TypeError(value)


def like(first: Value, node: Expr, rules: list[Rule], default: Value | None) -> Value:
    """Return `node` as a value of the type of `first`, with the texts it may be."""
    if isinstance(first, Text):
        outs = [o for o in (*(r.output for r in rules), default) if isinstance(o, Text)]
        known = tuple(dict.fromkeys(o.const for o in outs if o.const is not None))
        return Text(node, known if known and all(o.const is not None for o in outs) else ())
    return Truth(node) if isinstance(first, Truth) else Day(node)
