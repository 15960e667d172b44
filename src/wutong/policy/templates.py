"""Rows of child tables that a policy would count: read off the filters of its rules, the first way each holds.

A template is a proposal only; whether it changes anything is decided by the engine. Alternatives (``or``, lists)
give one template each, up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.ir.policy.context import named
from wutong.ir.policy.scope import AS_OF, fact_names
from wutong.ir.policy.syntax import children
from wutong.packs.model import Policy
from wutong.policy.facts import Cells
from wutong.tables import Catalogue, Child

_MOST = 24
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A row that some filter counts; `amount` is the numeric column a rule adds up over such rows, if any."""

    child: str
    cells: Cells
    amount: str | None = None


def templates(policy: Policy, on: date, catalogue: Catalogue) -> tuple[Template, ...]:
    """Return the rows the rules of `policy` would count on `on`, in the order of the rules."""
    found: dict[Template, None] = {}
    for tree in trees(policy, catalogue):
        for child, condition, column in _filters(tree, catalogue):
            reader = _Reader(policy, on, child)
            for row in reader.rows(condition):
                fact = child.column(column) if column else None
                amount = fact.code if fact is not None and fact.type == "number" else None
                found[Template(child.code, tuple(sorted({**_dated(child, on), **row}.items())), amount)] = None
    return tuple(found)


def _dated(child: Child, on: date) -> Row:
    """A new row is of today and stays valid: what no filter asks for is filled so that no cell is a hole."""
    row: Row = {}
    for column in child.columns:
        if column.type == "date":
            row[column.code] = on.replace(year=on.year + 3, day=min(on.day, 28)) if column.code == "valid_until" else on
        elif column.type == "boolean":
            row[column.code] = True
    return row


def trees(policy: Policy, catalogue: Catalogue, *, cells: bool = False) -> Iterator[ast.Node]:
    """Yield the syntax tree of every rule of `policy`; with `cells` those of the cells of its tables too."""
    known = [n for x in named(policy) for n in (x.code, x.zh)] + fact_names(catalogue)
    texts = [x.expr for x in policy.lets] + [i for t in policy.tables for i in t.inputs]
    texts += [c.when for c in policy.conditions if c.when]
    for text in texts:
        yield parse_expression(text, names=known, profile="policy")
    for table in policy.tables if cells else ():
        for *tests, _ in table.rules:
            yield from (parse_unary_tests(t, names=known, profile="policy") for t in tests)


def _filters(node: ast.Node, catalogue: Catalogue) -> Iterator[tuple[Child, ast.Node, str | None]]:
    """Yield child table, condition (a literal true for all rows) and the column taken, for every use of a child."""
    if isinstance(node, ast.Path) and isinstance(node.base, ast.Filter):
        yield from ((c, w, node.name) for c, w, _ in _filters(node.base, catalogue))
        return
    if isinstance(node, ast.Filter) and isinstance(node.base, ast.Name):
        child = catalogue.child(node.base.name)
        if child is not None:
            yield child, node.condition, None
            return
    if isinstance(node, ast.Name) and (child := catalogue.child(node.name)) is not None:
        yield child, ast.Literal(True), None
    if isinstance(node, ast.Quantified) and len(node.iterators) == 1 and node.kind == "some":
        source = node.iterators[0].source
        child = catalogue.child(source.name) if isinstance(source, ast.Name) else None
        if child is not None:
            yield child, node.condition, None
            return
    for part in children(node):
        yield from _filters(part, catalogue)


class _Reader:
    """Finds cells that make a filter hold."""

    def __init__(self, policy: Policy, on: date, child: Child) -> None:
        self.on = on
        self.child = child
        self.known = {n: p.at(on) for p in policy.parameters for n in (p.code, p.zh)}

    def rows(self, node: ast.Node) -> list[Row]:
        """Return rows that make `node` hold, as far as it can be read; none where it cannot."""
        if isinstance(node, ast.Literal):
            return [{}] if node.value is True else []
        if isinstance(node, ast.Binary) and node.op == "and":
            pairs = product(self.rows(node.left), self.rows(node.right))
            return [m for a, b in pairs if (m := self._merged(a, b)) is not None][:_MOST]
        if isinstance(node, ast.Binary) and node.op == "or":
            return [*self.rows(node.left), *self.rows(node.right)][:_MOST]
        if isinstance(node, ast.Binary) and node.op in _MIRROR:
            return self._compared(node)
        if isinstance(node, ast.In):
            values = [v for t in node.tests for v in self._options(t)]
            column = self._column(node.value)
            return [{column: v} for v in values] if column else []
        column = self._column(node)
        if column is not None:
            return [{column: True}]
        if isinstance(node, ast.Call) and node.function == ast.Name("not") and len(node.arguments) == 1:
            column = self._column(node.arguments[0])
            return [{column: False}] if column else []
        return [{}]

    def _merged(self, a: Row, b: Row) -> Row | None:
        """Join two rows; of two dates the validity end takes the later, others the earlier."""
        merged = dict(a)
        for column, value in b.items():
            old = merged.setdefault(column, value)
            if old == value:
                continue
            if not isinstance(value, date) or not isinstance(old, date):
                return None
            merged[column] = max(old, value) if column == "valid_until" else min(old, value)
        return merged

    def _options(self, node: ast.Node) -> list[Any]:
        if isinstance(node, ast.ListLiteral):
            return [v for item in node.items for v in self._options(item)]
        value = self._constant(node)
        return [] if value is None else [value]

    def _compared(self, node: ast.Binary) -> list[Row]:
        column, other, operator = self._column(node.left), node.right, node.op
        if column is None:
            column, other, operator = self._column(node.right), node.left, _MIRROR[node.op]
        if column is None:
            return [{}]
        fact = self.child.column(column)
        if fact is None or fact.type == "date":
            return [{}]
        value = self._constant(other)
        if value is None:
            return [{}]
        if operator == "!=":
            return [{column: v} for v in fact.values if v != value][:1]
        step = {"<": -1, ">": 1}.get(operator, 0)
        return [{column: value + step if step else value}]

    def _column(self, node: ast.Node) -> str | None:
        name = node.name if isinstance(node, ast.Name | ast.Path) else None
        fact = self.child.column(name) if name else None
        return None if fact is None else fact.code

    def _constant(self, node: ast.Node) -> Any:
        if isinstance(node, ast.Literal):
            return node.value
        if isinstance(node, ast.Name) and node.name == AS_OF:
            return self.on
        dated = self.known.get(node.name) if isinstance(node, ast.Name) else None
        return None if dated is None else dated.value


def literals(policy: Policy, catalogue: Catalogue) -> dict[str, None]:
    """Return the texts the rules of `policy` mention."""
    found: dict[str, None] = {}
    stack = list(trees(policy, catalogue, cells=True))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Literal) and isinstance(node.value, str):
            found[node.value] = None
        stack += children(node)
    return found


