"""A plan under construction: facts, shared columns in layers, aggregates over child tables, final columns.

Every value that is used more than once gets a column of its own in the first layer where all it reads is
there; equal values of different policies share one column. Identifiers are generated; no user text in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wutong.ir.policy.arith import known_or_missing, subtract
from wutong.ir.policy.compare import crossed
from wutong.ir.policy.values import Day, Number, Text, Truth, Value
from wutong.sql.nodes import (
    Cast,
    Col,
    Expr,
    Join,
    Lit,
    Op,
    Select,
    Values,
    case,
    cast,
    col,
    join,
    lit,
    op,
    select,
    values,
)
from wutong.sql.types import BIGINT, BOOLEAN, DATE, DECIMAL, VARCHAR, SqlType
from wutong.tables.catalogue import Catalogue, Child, Fact

MONEY_DIGITS = 16
"""Amounts below 10^14 元; the reader refuses larger ones, so that products stay in 64 bits."""
COUNT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate over a child table: its condition, and the column it reads."""

    child: str
    where: Expr | None
    function: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A large table as rows, joined on `on`; gives ``<id>_hits`` and ``<id>_output``."""

    names: tuple[str, ...]
    rows: tuple[tuple[Expr, ...], ...]
    on: Expr
    hit: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One comparison of company figures: its truth column, and columns of the two ends of left minus right.

    The ends are None for dates and where unbounded. A verdict can change only where a truth column does.
    """

    truth: str
    low: str | None
    high: str | None


