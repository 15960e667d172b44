"""One policy while it is compiled: its names, its place in messages, its columns on the plan."""

from __future__ import annotations

from wutong.errors import Place
from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.ir.policy.lowering import Comparison, Lowering
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.scope import PolicyScope, fact_names
from wutong.ir.policy.values import Day, Interval, Number, Text, Truth, Value
from wutong.packs.model import Let, Parameter, Policy, Table
from wutong.sql.nodes import Expr, Lit


class Context:
    """What every part of the compiler of one policy needs; columns it puts are named ``<prefix>_…``."""

    def __init__(self, policy: Policy, plan: Plan, prefix: str) -> None:
        self.policy = policy
        self.plan = plan
        self.prefix = prefix
        self.scope = PolicyScope(plan)
        self._trees: dict[str, ast.Node] = {}
        self._cells: dict[str, ast.UnaryTests] = {}
        self.known = [n for x in named(policy) for n in (x.code, x.zh)] + fact_names(plan.catalogue)

    def place(self, clause: str) -> Place:
        """Return where a fault of `clause` stands."""
        return Place(file=self.policy.file or None, policy=self.policy.key, clause=clause)

    def parse(self, text: str, clause: str) -> ast.Node:
        """Parse an expression; a text that stands twice is parsed once. Raises F1xx."""
        if text not in self._trees:
            place = self.place(clause)
            self._trees[text] = parse_expression(text, names=self.known, profile="policy", place=place)
        return self._trees[text]

    def parse_cell(self, text: str, clause: str) -> ast.UnaryTests:
        """Parse the tests of a table cell. Raises F1xx."""
        if text not in self._cells:
            place = self.place(clause)
            self._cells[text] = parse_unary_tests(text, names=self.known, profile="policy", place=place)
        return self._cells[text]

    def lowering(self, text: str, clause: str, met: list[Comparison] | None = None) -> Lowering:
        """Return what lowers `text`; comparisons are gathered in `met` if given."""
        return Lowering(self.scope, self.place(clause), text, met)

    def define(self, code: str, zh: str, value: Value) -> None:
        """Give a value its two names."""
        self.scope.local[code] = self.scope.local[zh] = value

    def put(self, name: str, node: Expr) -> None:
        """Put a final column on the plan."""
        self.plan.outputs[f"{self.prefix}_{name}"] = node

    def columns(self, value: Value) -> Value:
        """Give a value columns of its own."""
        if isinstance(value, Number):
            den = None if value.den is None else self.interval(value.den)
            return Number(self.interval(value.num), den, value.unit, value.literal)
        if isinstance(value, Text) and value.const is None:
            return Text(self.plan.bind(value.expr), value.values)
        if isinstance(value, Day) and value.const is None:
            return Day(self.plan.bind(value.expr))
        if isinstance(value, Truth) and value.const is None:
            return Truth(self.plan.bind(value.expr))
        return value

    def interval(self, value: Interval) -> Interval:
        """Give the ends of an interval columns of their own."""
        if value.const is not None:
            return value
        if value.exact and value.lo is not None:
            node = self.plan.bind(value.lo)
            return Interval(node, node, value.digits, value.scale, node, value.low, value.high)
        plain = None if value.plain is None else self.plan.bind(value.plain)
        lo, hi = (x if x is None or isinstance(x, Lit) else self.plan.bind(x) for x in (value.lo, value.hi))
        return Interval(lo, hi, value.digits, value.scale, plain, value.low, value.high)


def named(policy: Policy) -> list[Parameter | Let | Table]:
    """Return everything of a policy that has a name in its rules."""
    return [*policy.parameters, *policy.lets, *policy.tables]
