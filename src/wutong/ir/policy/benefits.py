"""What an eligible company gets: amounts in 元, to the 分, under cap and condition, once where it is once only."""

from __future__ import annotations

from decimal import Decimal

from wutong.ir.policy.arith import choose, constant, least_of
from wutong.ir.policy.context import Context
from wutong.ir.policy.rounding import rounded
from wutong.ir.policy.values import Interval, Number
from wutong.ir.policy.verdict import ELIGIBLE, INELIGIBLE
from wutong.packs.model import Benefit
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import DECIMAL, UTINYINT
from wutong.values.units import Unit

YUAN = Unit.parse("元")
ZERO = constant(Decimal(0))


def put_benefits(context: Context, verdict: Expr) -> None:
    """Put the two ends of every benefit on the plan."""
    for number, benefit in enumerate(context.policy.benefits):
        low, high = granted(amount_of(context, benefit), verdict)
        context.put(f"b{number}_lo", low)
        context.put(f"b{number}_hi", high)


def amount_of(context: Context, benefit: Benefit) -> Interval:
    """Return what a company gets if it is eligible.

    Raises:
        WutongError: F1xx, F5xx for faulty expressions.
    """
    three = context.plan.three
    value = _in_yuan(context, benefit.amount, benefit.code)
    amount = context.interval(rounded(value, 2, context.plan.bind))
    if benefit.cap is not None:
        amount = least_of([amount, _in_yuan(context, benefit.cap, benefit.code).num], three=three)
    if benefit.when is not None:
        amount = choose(_truth(context, benefit.when, benefit.code), amount, ZERO, three=three)
        amount = context.interval(amount)
    if benefit.once:
        amount = choose(_truth(context, _received(context, benefit), benefit.code), ZERO, amount, three=three)
    return amount


def _truth(context: Context, text: str, clause: str) -> Expr:
    return context.plan.bind(context.lowering(text, clause).truth(context.parse(text, clause)).expr)


def _in_yuan(context: Context, text: str, clause: str) -> Number:
    lowering, node = context.lowering(text, clause), context.parse(text, clause)
    value, zero = lowering.number(node), Number(ZERO, unit=YUAN)
    if value.literal and value.unit is not None:
        return lowering.aligned(zero, value, node)[1]
    return lowering.aligned(value, zero, node)[0]


def _received(context: Context, benefit: Benefit) -> str:
    """The rule that a company has had a benefit before: by policy key or name, and clause code or name."""

    def quoted(*texts: str) -> str:
        return ", ".join('"' + t.replace('"', "") + '"' for t in texts)

    policy = context.policy
    return (
        f"exists(已获支持[政策 in ({quoted(policy.key, policy.id, policy.zh)}) and "
        f"条款 in ({quoted(benefit.code, benefit.zh)})])"
    )


def granted(amount: Interval, verdict: Expr) -> tuple[Expr, Expr]:
    """An eligible company gets the amount; an undecided one something between nothing and all of it."""
    money = DECIMAL(18, 2)
    zero, null = lit(Decimal(0), money), lit(None, money)
    yes = op("eq", verdict, lit(ELIGIBLE, UTINYINT))
    no = op("eq", verdict, lit(INELIGIBLE, UTINYINT))
    lo, hi = (null if end is None else cast(end, money, True) for end in (amount.lo, amount.hi))
    low = case([(yes, lo)], zero) if amount.nonneg else case([(yes, lo), (no, zero)], op("least", lo, zero))
    return low, case([(no, zero)], hi)