@dataclass(slots=True)
class Plan:
    """What a block of policies needs, gathered while they are lowered.

    With `moving`, the date of assessment is the column ``as_of`` of every table instead of `on`, whose year it
    must share. With `edges` not None, every comparison of company figures is put among the final columns.
    """

    catalogue: Catalogue
    on: date
    tables: Mapping[str, Mapping[str, str]]
    three: bool = False
    facts: dict[str, Expr] = field(default_factory=dict)
    layers: list[dict[str, Expr]] = field(default_factory=list)
    bound: dict[Expr, Col] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    aggregates: dict[Aggregate, tuple[str, ...]] = field(default_factory=dict)
    aggregate_columns: dict[str, dict[str, Expr]] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    outputs: dict[str, Expr] = field(default_factory=dict)
    lookups: dict[Lookup, tuple[str, int]] = field(default_factory=dict)
    moving: bool = False
    edges: dict[Expr, Edge] | None = None

    def assessed(self, *, of_row: bool = False) -> Day:
        """Return the date of assessment: of the statement, or of each company (of each child row, `of_row`)."""
        if not self.moving:
            return Day(lit(self.on, DATE), self.on)
        if not of_row:
            self.facts["as_of"] = col("as_of", "c")
        return Day(col("as_of"))

    def compared(self, truth: Expr, sides: tuple[Number, Number] | None) -> None:
        """Put a comparison among the final columns, if they are asked for."""
        if self.edges is None or isinstance(truth, Lit) or truth in self.edges:
            return
        name = f"e{len(self.edges)}"
        self.outputs[f"{name}_t"] = self.bind(truth)
        low = high = None
        if sides is not None:
            apart = subtract(*crossed(*sides))
            low, high = self._end(f"{name}_lo", apart.lo), self._end(f"{name}_hi", apart.hi)
        self.edges[truth] = Edge(f"{name}_t", low, high)

    def _end(self, name: str, node: Expr | None) -> str | None:
        if node is None:
            return None
        self.outputs[name] = node
        return name

    def bind(self, node: Expr) -> Expr:
        """Return a column that holds `node`."""
        if isinstance(node, Col | Lit):
            return node
        known = self.bound.get(node)
        if known is None:
            depth = 1 + max((self.depth.get(c, 0) for c in columns_of(node)), default=0)
            known = col(f"x{len(self.bound)}")
            self.bound[node] = known
            self.depth[known.id] = depth
            while len(self.layers) < depth:
                self.layers.append({})
            self.layers[depth - 1][known.id] = node
        return known

    def lookup(self, wanted: Lookup) -> str:
        """Return the id under which the columns of a lookup stand."""
        if wanted not in self.lookups:
            inputs = columns_of(wanted.on) - set(wanted.names)
            depth = 1 + max((self.depth.get(c, 0) for c in inputs), default=0)
            name = f"k{len(self.lookups)}"
            self.lookups[wanted] = name, depth
            # what reads the lookup needs the layer that joins it
            self.depth[f"{name}_hits"] = self.depth[f"{name}_output"] = depth - 1
            while len(self.layers) < depth:
                self.layers.append({})
        return self.lookups[wanted][0]

    def fact(self, fact: Fact, column: str) -> Value:
        """Return a company's fact: itself where known, its whole domain where missing."""
        return value_of(fact, self._column(fact, column), self.three)

    def _column(self, fact: Fact, column: str) -> Expr:
        name = f"f_{column}"
        if name not in self.facts:
            present = column in self.tables["companies"]
            self.facts[name] = stored(fact, col(column, "c")) if present else lit(None, sql_type(fact))
        return col(name)

    def missing_columns(self) -> set[str]:
        """Return the facts asked for that the snapshot does not hold at all."""
        return {n for n, e in self.facts.items() if isinstance(e, Lit)}

    def child_value(self, child: Child, fact: Fact) -> Value:
        """Return a child row's cell, inside a filter."""
        present = fact.code in self.tables.get(child.code, {})
        node = stored(fact, col(fact.code)) if present else lit(None, sql_type(fact))
        return value_of(fact, node, self.three)

    def complete(self, child: Child) -> Expr:
        """Return whether the rows of `child` are all there are; NULL where nobody says so."""
        fact = self.catalogue.fact(child.complete) if child.complete else None
        if fact is None:
            return lit(None, BOOLEAN)
        return self._column(fact, fact.code)

    def aggregate(
        self, function: str, child: Child, where: Expr | None, fact: Fact | None
    ) -> tuple[str, ...]:
        """Return the column ids that hold an aggregate of `fact` (of the rows where None) per company."""
        wanted = Aggregate(child.code, where, function, None if fact is None else fact.code)
        if wanted not in self.aggregates:
            name = f"a{len(self.aggregates)}"
            made = counted_columns(where, name)
            if fact is not None:
                present = fact.code in self.tables.get(child.code, {})
                made |= cell_columns(function, fact, where, name, present=present)
            self.aggregates[wanted] = tuple(made)
            self.aggregate_columns.setdefault(child.code, {}).update(made)
        return self.aggregates[wanted]

    def finding(self, policy: str, clause: str, zh: str) -> Expr:
        """Return what a person found on a manual clause; NULL if nobody has."""
        if "manual_findings" not in self.tables:
            return lit(None, BOOLEAN)
        name = self.findings.setdefault((policy, clause, zh), f"m{len(self.findings)}")
        columns = self.aggregate_columns.setdefault("manual_findings", {})
        if name not in columns:
            named = op(
                "or",
                *(
                    op("eq", col("policy"), lit(p, VARCHAR))
                    for p in (policy, policy.rsplit(".", maxsplit=1)[-1])
                ),
            )
            about = op("or", *(op("eq", col("clause"), lit(c, VARCHAR)) for c in (clause, zh)))
            columns[name] = op("filter", op("bool_and", col("result")), op("and", named, about))
        return col(name)

    def query(self, companies: Expr | None = None) -> Select:
        """Return the whole statement; `companies` restricts it (one company's explanation)."""
        with_: list[tuple[str, Select | Values]] = []
        joins: list[Join] = []
        columns: dict[str, Expr | None] = {"company": col("company", "c")}
        for child, made in sorted(self.aggregate_columns.items()):
            if child in self.tables:
                with_.append(
                    (
                        f"t_{child}",
                        select({"company": col("company"), **made}, child, group_by=[col("company")]),
                    )
                )
                joins.append(join(f"t_{child}", op("eq", col("company", "c"), col("company", f"t_{child}"))))
            for name, node in made.items():
                empty = lit(None, _null_type(node))
                columns[name] = col(name, f"t_{child}") if child in self.tables else empty
        columns.update(self.facts)
        with_.insert(0, ("c", select({"*": None}, "companies", where=companies)))
        with_.append(("base", select(columns, "c", joins=joins)))
        source = "base"
        live = self._live()
        for number, layer in enumerate(self.layers):
            joins = self._joined(number + 1, source, with_)
            kept: dict[str, Expr | None] = {"company": col("company", source)}
            kept |= {name: col(name) for name in live[number]}
            with_.append((f"l{number}", select(kept | layer, source, joins=joins)))
            source = f"l{number}"
        return select({"company": col("company"), **self.outputs}, source, with_=with_)

    def _joined(self, depth: int, source: str, with_: list[tuple[str, Select | Values]]) -> list[Join]:
        """Add the relations of the lookups that layer `depth` reads; return the joins to them."""
        joins = []
        for lookup, (name, at) in self.lookups.items():
            if at != depth:
                continue
            with_.append((f"{name}_rules", values(lookup.names, lookup.rows)))
            first = op("arg_min", col("output"), col("n"))
            hits = op("count_rows")
            if lookup.hit != "FIRST":
                same = (
                    op("eq", op("min", col("output")), op("max", col("output")))
                    if lookup.hit == "ANY"
                    else op("eq", hits, lit(1, BIGINT))
                )
                first = case(
                    [(same, op("min", col("output")))],
                    op("nullif", op("min", col("output")), op("min", col("output"))),
                )
            columns = {"company": col("company"), f"{name}_hits": hits, f"{name}_output": first}
            on = join(f"{name}_rules", lookup.on, "INNER")
            with_.append((name, select(columns, source, joins=[on], group_by=[col("company")])))
            joins.append(join(name, op("eq", col("company", source), col("company", name))))
        return joins

    def _live(self) -> list[list[str]]:
        """Return the columns each layer must hand on: naming all of them makes planning quadratic."""
        needed = set().union(*(columns_of(e) for e in self.outputs.values())) if self.outputs else set()
        live: list[list[str]] = []
        for number, layer in reversed(list(enumerate(self.layers, 1))):
            needed = needed - set(layer)
            live.append(sorted(needed))
            needed |= set().union(*(columns_of(e) for e in layer.values()))
            for lookup, (name, at) in self.lookups.items():
                if at == number:
                    needed -= {f"{name}_hits", f"{name}_output"}
                    needed |= columns_of(lookup.on) - set(lookup.names)
        return live[::-1]


