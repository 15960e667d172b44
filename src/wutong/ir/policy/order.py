"""Lets and tables in order of need, whatever their order in the file."""

from __future__ import annotations

from dataclasses import dataclass

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.ir.policy.context import Context
from wutong.ir.policy.syntax import names_of
from wutong.packs.model import Let, Table


@dataclass(frozen=True, slots=True)
class ParsedLet:
    """A let and its syntax tree."""

    source: Let
    node: ast.Node

    @property
    def nodes(self) -> list[ast.Node]:
        """Every tree of the let."""
        return [self.node]


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """A table and its syntax trees: inputs, rules as (tests, output), default."""

    source: Table
    inputs: tuple[ast.Node, ...]
    rules: tuple[tuple[tuple[ast.UnaryTests, ...], ast.Node], ...]
    default: ast.Node | None

    @property
    def nodes(self) -> list[ast.Node]:
        """Every tree of the table."""
        found = [*self.inputs, *(node for tests, output in self.rules for node in (*tests, output))]
        return found if self.default is None else [*found, self.default]


Item = ParsedLet | ParsedTable


def mentions(item: Item) -> set[str]:
    """Return every name an item mentions."""
    found: set[str] = set()
    return found.union(*(names_of(node) for node in item.nodes))


def items_in_order(context: Context) -> list[Item]:
    """Return lets and tables so that each stands after what it names.

    Raises:
        WutongError: F1xx for faulty text, F542 for a circle.
    """
    lets = [ParsedLet(let, context.parse(let.expr, let.code)) for let in context.policy.lets]
    items: list[Item] = [*lets, *(_parsed(context, table) for table in context.policy.tables)]
    by_name = {name: item for item in items for name in (item.source.code, item.source.zh)}
    done: dict[str, Item] = {}
    for item in items:
        _visit(context, item, by_name, done, ())
    return list(done.values())


def _visit(
    context: Context, item: Item, by_name: dict[str, Item], done: dict[str, Item], path: tuple[str, ...]
) -> None:
    code, zh = item.source.code, item.source.zh
    if zh in path:
        circle = " → ".join([*path[path.index(zh) :], zh])
        raise WutongError.of("F542", context.place(code), circle=circle)
    if code in done:
        return
    for name in sorted(mentions(item) & by_name.keys()):
        _visit(context, by_name[name], by_name, done, (*path, zh))
    done[code] = item


def _parsed(context: Context, table: Table) -> ParsedTable:
    inputs = tuple(context.parse(text, table.code) for text in table.inputs)
    rules = []
    for number, (*cells, output) in enumerate(table.rules, start=1):
        clause = f"{table.code} #{number}"
        tests = tuple(context.parse_cell(text, clause) for text in cells)
        rules.append((tests, _output(context, table, output, clause)))
    default = None if table.default is None else _output(context, table, table.default, f"{table.code} #0")
    return ParsedTable(table, inputs, tuple(rules), default)


def _output(context: Context, table: Table, text: str, clause: str) -> ast.Node:
    """Read an output cell; a bare word of a text table is that text."""
    if table.output_type == "text" and not text.startswith('"'):
        return ast.Literal(text)
    return context.parse(text, clause)
