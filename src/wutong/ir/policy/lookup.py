"""Large decision tables as joins: rules become rows, the first match is an aggregate.

A CASE of thousands of branches is decided branch by branch; a join on equality and ranges is some thirty times
faster on 3,700 rules (design/rules.md §3.3). An unknown input leaves the whole range of outputs possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from wutong.feel import ast
from wutong.ir.policy.arith import known_or_missing
from wutong.ir.policy.lowering import Lowering
from wutong.ir.policy.plan import Lookup
from wutong.ir.policy.rules import unit_of
from wutong.ir.policy.syntax import edges_of
from wutong.ir.policy.values import Interval, Number, Text, Value
from wutong.packs.model import Table
from wutong.sql.nodes import Expr, Lit, case, col, lit, op
from wutong.sql.types import BIGINT, DECIMAL, VARCHAR, SqlType

LARGE = 100
"""From this many rules on a table becomes a join."""

Cells = tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One input of a large table: the value to match, its rule columns and the join condition."""

    value: Expr
    cells: tuple[Cells, ...]
    names: tuple[str, ...]
    on: Expr | None


def _known(lowering: Lowering, value: Number) -> Expr | None:
    number = value.num
    if value.den is not None:
        return None
    if number.plain is not None:
        return lowering.names.bind(number.plain)
    if number.lo is None or number.hi is None:
        return None
    null = lit(None, DECIMAL(number.digits, number.scale))
    return lowering.names.bind(case([(op("eq", number.lo, number.hi), number.lo)], null))


def _span(test: ast.UnaryTests, scale: int, reach: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return a cell as an inclusive range on the input's grid of decimals."""
    if len(test.tests) == 1 and isinstance(test.tests[0], ast.AnyTest):
        return -reach, reach
    edges = edges_of(test)
    if edges is None:
        return None
    low, low_closed, high, high_closed = edges
    step = Decimal(1).scaleb(-scale)
    if any(v is not None and v != v.quantize(step) for v in (low, high)):
        return None
    start = -reach if low is None else low if low_closed else low + step
    end = reach if high is None else high if high_closed else high - step
    return start, end


def _number_key(lowering: Lowering, index: int, value: Number, tests: list[ast.UnaryTests]) -> Key | None:
    node = _known(lowering, value)
    if node is None:
        return None
    scale, digits = value.num.scale, min(value.num.digits, 37)
    kind = DECIMAL(digits, scale)
    spans = [_span(t, scale, Decimal(10) ** (digits - scale) - Decimal(1).scaleb(-scale)) for t in tests]
    if None in spans:
        return None
    cells = tuple((lit(s[0], kind), lit(s[1], kind)) for s in spans if s is not None)
    low, high = f"lo{index}", f"hi{index}"
    return Key(node, cells, (low, high), op("and", op("ge", node, col(low)), op("le", node, col(high))))


def _text_key(lowering: Lowering, index: int, value: Text, tests: list[ast.UnaryTests]) -> Key | None:
    texts = []
    for test in tests:
        single = test.tests[0] if len(test.tests) == 1 and not test.negated else None
        if not isinstance(single, ast.Literal) or not isinstance(single.value, str):
            return None
        texts.append((lit(single.value, VARCHAR),))
    node = lowering.names.bind(value.expr)
    name = f"eq{index}"
    return Key(node, tuple(texts), (name,), op("eq", node, col(name)))


def _keys(
    lowering: Lowering, inputs: list[Value], tests: list[tuple[ast.UnaryTests, ...]]
) -> list[Key] | None:
    keys = []
    for index, value in enumerate(inputs):
        column = [t[index] for t in tests]
        key = (
            _number_key(lowering, index, value, column)
            if isinstance(value, Number)
            else _text_key(lowering, index, value, column)
            if isinstance(value, Text)
            else None
        )
        if key is None:
            return None
        keys.append(key)
    return keys


def lookup_table(
    lowering: Lowering,
    table: Table,
    inputs: list[Value],
    tests: list[tuple[ast.UnaryTests, ...]],
    outputs: list[Value],
    default: Value | None,
) -> Value | None:
    """Return a large table as a join, or None where its cells are not constants (then it stays a CASE)."""
    if table.hit not in ("FIRST", "UNIQUE", "ANY"):
        return None
    everything = [*outputs, *([default] if default is not None else [])]
    if not all(isinstance(o, Number | Text) and o.const is not None for o in everything):
        return None
    keys = _keys(lowering, inputs, tests)
    if keys is None:
        return None
    kind = _kind(outputs, default)
    found = _joined(lowering, table.hit, keys, [_cell(o, kind) for o in outputs], default, kind)
    return _value(lowering, table, lowering.names.bind(found), outputs, default, kind)


def _joined(
    lowering: Lowering, hit: str, keys: list[Key], cells: list[Lit], default: Value | None, kind: SqlType
) -> Expr:
    """Return what the join gives: NULL for an unknown input, the default where no rule matches."""
    rows = tuple(
        (lit(n, BIGINT), *(c for k in keys for c in k.cells[n - 1]), cell) for n, cell in enumerate(cells, 1)
    )
    names = ("n", *(x for k in keys for x in k.names), "output")
    ons = [k.on for k in keys if k.on is not None]
    made = lowering.names.lookup(Lookup(names, rows, op("and", *ons) if len(ons) > 1 else ons[0], hit))
    missing = [op("is_null", k.value) for k in keys]
    null = lit(None, kind)
    unknown = op("or", *missing) if len(missing) > 1 else missing[0]
    end = null if default is None else _cell(default, kind)
    return case([(unknown, null), (op("is_null", col(f"{made}_hits")), end)], col(f"{made}_output"))


def _kind(outputs: list[Value], default: Value | None) -> SqlType:
    numbers = [o.num for o in (*outputs, default) if isinstance(o, Number)]
    if not numbers:
        return VARCHAR
    scale = max(n.scale for n in numbers)
    return DECIMAL(max(n.digits - n.scale for n in numbers) + scale, scale)


def _cell(value: Value, kind: SqlType) -> Lit:
    return lit(value.const if isinstance(value, Number | Text) else None, kind)


def _value(
    lowering: Lowering, table: Table, node: Expr, outputs: list[Value], default: Value | None, kind: SqlType
) -> Value:
    if kind == VARCHAR:
        texts = [o.const for o in (*outputs, default) if isinstance(o, Text) and o.const is not None]
        return Text(node, tuple(dict.fromkeys(texts)))
    numbers = [o for o in outputs if isinstance(o, Number)]
    ends = [n.const for n in (*numbers, default) if isinstance(n, Number) and n.const is not None]
    low, high = (min(ends), max(ends)) if default is not None else (None, None)
    digits, scale = kind.numbers
    value: Interval = known_or_missing(node, low, high, digits, scale, three=lowering.names.three)
    return Number(value, unit=unit_of(table, numbers))
