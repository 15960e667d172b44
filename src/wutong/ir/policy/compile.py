"""One policy onto a plan: lets and tables in order of need, conditions, the decision, benefits, measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

from wutong.errors import Diagnostic, Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.ir.policy import expr  # noqa: F401 - registers how every node is lowered
from wutong.ir.policy.arith import choose, constant, least_of
from wutong.ir.policy.compare import FALSE, NULL, TRUE
from wutong.ir.policy.functions import rounded
from wutong.ir.policy.lowering import Comparison, Lowering, kind_of
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.rules import lower_rules
from wutong.ir.policy.scope import PolicyScope, fact_names, parameter_value
from wutong.ir.policy.syntax import names_of
from wutong.ir.policy.tables import lower_table
from wutong.ir.policy.values import Day, Interval, Number, Text, Truth, Value
from wutong.packs.model import Benefit, Let, Policy, Table, Tree
from wutong.sql.nodes import Expr, Lit, case, cast, lit, op
from wutong.sql.types import BIGINT, DECIMAL, UBIGINT, UTINYINT
from wutong.values.units import Unit

YUAN = Unit.parse("元")
INELIGIBLE, ELIGIBLE, UNKNOWN, MANUAL = range(4)
SHOWN_PLACES = 6
"""Decimal places of a quotient that is shown; comparisons never use it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Columns that show one quantity: `kind` number, text, day or truth."""

    kind: str
    low: str
    high: str
    unit: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison of a condition, and the columns that show its two sides."""

    left: str
    operator: str
    right: str
    value: Shown
    threshold: Shown


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition on the plan: the facts it reads and what it measures."""

    code: str
    uses: frozenset[str]
    measures: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a policy put on a plan; every name of a column starts with `prefix`."""

    policy: Policy
    prefix: str
    conditions: tuple[CompiledCondition, ...]
    outputs: tuple[tuple[str, str, Shown], ...]
    benefits: tuple[Benefit, ...]
    lets: dict[str, Value] = field(compare=False, hash=False)


def compile_policy(policy: Policy, plan: Plan, prefix: str, *, explain: bool = False) -> Compiled:
    """Put `policy` on `plan` under columns named ``<prefix>_…``.

    Args:
        policy: the version in force on the day of the plan.
        plan: shared by the policies of one statement.
        prefix: unique in the plan, as ``p03``.
        explain: add the columns that show every condition's figures.

    Raises:
        WutongError: F5xx, with policy, clause and character.
    """
    return _Compiler(policy, plan, prefix, explain).run()


