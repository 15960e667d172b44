"""Decision tables: matching rules, hit policies, and the join that large tables become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from wutong.dmn import model as dmn
from wutong.ir.dmn.bigtables import try_join
from wutong.ir.dmn.choice import choose
from wutong.ir.dmn.lists import keep
from wutong.ir.dmn.operators import equal, scalar
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.types import LAMBDA, ORDERED
from wutong.ir.dmn.values import (
    FALSE,
    NULL,
    Context,
    NotCompilableError,
    Rows,
    Scalar,
    Value,
    and_,
    is_null,
    is_true,
    join,
    not_,
    null_of,
    number,
    or_,
    to_data,
    type_of,
)
from wutong.sql.emit import BIGINT, DOUBLE, Expr, case, cast, col, field, lam, lit, op, struct

if TYPE_CHECKING:
    from wutong.ir.dmn.model import ModelCompiler

#: tables of at least so many rules become a join with a relation of rules
JOIN_FROM = 100


@dataclass(frozen=True, slots=True)
class Hits:
    """The rules of a table: whether each matches (never null), what each gives, and the value without a hit."""

    matches: tuple[Expr, ...]
    outputs: tuple[Value, ...]
    default: Value

    def options(self) -> list[tuple[Expr, Value]]:
        """Return (condition, output) pairs in rule order."""
        return list(zip(self.matches, self.outputs, strict=True))

    def none(self) -> Expr:
        """Return whether no rule matches."""
        return not_(or_(*self.matches))


def lower_table(compiler: ModelCompiler, table: dmn.DecisionTable, scope: Scope) -> Value:
    """Return the value of a decision table.

    In dmn mode a condition that is null does not match, as the standard says.

    Raises:
        NotCompilableError: F422 a hit policy applied to outputs it has no meaning for.
    """
    default = default_output(compiler, table, scope)
    joined = try_join(compiler, table, scope, default) if len(table.rules) >= JOIN_FROM else None
    if joined is not None:
        return joined
    inputs = [compiler.lowering.settled(compiler.text(i.text, scope)) for i in table.inputs]
    matches = [_matches(compiler, inputs, rule, scope) for rule in table.rules]
    outputs = [_output(compiler, table, rule.outputs, scope) for rule in table.rules]
    hits = Hits(tuple(matches), tuple(outputs), default)
    return compiler.lowering.settled(_POLICIES[table.hit_policy](compiler, table, hits))


def _matches(compiler: ModelCompiler, inputs: list[Value], rule: dmn.Rule, scope: Scope) -> Expr:
    cells = []
    for value, cell in zip(inputs, rule.inputs, strict=True):
        tests = compiler.tests(cell, scope)
        cells.append(compiler.lowering.unary_tests(tests, value, scope.holding({"?": value})))
    return compiler.lowering.plan.bind(is_true(and_(*cells)))


def _output(compiler: ModelCompiler, table: dmn.DecisionTable, cells: Sequence[str], scope: Scope) -> Value:
    values = [compiler.lowering.settled(compiler.text(cell, scope)) for cell in cells]
    if len(table.outputs) == 1:
        return values[0]
    names = [o.name or f"output {n + 1}" for n, o in enumerate(table.outputs)]
    return Context(tuple(zip(names, values, strict=True)))


def default_output(compiler: ModelCompiler, table: dmn.DecisionTable, scope: Scope) -> Value:
    """Return what a table gives when no rule matches: its default outputs, or null."""
    if not any(o.default for o in table.outputs):
        return NULL
    return _output(compiler, table, [o.default or "null" for o in table.outputs], scope)


# ---- hit policies --------------------------------------------------------------------------------------------


def _first(_: ModelCompiler, __: dmn.DecisionTable, hits: Hits) -> Value:
    return choose(hits.options(), hits.default)


def _count(matches: Sequence[Expr]) -> Expr:
    return op("add", lit(0, BIGINT), *(case([(m, lit(1, BIGINT))], lit(0, BIGINT)) for m in matches))


def _unique(compiler: ModelCompiler, __: dmn.DecisionTable, hits: Hits) -> Value:
    """More than one hit breaks the table's promise: null."""
    if len(hits.matches) < 2:
        return choose(hits.options(), hits.default)
    overlap = compiler.lowering.plan.bind(op("gt", _count(hits.matches), lit(1, BIGINT)))
    return choose([(overlap, NULL), *hits.options()], hits.default)


def _any(compiler: ModelCompiler, __: dmn.DecisionTable, hits: Hits) -> Value:
    """Hits must agree: null otherwise."""
    bind = compiler.lowering.plan.bind
    first = compiler.lowering.settled(choose(hits.options(), hits.default))
    disagree = bind(or_(*(and_(m, not_(is_true(equal(v, first)))) for m, v in hits.options())))
    return choose([(disagree, NULL)], first)


