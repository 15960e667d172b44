"""The decision of a policy: its tree over three-valued conditions, and which of them failed or are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any
from typing import cast as is_a

from wutong.ir.policy.context import Context
from wutong.packs.model import Tree
from wutong.sql.nodes import Expr, case, cast, lit, op
from wutong.sql.types import BIGINT, UBIGINT, UTINYINT

INELIGIBLE, ELIGIBLE, UNKNOWN, MANUAL = range(4)
ZERO = lit(0, BIGINT)


def put_verdict(context: Context, truths: Mapping[str, Expr]) -> Expr:
    """Put the verdict and the masks of failed and open conditions on the plan; return the verdict.

    The masks decide: bit tests on two whole numbers take the place of a three-valued tree over every condition.
    """
    policy, plan = context.policy, context.plan
    nodes = [truths[c.code] for c in policy.conditions]
    lacking = plan.bind(_sum([case([(node, ZERO)], _bit(n)) for n, node in enumerate(nodes)]))
    unknown = plan.bind(_bits([op("is_null", node) for node in nodes]))
    failed = plan.bind(op("sub", lacking, unknown))
    bits = {c.code: 1 << n for n, c in enumerate(policy.conditions)}
    yes, no = _settled(policy.decide, bits, lacking, failed)
    branches = [(yes, lit(ELIGIBLE, UTINYINT)), (no, lit(INELIGIBLE, UTINYINT))]
    by_hand = sum(bits[c.code] for c in policy.conditions if c.manual)
    if by_hand:
        hopeful = op("sub", lacking, op("bit_and", unknown, lit(by_hand, BIGINT)))
        branches.append((_settled(policy.decide, bits, hopeful, failed)[0], lit(MANUAL, UTINYINT)))
    verdict = plan.bind(case(branches, lit(UNKNOWN, UTINYINT)))
    context.put("verdict", verdict)
    context.put("failed", cast(failed, UBIGINT))
    context.put("unknown", cast(unknown, UBIGINT))
    return verdict


def _settled(tree: Tree, bits: Mapping[str, int], lacking: Expr, failed: Expr) -> tuple[Expr, Expr]:
    """Return, as SQL, whether a part of a decision surely holds and whether it surely does not.

    `lacking` has the bits of failed and open conditions, `failed` those of failed ones; the loader has checked the
    shape of the tree.
    """
    key, parts = next(iter(tree.items())) if not isinstance(tree, str) else ("all", [tree])
    if key == "not":
        yes, no = _settled(is_a("Tree", parts), bits, lacking, failed)
        return no, yes
    listed = is_a("list[Any]", parts)
    pairs = [_settled(part, bits, lacking, failed) for part in listed if not isinstance(part, str)]
    group = sum({bits[part] for part in listed if isinstance(part, str)})
    if group:
        lacks, fails = (op("bit_and", mask, lit(group, BIGINT)) for mask in (lacking, failed))
        pairs.append(
            (op("eq", lacks, ZERO), op("ne", fails, ZERO))
            if key == "all"
            else (op("ne", lacks, lit(group, BIGINT)), op("eq", fails, lit(group, BIGINT)))
        )
    first, second = ("and", "or") if key == "all" else ("or", "and")
    return _joined(first, [yes for yes, _ in pairs]), _joined(second, [no for _, no in pairs])


def _joined(name: str, parts: Sequence[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else op(name, *parts)


def mask(bits: Sequence[Expr]) -> Expr:
    """Return truth values as one bit each, the first lowest; a 64-bit number holds 63.

    The bits are disjoint, so their sum is their union; it needs no unsigned type, which not every engine has.
    """
    return cast(_bits(bits), UBIGINT)


def _bits(bits: Sequence[Expr]) -> Expr:
    return _sum([case([(bit, _bit(n))], ZERO) for n, bit in enumerate(bits)])


def _bit(number: int) -> Expr:
    return lit(1 << number, BIGINT)


def _sum(parts: Sequence[Expr]) -> Expr:
    return reduce(lambda a, b: op("add", a, b), parts) if parts else ZERO
