"""Which conditions of a policy the verdict hangs on, and which do not matter for it."""

from __future__ import annotations

from collections.abc import Mapping

from wutong.report.model import Decide, PolicyView, Truth, VerdictView

_Value = bool | None


def deciding(policy: PolicyView, verdict: VerdictView) -> frozenset[str]:
    """Return the codes that make the tree what it is: true ones of a way that holds, false ones that spoil it, open ones.

    A failed way beside one that holds is not among them.
    """
    truths: dict[str, Truth] = {c.code: c.truth for c in verdict.conditions}
    return frozenset(_codes(tree_of(policy), truths))


def tree_of(policy: PolicyView) -> Decide:
    """Return the tree of conditions, all of them where the policy names none."""
    tree = policy.decide
    if isinstance(tree, tuple) and not tree[1]:
        return ("all", tuple(c.code for c in policy.conditions))
    return tree


def value_of(tree: Decide, truths: Mapping[str, Truth]) -> _Value:
    """Evaluate a tree in three-valued logic; what a person must find is open.

    >>> value_of(("any", ("a", "b")), {"a": None, "b": True})
    True
    """
    if isinstance(tree, str):
        truth = truths.get(tree)
        return None if truth == "manual" else truth
    op, items = tree
    values = [value_of(item, truths) for item in items]
    if op == "not":
        return None if values[0] is None else not values[0]
    stop = op == "any"
    return stop if stop in values else None if None in values else not stop


def _codes(tree: Decide, truths: Mapping[str, Truth]) -> set[str]:
    if isinstance(tree, str):
        return {tree}
    op, items = tree
    if op == "not":
        return _codes(items[0], truths)
    whole = value_of(tree, truths)
    # an open tree hangs on its open parts; of the rest, on those that agree with it
    matter = [i for i in items if value_of(i, truths) == whole]
    return set().union(*(_codes(i, truths) for i in matter))
