"""Unary tests: what stands in the cells of a table and behind ``in``."""

from __future__ import annotations

from wutong.feel import ast
from wutong.ir.policy.compare import FALSE, TRUE
from wutong.ir.policy.lowering import Lowering, handles
from wutong.ir.policy.syntax import mentions_input
from wutong.ir.policy.values import Options, Truth, Value
from wutong.sql.nodes import op


@handles(ast.In)
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
        inner = Lowering(self.names, self.place, self.text, self.met, value, value_node, self.denied)
        return inner.truth(node)
    wanted = self.lower(node)
    if isinstance(wanted, Options):
        parts = [self.compare(value, "=", item, node).expr for item in wanted.items]
        if not parts:
            return Truth(FALSE, False)
        return Truth(op("or", *parts) if len(parts) > 1 else parts[0])
    return unary(self, value, "=", value_node, node)


def unary(self: Lowering, value: Value, operator: str, value_node: ast.Node, node: ast.Node) -> Truth:
    """Return ``value operator node``."""
    right = self.lower(node)
    truth = self.compare(value, operator, right, node)
    self.note(value, operator, right, value_node, node)
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
    both = parts[0] if len(parts) == 1 else Truth(op("or", *(p.expr for p in parts)))
    if not tests.negated:
        return both
    return Truth(op("not", both.expr), None if both.const is None else not both.const)
