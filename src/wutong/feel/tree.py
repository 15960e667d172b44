"""Walking syntax trees without recursion."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from wutong.feel.ast import Name, Node, Span


def children(value: Any) -> list[Any]:
    """Return the nodes directly below a node, looking through tuples."""
    parts = value if isinstance(value, tuple) else [getattr(value, f.name) for f in fields(value)]
    found: list[Any] = []
    for part in parts:
        if isinstance(part, tuple):
            found += children(part)
        elif is_dataclass(part) and not isinstance(part, Span):
            found.append(part)
    return found


def walk(node: Node) -> list[Node]:
    """Return a node and all nodes below it."""
    found = [node]
    for each in found:
        found += children(each)
    return found


def depth(node: Node) -> int:
    """Return how many levels a tree has."""
    level, count = [node], 0
    while level:
        level, count = [child for each in level for child in children(each)], count + 1
    return count


def mentions(node: Node, name: str) -> bool:
    """Tell whether a tree holds a Name of this name.

    >>> mentions(Name("?"), "?")
    True
    """
    return any(isinstance(each, Name) and each.name == name for each in walk(node))
