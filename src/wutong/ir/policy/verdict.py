"""The decision of a policy: its tree over three-valued conditions, and which of them failed or are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any
from typing import cast as is_a

from wutong.ir.policy.compare import TRUE
from wutong.ir.policy.context import Context
from wutong.packs.model import Tree
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, UBIGINT, UTINYINT

INELIGIBLE, ELIGIBLE, UNKNOWN, MANUAL = range(4)
SIGNED_BITS = 63
"""Bits a signed 64-bit number holds."""


def put_verdict(context: Context, truths: Mapping[str, Expr]) -> Expr:
    """Put the verdict and the masks of failed and open conditions on the plan; return the verdict."""
    policy, plan = context.policy, context.plan
    decided = plan.bind(tree_sql(policy.decide, truths))
    rest: Expr = lit(UNKNOWN, UTINYINT)
    if any(c.manual for c in policy.conditions):
        hopeful = {
            c.code: op("coalesce", truths[c.code], TRUE) if c.manual else truths[c.code]
            for c in policy.conditions
        }
        rest = case([(tree_sql(policy.decide, hopeful), lit(MANUAL, UTINYINT))], rest)
    verdict = plan.bind(
        case([(decided, lit(ELIGIBLE, UTINYINT)), (op("not", decided), lit(INELIGIBLE, UTINYINT))], rest)
    )
    nodes = [truths[c.code] for c in policy.conditions]
    context.put("verdict", verdict)
    context.put("failed", mask([op("is_false", n) for n in nodes]))
    context.put("unknown", mask([op("is_null", n) for n in nodes]))
    return verdict


def tree_sql(tree: Tree, truths: Mapping[str, Expr]) -> Expr:
    """Return a decision tree as three-valued SQL; the loader has checked its shape."""
    if isinstance(tree, str):
        return truths[tree]
    key, parts = next(iter(tree.items()))
    if key == "not":
        return op("not", tree_sql(is_a("Tree", parts), truths))
    nodes = [tree_sql(p, truths) for p in is_a("list[Any]", parts)]
    return nodes[0] if len(nodes) == 1 else op("and" if key == "all" else "or", *nodes)


def mask(bits: Sequence[Expr]) -> Expr:
    """Return truth values as one bit each, the first lowest.

    The bits are disjoint, so their sum is their union; it needs no unsigned type, which not every engine has.
    """
    kind = BIGINT if len(bits) < SIGNED_BITS else UBIGINT
    parts: list[Expr] = [case([(bit, lit(1 << n, kind))], lit(0, kind)) for n, bit in enumerate(bits)]
    return cast(reduce(lambda a, b: op("add", a, b), parts), UBIGINT) if parts else lit(0, UBIGINT)
