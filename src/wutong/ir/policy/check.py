"""All type and unit faults of a policy at once, and the policy with every name typed, for the linter.

The compiler stops at the first fault; an author wants all of them. What rests on a faulty clause is passed over, so
that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from wutong.errors import Diagnostic, WutongError
from wutong.feel import ast
from wutong.ir.policy import compile as compiler
from wutong.ir.policy.benefits import put_benefits
from wutong.ir.policy.context import Context
from wutong.ir.policy.order import Item, ParsedTable, items_in_order
from wutong.ir.policy.plan import Plan
from wutong.ir.policy.syntax import names_of
from wutong.packs.model import Policy
from wutong.sql.nodes import lit
from wutong.sql.types import UTINYINT
from wutong.tables.catalogue import Catalogue


@dataclass(slots=True)
class Checked:
    """A policy whose clauses are parsed and typed; `context.scope.local` holds the type of every name."""

    policy: Policy
    context: Context
    faults: list[Diagnostic] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    whens: dict[str, ast.Node] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    @property
    def tables(self) -> list[ParsedTable]:
        """The decision tables that could be typed."""
        return [i for i in self.items if isinstance(i, ParsedTable) and i.source.code not in self.broken]


def check_policy(policy: Policy, catalogue: Catalogue, on: date) -> Checked:
    """Parse and type every clause of `policy` on a day; faults F1xx and F5xx are gathered, none is raised."""
    every = {"companies": _all_columns(catalogue, on)} | {
        c.code: {f.code: "" for f in c.columns} for c in catalogue.children
    }
    checked = Checked(policy, Context(policy, Plan(catalogue, on, every), "p00"))
    parsed = [_try(checked, parse) for parse in _texts(checked)]  # every text, so that every fault is told
    if not all(parsed):
        return checked
    _try(checked, lambda: checked.items.extend(items_in_order(checked.context)))
    _try(checked, lambda: compiler.define_parameters(checked.context))
    for item in checked.items:
        _define(checked, item)
    for condition in policy.conditions:
        _condition(checked, condition.code, condition.when)
    if not checked.broken:  # outputs and benefits need every name
        _try(checked, lambda: compiler._outputs(checked.context))  # noqa: SLF001
        _try(checked, lambda: put_benefits(checked.context, lit(1, UTINYINT)))
    return checked


def _all_columns(catalogue: Catalogue, on: date) -> dict[str, str]:
    yearly = {f"{f.code}_{on.year - back}": "" for f in catalogue.yearly for back in range(5)}
    return {f.code: "" for f in catalogue.facts} | yearly


def _try(checked: Checked, step: Callable[[], object]) -> bool:
    try:
        step()
    except WutongError as error:
        checked.faults.extend(error.diagnostics)
        return False
    except RecursionError:
        checked.faults.append(Diagnostic.of("F544", checked.context.place("")))
        return False
    return True


def _texts(checked: Checked) -> Iterable[Callable[[], object]]:
    """Return a step that parses each text of the policy."""
    policy, context = checked.policy, checked.context
    whole = [(x.expr, x.code) for x in policy.lets]
    whole += [(text, t.code) for t in policy.tables for text in t.inputs]
    whole += [(c.when, c.code) for c in policy.conditions if c.when is not None]
    whole += [(t, b.code) for b in policy.benefits for t in (b.amount, b.when, b.cap) if t is not None]
    yield from (lambda text=text, code=code: context.parse(text, code) for text, code in whole)
    for table in policy.tables:
        for number, (*cells, _) in enumerate(table.rules, 1):
            clause = f"{table.code} #{number}"
            yield from (lambda text=text, clause=clause: context.parse_cell(text, clause) for text in cells)


def _define(checked: Checked, item: Item) -> None:
    context, source = checked.context, item.source
    if _rests_on_fault(checked, *item.nodes):
        checked.broken |= {source.code, source.zh}
        return

    def lower() -> None:
        value = compiler._table(context, item) if isinstance(item, ParsedTable) else compiler._let(context, item)  # noqa: SLF001
        context.define(source.code, source.zh, context.columns(value))

    if not _try(checked, lower):
        checked.broken |= {source.code, source.zh}


def _condition(checked: Checked, code: str, when: str | None) -> None:
    if when is None:
        return
    node = checked.context.parse(when, code)
    if _rests_on_fault(checked, node):
        checked.broken.add(code)
        return
    if _try(checked, lambda: checked.context.lowering(when, code).truth(node)):
        checked.whens[code] = node
    else:
        checked.broken.add(code)


def _rests_on_fault(checked: Checked, *nodes: ast.Node) -> bool:
    return any(names_of(node) & checked.broken for node in nodes)