class _Compiler:
    def __init__(self, policy: Policy, plan: Plan, prefix: str, explain: bool) -> None:
        self.policy = policy
        self.plan = plan
        self.prefix = prefix
        self.explain = explain
        self.scope = PolicyScope(plan)
        self.uses: dict[str, set[str]] = {}
        named = [*policy.parameters, *policy.lets, *policy.tables]
        self.known = [n for x in named for n in (x.code, x.zh)] + fact_names(plan.catalogue)

    def place(self, clause: str) -> Place:
        return Place(file=self.policy.file or None, policy=self.policy.key, clause=clause)

    def parse(self, text: str, clause: str) -> ast.Node:
        return parse_expression(text, names=self.known, profile="policy", place=self.place(clause))

    def lowering(self, text: str, clause: str, met: list[Comparison] | None = None) -> Lowering:
        return Lowering(self.scope, self.place(clause), text, met)

    def run(self) -> Compiled:
        for parameter in self.policy.parameters:
            dated = parameter.at(self.plan.on)
            value = parameter_value(None if dated is None else dated.value, parameter.unit, self.plan.three)
            self.define(parameter.code, parameter.zh, value)
        for item in self.ordered():
            self.scope.used = set()
            value = self.let(item) if isinstance(item, Let) else self.table(item)
            self.uses[item.zh] = self.uses[item.code] = self._closed(item)
            self.define(item.code, item.zh, self.columns(value))
        conditions = tuple(self.condition(i) for i in range(len(self.policy.conditions)))
        self.decision()
        outputs = self.shown_outputs()
        self.benefits()
        return Compiled(self.policy, self.prefix, conditions, outputs, self.policy.benefits, self.scope.local)

    def define(self, code: str, zh: str, value: Value) -> None:
        self.scope.local[code] = self.scope.local[zh] = value

    def _closed(self, item: Let | Table) -> set[str]:
        """Facts an item reads, through the items it names."""
        named = set().union(*(names_of(n) for n in self.nodes[item.code]))
        return self.scope.used | set().union(*(self.uses.get(n, set()) for n in named))

    def ordered(self) -> list[Let | Table]:
        """Return lets and tables so that each stands after what it names.

        Raises F542 for a circle.
        """
        items: dict[str, Let | Table] = {}
        self.nodes: dict[str, list[ast.Node]] = {}
        for item in (*self.policy.lets, *self.policy.tables):
            items[item.code] = items[item.zh] = item
            self.nodes[item.code] = self.parsed(item)
        done: list[Let | Table] = []
        state: dict[str, int] = {}
        for item in (*self.policy.lets, *self.policy.tables):
            self._visit(item, items, done, state, [])
        return done

    def _visit(self, item: Let | Table, items: dict[str, Let | Table], done: list[Let | Table],
               state: dict[str, int], path: list[str]) -> None:
        if state.get(item.code) == 2:
            return
        if state.get(item.code) == 1:
            circle = " → ".join([*path[path.index(item.zh):], item.zh])
            raise WutongError.of("F542", self.place(item.code), circle=circle)
        state[item.code] = 1
        for name in sorted(set().union(*(names_of(n) for n in self.nodes[item.code]))):
            if name in items:
                self._visit(items[name], items, done, state, [*path, item.zh])
        state[item.code] = 2
        done.append(item)

    def parsed(self, item: Let | Table) -> list[ast.Node]:
        if isinstance(item, Let):
            return [self.parse(item.expr, item.code)]
        nodes = [self.parse(text, item.code) for text in item.inputs]
        for number, rule in enumerate(item.rules, start=1):
            nodes += [self.cell(item, t, number) for t in rule[:-1]]
            nodes.append(self.output(item, rule[-1], number))
        if item.default is not None:
            nodes.append(self.output(item, item.default, 0))
        return nodes

    def cell(self, table: Table, text: str, number: int) -> ast.UnaryTests:
        place = self.place(f"{table.code} #{number}")
        return parse_unary_tests(text, names=self.known, profile="policy", place=place)

    def output(self, table: Table, text: str, number: int) -> ast.Node:
        """Read an output cell; a bare word of a text table is that text."""
        if table.output_type == "text" and not text.startswith('"'):
            return ast.Literal(text)
        return self.parse(text, f"{table.code} #{number}")

    def let(self, let: Let) -> Value:
        value = self.lowering(let.expr, let.code).lower(self.nodes[let.code][0])
        if let.unit is not None and isinstance(value, Number):
            unit = Unit.parse(let.unit)
            lowering = self.lowering(let.expr, let.code)
            value = lowering.aligned(value, Number(constant(Decimal(0)), unit=unit), self.nodes[let.code][0])[0]
        return value

    def table(self, table: Table) -> Value:
        nodes = iter(self.nodes[table.code])
        inputs = []
        for text in table.inputs:
            node = next(nodes)
            inputs.append((node, self.columns(self.lowering(text, table.code).lower(node))))
        parsed = [([next(nodes) for _ in table.inputs], next(nodes)) for _ in table.rules]
        default = None
        lowering = self.lowering("", table.code)
        if table.default is not None:
            default = lowering.lower(next(nodes))
        rules = lower_rules(lowering, inputs, parsed)  # type: ignore[arg-type]  # cells are UnaryTests
        return lower_table(lowering, table, [v for _, v in inputs], rules, default)

    def columns(self, value: Value) -> Value:
        """Give a value columns of its own."""
        if isinstance(value, Number):
            den = None if value.den is None else self.interval(value.den)
            return Number(self.interval(value.num), den, value.unit, value.literal)
        if isinstance(value, Text) and value.const is None:
            return Text(self.plan.bind(value.expr), value.values)
        if isinstance(value, Day) and value.const is None:
            return Day(self.plan.bind(value.expr))
        if isinstance(value, Truth) and value.const is None:
            return Truth(self.plan.bind(value.expr))
        return value

    def interval(self, value: Interval) -> Interval:
        if value.const is not None:
            return value
        if value.exact and value.lo is not None:
            node = self.plan.bind(value.lo)
            return Interval(node, node, value.digits, value.scale, node, value.low, value.high)
        plain = None if value.plain is None else self.plan.bind(value.plain)
        lo, hi = (x if x is None or isinstance(x, Lit) else self.plan.bind(x) for x in (value.lo, value.hi))
        return Interval(lo, hi, value.digits, value.scale, plain, value.low, value.high)

    def condition(self, index: int) -> CompiledCondition:
        condition = self.policy.conditions[index]
        self.scope.used = set()
        met: list[Comparison] = []
        if condition.when is None:
            finding = self.plan.finding(self.policy.key, condition.code, condition.zh)
            self.define_truth(condition.code, Truth(self.plan.bind(finding)))
            return CompiledCondition(condition.code, frozenset({f"manual:{condition.code}"}), ())
        node = self.parse(condition.when, condition.code)
        lowering = self.lowering(condition.when, condition.code, met if self.explain else None)
        truth = lowering.truth(node)
        if condition.manual:
            finding = self.plan.finding(self.policy.key, condition.code, condition.zh)
            truth = Truth(op("coalesce", finding, truth.expr))
        self.define_truth(condition.code, Truth(self.plan.bind(truth.expr), truth.const))
        uses = self.scope.used | set().union(*(self.uses.get(n, set()) for n in names_of(node)))
        measures = tuple(self.measured(condition.when, m, f"{self.prefix}_c{index}_{k}") for k, m in enumerate(met))
        return CompiledCondition(condition.code, frozenset(uses), measures)

    def define_truth(self, code: str, truth: Truth) -> None:
        self.scope.local[f"\0{code}"] = truth

    def truth_of(self, code: str) -> Expr:
        value = self.scope.local[f"\0{code}"]
        assert isinstance(value, Truth)  # noqa: S101 - put there by `condition`
        return value.expr

    def decision(self) -> None:
        truths = {c.code: self.truth_of(c.code) for c in self.policy.conditions}
        decided = self.plan.bind(tree_sql(self.policy.decide, truths))
        hopeful = {c.code: op("coalesce", truths[c.code], TRUE) if c.manual else truths[c.code]
                   for c in self.policy.conditions}
        rest: Expr = lit(UNKNOWN, UTINYINT)
        if any(c.manual for c in self.policy.conditions):
            rest = case([(tree_sql(self.policy.decide, hopeful), lit(MANUAL, UTINYINT))], rest)
        verdict = case([(decided, lit(ELIGIBLE, UTINYINT)), (op("not", decided), lit(INELIGIBLE, UTINYINT))], rest)
        self.put("verdict", self.plan.bind(verdict))
        nodes = [self.truth_of(c.code) for c in self.policy.conditions]
        self.put("failed", mask([op("is_false", n) for n in nodes]))
        self.put("unknown", mask([op("is_null", n) for n in nodes]))

    def put(self, name: str, node: Expr) -> str:
        key = f"{self.prefix}_{name}"
        self.plan.outputs[key] = node
        return key

    def shown_outputs(self) -> tuple[tuple[str, str, Shown], ...]:
        shown = []
        for number, name in enumerate(self.policy.outputs):
            value = self.scope.local.get(name)
            if value is None:
                raise WutongError.of("F510", self.place("outputs"), name=name, similar="、".join(self.scope.similar(name)))
            zh = next(x.zh for x in (*self.policy.parameters, *self.policy.lets, *self.policy.tables) if name in (x.code, x.zh))
            shown.append((name, zh, self.shown(value, f"{self.prefix}_o{number}")))
        return tuple(shown)

    def shown(self, value: Value, name: str) -> Shown:
        """Put columns that show a value on the plan."""
        if isinstance(value, Number):
            number = value.num
            if value.den is not None:
                money = value.unit is not None and value.unit.is_money
                number = rounded(value, 2 if money else SHOWN_PLACES, self.plan.bind)
            null = lit(None, DECIMAL(18, 2))
            self.plan.outputs[f"{name}_lo"] = number.lo or null
            self.plan.outputs[f"{name}_hi"] = number.hi or null
            return Shown("number", f"{name}_lo", f"{name}_hi", str(value.unit or ""))
        kinds = {Text: "text", Day: "day", Truth: "truth"}
        if type(value) not in kinds:
            raise WutongError.of("F503", self.place(name), need="数", got=kind_of(value))
        assert isinstance(value, Text | Day | Truth)  # noqa: S101 - just checked
        self.plan.outputs[f"{name}_lo"] = value.expr
        return Shown(kinds[type(value)], f"{name}_lo", f"{name}_lo", "")

    def measured(self, text: str, met: Comparison, name: str) -> Measured:
        def said(node: ast.Node) -> str:
            return text[node.span.start:node.span.end] or getattr(node, "name", "")

        return Measured(said(met.left_node), met.operator, said(met.right_node),
                        self.shown(met.left, f"{name}_v"), self.shown(met.right, f"{name}_t"))

    def benefits(self) -> None:
        verdict = self.plan.outputs[f"{self.prefix}_verdict"]
        for number, benefit in enumerate(self.policy.benefits):
            amount = self.amount(benefit)
            lo, hi = self.granted(benefit, amount, verdict)
            self.put(f"b{number}_lo", lo)
            self.put(f"b{number}_hi", hi)

    def amount(self, benefit: Benefit) -> Interval:
        """Return the amount in 元, to the 分, under its cap."""
        lowering = self.lowering(benefit.amount, benefit.code)
        node = self.parse(benefit.amount, benefit.code)
        value = self.in_yuan(lowering, lowering.number(node), node)
        amount = self.interval(rounded(value, 2, self.plan.bind))
        if benefit.cap is not None:
            capping = self.lowering(benefit.cap, benefit.code)
            cap_node = self.parse(benefit.cap, benefit.code)
            amount = least_of([amount, self.in_yuan(capping, capping.number(cap_node), cap_node).num],
                              three=self.plan.three)
        zero = constant(Decimal(0))
        if benefit.when is not None:
            wanted = self.lowering(benefit.when, benefit.code).truth(self.parse(benefit.when, benefit.code))
            amount = choose(self.plan.bind(wanted.expr), amount, zero, three=self.plan.three)
            amount = self.interval(amount)
        if benefit.once:
            amount = choose(self.plan.bind(self.received(benefit)), zero, amount, three=self.plan.three)
        return amount

    def in_yuan(self, lowering: Lowering, value: Number, node: ast.Node) -> Number:
        zero = Number(constant(Decimal(0)), unit=YUAN)
        if value.literal and value.unit is not None:
            return lowering.aligned(zero, value, node)[1]
        return lowering.aligned(value, zero, node)[0]

    def received(self, benefit: Benefit) -> Expr:
        """Tell whether the company has had this benefit before: by policy key or name, and clause code or name."""
        policy, code = self.policy, benefit.code

        def quoted(*texts: str) -> str:
            return ", ".join('"' + t.replace('"', "") + '"' for t in texts)

        text = (f"exists(已获支持[政策 in ({quoted(policy.key, policy.id, policy.zh)}) and "
                f"条款 in ({quoted(code, benefit.zh)})])")
        return self.lowering(text, code).truth(self.parse(text, code)).expr

    def granted(self, benefit: Benefit, amount: Interval, verdict: Expr) -> tuple[Expr, Expr]:
        """An eligible company gets the amount; an undecided one something between nothing and all of it."""
        money = DECIMAL(18, 2)
        zero = lit(Decimal(0), money)
        null = lit(None, money)
        yes = op("eq", verdict, lit(ELIGIBLE, UTINYINT))
        no = op("eq", verdict, lit(INELIGIBLE, UTINYINT))
        lo = null if amount.lo is None else cast(amount.lo, money, True)
        hi = null if amount.hi is None else cast(amount.hi, money, True)
        low = case([(yes, lo)], zero)
        if not amount.nonneg:
            low = case([(yes, lo), (no, zero)], op("least", lo, zero))
        return low, case([(no, zero)], hi)