def _null_type(node: Expr) -> SqlType:
    while True:
        if isinstance(node, Cast):
            return node.type
        if isinstance(node, Op) and node.name in ("filter", "coalesce", "max", "min", "sum"):
            node = node.args[0]
            continue
        if isinstance(node, Op) and node.name.startswith("bool_"):
            return BOOLEAN
        return BIGINT


def columns_of(node: object) -> set[str]:
    """Return the ids of the columns an expression reads."""
    found: set[str] = set()
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Col):
            found.add(item.id)
        elif isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, Expr):
            stack.extend(getattr(item, name) for name in item.__dataclass_fields__)
    return found


def sql_type(fact: Fact) -> SqlType:
    """Return the SQL type a fact has inside a plan."""
    if fact.type == "number":
        return DECIMAL(18, fact.scale)
    if fact.type == "integer":
        return DECIMAL(COUNT_DIGITS, 0)
    return {"boolean": BOOLEAN, "date": DATE}.get(fact.type, VARCHAR)


def stored(fact: Fact, node: Expr) -> Expr:
    """Return a stored column as the plan wants it."""
    return cast(node, DECIMAL(COUNT_DIGITS, 0), True) if fact.type == "integer" else node


def _bound(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def value_of(fact: Fact, node: Expr, three: bool) -> Value:
    """Return the typed value of a fact held in `node`."""
    if fact.type in ("number", "integer"):
        digits = MONEY_DIGITS if fact.type == "number" else COUNT_DIGITS
        if fact.type == "number" and not (fact.unit is not None and fact.unit.is_money):
            digits = COUNT_DIGITS + fact.scale
        number = known_or_missing(node, _bound(fact.min), _bound(fact.max), digits, fact.scale, three=three)
        return Number(number, unit=fact.unit)
    if fact.type == "boolean":
        return Truth(node)
    return Day(node) if fact.type == "date" else Text(node, fact.values)


def _over(function: Expr, condition: Expr | None) -> Expr:
    return function if condition is None else op("filter", function, condition)


def counted_columns(where: Expr | None, name: str) -> dict[str, Expr]:
    """Return the SQL aggregates that count rows: those surely meant, those possibly meant."""
    sure, may = (None, None) if where is None else (op("is_true", where), op("is_not_false", where))
    return {f"{name}_lo": _over(op("count_rows"), sure), f"{name}_hi": _over(op("count_rows"), may)}


def cell_columns(
    function: str, fact: Fact, where: Expr | None, name: str, *, present: bool
) -> dict[str, Expr]:
    """Return the SQL aggregates of a column of child rows, over sure and over possible rows; its unknown cells."""
    sure, may = (None, None) if where is None else (op("is_true", where), op("is_not_false", where))
    cell = stored(fact, col(fact.code)) if present else lit(None, sql_type(fact))
    kind = DECIMAL(38, fact.scale) if function == "sum" else sql_type(fact)
    hole = op("is_null", cell)
    return {
        f"{name}_vlo": cast(_over(op(function, cell), sure), kind, True),
        f"{name}_vhi": cast(_over(op(function, cell), may), kind, True),
        f"{name}_holes": _over(op("count_rows"), hole if may is None else op("and", may, hole)),
    }


def count_ends(lo: str, hi: str, complete: Expr) -> tuple[Expr, Expr]:
    """Return how many rows there are: at least the sure ones; at most the possible ones, if the list is whole."""
    zero = lit(0, BIGINT)
    low = cast(op("coalesce", col(lo), zero), DECIMAL(9, 0))
    high = cast(op("coalesce", col(hi), zero), DECIMAL(9, 0))
    top = case([(complete, high)], lit(None, DECIMAL(9, 0)))
    return low, top
