"""Questions about the text of a rule alone: what it mentions, what range a cell covers."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from wutong.feel import ast


class Edges(NamedTuple):
    """A range of numbers; None as an end is unbounded."""

    low: Decimal | None
    low_closed: bool
    high: Decimal | None
    high_closed: bool


def edges_of(tests: ast.UnaryTests) -> Edges | None:
    """Return what a cell of one test over number literals covers, else None.

    >>> edges_of(ast.UnaryTests((ast.UnaryTest(">=", ast.Literal(Decimal(3))),)))
    Edges(low=Decimal('3'), low_closed=True, high=None, high_closed=False)
    """
    if tests.negated or len(tests.tests) != 1:
        return None
    test = tests.tests[0]
    if isinstance(test, ast.Range):
        low, high = _figure(test.low), _figure(test.high)
        return None if low is None or high is None else Edges(low, test.low_closed, high, test.high_closed)
    operator, node = (test.op, test.value) if isinstance(test, ast.UnaryTest) else ("=", test)
    value = _figure(node)
    if value is None:
        return None
    return {
        "<": Edges(None, False, value, False),
        "<=": Edges(None, False, value, True),
        ">": Edges(value, False, None, False),
        ">=": Edges(value, True, None, False),
        "=": Edges(value, True, value, True),
    }.get(operator)


def _figure(node: ast.Node | None) -> Decimal | None:
    return node.value if isinstance(node, ast.Literal) and isinstance(node.value, Decimal) else None


def names_of(node: ast.Node) -> set[str]:
    """Return every name an expression mentions.

    >>> sorted(names_of(ast.Binary("+", ast.Name("a"), ast.Path(ast.Name("b"), "c"))))
    ['a', 'b', 'b.c']
    """
    found = {node.name} if isinstance(node, ast.Name) else set()
    if isinstance(node, ast.Path) and isinstance(node.base, ast.Name):
        found.add(f"{node.base.name}.{node.name}")
    for child in children(node):
        found |= names_of(child)
    return found


def mentions_input(node: ast.Node) -> bool:
    """Tell whether an expression mentions ``?``."""
    if isinstance(node, ast.Name):
        return node.name == "?"
    return any(mentions_input(child) for child in children(node))


def children(node: ast.Node) -> list[ast.Node]:
    """Return the direct sub-nodes of `node`."""
    found: list[ast.Node] = []
    for name in node.__dataclass_fields__:
        if name != "span":
            _collect(getattr(node, name), found)
    return found


def _collect(value: object, found: list[ast.Node]) -> None:
    if isinstance(value, ast.Node):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)