def _parts(value: Value, size: int) -> list[Value]:
    return [v for _, v in value.entries] if isinstance(value, Context) and size > 1 else [value]


def _ranks(compiler: ModelCompiler, table: dmn.DecisionTable, hits: Hits) -> list[Expr]:
    """Return the priority of each rule's output, 1 the highest: its place in the lists of output values."""
    orders = [compiler.output_values(o) for o in table.outputs]
    ranks = []
    for value in hits.outputs:
        digits = []
        for part, order in zip(_parts(value, len(table.outputs)), orders, strict=True):
            whens = [(is_true(equal(part, v)), lit(n, BIGINT)) for n, v in enumerate(order)]
            digits.append(case(whens, lit(len(order), BIGINT)))
        total: Expr = lit(0, BIGINT)
        for digit, order in zip(digits, orders, strict=True):
            total = op("add", op("mul", total, lit(len(order) + 1, BIGINT)), digit) if order else total
        ranks.append(compiler.lowering.plan.bind(total))
    return ranks


def _priority(compiler: ModelCompiler, table: dmn.DecisionTable, hits: Hits) -> Value:
    bind = compiler.lowering.plan.bind
    ranks = _ranks(compiler, table, hits)
    if len(ranks) < 2:
        return choose(hits.options(), hits.default)
    best = bind(op("least", *(case([(m, r)], lit(None, BIGINT)) for m, r in zip(hits.matches, ranks, strict=True))))
    options = [(bind(and_(m, op("eq", r, best))), v) for (m, v), r in zip(hits.options(), ranks, strict=True)]
    return choose(options, hits.default)


def _rule_order(compiler: ModelCompiler, __: dmn.DecisionTable, hits: Hits) -> Value:
    return _or_default(compiler, hits, keep(compiler.lowering.plan, hits.options()))


def _or_default(compiler: ModelCompiler, hits: Hits, made: Value) -> Value:
    """Without a hit every policy gives the default output as it stands, or null (DMN 1.5, 8.2.11)."""
    return choose([(compiler.lowering.plan.bind(hits.none()), hits.default)], made)


def _output_order(compiler: ModelCompiler, table: dmn.DecisionTable, hits: Hits) -> Value:
    kind = join([type_of(v) for v in hits.outputs])
    pairs = []
    ranks = _ranks(compiler, table, hits)
    for n, ((match, value), rank) in enumerate(zip(hits.options(), ranks, strict=True)):
        pair = struct({"k": rank, "n": lit(n, BIGINT), "v": to_data(value, kind)})
        pairs.append(case([(match, op("list", pair))], op("list_slice", op("list", pair), lit(2), lit(1))))
    name = compiler.lowering.plan.fresh(LAMBDA)
    ordered = op("list_sort", op("list_flatten", op("list", *pairs)))
    made = op("list_map", ordered, lam([name], field(col(name), "v")))
    return _or_default(compiler, hits, Rows(kind, compiler.lowering.plan.bind(made)))


def _collect(compiler: ModelCompiler, table: dmn.DecisionTable, hits: Hits) -> Value:
    if table.aggregation is None:
        return _rule_order(compiler, table, hits)
    if table.aggregation == "COUNT":
        return _or_default(compiler, hits, number(cast(_count(hits.matches), DOUBLE)))
    return _or_default(compiler, hits, _aggregated(compiler, table.aggregation, hits))


def _aggregated(compiler: ModelCompiler, aggregation: str, hits: Hits) -> Value:
    values = [scalar(v, *ORDERED, "null") for v in hits.outputs]
    kinds = {v.kind for v in values} - {"null"}
    if len(kinds) != 1 or (aggregation == "SUM" and kinds != {"number"}):
        raise NotCompilableError("F422", policy=f"COLLECT {aggregation}")
    kind = kinds.pop()
    null = null_of(kind)
    given = [(m, v.sql if v.kind != "null" else null) for m, v in zip(hits.matches, values, strict=True)]
    missing = or_(*(and_(m, is_null(v)) for m, v in given))
    if aggregation == "SUM":
        made = op("add", lit(Decimal(0), DOUBLE), *(case([(m, v)], lit(Decimal(0), DOUBLE)) for m, v in given))
    else:
        # least / greatest skip null, which here stands for "rule not hit"; a hit with a null output is caught before
        name = "least" if aggregation == "MIN" else "greatest"
        parts = [case([(m, v)], null) for m, v in given]
        made = op(name, *parts) if len(parts) > 1 else parts[0]
    bind = compiler.lowering.plan.bind
    sql = made if missing == FALSE else case([(bind(missing), null)], made)
    return Scalar(kind, bind(op("finite", bind(sql)) if kind == "number" else sql))


_POLICIES: dict[str, Callable[[ModelCompiler, dmn.DecisionTable, Hits], Value]] = {
    "UNIQUE": _unique, "FIRST": _first, "ANY": _any, "PRIORITY": _priority, "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order, "COLLECT": _collect,
}