def tree_sql(tree: Tree, truths: dict[str, Expr]) -> Expr:
    """Return a decision tree as three-valued SQL."""
    if isinstance(tree, str):
        return truths[tree]
    key, parts = next(iter(tree.items()))
    if key == "not":
        return op("not", tree_sql(parts, truths))  # type: ignore[arg-type]
    nodes = [tree_sql(p, truths) for p in parts]  # type: ignore[attr-defined]
    return nodes[0] if len(nodes) == 1 else op("and" if key == "all" else "or", *nodes)


def mask(bits: list[Expr]) -> Expr:
    """Return truth values as one bit each, the first lowest."""
    parts: list[Expr] = [case([(bit, lit(1 << n, UBIGINT))], lit(0, UBIGINT)) for n, bit in enumerate(bits)]
    return reduce(lambda a, b: op("bit_or", a, b), parts) if parts else lit(0, UBIGINT)


def faults_of(policy: Policy, plan: Plan) -> list[Diagnostic]:
    """Compile a policy only to learn its faults."""
    try:
        compile_policy(policy, plan, "p00", explain=True)
    except WutongError as error:
        return list(error.diagnostics)
    return []


__all__ = ["BIGINT", "FALSE", "NULL", "Compiled", "CompiledCondition", "Measured", "Shown", "compile_policy", "faults_of"]
