"""Findings about conditions: never true, never false, together impossible, implied by the others. Exact, by z3.

Every question has a step limit of the solver (not of the clock, so that the same pack gives the same findings
everywhere); what is not answered within it is told as not decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import z3

from wutong.errors import Diagnostic
from wutong.ir.policy.check import Checked
from wutong.packs.model import Condition, Policy, Tree
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.symbols import Errors, Symbols

STEPS = 2_000_000
"""z3's own count of work for one question, about a second."""
MILLISECONDS = 10_000
"""In case the solver stops counting."""


def condition_findings(checked: Checked, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield what is wrong with the conditions that could be typed."""
    policy = checked.policy
    used = _codes(policy.decide)
    for condition in policy.conditions:
        if condition.code not in used:
            yield scribe.find("L206", "warning", condition.code, condition=condition.zh)
    formulas: dict[str, Formula] = {}
    symbols = Symbols(checked)
    for condition in policy.conditions:
        if condition.code not in checked.whens:
            continue
        try:
            formula = _formula(symbols, checked, condition)
        except Errors:
            yield scribe.find("L205", "note", condition.code, condition=condition.zh)
            continue
        formulas[condition.code] = formula
        yield from _alone(symbols, condition, formula, scribe)
    if not policy.conditions or any(c.code not in formulas and not c.manual for c in policy.conditions):
        return
    yield from _together(policy, symbols, formulas, scribe)


class Formula:
    """A condition as a formula, and the divisors that must not be zero for it to be decided."""

    __slots__ = ("defined", "truth")

    def __init__(self, truth: Any, divisors: list[Any]) -> None:
        self.truth = truth
        self.defined = [d != 0 for d in divisors]


def _formula(symbols: Symbols, checked: Checked, condition: Condition) -> Formula:
    symbols.divisors = []
    return Formula(symbols.truth(checked.whens[condition.code]), symbols.divisors)


def _ask(symbols: Symbols, *facts: Any) -> Any:
    solver = z3.Solver()
    solver.set("rlimit", STEPS)
    solver.set("timeout", MILLISECONDS)
    solver.add(*symbols.domains, *facts)
    return solver.check()


def _alone(symbols: Symbols, condition: Condition, formula: Formula, scribe: Scribe) -> Iterator[Diagnostic]:
    code, name = condition.code, condition.zh
    holds = _ask(symbols, *formula.defined, formula.truth)
    fails = _ask(symbols, *formula.defined, z3.Not(formula.truth))
    if holds == z3.unsat:
        yield scribe.find("L201", "error", code, condition=name)
    elif fails == z3.unsat:
        yield scribe.find("L202", "warning", code, condition=name)
    elif z3.unknown in (holds, fails):
        yield scribe.find("L205", "note", code, condition=name)


def _together(policy: Policy, symbols: Symbols, formulas: dict[str, Formula], scribe: Scribe) -> Iterator[Diagnostic]:
    """Ask whether anybody can qualify, then which condition the others make needless."""
    names = {c.code: c.zh for c in policy.conditions}
    truths = {code: z3.Bool(f"condition {code}") for code in names}
    linked = [z3.Implies(truths[c], z3.And(f.truth, *f.defined)) for c, f in formulas.items()]
    decided = _tree(policy.decide, truths)
    if _negates(policy.decide):
        return
    solver = z3.Solver()
    solver.set("rlimit", STEPS * 2)
    solver.set("timeout", MILLISECONDS)
    solver.set("core.minimize", True)
    solver.add(*symbols.domains)
    marks = {f"assume {c}": (c, link) for c, link in zip(formulas, linked, strict=True)}
    for mark, (_, link) in marks.items():
        solver.assert_and_track(link, mark)
    solver.add(decided)
    answer = solver.check()
    if answer == z3.unsat:
        core = [marks[str(m)][0] for m in solver.unsat_core() if str(m) in marks]
        if len(core) != 1:  # a single one is told as never holding
            yield scribe.find("L203", "error", "decide", conditions="、".join(f"“{names[c]}”" for c in sorted(core)))
    elif answer == z3.unknown:
        yield scribe.find("L205", "note", "decide", condition="decide")
    else:
        yield from _needless(policy, symbols, formulas, scribe)


def _needless(policy: Policy, symbols: Symbols, formulas: dict[str, Formula], scribe: Scribe) -> Iterator[Diagnostic]:
    """A condition under the topmost `all` that follows from the other ones there."""
    if not isinstance(policy.decide, dict) or "all" not in policy.decide:
        return
    members = [c for c in cast("list[Any]", policy.decide["all"]) if isinstance(c, str) and c in formulas]
    names = {c.code: c.zh for c in policy.conditions}
    for code in members:
        rest = [c for c in members if c != code]
        known = [part for c in rest for part in (*formulas[c].defined, formulas[c].truth)]
        own = formulas[code]
        if not _shares(own, [formulas[c] for c in rest]) or _ask(symbols, z3.Not(own.truth)) == z3.unsat:
            continue
        if _ask(symbols, *known, *own.defined, z3.Not(own.truth)) == z3.unsat:
            yield scribe.find("L204", "note", code, condition=names[code], others="、".join(names[c] for c in rest
                              if _shares(own, [formulas[c]])))


def _shares(one: Formula, others: list[Formula]) -> bool:
    """Tell whether formulas speak of a common variable; else none can follow from the others."""
    own = _variables(one.truth)
    return any(own & _variables(o.truth) for o in others)


def _variables(term: Any) -> set[str]:
    found: set[str] = set()
    seen: set[int] = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        if z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found.add(str(node))
        stack.extend(node.children())
    return found


def _tree(tree: Tree, truths: dict[str, Any]) -> Any:
    if isinstance(tree, str):
        return truths[tree]
    key, parts = next(iter(tree.items()))
    if key == "not":
        return z3.Not(_tree(cast("Tree", parts), truths))
    items = [_tree(p, truths) for p in cast("list[Tree]", parts)]
    return z3.And(items) if key == "all" else z3.Or(items)


def _negates(tree: Tree) -> bool:
    """With `not` in the tree the one-way links of :func:`_together` would not do."""
    if isinstance(tree, str):
        return False
    key, parts = next(iter(tree.items()))
    return key == "not" or any(_negates(p) for p in cast("list[Tree]", parts))


def _codes(tree: Tree) -> set[str]:
    if isinstance(tree, str):
        return {tree}
    key, parts = next(iter(tree.items()))
    inner = [parts] if key == "not" else parts
    return {code for part in cast("list[Tree]", inner) for code in _codes(part)}
