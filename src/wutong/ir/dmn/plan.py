"""The let-binding: every value used twice becomes one column, and columns line up in a chain of CTEs."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from wutong.ir.dmn.types import LAMBDA
from wutong.sql.emit import Expr, Select, SqlType, select
from wutong.sql.nodes import Case, Cast, Col, Field, Join, Lambda, Lit, Op, Struct, Values


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of an SQL expression."""
    match node:
        case Op(args=args):
            return args
        case Case(whens, default):
            return (*(p for pair in whens for p in pair), default)
        case Cast(arg=arg):
            return (arg,)
        case Lambda(body=body):
            return (body,)
        case Struct(fields):
            return tuple(v for _, v in fields)
        case Field(base=base):
            return (base,)
    return ()


def columns_in(node: Expr) -> set[str]:
    """Return the ids of all columns and lambda parameters an expression reads from outside."""
    found: set[str] = set()
    stack: list[tuple[Expr, frozenset[str]]] = [(node, frozenset())]
    while stack:
        item, bound = stack.pop()
        if isinstance(item, Col):
            found |= {item.id} - bound
        inside = bound.union(item.parameters) if isinstance(item, Lambda) else bound
        stack.extend((part, inside) for part in children(item))
    return found


Constant = Decimal | str | bool | int | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A constant relation the statement reads by name: column → (type, values)."""

    columns: dict[str, tuple[SqlType, list[Constant]]]


@dataclass(slots=True)
class Plan:
    """Columns by depth: a column of depth n reads only columns of smaller depth."""

    depth: dict[str, int] = field(default_factory=dict)
    stages: list[dict[str, Expr]] = field(default_factory=list)
    lookups: dict[int, list[tuple[str, Select]]] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    known: dict[Expr, Col] = field(default_factory=dict)
    size: int = 0

    def fresh(self, prefix: str) -> str:
        """Return an id not used before."""
        self.size += 1
        return f"{prefix}{self.size}"

    def level(self, node: Expr) -> int | None:
        """Return the depth at which `node` can be computed; None inside a lambda."""
        free = columns_in(node)
        if any(c.startswith(LAMBDA) for c in free):
            return None
        return max((self.depth.get(c, 0) for c in free), default=0)

    def bind(self, node: Expr) -> Expr:
        """Return a column that holds `node`; the same expression is bound once. Trivial ones stay as they are."""
        if isinstance(node, Col | Lit):
            return node
        if node in self.known:
            return self.known[node]
        level = self.level(node)
        if level is None:
            return node
        name = self.fresh("v")
        self.place(name, node, level)
        self.known[node] = Col(name)
        return Col(name)

    def place(self, name: str, node: Expr, level: int) -> None:
        """Put a named column into the stage after `level`."""
        while len(self.stages) <= level:
            self.stages.append({})
        self.stages[level][name] = node
        self.depth[name] = level + 1

    def look_up(self, query: Select, level: int, outputs: list[str]) -> None:
        """Add a keyed query over stage `level`; its `outputs` become columns of the next stage, matched on `rid`."""
        name = self.fresh("j")
        self.lookups.setdefault(level, []).append((name, query))
        for column in outputs:
            self.place(column, Col(column, name), level)

    def query(self, outputs: dict[str, Expr], source: str, source_query: Select | None = None) -> Select:
        """Return the whole statement: source → stages → outputs."""
        ctes: list[tuple[str, Select | Values]] = []
        first = "s0"
        ctes.append((first, source_query or select({"*": None}, source)))
        current = first
        for level, stage in enumerate(self.stages):
            joins = []
            for name, query in self.lookups.get(level, ()):
                ctes.append((name, query))
                joins.append(Join(name, Op("eq", (Col("rid", current), Col("rid", name)))))
            following = f"s{level + 1}"
            ctes.append((following, Select((("*", None), *stage.items()), current, joins=tuple(joins))))
            current = following
        return select(outputs, current, with_=ctes)
