"""Decision tables over unknown inputs: the output is the range over all rules that may still hit.

Hit policies as in DMN 1.5, chapter 8.2.8. A rule surely hits (true), surely misses (false) or may hit (NULL).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from wutong.feel import ast
from wutong.ir.policy.arith import add, constant
from wutong.ir.policy.compare import NULL, TRUE
from wutong.ir.policy.lookup import LARGE, lookup_table
from wutong.ir.policy.lowering import Lowering, kind_of
from wutong.ir.policy.syntax import edges_of
from wutong.ir.policy.unary import unary_tests
from wutong.ir.policy.values import Day, Interval, Number, Text, Truth, Value
from wutong.packs.model import Table
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL, VARCHAR
from wutong.values.units import Unit

SINGLE = {"UNIQUE", "ANY", "FIRST", "PRIORITY"}
LISTS = {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}
AGGREGATES = {"COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One lowered rule: whether it hits, and what it gives."""

    hit: Truth
    output: Value
    tests: tuple[ast.UnaryTests, ...]


def lower_table(lowering: Lowering, table: Table, inputs: list[Value], rules: list[Rule], default: Value | None) -> Value:
    """Return the value of `table` once inputs and rules are lowered.

    Raises:
        WutongError: F540 for an unknown hit policy, F541 for outputs of different types.
    """
    if table.hit not in SINGLE | LISTS | AGGREGATES:
        known = "、".join(sorted(SINGLE | LISTS | AGGREGATES))
        raise lowering.fail("F540", ast.Name(table.hit), hit=table.hit, known=known)
    _same_types(lowering, table, [r.output for r in rules] + ([default] if default else []))
    if table.hit in ("PRIORITY", "OUTPUT ORDER"):
        rules = _by_priority(table, rules)
    if len(rules) >= LARGE:
        joined = lookup_table(lowering, table, inputs, [r.tests for r in rules], [r.output for r in rules], default)
        if joined is not None:
            return joined
    uniform = _uniform(table, inputs, rules)
    if uniform is not None and table.hit in SINGLE:
        return _chain(lowering, table, uniform, rules, default)
    bound = [Rule(Truth(lowering.names.bind(r.hit.expr), r.hit.const), r.output, r.tests) for r in rules]
    if table.hit in LISTS:
        return _listed(bound)
    if table.hit in AGGREGATES:
        return _collected(lowering, table, bound)
    if rules and isinstance(rules[0].output, Number):
        return _numeric(lowering, table, bound, default)
    return _single(lowering, table, bound, default)


def _same_types(lowering: Lowering, table: Table, outputs: list[Value]) -> None:
    kinds = {kind_of(o) for o in outputs}
    if len(kinds) > 1:
        raise lowering.fail("F541", ast.Name(table.zh), kinds="、".join(sorted(kinds)))


def _by_priority(table: Table, rules: list[Rule]) -> list[Rule]:
    """Order rules by the declared order of their outputs; DMN gives the first value the highest priority."""
    order = {text: i for i, text in enumerate(table.values)}

    def rank(rule: Rule) -> int:
        out = rule.output
        const = out.const if isinstance(out, Text | Number) else None
        return order.get(str(const), len(order))

    return sorted(rules, key=rank)


def _uniform(table: Table, inputs: list[Value], rules: list[Rule]) -> Expr | None:
    """Return a test that is NULL exactly where every rule is open; None if rules can be open one by one.

    That is so for one input that is known or wholly unknown: the usual table of tiers.
    """
    if len(inputs) != 1 or not rules:
        return None
    value = inputs[0]
    if isinstance(value, Number):
        whole = value.num.plain is not None and (value.den is None or value.den.plain is not None)
        if not whole:
            return None
    constant_outputs = all(_constant(r.output) for r in rules)
    if not constant_outputs:
        return None
    if table.hit in ("UNIQUE", "ANY") and not _disjoint(rules):
        return None
    tests = [r for r in rules if r.hit.const is None]
    return op("is_null", tests[0].hit.expr) if tests and _all_open(value, rules) else None


def _all_open(value: Value, rules: list[Rule]) -> bool:
    """A hull comparison (COALESCE) may decide one rule while others are open: then no chain."""
    domain = isinstance(value, Number) and value.den is None and (value.num.low is not None or value.num.high is not None)
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
            stack.extend(getattr(item, f) for f in item.__dataclass_fields__ if f not in ("name", "id", "type", "table"))
    return found


def _constant(value: Value) -> bool:
    return isinstance(value, Number | Text | Day | Truth) and value.const is not None


