"""Decision tables over unknown inputs: the output is the range over all rules that may still hit.

Hit policies as in DMN 1.5, chapter 8.2.8. A rule surely hits (true), surely misses (false) or may hit (NULL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from wutong.feel import ast
from wutong.ir.policy.arith import known_or_missing
from wutong.ir.policy.collect import collected, listed
from wutong.ir.policy.compare import NULL, TRUE
from wutong.ir.policy.lookup import LARGE, lookup_table
from wutong.ir.policy.lowering import Lowering
from wutong.ir.policy.rules import (
    Rule,
    aligned,
    by_priority,
    covering,
    disjoint,
    is_constant,
    like,
    null_like,
    same_types,
    scalar,
    size_of,
    unit_of,
)
from wutong.ir.policy.values import Interval, Number, Truth, Value
from wutong.packs.model import Table
from wutong.sql.nodes import Case, Cast, Col, Expr, Op, case, cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL

MOST_BRANCHES = 3_000
"""A longer table must be decidable as a join; as branches it would take minutes to compile."""
SINGLE = {"UNIQUE", "ANY", "FIRST", "PRIORITY"}
LISTS = {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}
AGGREGATES = {"COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT"}


def lower_table(
    lowering: Lowering, table: Table, inputs: list[Value], rules: list[Rule], default: Value | None
) -> Value:
    """Return the value of `table` once inputs and rules are lowered.

    Raises:
        WutongError: F540 for an unknown hit policy, F541 for outputs of different types.
    """
    if table.hit not in SINGLE | LISTS | AGGREGATES:
        known = "、".join(sorted(SINGLE | LISTS | AGGREGATES))
        raise lowering.fail("F540", ast.Name(table.hit), hit=table.hit, known=known)
    same_types(lowering, table, [r.output for r in rules] + ([default] if default else []))
    if table.hit in ("PRIORITY", "OUTPUT ORDER"):
        rules = by_priority(table, rules)
    if len(rules) >= LARGE:
        joined = lookup_table(
            lowering, table, inputs, [r.tests for r in rules], [r.output for r in rules], default
        )
        if joined is not None:
            return joined
    if len(rules) > MOST_BRANCHES:
        raise lowering.fail("F545", ast.Name(table.zh), count=len(rules), limit=MOST_BRANCHES)
    rules = _widened_once(lowering, rules)
    if table.hit in SINGLE and _uniform(table, inputs, rules):
        return _chain(lowering, table, rules, default)
    bound = [Rule(Truth(lowering.names.bind(r.hit.expr), r.hit.const), r.output, r.tests) for r in rules]
    if table.hit in LISTS:
        return listed(bound)
    if table.hit in AGGREGATES:
        return collected(lowering, table, bound)
    if rules and isinstance(rules[0].output, Number):
        return _numeric(lowering, table, bound, default)
    return _single(lowering, table, bound, default)


def _widened_once(lowering: Lowering, rules: list[Rule]) -> list[Rule]:
    """Bind the columns that comparisons widen: they are widened once, not in every rule."""

    def bound(node: Expr) -> Expr:
        match node:
            case Cast(Col(), _, _):
                return lowering.names.bind(node)
            case Op(name, args):
                return op(name, *(bound(a) for a in args))
            case Case(whens, default):
                return case([(bound(c), bound(v)) for c, v in whens], bound(default))
        return node

    return [replace(r, hit=Truth(bound(r.hit.expr), r.hit.const)) for r in rules]


def _uniform(table: Table, inputs: list[Value], rules: list[Rule]) -> bool:
    """Tell whether all rules are open together or none is.

    That is so for one input that is known or wholly unknown: the usual table of tiers.
    """
    if len(inputs) != 1 or not rules:
        return False
    value = inputs[0]
    if isinstance(value, Number):
        whole = value.num.plain is not None and (value.den is None or value.den.plain is not None)
        if not whole:
            return False
    if not all(is_constant(r.output) for r in rules):
        return False
    if table.hit in ("UNIQUE", "ANY") and not disjoint(rules):
        return False
    return any(r.hit.const is None for r in rules) and _all_open(value, rules)


def _all_open(value: Value, rules: list[Rule]) -> bool:
    """A hull comparison (COALESCE) may decide one rule while others are open: then no chain."""
    domain = (
        isinstance(value, Number)
        and value.den is None
        and (value.num.low is not None or value.num.high is not None)
    )
    if not domain:
        return True
    return all("coalesce" not in _ops(r.hit.expr) for r in rules)


def _ops(node: object) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, Expr):
            found.add(getattr(item, "name", ""))
            stack.extend(
                getattr(item, f)
                for f in item.__dataclass_fields__
                if f not in ("name", "id", "type", "table")
            )
    return found


def _chain(lowering: Lowering, table: Table, rules: list[Rule], default: Value | None) -> Value:
    """One CASE: a rule decides as soon as it is true, and NULL stays NULL."""
    first = rules[0].output
    if isinstance(first, Number):
        return _tiers(lowering, table, rules, default)
    end = scalar(default) if default else null_like(first)
    return like(first, _first_true(rules, [scalar(r.output) for r in rules], end, null_like(first)), rules, default)


def _first_true(rules: list[Rule], outputs: Sequence[Expr], end: Expr, null: Expr) -> Expr:
    """Return the output of the first rule that is true, `null` for an open input.

    The guard all rules of a ratio have is tested once, before them. The test for an open input stands behind all rules
    that an open input cannot meet: few inputs are open, and tested last they cost the others nothing.
    """
    guard, rules = _guarded_once(rules)
    is_open = op("is_null", next(r.hit.expr for r in rules if r.hit.const is None))
    branches = [(r.hit.expr, output) for r, output in zip(rules, outputs, strict=True)]
    at = next((n for n, rule in enumerate(rules) if rule.hit.const is True), len(rules))
    chosen = case([*branches[:at], (is_open, null), *branches[at:]], end)
    return chosen if guard is None else case([(guard, chosen)], null)


def _guarded_once(rules: list[Rule]) -> tuple[Expr | None, list[Rule]]:
    """Return the guard that all rules have (a positive denominator) and the rules without it; None if they have none."""
    found = {r.hit.expr.whens[0][0] if isinstance(r.hit.expr, Case) and len(r.hit.expr.whens) == 1
             and r.hit.expr.default == NULL else None for r in rules if r.hit.const is None}
    guard = found.pop() if len(found) == 1 else None
    if guard is None:
        return None, rules
    return guard, [replace(r, hit=Truth(r.hit.expr.whens[0][1])) if isinstance(r.hit.expr, Case) else r for r in rules]


def _tiers(
    lowering: Lowering, table: Table, rules: list[Rule], default: Value | None
) -> Number:
    numbers, end = aligned(lowering, rules, default)
    everything = [n for n in (*numbers, end) if n is not None]
    digits, scale = size_of(everything)
    kind = DECIMAL(digits, scale)
    outputs = [lit(n.const, kind) for n in numbers]
    last = lit(None if end is None else end.const, kind)
    column = lowering.names.bind(_first_true(rules, outputs, last, lit(None, kind)))
    ends = [n.const for n in everything if n.const is not None]
    low, high = (None, None) if end is None and not covering(rules) else (min(ends), max(ends))
    value = known_or_missing(column, low, high, digits, scale, three=lowering.names.three)
    return Number(value, unit=unit_of(table, numbers))


def _possible(lowering: Lowering, table: Table, rules: list[Rule]) -> tuple[list[Expr], Expr]:
    """Return for each rule whether it may decide, and whether some rule surely does.

    The number of the first sure rule stands in one column, so that long tables stay flat.
    """
    last = len(rules) + 1
    first = lowering.names.bind(
        case([(r.hit.expr, lit(n, BIGINT)) for n, r in enumerate(rules, 1)], lit(last, BIGINT))
    )
    always = any(r.hit.const is True for r in rules)
    sure = TRUE if always else op("lt", first, lit(last, BIGINT))
    found = []
    for n, rule in enumerate(rules, 1):
        if table.hit in ("FIRST", "PRIORITY"):
            found.append(op("and", op("ge", first, lit(n, BIGINT)), op("is_not_false", rule.hit.expr)))
        else:
            open_ = op("and", op("eq", first, lit(last, BIGINT)), op("is_null", rule.hit.expr))
            found.append(op("or", op("is_true", rule.hit.expr), open_))
    return found, sure


def _numeric(lowering: Lowering, table: Table, rules: list[Rule], default: Value | None) -> Value:
    """The range over all rules that may decide, and over the default where none surely does."""
    numbers, end = aligned(lowering, rules, default)
    may, sure = _possible(lowering, table, rules)
    parts = [(lowering.names.bind(m), n.num) for m, n in zip(may, numbers, strict=True)]
    if end is not None:
        parts.append((op("not", sure), end.num))
    intervals = [i for _, i in parts]
    digits, scale = size_of([n for n in (*numbers, end) if n is not None])
    null = lit(None, DECIMAL(digits, scale))
    gap: list[tuple[Expr, Expr]] = [] if end is not None or sure == TRUE else [(op("not", sure), null)]
    gap += _conflict(table, rules, null)
    lo = lowering.names.bind(_end(gap, [(m, i.lo, i.const) for m, i in parts], "least", null))
    hi = lowering.names.bind(_end(gap, [(m, i.hi, i.const) for m, i in parts], "greatest", null))
    lows, highs = [i.low for i in intervals], [i.high for i in intervals]
    low = None if gap or None in lows else min(x for x in lows if x is not None)
    high = None if gap or None in highs else max(x for x in highs if x is not None)
    plain = None
    if lowering.names.three:
        lo = hi = plain = lowering.names.bind(case([(op("eq", lo, hi), lo)], null))
    return Number(Interval(lo, hi, digits, scale, plain, low, high), unit=unit_of(table, numbers))


def _end(
    gap: list[tuple[Expr, Expr]], parts: list[tuple[Expr, Expr | None, Decimal | None]], name: str, null: Expr
) -> Expr:
    """One end of the range; a rule that may decide and has no such end leaves it open.

    Constants need no comparing of rows: the first in their order that may decide is the end.
    """
    constants = [(const, may, value) for may, value, const in parts if const is not None]
    if len(constants) == len(parts):
        ranked = sorted(constants, key=lambda part: part[0], reverse=name == "greatest")
        return case([*gap, *((may, value or null) for _, may, value in ranked)], null)
    values = [(may, value or null, const is not None) for may, value, const in parts]
    holes = [(op("and", may, op("is_null", value)), null) for may, value, known in values if not known]
    return case([*gap, *holes], op(name, *(case([(may, value)], null) for may, value, _ in values)))


def _conflict(table: Table, rules: list[Rule], null: Expr) -> list[tuple[Expr, Expr]]:
    """UNIQUE with two sure hits, ANY with two that differ: no answer (DMN: null and an error)."""
    if table.hit == "UNIQUE" and not (len(rules[0].tests) == 1 and disjoint(rules)):
        return _several([op("is_true", r.hit.expr) for r in rules], null)
    if table.hit == "ANY":
        groups: dict[str, list[Expr]] = {}
        for rule in rules:
            key = str(getattr(rule.output, "const", None) if is_constant(rule.output) else rule.output)
            groups.setdefault(key, []).append(op("is_true", rule.hit.expr))
        return _several([op("or", *g) if len(g) > 1 else g[0] for g in groups.values()], null)
    return []


def _several(tests: list[Expr], null: Expr) -> list[tuple[Expr, Expr]]:
    """Return the branch that is taken where more than one of `tests` holds."""
    if len(tests) < 2:
        return []
    counted: list[Expr] = [cast(t, BIGINT) for t in tests]
    return [(op("gt", _sum(counted), lit(1, BIGINT)), null)]


def _sum(parts: list[Expr]) -> Expr:
    """Return a sum as a balanced tree: a chain of a thousand would be too deep for those who walk it."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return op("add", _sum(parts[:middle]), _sum(parts[middle:]))


def _single(lowering: Lowering, table: Table, rules: list[Rule], default: Value | None) -> Value:
    """Texts, dates and truth values: known only if every rule that may decide gives the same."""
    first = rules[0].output
    null = null_like(first)
    may, sure = _possible(lowering, table, rules)
    parts = [(lowering.names.bind(m), scalar(r.output)) for m, r in zip(may, rules, strict=True)]
    if default is not None:
        parts.append((op("not", sure), scalar(default)))
    candidates = [case([(m, v)], null) for m, v in parts]
    low = lowering.names.bind(op("least", *candidates) if len(candidates) > 1 else candidates[0])
    high = lowering.names.bind(op("greatest", *candidates) if len(candidates) > 1 else candidates[0])
    holes = [
        (op("and", m, op("is_null", v)), null)
        for (m, v), r in zip(parts, rules, strict=False)
        if not is_constant(r.output)
    ]
    gap = [] if default is not None or sure == TRUE else [(op("not", sure), null)]
    node = case([*_conflict(table, rules, null), *gap, *holes, (op("eq", low, high), low)], null)
    return like(first, node, rules, default)
