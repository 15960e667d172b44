"""The tree of an index: indicators at level 1, aggregates above, one index on top."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from wutong.errors import Diagnostic, Place, WutongError


@dataclass(frozen=True, slots=True)
class Node:
    """An indicator or an aggregate.

    `weight` is relative to the siblings. `direction` is +1 where more is better, −1 where less is, and belongs to
    indicators only. `parameters` holds further columns of the metadata that a method may read (``minmax_lower``,
    ``goalpost_upper``, …).
    """

    code: str
    level: int
    parent: str | None
    weight: float = 1.0
    name: str = ""
    direction: int = 1
    unit: str = ""
    denominator: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Framework:
    """A checked tree of nodes.

    >>> tree = Framework.of([Node("a", 1, "I", 3), Node("b", 1, "I", 1), Node("I", 2, None)])
    >>> tree.indicators, tree.index, tree.effective_weights()
    (('a', 'b'), 'I', {'a': 0.75, 'b': 0.25, 'I': 1.0})
    """

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, nodes: Iterable[Node], file: str | None = None) -> Framework:
        """Check the nodes and return the tree. Raises WutongError S201–S208, all that is wrong at once."""
        made = cls(tuple(nodes))
        found = list(_faults(made, file))
        if found:
            raise WutongError(*found)
        return made

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """Node by code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def children(self) -> dict[str, tuple[Node, ...]]:
        """Children of each aggregate, in file order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.parent is not None:
                found.setdefault(node.parent, []).append(node)
        return {code: tuple(nodes) for code, nodes in found.items()}

    @property
    def levels(self) -> int:
        """The level of the index."""
        return max(node.level for node in self.nodes)

    @property
    def index(self) -> str:
        """The code of the top node."""
        return next(node.code for node in self.nodes if node.parent is None)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes of level 1, in file order."""
        return self.at(1)

    def at(self, level: int) -> tuple[str, ...]:
        """Return the codes of one level, in file order."""
        return tuple(node.code for node in self.nodes if node.level == level)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return parent, grandparent … of a node."""
        found = []
        parent = self.by_code[code].parent
        while parent is not None:
            found.append(parent)
            parent = self.by_code[parent].parent
        return tuple(found)

    def below(self, code: str) -> tuple[str, ...]:
        """Return the indicators under a node (the node itself if it is one)."""
        return tuple(i for i in self.indicators if i == code or code in self.ancestors(i))

    def weights(self) -> dict[str, float]:
        """Return the given weight of each node."""
        return {node.code: node.weight for node in self.nodes}

    def effective_weights(self) -> dict[str, float]:
        """Return each node's share in the index: shares in the group, multiplied up the tree (COINr `get_eff_wts`)."""
        share: dict[str, float] = {}
        for node in sorted(self.nodes, key=lambda n: -n.level):
            if node.parent is None:
                share[node.code] = 1.0
                continue
            group = sum(sibling.weight for sibling in self.children[node.parent])
            share[node.code] = node.weight / group * share[node.parent]
        return {node.code: share[node.code] for node in self.nodes}

    def with_weights(self, weights: Mapping[str, float]) -> Framework:
        """Return the tree with other weights for the codes named. Raises WutongError S202, S206, S207."""
        unknown = [code for code in weights if code not in self.by_code]
        if unknown:
            raise WutongError(*(Diagnostic.of("S202", Place(column=code), item=code) for code in unknown))
        return Framework.of(replace(node, weight=float(weights.get(node.code, node.weight))) for node in self.nodes)

    def equal(self) -> Framework:
        """Return the tree with weight 1 everywhere."""
        return self.with_weights(dict.fromkeys(self.by_code, 1.0))

    def without(self, code: str) -> Framework:
        """Return the tree in which a node weighs nothing, which is how COINr removes elements."""
        return Framework(tuple(replace(n, weight=0.0) if n.code == code else n for n in self.nodes))


def _faults(tree: Framework, file: str | None) -> Iterable[Diagnostic]:
    def fault(code: str, node: str, **values: Any) -> Diagnostic:
        return Diagnostic.of(code, Place(file=file, column=node), node=node, **values)

    counts = Counter(node.code for node in tree.nodes)
    yield from (fault("S201", code) for code, count in counts.items() if count > 1)
    roots = [node.code for node in tree.nodes if node.parent is None]
    if len(roots) != 1:
        yield Diagnostic.of("S204", Place(file=file), nodes="、".join(roots) or "—")
    for node in tree.nodes:
        parent = tree.by_code.get(node.parent) if node.parent is not None else None
        if node.parent is not None and parent is None:
            yield fault("S202", node.code, item=node.parent)
        elif parent is not None and parent.level != node.level + 1:
            yield fault("S203", node.code, parent=parent.code, level=node.level, above=parent.level)
        if node.level > 1 and node.code not in tree.children:
            yield fault("S208", node.code)
        if node.direction not in (1, -1) or (node.level > 1 and node.direction != 1):
            yield fault("S205", node.code, direction=node.direction)
        if not (math.isfinite(node.weight) and node.weight >= 0):
            yield fault("S206", node.code, weight=node.weight)
    for code, group in tree.children.items():
        if not sum(node.weight for node in group) > 0:
            yield fault("S207", code)