def _disjoint(rules: list[Rule]) -> bool:
    """Tell whether no two rules of a one-input table can hit together."""
    literals = [r.tests[0].tests for r in rules]
    texts = [t[0].value for t in literals if len(t) == 1 and isinstance(t[0], ast.Literal)]
    if len(texts) == len(rules) and len(set(texts)) == len(texts) and not any(r.tests[0].negated for r in rules):
        return True
    edges = [edges_of(r.tests[0]) for r in rules]
    if None in edges:
        return False
    known = sorted((e for e in edges if e is not None), key=lambda e: (e[0] is not None, e[0] or 0, not e[1]))
    for left, right in zip(known, known[1:], strict=False):
        if left[2] is None or right[0] is None or left[2] > right[0] or (left[2] == right[0] and left[3] and right[1]):
            return False
    return True


def _null_like(value: Value | None) -> Expr:
    if isinstance(value, Truth):
        return NULL
    return lit(None, VARCHAR) if not isinstance(value, Day) else lit(None)


def _chain(lowering: Lowering, table: Table, is_open: Expr, rules: list[Rule], default: Value | None) -> Value:
    """One CASE: a rule decides as soon as it is true, and NULL stays NULL."""
    first = rules[0].output
    if not isinstance(first, Number):
        end = _scalar(default) if default else _null_like(first)
        branches = [(is_open, _null_like(first)), *((r.hit.expr, _scalar(r.output)) for r in rules)]
        return _like(first, case(branches, end), rules, default)
    numbers, end = _aligned(lowering, rules, default)
    digits, scale = _size([*numbers, *([end] if end else [])])
    null = lit(None, DECIMAL(digits, scale))
    typed = [lit(n.const, DECIMAL(digits, scale)) for n in numbers]
    last = null if end is None else lit(end.const, DECIMAL(digits, scale))
    node = case([(is_open, null), *zip((r.hit.expr for r in rules), typed, strict=True)], last)
    ends = [n.const for n in (*numbers, *([end] if end else [])) if n.const is not None]
    column = lowering.names.bind(node)
    low, high = (None, None) if end is None and not _total(rules) else (min(ends), max(ends))
    value = _domain(column, low, high, digits, scale, three=lowering.names.three)
    return Number(value, unit=unit_of(table, numbers))


def _domain(column: Expr, low: Decimal | None, high: Decimal | None, digits: int, scale: int, *, three: bool) -> Interval:
    from wutong.ir.policy.arith import known_or_missing

    return known_or_missing(column, low, high, digits, scale, three=three)


def _total(rules: list[Rule]) -> bool:
    """Whether some rule always hits, by a dash or by tiers that leave no gap."""
    if any(r.hit.const is True for r in rules):
        return True
    edges = [edges_of(r.tests[0]) for r in rules if len(r.tests) == 1]
    if len(edges) < len(rules) or None in edges:
        return False
    spans = [e for e in edges if e is not None]
    below = [e for e in spans if e[0] is None and e[2] is not None]
    if not below:
        return False
    reach, closed = max((e[2], e[3]) for e in below if e[2] is not None)
    for low, low_closed, high, high_closed in sorted((e for e in spans if e[0] is not None), key=lambda e: e[0] or 0):
        if low is None or low > reach or (low == reach and not (closed or low_closed)):
            return False
        if high is None:
            return True
        reach, closed = max((reach, closed), (high, high_closed))
    return False


def unit_of(table: Table, numbers: list[Number]) -> Unit | None:
    return Unit.parse(table.unit) if table.unit else next((n.unit for n in numbers if n.unit is not None), None)


def _aligned(lowering: Lowering, rules: list[Rule], default: Value | None) -> tuple[list[Number], Number | None]:
    numbers = [r.output for r in rules if isinstance(r.output, Number)]
    unit = next((n for n in numbers if n.unit is not None), None)
    at = ast.Name("output")
    if unit is not None:
        numbers = [lowering.aligned(n, unit, at)[0] for n in numbers]
    end = default if isinstance(default, Number) else None
    if end is not None and unit is not None:
        end = lowering.aligned(end, unit, at)[0]
    return numbers, end


def _size(numbers: list[Number]) -> tuple[int, int]:
    scale = max(n.num.scale for n in numbers)
    return min(max(n.num.digits - n.num.scale for n in numbers) + scale + 1, 38), scale


def _scalar(value: Value) -> Expr:
    if isinstance(value, Truth | Text | Day):
        return value.expr
    raise TypeError(value)


def _like(first: Value, node: Expr, rules: list[Rule], default: Value | None) -> Value:
    if isinstance(first, Text):
        outs = [o for o in (*(r.output for r in rules), default) if isinstance(o, Text)]
        known = tuple(dict.fromkeys(o.const for o in outs if o.const is not None))
        return Text(node, known if known and all(o.const is not None for o in outs) else ())
    return Truth(node) if isinstance(first, Truth) else Day(node)


