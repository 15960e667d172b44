"""One policy onto a plan: lets and tables in order of need, conditions, the decision, figures, benefits."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from wutong.errors import WutongError
from wutong.ir.policy import expr  # noqa: F401 - registers how every node is lowered
from wutong.ir.policy.arith import constant
from wutong.ir.policy.benefits import put_benefits
from wutong.ir.policy.context import Context, named
from wutong.ir.policy.lowering import Comparison
from wutong.ir.policy.order import ParsedLet, ParsedTable, items_in_order, mentions
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.rules import lower_rules
from wutong.ir.policy.scope import parameter_value
from wutong.ir.policy.shown import Measured, Shown, measure, show
from wutong.ir.policy.syntax import names_of
from wutong.ir.policy.tables import lower_table
from wutong.ir.policy.values import Number, Truth, Value
from wutong.ir.policy.verdict import put_verdict
from wutong.packs.model import Benefit, Condition, Policy
from wutong.sql.nodes import op
from wutong.values.units import Unit


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
    context = Context(policy, plan, prefix)
    define_parameters(context)
    uses = define_items(context)
    truths: dict[str, Truth] = {}
    conditions: list[CompiledCondition] = []
    for number, condition in enumerate(policy.conditions):
        compiled, truths[condition.code] = _condition(context, condition, f"c{number}", uses, explain=explain)
        conditions.append(compiled)
    verdict = put_verdict(context, {code: truth.expr for code, truth in truths.items()})
    outputs = _outputs(context)
    put_benefits(context, verdict)
    return Compiled(policy, prefix, tuple(conditions), outputs, policy.benefits, context.scope.local)


def define_parameters(context: Context) -> None:
    """Give the parameters of a file their values on the day of the plan."""
    for parameter in context.policy.parameters:
        dated = parameter.at(context.plan.on)
        value = parameter_value(None if dated is None else dated.value, parameter.unit, context.plan.three)
        context.define(parameter.code, parameter.zh, value)


def define_items(context: Context) -> dict[str, set[str]]:
    """Define lets and tables; return the facts each reads, also through the items it names."""
    uses: dict[str, set[str]] = {}
    for item in items_in_order(context):
        context.scope.used = set()
        value = _table(context, item) if isinstance(item, ParsedTable) else _let(context, item)
        code, zh = item.source.code, item.source.zh
        uses[zh] = uses[code] = context.scope.used.union(*(uses.get(n, set()) for n in mentions(item)))
        context.define(code, zh, context.columns(value))
    return uses


def _let(context: Context, item: ParsedLet) -> Value:
    lowering = context.lowering(item.source.expr, item.source.code)
    value = lowering.lower(item.node)
    if item.source.unit is not None and isinstance(value, Number):
        zero = Number(constant(Decimal(0)), unit=Unit.parse(item.source.unit))
        return lowering.aligned(value, zero, item.node)[0]
    return value


def _table(context: Context, item: ParsedTable) -> Value:
    table = item.source
    inputs = [
        (node, context.columns(context.lowering(text, table.code).lower(node)))
        for text, node in zip(table.inputs, item.inputs, strict=True)
    ]
    lowering = context.lowering("", table.code)
    default = None if item.default is None else lowering.lower(item.default)
    return lower_table(
        lowering, table, [v for _, v in inputs], lower_rules(lowering, inputs, item.rules), default
    )


def _condition(
    context: Context, condition: Condition, name: str, uses: dict[str, set[str]], *, explain: bool
) -> tuple[CompiledCondition, Truth]:
    plan, code = context.plan, condition.code
    context.scope.used = set()
    if condition.when is None:
        finding = plan.finding(context.policy.key, code, condition.zh)
        return CompiledCondition(code, frozenset({f"manual:{code}"}), ()), Truth(plan.bind(finding))
    node = context.parse(condition.when, code)
    met: list[Comparison] = []
    truth = context.lowering(condition.when, code, met if explain else None).truth(node)
    if condition.manual:
        finding = plan.finding(context.policy.key, code, condition.zh)
        truth = Truth(op("coalesce", finding, truth.expr))
    bound = Truth(plan.bind(truth.expr), truth.const)
    read = context.scope.used.union(*(uses.get(n, set()) for n in names_of(node)))
    measures = tuple(measure(context, condition.when, m, f"{name}_{k}") for k, m in enumerate(met))
    return CompiledCondition(code, frozenset(read), measures), bound


def _outputs(context: Context) -> tuple[tuple[str, str, Shown], ...]:
    found = []
    said = {name: x.zh for x in named(context.policy) for name in (x.code, x.zh)}
    for number, name in enumerate(context.policy.outputs):
        value = context.scope.local.get(name)
        if value is None:
            similar = "、".join(context.scope.similar(name))
            raise WutongError.of("F510", context.place("outputs"), name=name, similar=similar)
        found.append((name, said[name], show(context, value, f"o{number}")))
    return tuple(found)


__all__ = [
    "Compiled",
    "CompiledCondition",
    "Measured",
    "Shown",
    "compile_policy",
    "define_items",
    "define_parameters",
]
