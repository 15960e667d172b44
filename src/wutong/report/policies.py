"""A policy as the report shows it: clauses, figures in force, tables, sources."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from wutong.ir.policy.compile import Compiled
from wutong.packs.model import Benefit, Let, Parameter, Policy, Table, Tree
from wutong.report.build import cap_of
from wutong.report.labels import can_change
from wutong.report.model import (
    BenefitView,
    ConditionView,
    Decide,
    ParameterView,
    PolicyView,
    SourceView,
    TableView,
)
from wutong.tables import Catalogue


def decide_view(tree: Tree) -> Decide:
    """Return a decision tree in the report's form."""
    if isinstance(tree, str):
        return tree
    key, parts = next(iter(tree.items()))
    items = [parts] if key == "not" else parts
    return cast("Decide", (key, tuple(decide_view(p) for p in cast("list[Any]", items))))


def policy_view(compiled: Compiled, on: date, catalogue: Catalogue) -> PolicyView:
    """Return the policy of a run for its page."""
    policy = compiled.policy
    window = policy.window or (None, None)
    return PolicyView(
        pack=policy.pack, id=policy.id, version=policy.version, name_zh=policy.zh, name_en=policy.en,
        kind=policy.kind, status=policy.status, issuer=policy.issuer, in_force_from=policy.start,
        in_force_to=policy.end, window_from=window[0], window_to=window[1],
        sources={k: SourceView(s.doc_no, s.clause, s.url, s.grade, s.checked_on, s.note) for k, s in policy.sources.items()},
        conditions=_conditions(compiled, catalogue), decide=decide_view(policy.decide), tables=_tables(policy),
        parameters=_parameters(policy, on),
        benefits=tuple(
            BenefitView(b.code, b.zh, b.amount, b.when or "", b.source or "", b.kind, b.group, cap_of(b), b.once)
            for b in policy.benefits
        ),
        english=_english(policy),
    )


def _english(policy: Policy) -> dict[str, str]:
    named: list[Let | Table | Parameter | Benefit] = [*policy.lets, *policy.tables, *policy.parameters, *policy.benefits]
    return {x.zh: x.en for x in named if x.en}


def _conditions(compiled: Compiled, catalogue: Catalogue) -> tuple[ConditionView, ...]:
    views = []
    for condition, made in zip(compiled.policy.conditions, compiled.conditions, strict=True):
        changeable = can_change(made.uses, catalogue)
        views.append(ConditionView(condition.code, condition.zh, condition.en, condition.when or "",
                                   condition.source or "", condition.manual, changeable))
    return tuple(views)


def _tables(policy: Policy) -> tuple[TableView, ...]:
    return tuple(TableView(t.code, t.zh, t.hit, t.inputs, t.zh, t.rules, t.source or "") for t in policy.tables)


def _parameters(policy: Policy, on: date) -> tuple[ParameterView, ...]:
    views = []
    for parameter in policy.parameters:
        dated = parameter.at(on)
        value = None if dated is None else dated.value
        views.append(ParameterView(parameter.code, parameter.zh, value, parameter.unit or "", dated.source if dated else ""))
    return tuple(views)