def _possible(lowering: Lowering, table: Table, rules: list[Rule]) -> tuple[list[Expr], Expr]:
    """Return for each rule whether it may decide, and whether some rule surely does.

    The number of the first sure rule stands in one column, so that long tables stay flat.
    """
    last = len(rules) + 1
    first = lowering.names.bind(case([(r.hit.expr, lit(n, BIGINT)) for n, r in enumerate(rules, 1)], lit(last, BIGINT)))
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
    numbers, end = _aligned(lowering, rules, default)
    may, sure = _possible(lowering, table, rules)
    may = [lowering.names.bind(m) for m in may]
    parts = list(zip(may, (n.num for n in numbers), strict=True))
    if end is not None:
        parts.append((op("not", sure), end.num))
    everything = [*numbers, *([end] if end else [])]
    digits, scale = _size(everything)
    null = lit(None, DECIMAL(digits, scale))
    gap = [] if end is not None or sure == TRUE else [(op("not", sure), null)]
    gap += _conflict(table, rules, null)
    ends = []
    for side, name in (("lo", "least"), ("hi", "greatest")):
        values = [(m, getattr(i, side) or null, i.const is not None) for m, i in parts]
        holes = [(op("and", m, op("is_null", v)), null) for m, v, known in values if not known]
        ends.append(case([*gap, *holes], op(name, *(case([(m, v)], null) for m, v, _ in values))))
    lows = [n.num.low for n in everything]
    highs = [n.num.high for n in everything]
    low = None if gap or None in lows else min(x for x in lows if x is not None)
    high = None if gap or None in highs else max(x for x in highs if x is not None)
    lo, hi = (lowering.names.bind(e) for e in ends)
    if lowering.names.three:
        same = lowering.names.bind(case([(op("eq", lo, hi), lo)], null))
        return Number(Interval(same, same, digits, scale, same, low, high), unit=unit_of(table, numbers))
    return Number(Interval(lo, hi, digits, scale, None, low, high), unit=unit_of(table, numbers))


def _conflict(table: Table, rules: list[Rule], null: Expr) -> list[tuple[Expr, Expr]]:
    """UNIQUE with two sure hits, ANY with two that differ: no answer (DMN: null and an error)."""
    if table.hit == "UNIQUE" and not (len(rules[0].tests) == 1 and _disjoint(rules)):
        hits = [cast(op("is_true", r.hit.expr), BIGINT) for r in rules]
        return [(op("gt", reduce(lambda a, b: op("add", a, b), hits), lit(1, BIGINT)), null)] if len(hits) > 1 else []
    if table.hit == "ANY":
        groups: dict[str, list[Expr]] = {}
        for rule in rules:
            key = str(getattr(rule.output, "const", None) if _constant(rule.output) else rule.output)
            groups.setdefault(key, []).append(op("is_true", rule.hit.expr))
        tests = [op("or", *g) if len(g) > 1 else g[0] for g in groups.values()]
        if len(tests) > 1:
            total = reduce(lambda a, b: op("add", a, b), [cast(t, BIGINT) for t in tests])
            return [(op("gt", total, lit(1, BIGINT)), null)]
    return []


def _single(lowering: Lowering, table: Table, rules: list[Rule], default: Value | None) -> Value:
    """Texts, dates and truth values: known only if every rule that may decide gives the same."""
    first = rules[0].output
    null = _null_like(first)
    may, sure = _possible(lowering, table, rules)
    parts = [(lowering.names.bind(m), _scalar(r.output)) for m, r in zip(may, rules, strict=True)]
    if default is not None:
        parts.append((op("not", sure), _scalar(default)))
    candidates = [case([(m, v)], null) for m, v in parts]
    low = lowering.names.bind(op("least", *candidates) if len(candidates) > 1 else candidates[0])
    high = lowering.names.bind(op("greatest", *candidates) if len(candidates) > 1 else candidates[0])
    holes = [(op("and", m, op("is_null", v)), null) for (m, v), r in zip(parts, rules, strict=False)
             if not _constant(r.output)]
    gap = [] if default is not None or sure == TRUE else [(op("not", sure), null)]
    node = case([*_conflict(table, rules, null), *gap, *holes, (op("eq", low, high), low)], null)
    return _like(first, node, rules, default)


def _listed(rules: list[Rule]) -> Value:
    """Several outputs as one text, known only if every rule is decided."""
    null = lit(None, VARCHAR)
    open_ = op("or", *(op("is_null", r.hit.expr) for r in rules))
    separator = lit("、", VARCHAR)
    texts = [case([(r.hit.expr, op("concat", separator, _as_text(r.output)))], lit("", VARCHAR)) for r in rules]
    joined = op("concat", *texts) if len(texts) > 1 else texts[0]
    return Text(case([(open_, null)], op("substring", joined, lit(2, BIGINT))))


def _as_text(value: Value) -> Expr:
    if isinstance(value, Number):
        return cast(value.num.lo, VARCHAR) if value.num.lo is not None else lit(None, VARCHAR)
    return cast(_scalar(value), VARCHAR)


def _collected(lowering: Lowering, table: Table, rules: list[Rule]) -> Value:
    kind = table.hit.removeprefix("COLLECT ")
    if kind == "COUNT":
        counted = [Rule(r.hit, Number(constant(Decimal(1))), r.tests) for r in rules]
        return Number(_summed(lowering, counted, [Number(constant(Decimal(1)))] * len(rules)), unit=unit_of(table, []))
    numbers, _ = _aligned(lowering, rules, None)
    if len(numbers) < len(rules):
        raise lowering.fail("F541", ast.Name(table.zh), kinds=kind)
    if kind == "SUM":
        return Number(_summed(lowering, rules, numbers), unit=unit_of(table, numbers))
    return Number(_extreme(lowering, rules, numbers, kind), unit=unit_of(table, numbers))


def _summed(lowering: Lowering, rules: list[Rule], numbers: list[Number]) -> Interval:
    """A rule that may hit adds its output only to the end it can move."""
    total = constant(Decimal(0))
    zero = Decimal(0)
    for rule, number in zip(rules, numbers, strict=True):
        item = number.num
        null = lit(None, DECIMAL(item.digits, item.scale))
        nothing = lit(zero, DECIMAL(item.digits, item.scale))
        lo_open = nothing if item.nonneg else op("least", nothing, item.lo or null)
        hi_open = nothing if item.high is not None and item.high <= 0 else item.hi or null
        hit, miss = rule.hit.expr, op("not", rule.hit.expr)
        if lowering.names.three:
            lo_open = hi_open = null
        lo = case([(hit, item.lo or null), (miss, nothing)], lo_open)
        hi = case([(hit, item.hi or null), (miss, nothing)], hi_open)
        low = None if item.low is None else min(item.low, zero)
        high = None if item.high is None else max(item.high, zero)
        total = add(total, Interval(lo, lo if lowering.names.three else hi, item.digits, item.scale, None, low, high))
    return total


def _extreme(lowering: Lowering, rules: list[Rule], numbers: list[Number], kind: str) -> Interval:
    """MAX: sure hits bound it below, possible hits above; no sure hit leaves that end open. MIN mirrors it."""
    digits, scale = _size(numbers)
    null = lit(None, DECIMAL(digits, scale))
    name, near, far = ("greatest", "lo", "hi") if kind == "MAX" else ("least", "hi", "lo")
    sure = [case([(r.hit.expr, getattr(n.num, near) or null)], null) for r, n in zip(rules, numbers, strict=True)]
    may = [case([(op("is_not_false", r.hit.expr), getattr(n.num, far) or null)], null)
           for r, n in zip(rules, numbers, strict=True)]
    any_sure = op("or", *(op("is_true", r.hit.expr) for r in rules))
    inner = lowering.names.bind(op(name, *sure) if len(sure) > 1 else sure[0])
    outer = lowering.names.bind(case([(any_sure, op(name, *may) if len(may) > 1 else may[0])], null))
    lo, hi = (inner, outer) if kind == "MAX" else (outer, inner)
    if lowering.names.three:
        same = case([(op("eq", lo, hi), lo)], null)
        return Interval(same, same, digits, scale, same)
    return Interval(lo, hi, digits, scale)


def lower_rules(lowering: Lowering, table: Table, inputs: list[tuple[ast.Node, Value]],
                parsed: list[tuple[list[ast.UnaryTests], ast.Node]]) -> list[Rule]:
    """Lower every rule of a table."""
    rules = []
    for tests, output in parsed:
        truths = [unary_tests(lowering, value, node, t) for (node, value), t in zip(inputs, tests, strict=True)]
        open_tests = [t for t in truths if t.const is not True]
        if not open_tests:
            hit = Truth(TRUE, True)
        elif len(open_tests) == 1:
            hit = open_tests[0]
        else:
            hit = Truth(op("and", *(t.expr for t in open_tests)))
        rules.append(Rule(hit, lowering.lower(output), tuple(tests)))
    return rules
